// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// A table for a terminal with aligned columns and two spaces between them; it is readable without
/// colour.
///
/// Every text takes one line, and characters that would control a terminal are made visible.
public struct TextTable: Hashable, Sendable {
  /// One column.
  public struct Column: Hashable, Sendable {
    /// Its heading.
    public var title: String
    /// Whether it is aligned to the right, as numbers are.
    public var isNumber: Bool

    /// A column.
    public init(_ title: String, isNumber: Bool = false) {
      self.title = title
      self.isNumber = isNumber
    }
  }

  /// Narrower than this no column is made.
  static let narrowest = 6

  /// The columns.
  public var columns: [Column]
  /// The rows, each with one text for each column.
  public var rows: [[String]]

  /// A table; every row has as many texts as there are columns.
  public init(_ columns: [Column], rows: [[String]]) {
    for row in rows {
      precondition(
        row.count == columns.count,
        "a row of \(row.count) texts in a table of \(columns.count) columns"
      )
    }
    self.columns = columns.map { Column(visible($0.title), isNumber: $0.isNumber) }
    self.rows = rows.map { $0.map { visible($0) } }
  }

  /// The lines, heading first, without spaces at their ends.
  ///
  /// With `width`, the widest columns are cut with `…` until the lines fit. If even the narrowest
  /// columns do not fit, the lines stay longer. Without `width` nothing is cut, as for a pipe.
  public func lines(width: Int? = nil) -> [String] {
    let widths = columnWidths(limit: width)
    return ([columns.map(\.title)] + rows).map { row in
      var line = ""
      for (index, text) in row.enumerated() {
        let cut = DisplayWidth.truncated(text, to: widths[index])
        line += index == 0 ? "" : "  "
        line += DisplayWidth.padded(cut, to: widths[index], right: columns[index].isNumber)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// The lines, each with a line feed behind it.
  public func text(width: Int? = nil) -> String {
    lines(width: width).map { $0 + "\n" }.joined()
  }

  private func columnWidths(limit: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      ([columns[index].title] + rows.map { $0[index] }).map(DisplayWidth.of).max() ?? 0
    }
    guard let limit else { return widths }
    var surplus = widths.reduce(0, +) + 2 * max(0, widths.count - 1) - limit
    while surplus > 0, let widest = widest(widths) {
      widths[widest] -= 1
      surplus -= 1
    }
    return widths
  }

  /// Words are cut before numbers, for a cut number is a wrong one.
  private func widest(_ widths: [Int]) -> Int? {
    let words = widths.indices.filter { !columns[$0].isNumber && widths[$0] > Self.narrowest }
    return words.max { (widths[$0], -$0) < (widths[$1], -$1) }
  }
}
