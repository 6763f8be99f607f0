// SPDX-License-Identifier: Apache-2.0

import Tensors

/// The text header of a cache file: one fact per line, its key first.
struct CacheHeader: Sendable {
  var identity: String
  var contentSHA256: String
  var meaning: DecodedSet.Meaning
  var arrays: [String: StoredArray]
  var findings: [DataFinding]
  var exactSHA256: [String: String]
  var columns: [ColumnFacts]

  init(
    identity: String,
    contentSHA256: String,
    meaning: DecodedSet.Meaning,
    arrays: [String: StoredArray],
    findings: [DataFinding] = [],
    exactSHA256: [String: String] = [:],
    columns: [ColumnFacts] = []
  ) {
    self.identity = identity
    self.contentSHA256 = contentSHA256
    self.meaning = meaning
    self.arrays = arrays
    self.findings = findings
    self.exactSHA256 = exactSHA256
    self.columns = columns
  }

  var text: String {
    var lines = ["identity \(escaped(identity))", "content \(contentSHA256)"]
    lines += exactSHA256.sorted { $0.key < $1.key }.map { "exact \($0.key) \($0.value)" }
    lines += meaning.lines + columns.flatMap(\.lines)
    for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
      let shape = array.shape.map { "\($0)" }.joined(separator: ",")
      lines.append("array \(name) \(array.element.rawValue) \(shape) \(array.offset)")
    }
    lines += findings.map { finding in
      "finding \(escaped(finding.words.joined(separator: wordSeparator)))"
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Nil if a line is not understood or a fact is missing.
  init?(_ text: String) {
    var (identity, content) = (String?.none, String?.none)
    var arrays: [String: StoredArray] = [:]
    var findings: [DataFinding] = []
    var exact: [String: String] = [:]
    var facts: [(String, String)] = []
    var columns: [ColumnFacts] = []
    for line in text.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { return nil }
      let (key, value) = (String(line[..<space]), String(line[line.index(after: space)...]))
      switch key {
      case "identity": identity = unescaped(value)
      case "content": content = value
      case "exact":
        let words = value.split(separator: " ").map(String.init)
        guard words.count == 2 else { return nil }
        exact[words[0]] = words[1]
      case "array":
        guard let (name, array) = parsedArray(value) else { return nil }
        arrays[name] = array
      case "finding":
        let words = unescaped(value).components(separator: wordSeparator)
        guard let finding = DataFinding(words: words) else { return nil }
        findings.append(finding)
      case _ where key.hasPrefix("column"):
        guard ColumnFacts.read(key, value, into: &columns) else { return nil }
      default: facts.append((key, value))
      }
    }
    guard let identity, let content, let meaning = DecodedSet.Meaning(lines: facts) else {
      return nil
    }
    self.init(
      identity: identity,
      contentSHA256: content,
      meaning: meaning.having(arrays.keys),
      arrays: arrays,
      findings: findings,
      exactSHA256: exact,
      columns: columns
    )
  }
}

/// Stands between the words of a finding: no text of a table or path holds it.
private let wordSeparator = "\u{1F}"

extension String {
  fileprivate func components(separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}

private func parsedArray(_ text: String) -> (String, StoredArray)? {
  let words = text.split(separator: " ")
  guard words.count == 4, let element = Element(rawValue: String(words[1])),
    let shape = integers(words[2]), !shape.isEmpty, let offset = Int(words[3])
  else { return nil }
  return (String(words[0]), StoredArray(element: element, shape: shape, offset: offset))
}

private func integers(_ text: Substring) -> [Int]? {
  let numbers = text.split(separator: ",").map { Int($0) }
  return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
}

extension DecodedSet.Meaning {
  /// One fact per line: the form that is stored and digested.
  ///
  /// Which sequences have lengths is told by the arrays. Names of inputs and targets stand here only where they are not
  /// the standard ones; so a set with one input and one target has the lines, and the digest, of the first version.
  var lines: [String] {
    var lines = [inputs[0].line] + inputs[0].nameLines
    lines += [targets[0].line] + targets[0].nameLines + targets[0].classLines
    lines += inputs[0].tokenLines
    lines += columns.map { column in
      switch column {
      case .number(let name): "number \(escaped(name))"
      case .indicator(let name): "indicator \(escaped(name))"
      }
    }
    for input in inputs.dropFirst() { lines += [input.line] + input.nameLines + input.tokenLines }
    for target in targets.dropFirst() {
      lines += [target.line] + target.nameLines + target.classLines
    }
    return lines
  }

