// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// Private characters that stand in for text which YAML would refuse, so that one pass finds the other mistakes too.
enum Standin {
  /// Replaces a duplicate key's first character.
  static let duplicate: Character = "\u{E000}"
  /// Replaces the braces of an unquoted `${p}` inside braces.
  static let open: Character = "\u{E001}"
  static let close: Character = "\u{E002}"
  /// Replaces white space beside such braces: what to write in their place is told without it.
  static let nothing: Character = "\u{E003}"

  /// The text as the user wrote it.
  static func undone(_ text: String) -> String {
    guard text.contains(where: { $0 == open || $0 == close }) else { return text }
    let written = text.filter { $0 != nothing }
    return String(written.map { $0 == open ? "{" : $0 == close ? "}" : $0 })
  }
}

/// Turns YAML text into nodes with places: the only user of Yams.
struct Document {
  let source: SourceText
  private let findings: Findings
  private let index: LineIndex
  private var lines: [[Character]]
  private var remainingNodes = 200_000

  /// Reads `text`; its mistakes go to `findings`. Nil if the text is no single YAML document.
  static func read(_ text: String, file: String, findings: Findings) -> SourceNode? {
    let text = text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
    var document = Document(source: SourceText(file: file, text: text), findings: findings)
    return document.read()
  }

  private init(source: SourceText, findings: Findings) {
    self.source = source
    self.findings = findings
    index = LineIndex(source.lines)
    lines = index.lines
  }

  private mutating func read() -> SourceNode? {
    var hasMendedBraces = false
    for _ in 0..<1000 {
      do {
        guard let root = try Yams.compose(yaml: lines.map { String($0) }.joined(separator: "\n"))
        else {
          findings.report(.emptyManifest, at: start)
          return nil
        }
        let node = node(root)
        // What is behind the limit was not read, so all else that could be said would be wrong.
        return remainingNodes > 0 ? node : nil
      } catch YamlError.duplicatedKeysInMapping(_, let context) {
        hide(duplicateAt: context.mark)
      } catch let error as YamlError {
        if !hasMendedBraces, mendBraces() {
          hasMendedBraces = true
          continue
        }
        report(error)
        return nil
      } catch {
        findings.report(.syntax("\(error)"), at: place(line: 1, column: 1))
        return nil
      }
    }
    return nil
  }

  // MARK: - Nodes

  private mutating func node(_ node: Yams.Node) -> SourceNode {
    remainingNodes -= 1
    let place = node.mark.map { self.place($0, text: node.scalar?.string) } ?? start
    guard remainingNodes > 0 else {
      if remainingNodes == 0 { findings.report(.tooManyNodes, at: place) }
      return SourceNode(text: "", at: place)
    }
    switch node {
    case .scalar(let scalar):
      let text = Standin.undone(scalar.string)
      let isQuoted = scalar.style != .plain && scalar.style != .any
      return SourceNode(text: text, isQuoted: isQuoted, at: place)
    case .mapping(let mapping):
      var entries: [SourceEntry] = []
      var hiddenKeys: [String: Place] = [:]
      for (key, value) in mapping { append(key, value, to: &entries, &hiddenKeys) }
      return SourceNode(.mapping(merged(entries)), at: place)
    case .sequence(let sequence):
      return SourceNode(.sequence(sequence.map { self.node($0) }), at: place)
    case .alias:
      return SourceNode(text: "", at: place)
    }
  }

