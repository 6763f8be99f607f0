// SPDX-License-Identifier: Apache-2.0

/// Records of text fields between separators, as RFC 4180 describes CSV, each with its place in the
/// file.
///
/// Lines end in LF, CRLF or CR. A byte order mark and empty lines are skipped. A field may be
/// quoted with `"`; a quote inside it is doubled, and it may contain separators and line ends.
/// Spaces around a field belong to it only inside quotes.
public struct DelimitedText: Sendable {
  /// One record.
  public struct Record: Sendable {
    /// The line where it begins, counted from 1.
    public let line: Int
    /// The fields' texts, at least one.
    public let fields: [String]
    /// The byte range of each field, with its quotes and without the spaces around it.
    public let ranges: [Range<Int>]
  }

  /// The records; empty lines make none.
  public let records: [Record]

  /// `separator` is an ASCII character other than a quote or a line end.
  public init(_ bytes: [UInt8], separator: UInt8) throws(DelimitedTextError) {
    var parser = DelimitedTextParser(bytes: bytes, separator: separator)
    records = try parser.records()
  }
}

/// What is wrong in a field.
public struct DelimitedTextError: Error, Hashable, Sendable {
  /// The kinds of mistakes.
  public enum Fact: Hashable, Sendable {
    /// Bytes that are not UTF-8.
    case notUTF8
    /// A quoted field has no end.
    case unterminatedQuote
    /// A quoted field is not followed by a separator or a line end.
    case textAfterQuote
    /// A quote inside a field that does not begin with a quote.
    case quoteInField
  }
  /// The mistake.
  public var fact: Fact
  /// The line of the mistake, counted from 1; for a field without an end, the line where it begins.
  public var line: Int
  /// The bytes of the field up to the place where reading stopped.
  public var range: Range<Int>
}

private let quote = UInt8(ascii: "\"")
private let space = UInt8(ascii: " ")
private let lineFeed: UInt8 = 0x0A
private let carriageReturn: UInt8 = 0x0D

private struct DelimitedTextParser {
  let bytes: [UInt8]
  let separator: UInt8
  private var position = 0
  private var line = 1

  init(bytes: [UInt8], separator: UInt8) {
    self.bytes = bytes
    self.separator = separator
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func records() throws(DelimitedTextError) -> [DelimitedText.Record] {
    var records: [DelimitedText.Record] = []
    while position < bytes.count {
      let start = position
      let record = try record()
      let isBlank = record.fields == [""] && !bytes[start..<position].contains(quote)
      if !isBlank { records.append(record) }
    }
    return records
  }

  /// The fields up to the end of the record, which is passed.
  private mutating func record() throws(DelimitedTextError) -> DelimitedText.Record {
    let first = line
    var (fields, ranges): ([String], [Range<Int>]) = ([], [])
    while true {
      skipSpaces()
      let isQuoted = position < bytes.count && bytes[position] == quote
      let (text, range) = try isQuoted ? quoted() : plain()
      fields.append(text)
      ranges.append(range)
      guard position < bytes.count, bytes[position] == separator else { break }
      position += 1
    }
    endLine()
    return DelimitedText.Record(line: first, fields: fields, ranges: ranges)
  }

  private mutating func plain() throws(DelimitedTextError) -> (String, Range<Int>) {
    let start = position
    while position < bytes.count, !isEnd(bytes[position]) {
      guard bytes[position] != quote else { throw mistake(.quoteInField, line, start) }
      position += 1
    }
    var end = position
    while end > start, bytes[end - 1] == space { end -= 1 }
    return (try text(bytes[start..<end], line, start), start..<end)
  }

  private mutating func quoted() throws(DelimitedTextError) -> (String, Range<Int>) {
    let (first, start) = (line, position)
    var content: [UInt8] = []
    position += 1
    while true {
      guard position < bytes.count else { throw mistake(.unterminatedQuote, first, start) }
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
    let end = position
    skipSpaces()
    guard position == bytes.count || isEnd(bytes[position]) else {
      position = end
      throw mistake(.textAfterQuote, line, start)
    }
    return (try text(content[...], first, start), start..<end)
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

  private func text(
    _ bytes: ArraySlice<UInt8>,
    _ line: Int,
    _ start: Int
  ) throws(DelimitedTextError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw mistake(.notUTF8, line, start)
    }
    return text
  }

  /// A mistake in the field from `start` to here.
  private func mistake(
    _ fact: DelimitedTextError.Fact,
    _ line: Int,
    _ start: Int
  ) -> DelimitedTextError {
    DelimitedTextError(fact: fact, line: line, range: start..<position)
  }
}