  /// A name, class or token belongs to the last input or target before it.
  init?(lines: [(String, String)]) {
    self.init(inputs: [], targets: [])
    for (key, value) in lines {
      let words = value.split(separator: " ")
      switch key {
      case "input":
        guard words.count == 2, let numbers = integers(words[1]),
          let shape = inputKind(words[0], numbers)
        else { return nil }
        inputs.append(InputDescription(shape))
      case "target":
        guard words.count == 2, let numbers = integers(words[1]),
          let shape = targetKind(words[0], numbers)
        else { return nil }
        targets.append(TargetDescription(shape))
      case "input_name" where !inputs.isEmpty: inputs[inputs.count - 1].name = unescaped(value)
      case "target_name" where !targets.isEmpty: targets[targets.count - 1].name = unescaped(value)
      case "class" where !targets.isEmpty:
        targets[targets.count - 1].classNames.append(unescaped(value))
      case "token" where !inputs.isEmpty:
        inputs[inputs.count - 1].vocabulary.append(unescaped(value))
      case "number": columns.append(.number(unescaped(value)))
      case "indicator": columns.append(.indicator(unescaped(value)))
      default: return nil
      }
    }
    guard !inputs.isEmpty, !targets.isEmpty else { return nil }
  }
}

extension InputDescription {
  fileprivate var line: String {
    switch shape {
    case .values(let sizes): "input values \(joined(sizes))"
    case .tokens(let size, let steps): "input tokens \(size),\(steps)"
    }
  }

  fileprivate var nameLines: [String] {
    name == Self.standardName ? [] : ["input_name \(escaped(name))"]
  }

  fileprivate var tokenLines: [String] { vocabulary.map { "token \(escaped($0))" } }
}

extension TargetDescription {
  fileprivate var line: String {
    switch shape {
    case .classes(let count): "target classes \(count)"
    case .values(let sizes): "target values \(joined(sizes))"
    case .steps(let size): "target tokens \(size)"
    case .sequence(let size, let steps): "target sequence \(size),\(steps)"
    }
  }

  fileprivate var nameLines: [String] {
    name == Self.standardName ? [] : ["target_name \(escaped(name))"]
  }

  fileprivate var classLines: [String] { classNames.map { "class \(escaped($0))" } }
}

private func joined(_ shape: [Int]) -> String { shape.map { "\($0)" }.joined(separator: ",") }

private func inputKind(_ word: Substring, _ numbers: [Int]) -> SignalShape? {
  switch word {
  case "values": .values(numbers)
  case "tokens" where numbers.count == 2:
    .tokens(vocabulary: numbers[0], steps: numbers[1])
  default: nil
  }
}

private func targetKind(_ word: Substring, _ numbers: [Int]) -> TargetShape? {
  switch word {
  case "values": .values(numbers)
  case "classes" where numbers.count == 1: .classes(numbers[0])
  case "tokens" where numbers.count == 1: .steps(classes: numbers[0])
  case "sequence" where numbers.count == 2: .sequence(classes: numbers[0], steps: numbers[1])
  default: nil
  }
}

/// Quoted, so that spaces at the ends survive, with line feeds and backslashes marked.
func escaped(_ text: String) -> String {
  var result = "\""
  for character in text.unicodeScalars {
    switch character {
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    default: result.unicodeScalars.append(character)
    }
  }
  return result + "\""
}

func unescaped(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  var isMarked = false
  for character in text.unicodeScalars.dropFirst().dropLast() {
    if isMarked {
      result.append(character == "n" ? "\n" : character)
      isMarked = false
    } else if character == "\\" {
      isMarked = true
    } else {
      result.append(character)
    }
  }
  return String(result)
}