  private mutating func append(
    _ key: Yams.Node,
    _ value: Yams.Node,
    to entries: inout [SourceEntry],
    _ hiddenKeys: inout [String: Place]
  ) {
    let keyNode = node(key)
    // What is behind the limit is not read.
    guard remainingNodes > 0 else { return }
    guard let typed = keyNode.text else {
      findings.report(.keyIsNoText, at: keyNode.place)
      return
    }
    guard !typed.isEmpty || keyNode.scalar?.isQuoted == true else {
      findings.report(.keyIsNoText, at: keyNode.place)
      return
    }
    if let name = hidden[keyNode.place] {
      hiddenKeys[name] = hiddenKeys[name] ?? keyNode.place
      return
    }
    if let first = hiddenKeys[typed] {
      findings.report(.duplicateKey(typed, firstLine: first.line), at: keyNode.place)
    }
    var entry = SourceEntry(key: typed, keyPlace: keyNode.place, value: node(value))
    entry.isMerge = typed == "<<" && keyNode.scalar?.isQuoted == false
    entries.append(entry)
  }

  /// The entries with those of `<<: *anchor` and `<<: [*a, *b]` in the place of that key, as YAML 1.1's merge type says:
  /// keys of the mapping itself come before merged ones, and of merged mappings the first one that has a key.
  private func merged(_ entries: [SourceEntry]) -> [SourceEntry] {
    guard entries.contains(where: \.isMerge) else { return entries }
    var taken = Set(entries.filter { !$0.isMerge }.map(\.key))
    return entries.flatMap { entry in
      guard entry.isMerge else { return [entry] }
      return mergedMappings(entry).flatMap { $0 }.filter { taken.insert($0.key).inserted }
        .map { $0.merged(at: entry.keyPlace) }
    }
  }

  /// The entries of each mapping that a `<<` names; anything else is reported.
  private func mergedMappings(_ entry: SourceEntry) -> [[SourceEntry]] {
    (entry.value.items ?? [entry.value]).compactMap { node in
      if node.entries == nil { findings.report(.wrongMerge(got: node), at: node.place) }
      return node.entries
    }
  }

  /// The names of keys that were renamed because an equal one follows, by place.
  private var hidden: [Place: String] = [:]

  /// Renames the first of two equal keys so that the rest can be read.
  private mutating func hide(duplicateAt mark: Mark) {
    var place = place(mark)
    let rest = source.line(place.line).dropFirst(place.column - 1)
    let isQuoted = rest.first.map { "\"'".contains($0) } ?? false
    place.length = isQuoted ? place.length : rest.prefix { $0 != ":" }.count
    hidden[place] = String(
      isQuoted ? rest.dropFirst().prefix(max(0, place.length - 2)) : rest.prefix(place.length)
    )
    guard lines.indices.contains(place.line - 1) else { return }
    let column = place.column - (isQuoted ? 0 : 1)
    guard lines[place.line - 1].indices.contains(column) else { return }
    lines[place.line - 1][column] = Character(
      UnicodeScalar(0xE100 + UInt32(hidden.count % 0x1000)) ?? "\u{E100}"
    )
  }

  // MARK: - Places

  private var start: Place { place(line: 1, column: 1) }

  private func place(_ mark: Mark, text: String? = nil) -> Place {
    let column = index.column(ofScalar: mark.column, inLine: mark.line)
    return place(line: mark.line, column: column, text: text)
  }

  private func place(line: Int, column: Int, text: String? = nil) -> Place {
    let length = underlineLength(index.rest(ofLine: line, from: column), text: text)
    return Place(source: source, line: line, column: column, length: length)
  }

  // MARK: - Text that is no YAML

  /// Replaces and reports each unquoted `${p}` inside braces or brackets; false if there is none.
  private mutating func mendBraces() -> Bool {
    let traps = unquotedReferences(in: lines)
    for trap in traps {
      let name = String(lines[trap.line][(trap.column + 2)..<trap.end])
      lines[trap.line][trap.column + 1] = Standin.open
      lines[trap.line][trap.end] = Standin.close
      let inside = (trap.column + 2)..<trap.end
      let white = lines[trap.line][inside].map(\.isWhitespace)
      let (leading, trailing) = (white.prefix { $0 }.count, white.reversed().prefix { $0 }.count)
      for column in Array(inside.prefix(leading)) + Array(inside.suffix(trailing)) {
        lines[trap.line][column] = Standin.nothing
      }
      var place = place(line: trap.line + 1, column: trap.column + 1)
      place.length = trap.end - trap.column + 1
      findings.report(.unquotedReference(name), at: place)
    }
    return !traps.isEmpty
  }

