// SPDX-License-Identifier: Apache-2.0

/// The header of an npy file: a Python dictionary in ASCII (version 3.0: UTF-8) after a mark, version and length.
struct NpyHeader: Hashable, Sendable {
  var type: NpyType
  var shape: [Int]
  /// Whether the first axis changes fastest, as in what `DataFrame.to_numpy()` gives.
  var isFortranOrder: Bool
  /// Bytes before the elements.
  var size: Int

  init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    guard bytes.starts(with: [0x93] + "NUMPY".utf8) else {
      throw .format(path: path, fact: .npyMagic)
    }
    guard bytes.count >= 12 else {
      throw .format(path: path, fact: .npyHeaderSize(expected: 12, got: bytes.count))
    }
    let version = (Int(bytes[6]), Int(bytes[7]))
    guard (1...3).contains(version.0), version.1 == 0 else {
      throw .format(path: path, fact: .npyVersion(version.0, version.1))
    }
    let start = version.0 == 1 ? 10 : 12
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    size = start + length
    guard bytes.count >= size else {
      throw .format(path: path, fact: .npyHeaderSize(expected: size, got: bytes.count))
    }
    do {
      var scanner = PythonScanner(Array(bytes[start..<size]))
      (type, shape, isFortranOrder) = try NpyHeader.facts(of: scanner.dictionary(), at: start)
    } catch {
      throw .format(path: path, fact: error.fact(start))
    }
  }

  private static func facts(
    of entries: [String: PythonScanner.Value],
    at start: Int
  ) throws(PythonScanner.Failure) -> (NpyType, [Int], isFortranOrder: Bool) {
    guard case .text(let descriptor)? = entries["descr"] else {
      if entries["descr"] != nil { throw .element("[…]") }
      throw .syntax("`descr` is missing", 0)
    }
    guard case .boolean(let isFortran)? = entries["fortran_order"] else {
      throw .syntax("`fortran_order` is missing", 0)
    }
    guard case .tuple(let shape)? = entries["shape"] else {
      throw .syntax("`shape` is missing", 0)
    }
    guard let type = NpyType(descriptor: descriptor) else { throw .element(descriptor) }
    guard shape.allSatisfy({ $0 <= 1 << 40 }),
      shape.reduce(
        Optional(8),
        { product, size in
          product.flatMap {
            let result = $0.multipliedReportingOverflow(by: size)
            return result.overflow ? nil : result.partialValue
          }
        }
      ) != nil
    else { throw .syntax("`shape` is too large", 0) }
    // One axis (or none) looks the same in both orders.
    return (type, shape, isFortran && shape.count > 1)
  }
}

/// Reads the few forms of Python literals that stand in an npy header.
struct PythonScanner {
  enum Value: Hashable {
    case text(String)
    case boolean(Bool)
    case tuple([Int])
    /// A list: the fields of a structure.
    case other
  }

  /// What went wrong; offsets count from the header's text.
  enum Failure: Error {
    case syntax(String, Int)
    case element(String)

    func fact(_ start: Int) -> DatasetError.FormatFact {
      switch self {
      case .syntax(let what, let offset): .npyHeader(what, offset: start + offset)
      case .element(let descriptor): .npyElement(descriptor)
      }
    }
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// `{'key': value, …}` and nothing but white space after it.
  mutating func dictionary() throws(Failure) -> [String: Value] {
    var entries: [String: Value] = [:]
    try expect("{")
    while !skips("}") {
      let key = try text()
      try expect(":")
      entries[key] = try value()
      if !skips(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.count else { throw .syntax("surplus text", position) }
    return entries
  }

  private mutating func value() throws(Failure) -> Value {
    skipSpace()
    switch position < bytes.count ? bytes[position] : 0 {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "("): return .tuple(try tuple())
    case UInt8(ascii: "["):
      try list()
      return .other
    default:
      if skips("True") { return .boolean(true) }
      if skips("False") { return .boolean(false) }
      throw .syntax("expected a value", position)
    }
  }

  /// Passes over a list, with the lists in it.
  private mutating func list() throws(Failure) {
    var depth = 0
    repeat {
      guard position < bytes.count else { throw .syntax("expected `]`", position) }
      switch bytes[position] {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case 0x22, 0x27:
        _ = try text()
        continue
      default: break
      }
      position += 1
    } while depth > 0
  }

  private mutating func tuple() throws(Failure) -> [Int] {
    var numbers: [Int] = []
    try expect("(")
    while !skips(")") {
      numbers.append(try number())
      if !skips(",") {
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func number() throws(Failure) -> Int {
    skipSpace()
    let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw .syntax("expected a size", position)
    }
    position += digits.count
    // Python 2 wrote long integers with an L.
    _ = skips("L")
    return number
  }

  private mutating func text() throws(Failure) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == 0x27 || bytes[position] == 0x22 else {
      throw .syntax("expected a quoted word", position)
    }
    let quote = bytes[position]
    let content = bytes[(position + 1)...].prefix { $0 != quote }
    guard content.endIndex < bytes.count else { throw .syntax("a quote is missing", position) }
    position = content.endIndex + 1
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func expect(_ word: String) throws(Failure) {
    guard skips(word) else { throw .syntax("expected `\(word)`", position) }
  }

  private mutating func skips(_ word: String) -> Bool {
    skipSpace()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }
}
