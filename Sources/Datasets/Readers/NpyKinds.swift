// SPDX-License-Identifier: Apache-2.0

/// What the elements of an array are read as.
private enum NpyReading {
  case values, bytes, tokens, classes

  init(_ kind: NpyType.Kind, role: String) {
    switch kind {
    case .float16, .float32, .float64: self = .values
    case _ where role == "targets": self = .classes
    case .bool: self = .values
    case .uint8: self = .bytes
    default: self = .tokens
    }
  }
}

/// The error where the files of one role in both parts are read as different things; nil where they are not, or where one
/// cannot be read.
func differentKinds(_ role: String, _ path: String, _ other: String) -> DatasetError? {
  func kind(_ path: String) -> NpyType.Kind? {
    try? NpyHeader(fileBytes(path), path: path).type.kind
  }
  guard let own = kind(path), let theirs = kind(other),
    NpyReading(own, role: role) != NpyReading(theirs, role: role)
  else { return nil }
  return .elementMismatch(
    role: role,
    path: path,
    element: "\(own)",
    other: other,
    otherElement: "\(theirs)"
  )
}

/// Reads a file of inputs or targets; texts that are numbers have a fact of their own.
func npyArray(_ path: String, role: String) throws(DatasetError) -> NpyArray {
  let bytes = try fileBytes(path)
  do {
    return try NpyArray(bytes, path: path)
  } catch {
    guard case .format(_, .npyElement(let descriptor)) = error,
      holdsNumbers(bytes, descriptor: descriptor)
    else { throw error }
    throw .format(path: path, fact: .npyNumbersAsText(descriptor, role: role))
  }
}

/// Whether the first texts of an array are all numbers.
///
/// The header is sound, else there were another error. NumPy keeps texts of equal length, zeros behind them: `U` in units
/// of four bytes, `S` and `a` in single bytes.
private func holdsNumbers(_ bytes: [UInt8], descriptor: String) -> Bool {
  guard let letter = descriptor.first(where: \.isLetter), "USa".contains(letter),
    let length = Int(descriptor.filter(\.isNumber)), length > 0
  else { return false }
  let start = bytes[6] == 1 ? 10 : 12
  let unit = letter == "U" ? 4 : 1
  let content = bytes.dropFirst(start + bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) })
  let texts = stride(from: content.startIndex, to: content.endIndex, by: length * unit).prefix(1000)
    .map { first in text(content[first...].prefix(length * unit), unit, descriptor.first == ">") }
  return !texts.isEmpty && texts.allSatisfy { Double($0) != nil }
}

private func text(_ bytes: ArraySlice<UInt8>, _ unit: Int, _ isBigEndian: Bool) -> String {
  // Numbers are ASCII: the lowest byte of each unit says it all.
  let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: unit).map { start in
    let word = bytes[start..<min(start + unit, bytes.endIndex)]
    let lowest = isBigEndian ? word.last : word.first
    return word.count { $0 != 0 } > 1 ? UInt8(ascii: "?") : lowest ?? 0
  }
  let characters = units.filter { $0 != 0 && $0 != UInt8(ascii: " ") }
  return String(decoding: characters, as: UTF8.self)
}