  private func report(_ error: YamlError) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      report(problem, at: mark, context: context)
    case .reader(let problem, let offset, let value, let text):
      let before = text.prefix(offset ?? 0).split(
        omittingEmptySubsequences: false,
        whereSeparator: \.isNewline
      )
      let place = place(line: max(1, before.count), column: (before.last?.count ?? 0) + 1)
      findings.report(.unreadableCharacter(problem, value: Int(value)), at: place)
    default:
      findings.report(.syntax("\(error)"), at: place(line: 1, column: 1))
    }
  }

  private func report(_ problem: String, at mark: Mark, context: YamlError.Context?) {
    var explained = false
    for number in Set([context?.mark.line, mark.line].compactMap { $0 }).sorted() {
      explained = reportTrap(inLine: number) || explained
    }
    guard !explained else { return }
    if problem.contains("nesting level") {
      findings.report(.nestedTooDeep, at: place(context?.mark ?? mark))
    } else if problem.contains("another document") {
      findings.report(.severalDocuments, at: place(mark))
    } else if let context, source.line(mark.line).isEmpty {
      findings.report(.syntax("\(context.text), \(problem)"), at: place(context.mark))
    } else {
      findings.report(.syntax(problem), at: place(mark))
    }
  }

  /// Reports a tab that indents or a colon without a space in a line that YAML could not read.
  private func reportTrap(inLine number: Int) -> Bool {
    let line = source.line(number)
    let indentation = line.prefix { $0 == " " || $0 == "\t" }
    if let tab = indentation.firstIndex(of: "\t") {
      let column = line.distance(from: line.startIndex, to: tab) + 1
      findings.report(.tabIndents, at: place(line: number, column: column))
      return true
    }
    guard let (key, column) = keyWithoutSpace(line) else { return false }
    var place = place(line: number, column: column)
    place.length = key.count + 1
    findings.report(.missingSpace(afterKey: key), at: place)
    return true
  }
}

/// A `key:value` at a line's start, after dashes, and its column from 1.
private func keyWithoutSpace(_ line: String) -> (key: String, column: Int)? {
  let start = line.firstIndex { $0 != " " && $0 != "-" } ?? line.endIndex
  let rest = line[start...]
  let key = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
  let after = rest.dropFirst(key.count)
  guard !key.isEmpty, after.first == ":", let next = after.dropFirst().first, !next.isWhitespace,
    !after.hasPrefix("://")
  else { return nil }
  return (String(key), line.distance(from: line.startIndex, to: start) + 1)
}

/// Places (from 0) of `${p}` outside quotes and comments but inside braces or brackets; `end` is the closing brace.
func unquotedReferences(in lines: [[Character]]) -> [(line: Int, column: Int, end: Int)] {
  var found: [(line: Int, column: Int, end: Int)] = []
  var depth = 0
  var quote: Character?
  for (number, line) in lines.enumerated() {
    var column = 0
    scan: while column < line.count {
      let character = line[column]
      if let open = quote {
        if character == "\\", open == "\"" { column += 1 } else if character == open { quote = nil }
      } else if character == "$", column + 1 < line.count, line[column + 1] == "{" {
        let end = line[column...].firstIndex(of: "}") ?? line.count
        if depth > 0, end < line.count { found.append((number, column, end)) }
        column = end
      } else {
        let startsToken = column == 0 || " \t[{,".contains(line[column - 1])
        switch character {
        case "\"", "'": if startsToken { quote = character }
        case "[", "{": if depth > 0 || startsToken { depth += 1 }
        case "]", "}": depth = max(0, depth - 1)
        case "#": if startsToken { break scan }
        default: break
        }
      }
      column += 1
    }
  }
  return found
}
