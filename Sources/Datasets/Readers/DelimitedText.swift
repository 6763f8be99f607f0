// SPDX-License-Identifier: Apache-2.0

/// Records of text fields with a separator between, as RFC 4180 describes CSV, each with the line it begins on.
///
/// Lines end in LF, CRLF or CR; a byte order mark and empty lines are skipped. Fields may be quoted with `"`, doubled
/// inside; a quoted field may hold separators and line ends. Spaces around a field are no part of it unless quoted.
struct DelimitedText: Sendable {
  struct Record: Sendable {
    /// Where it begins, counted from 1.
    var line: Int
    var fields: [String]
  }

  var records: [Record] = []

  /// `path` is for the errors; `separator` is an ASCII character other than a quote or a line end.
  init(_ bytes: [UInt8], separator: UInt8, path: String) throws(DatasetError) {
    var parser = DelimitedTextParser(bytes: bytes, separator: separator, path: path)
    records = try parser.records()
  }
}

private let quote = UInt8(ascii: "\"")
private let space = UInt8(ascii: " ")
private let lineFeed: UInt8 = 0x0A
private let carriageReturn: UInt8 = 0x0D

private struct DelimitedTextParser {
  let bytes: [UInt8]
  let separator: UInt8
  let path: String
  private var position = 0
  private var line = 1

  init(bytes: [UInt8], separator: UInt8, path: String) {
    self.bytes = bytes
    self.separator = separator
    self.path = path
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func records() throws(DatasetError) -> [DelimitedText.Record] {
    var records: [DelimitedText.Record] = []
    while position < bytes.count {
      let start = position
      let record = DelimitedText.Record(line: line, fields: try fields())
      let isBlank = record.fields == [""] && !bytes[start..<position].contains(quote)
      if !isBlank { records.append(record) }
    }
    return records
  }

  /// The fields up to the end of the record, which is passed.
  private mutating func fields() throws(DatasetError) -> [String] {
    var fields: [String] = []
    while true {
      skipSpaces()
      fields.append(try position < bytes.count && bytes[position] == quote ? quoted() : plain())
      guard position < bytes.count, bytes[position] == separator else { break }
      position += 1
    }
    endLine()
    return fields
  }

  private mutating func plain() throws(DatasetError) -> String {
    let start = position
    while position < bytes.count, !isEnd(bytes[position]) {
      guard bytes[position] != quote else { throw fact(.quoteInField, at: line) }
      position += 1
    }
    var end = position
    while end > start, bytes[end - 1] == space { end -= 1 }
    return try text(bytes[start..<end], at: line)
  }

  private mutating func quoted() throws(DatasetError) -> String {
    let first = line
    var content: [UInt8] = []
    position += 1
    while true {
      guard position < bytes.count else { throw fact(.unterminatedQuote, at: first) }
      let byte = bytes[position]
      position += 1
      if byte == quote {
        guard position < bytes.count, bytes[position] == quote else { break }
        position += 1
      } else if byte == lineFeed {
        line += 1
      }
      content.append(byte)
    }
    skipSpaces()
    guard position == bytes.count || isEnd(bytes[position]) else {
      throw fact(.textAfterQuote, at: line)
    }
    return try text(content[...], at: first)
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == separator || byte == lineFeed || byte == carriageReturn
  }

  private mutating func skipSpaces() {
    while separator != space, position < bytes.count, bytes[position] == space { position += 1 }
  }

  private mutating func endLine() {
    guard position < bytes.count else { return }
    let isReturn = bytes[position] == carriageReturn
    position += 1
    if isReturn, position < bytes.count, bytes[position] == lineFeed { position += 1 }
    line += 1
  }

  private func text(_ bytes: ArraySlice<UInt8>, at line: Int) throws(DatasetError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw fact(.notUTF8, at: line)
    }
    return text
  }

  private func fact(_ fact: DatasetError.TableFact, at line: Int) -> DatasetError {
    .table(path: path, line: line, fact)
  }
}
