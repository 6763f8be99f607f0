// SPDX-License-Identifier: Apache-2.0

import Codecs
package import Diagnostics

/// One value of a comma-separated file.
package struct ImportedField: Hashable {
  package var text: String
  /// Its bytes in the file.
  package var range: Range<Int>
}

/// The rows of a comma-separated file, and how mistakes in them are shown.
package struct ImportedRows {
  /// One row, with at least one field.
  package struct Row {
    /// From 1.
    package var line: Int
    package var fields: [ImportedField]
  }

  /// The file as the user named it.
  package let file: String
  package private(set) var rows: [Row] = []
  private let bytes: [UInt8]

  package init(_ text: String, file: String) throws(Diagnostic) {
    self.file = file
    bytes = Array(text.utf8)
    do {
      rows = try DelimitedText(bytes, separator: UInt8(ascii: ",")).records.map { record in
        let fields = zip(record.fields, record.ranges).map { ImportedField(text: $0, range: $1) }
        return Row(line: record.line, fields: fields)
      }
    } catch {
      let field = ImportedField(text: "", range: error.range)
      switch error.fact {
      case .notUTF8: throw mistake("the text is not UTF-8", at: field)
      case .unterminatedQuote:
        throw mistake("the quote is not closed", at: field.shortened(to: 1))
      case .textAfterQuote:
        throw mistake(
          "text follows the closing quote",
          at: field,
          hints: ["a quote inside quoted text is written twice"]
        )
      case .quoteInField:
        throw mistake(
          "a quote stands inside a value that does not begin with one",
          at: field,
          hints: ["put the whole value between quotes, and write those inside twice"]
        )
      }
    }
  }

  /// A mistake at a field, with its line.
  package func mistake(_ message: String, at field: ImportedField, hints: [String] = [])
    -> Diagnostic
  {
    let before = bytes[..<field.range.lowerBound]
    let start = before.lastIndex(where: Self.endsLine).map { $0 + 1 } ?? 0
    let end = bytes[field.range.lowerBound...].firstIndex(where: Self.endsLine) ?? bytes.count
    // The byte order mark takes no column.
    let first = start == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : start
    return Diagnostic(
      message,
      at: SourceLocation(
        file: file,
        line: 1 + String(decoding: before, as: UTF8.self).count(where: \.isNewline),
        column: 1 + characters(first..<max(first, field.range.lowerBound))
      ),
      excerpt: String(decoding: bytes[min(first, end)..<end], as: UTF8.self),
      length: max(1, characters(field.range)),
      hints: hints
    )
  }

  private func characters(_ range: Range<Int>) -> Int {
    String(decoding: bytes[range], as: UTF8.self).count
  }

  private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}

extension ImportedField {
  fileprivate func shortened(to count: Int) -> Self {
    Self(text: text, range: range.lowerBound..<min(range.upperBound, range.lowerBound + count))
  }
}
