// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// One `key=value` of the command line, applied to the manifest's nodes before they are read.
struct Override {
  /// The name of the source that its places point into.
  static let file = "command line"

  let text: String
  private let source: SourceText
  private let line: Int

  init(_ text: String, number: Int, all: [String]) {
    self.text = text
    line = number
    source = SourceText(file: Self.file, lines: all)
  }

  private func place(column: Int = 1, length: Int? = nil) -> Place {
    let length = length ?? max(1, text.count - column + 1)
    return Place(source: source, line: line, column: column, length: length)
  }

  /// Replaces an axis or sets a key; what cannot be is reported.
  ///
  /// `replaced` keeps the manifest's own values of an axis, for its conditions and expectations speak of them.
  func apply(
    to root: inout SourceNode,
    _ replaced: inout [String: SourceNode],
    _ findings: Findings
  ) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      return findings.report(.overrideWithoutValue(text), at: place())
    }
    let key = String(text[..<equals])
    if let sign = key.first, "+~".contains(sign) {
      return findings.report(.overrideSign(sign), at: place(length: 1))
    }
    let value = String(text[text.index(after: equals)...])
    let column = key.count + 2
    guard !value.isEmpty else {
      return findings.report(.overrideWithoutValue(text), at: place())
    }
    if let parameters = parameters(of: root), parameters.contains(key) {
      let own = values(of: key, in: root)
      if replaced[key] == nil { replaced[key] = own }
      replaceAxis(key, value, column: column, in: &root, findings)
    } else {
      set(key, value, column: column, in: &root, findings)
    }
  }

  /// Names that may be replaced: the declared parameters, and those that are understood.
  private func parameters(of root: SourceNode) -> [String]? {
    guard root.entries != nil else { return nil }
    let implicit = alternatives.filter { root[$0.alternatives] != nil && root[$0.name] == nil }
    return (root["parameters"]?.entries?.map(\.key) ?? []) + implicit.map(\.name)
  }

  // MARK: - Axes

  /// What a parameter is in the manifest: its own axis, or the names of all alternatives.
  private func values(of name: String, in root: SourceNode) -> SourceNode? {
    if let axis = root["parameters"]?[name] { return axis }
    let named = alternatives.first { $0.name == name }.flatMap { root[$0.alternatives] }
    return named?.entries.map { entries in
      SourceNode(
        .sequence(entries.map { SourceNode(text: $0.key, at: $0.keyPlace) }),
        at: named?.place ?? place()
      )
    }
  }

  private func replaceAxis(
    _ name: String,
    _ value: String,
    column: Int,
    in root: inout SourceNode,
    _ findings: Findings
  ) {
    guard let axis = axis(value, column: column, findings) else { return }
    var node = axis
    if let condition = root["parameters"]?[name]?.entry("when") {
      let values = SourceEntry(key: "values", keyPlace: node.place, value: node)
      node = SourceNode(.mapping((node.entries ?? [values]) + [condition]), at: node.place)
    }
    let place = root["parameters"]?.entry(name)?.keyPlace ?? place(length: name.count)
    root.edit("parameters", at: place) { parameters in
      if parameters.entries == nil { parameters.content = .mapping([]) }
      parameters.set(name, node, keyPlace: place)
    }
  }

  /// `0.1,0.01`, `range(0,5)`, `choice(a,b)`, or YAML in brackets or braces.
  private func axis(_ value: String, column: Int, _ findings: Findings) -> SourceNode? {
    let whole = place(column: column)
    if value.hasPrefix("[") || value.hasPrefix("{") {
      return yaml(value, column: column, findings)
    }
    if let arguments = call("range", value) { return range(arguments, at: whole, findings) }
    var list = (text: value, column: column)
    if let arguments = call("choice", value) { list = (arguments, column + "choice(".count) }
    var items: [SourceNode] = []
    for piece in splitAtCommas(list.text) {
      items.append(
        scalar(
          piece.text,
          at: place(column: list.column + piece.offset, length: max(1, piece.text.count))
        )
      )
    }
    guard items.allSatisfy({ $0.scalar?.text.isEmpty == false }) else {
      findings.report(.overrideWithoutValue(text), at: whole)
      return nil
    }
    return SourceNode(.sequence(items), at: whole)
  }

  private func call(_ name: String, _ value: String) -> String? {
    guard value.hasPrefix("\(name)("), value.hasSuffix(")") else { return nil }
    return String(value.dropFirst(name.count + 1).dropLast())
  }

  /// Hydra's range: start, stop (excluded) and an optional step.
  private func range(_ arguments: String, at place: Place, _ findings: Findings) -> SourceNode? {
    let numbers = splitAtCommas(arguments).map { Scalars.real($0.text) }
    guard (1...3).contains(numbers.count), numbers.allSatisfy({ $0 != nil }) else {
      findings.report(.wrongRange(text: arguments), at: place)
      return nil
    }
    let known = numbers.compactMap { $0 }
    let start = known.count == 1 ? 0 : known[0]
    let stop = known.count == 1 ? known[0] : known[1]
    let step = known.count == 3 ? known[2] : 1
    // 0.3 / 0.1 is a little more than 3: an end that close to a step counts as reached.
    let count = ((stop - start) / step - 1e-9).rounded(.up)
    guard step != 0, count >= 1, count <= Double(Expansion.limit) else {
      findings.report(.wrongRange(text: arguments), at: place)
      return nil
    }
    let values = (0..<Int(count)).map { roundedToSixDigits(start + Double($0) * step) }
    return SourceNode(
      .sequence(values.map { SourceNode(text: number($0), at: place) }),
      at: place
    )
  }

  // MARK: - Keys

  private func set(
    _ path: String,
    _ value: String,
    column: Int,
    in root: inout SourceNode,
    _ findings: Findings
  ) {
    let steps = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if steps.count == 1, !ManifestKeys.top.contains(where: { $0.name == path }) {
      let names = (parameters(of: root) ?? []) + ManifestKeys.top.map(\.name)
      return findings.report(.unknownOverride(path, names: names), at: place(length: path.count))
    }
    guard let node = node(value, column: column, findings) else { return }
    var start = 1
    var places: [Place] = []
    for step in steps {
      places.append(place(column: start, length: max(1, step.count)))
      start += step.count + 1
    }
    if let mistake = root.set(steps[...], node, places: places[...]) {
      findings.report(mistake, at: place(length: path.count))
    }
  }

  private func node(_ value: String, column: Int, _ findings: Findings) -> SourceNode? {
    guard let first = value.first, "[{\"'".contains(first) else {
      return scalar(value, at: place(column: column))
    }
    return yaml(value, column: column, findings)
  }

  private func scalar(_ text: String, at place: Place) -> SourceNode {
    for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote)
    {
      return SourceNode(text: String(text.dropFirst().dropLast()), isQuoted: true, at: place)
    }
    return SourceNode(text: text, at: place)
  }

  /// YAML text whose places all point at the value.
  private func yaml(_ value: String, column: Int, _ findings: Findings) -> SourceNode? {
    let inner = Findings()
    guard let node = Document.read(value, file: Self.file, findings: inner), inner.isClean else {
      let problem = inner.errors.first?.message ?? "this is not YAML"
      findings.report(Mistake(problem), at: place(column: column))
      return nil
    }
    return node.moved(to: source, line: line, offset: column - 1)
  }
}

/// Pieces between commas outside of brackets and quotes, trimmed, with the offset of each.
private func splitAtCommas(_ text: String) -> [(text: String, offset: Int)] {
  var pieces: [(text: String, offset: Int)] = []
  var current = ""
  var start = 0
  var depth = 0
  var quote: Character?
  for (offset, character) in text.enumerated() {
    if character == ",", depth == 0, quote == nil {
      pieces.append((current, start))
      current = ""
      start = offset + 1
      continue
    }
    if let open = quote {
      if character == open { quote = nil }
    } else if "\"'".contains(character) {
      quote = character
    } else if "[{(".contains(character) {
      depth += 1
    } else if "]})".contains(character) {
      depth -= 1
    }
    current.append(character)
  }
  pieces.append((current, start))
  return pieces.map { piece in
    let leading = piece.text.prefix { $0 == " " }.count
    var trimmed = piece.text.dropFirst(leading)
    while trimmed.last == " " { trimmed.removeLast() }
    return (String(trimmed), piece.offset + leading)
  }
}
