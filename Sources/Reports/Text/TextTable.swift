// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// A table for a terminal with aligned columns and two spaces between them; it is readable without
/// colour.
///
/// Every text takes one line unless its column wraps, and characters that would control a terminal are made visible.
public struct TextTable: Hashable, Sendable {
  /// What becomes of words that are too long for a narrow terminal.
  public enum Fit: Hashable, Sendable {
    /// Their end is cut.
    case cut
    /// They stay whole, because their end tells the rows apart.
    case whole
    /// They go on in further lines, as sentences do.
    case wrap
  }

  /// One column.
  public struct Column: Hashable, Sendable {
    /// Its heading.
    public var title: String
    /// Whether it is aligned to the right, as numbers are.
    public var isNumber: Bool
    /// What becomes of long words; numbers always stay whole.
    public var fit: Fit

    /// A column.
    public init(_ title: String, isNumber: Bool = false, fit: Fit = .cut) {
      self.title = title
      self.isNumber = isNumber
      self.fit = fit
    }
  }

  /// Narrower than this no column is made.
  static let narrowest = 6
  /// Sentences are not made narrower than this.
  static let narrowestSentence = 24

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
    self.columns = columns.map { Column(visible($0.title), isNumber: $0.isNumber, fit: $0.fit) }
    self.rows = rows.map { $0.map { visible($0) } }
  }

  /// The lines, heading first, without spaces at their ends.
  ///
  /// With `width`, sentences are wrapped, then the widest other columns are cut with `…`, until the
  /// lines fit. If even the narrowest columns do not fit, the lines stay longer. Without `width`
  /// nothing is cut or wrapped, as for a pipe.
  public func lines(width: Int? = nil) -> [String] {
    let widths = columnWidths(limit: width)
    return ([columns.map(\.title)] + rows).flatMap { lines(of: $0, widths: widths) }
  }

  /// The lines of one row: the texts that do not wrap stand in the first.
  private func lines(of row: [String], widths: [Int]) -> [String] {
    let texts = row.enumerated().map { index, text in
      columns[index].fit == .wrap
        ? wrapped(text, width: widths[index]) : [DisplayWidth.truncated(text, to: widths[index])]
    }
    return (0..<(texts.map(\.count).max() ?? 1)).map { place in
      var line = ""
      for (index, parts) in texts.enumerated() {
        let text = place < parts.count ? parts[place] : ""
        line += index == 0 ? "" : "  "
        line += DisplayWidth.padded(text, to: widths[index], right: columns[index].isNumber)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// The same rows in several tables, to stand below each other, where one would be wider than `width`: each begins with
  /// the first column. A column that is too wide alone has a table of its own.
  public func split(width: Int?) -> [TextTable] {
    guard let width, fullWidth > width else { return [self] }
    var parts: [[Int]] = []
    for index in columns.indices.dropFirst() {
      let wider = (parts.last ?? []) + [index]
      if parts.isEmpty || part(wider).fullWidth > width && wider.count > 1 {
        parts.append([index])
      } else {
        parts[parts.count - 1] = wider
      }
    }
    return parts.map(part)
  }

  /// The first column and these.
  private func part(_ places: [Int]) -> TextTable {
    let all = [0] + places
    return TextTable(all.map { columns[$0] }, rows: rows.map { row in all.map { row[$0] } })
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

  /// A wrapped sentence loses nothing, so it gives way before words are cut; numbers never do, for a cut number is a
  /// wrong one.
  private func widest(_ widths: [Int]) -> Int? {
    let words = widths.indices.filter { !columns[$0].isNumber }
    let sentences = words.filter {
      columns[$0].fit == .wrap && widths[$0] > Self.narrowestSentence
    }
    let others = words.filter { columns[$0].fit == .cut && widths[$0] > Self.narrowest }
    return (sentences.isEmpty ? others : sentences)
      .max { (widths[$0], -$0) < (widths[$1], -$1) }
  }

  /// How many columns its widest line takes if nothing is cut.
  public var fullWidth: Int { lines().map(DisplayWidth.of).max() ?? 0 }
}
