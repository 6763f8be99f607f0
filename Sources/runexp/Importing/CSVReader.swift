// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// One value of a comma-separated file, with its place.
struct CSVField: Hashable {
  var text: String
  /// From 1.
  var line: Int
  /// From 1, in characters.
  var column: Int
  /// Characters it takes in the file; at least 1.
  var length: Int
}

/// Reads comma-separated values (RFC 4180): quoted text may hold commas, line breaks and doubled quotes.
///
/// Lines may end in LF or CR LF, a byte-order mark is passed over, empty lines are left out. Spaces around a value that
/// is not quoted do not belong to it.
struct CSVReader {
  /// The file as the user named it.
  let file: String
  private let characters: [Character]
  private var position = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: String, file: String) {
    self.file = file
    characters = Array(text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...])
  }

  /// The rows, each with at least one field.
  mutating func rows() throws(Diagnostic) -> [[CSVField]] {
    var rows: [[CSVField]] = []
    while position < characters.count {
      let row = try row()
      if row.count > 1 || row.first?.text.isEmpty == false { rows.append(row) }
    }
    return rows
  }

  /// A mistake at a field, with its line.
  func mistake(_ message: String, at field: CSVField, hints: [String] = []) -> Diagnostic {
    Diagnostic(
      message,
      at: SourceLocation(file: file, line: field.line, column: field.column),
      excerpt: text(ofLine: field.line),
      length: field.length,
      hints: hints
    )
  }

  private func text(ofLine line: Int) -> String {
    let lines = characters.split(
      maxSplits: line,
      omittingEmptySubsequences: false,
      whereSeparator: \.isNewline
    )
    return lines.indices.contains(line - 1) ? String(lines[line - 1]) : ""
  }

  private mutating func row() throws(Diagnostic) -> [CSVField] {
    var fields = [try field()]
    while position < characters.count, characters[position] == "," {
      position += 1
      fields.append(try field())
    }
    if position < characters.count { endLine() }
    return fields
  }

  private mutating func endLine() {
    position += 1
    line += 1
    lineStart = position
  }

  private mutating func field() throws(Diagnostic) -> CSVField {
    while position < characters.count, characters[position] == " " { position += 1 }
    if position < characters.count, characters[position] == "\"" { return try quoted() }
    let start = position
    while position < characters.count, characters[position] != ",",
      !characters[position].isNewline
    {
      position += 1
    }
    let text = String(characters[start..<position]).trimming { $0 == " " || $0 == "\t" }
    return CSVField(
      text: text,
      line: line,
      column: start - lineStart + 1,
      length: max(1, text.count)
    )
  }

  private mutating func quoted() throws(Diagnostic) -> CSVField {
    var field = CSVField(text: "", line: line, column: position - lineStart + 1, length: 1)
    let start = position
    position += 1
    while position < characters.count {
      let character = characters[position]
      if character == "\"" {
        guard position + 1 < characters.count, characters[position + 1] == "\"" else { break }
        position += 1
      }
      field.text.append(character)
      if character.isNewline { endLine() } else { position += 1 }
    }
    guard position < characters.count else {
      throw mistake("the quote is not closed", at: field)
    }
    position += 1
    field.length = position - start
    while position < characters.count, characters[position] == " " { position += 1 }
    guard
      position == characters.count || characters[position] == "," || characters[position].isNewline
    else {
      throw mistake(
        "text follows the closing quote",
        at: field,
        hints: ["a quote inside quoted text is written twice"]
      )
    }
    return field
  }
}
