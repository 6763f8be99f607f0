// SPDX-License-Identifier: Apache-2.0

import Diagnostics
public import Experiments
import Vocabulary

/// The columns of a table for people: what each is used for, how its fields are read, and what they
/// hold.
public struct ColumnsTable {
  private let columns: [DataColumn]
  private let count: Int
  private let hasMissing: Bool

  /// The first `shown` columns.
  public init(_ columns: DataColumns, shown: Int = 20) {
    self.columns = Array(columns.columns.prefix(shown))
    count = columns.count
    hasMissing = columns.columns.contains { $0.missingShare > 0 }
  }

  /// The lines for a terminal, at most `width` wide if that is possible.
  public func lines(width: Int?) -> [String] {
    let titles = titles.map { TextTable.Column($0, isNumber: $0 == Self.missingTitle) }
    return TextTable(titles, rows: rows).lines(width: width) + rest
  }

  /// The table and the sentence behind it, as parts of a report.
  var blocks: [Block] {
    let titles = titles.map {
      Block.Column(title: .text($0), alignment: $0 == Self.missingTitle ? .right : .left)
    }
    return [.table(titles, rows.map { $0.map(Inline.verbatim) })]
      + rest.map { .paragraph(.text($0)) }
  }

  private static let missingTitle = "missing"

  private var titles: [String] {
    ["column", "role", "kind", "values"] + (hasMissing ? [Self.missingTitle] : [])
  }

  private var rows: [[String]] {
    columns.map { column in
      [Self.printable(column.name), column.role, column.kind, Self.values(column)]
        + (hasMissing ? [Self.share(column.missingShare)] : [])
    }
  }

  /// What stands below a table that does not show all.
  private var rest: [String] {
    let more = count - columns.count
    return more > 0 ? ["… and \(counted(more, "more column"))"] : []
  }

  private static func values(_ column: DataColumn) -> String {
    guard let count = column.categoryCount else {
      guard let minimum = column.minimum, let maximum = column.maximum else { return "none" }
      return minimum == maximum ? number(minimum) : range(minimum, maximum)
    }
    let names = column.categories ?? []
    return "\(count): " + names.map(printable).joined(separator: ", ")
      + (names.count < count ? ", …" : "")
  }

  /// Both ends, with the digits that tell them apart.
  private static func range(_ minimum: Double, _ maximum: Double) -> String {
    for digits in [6, 9, 12, 15, 17] {
      let ends = [number(minimum, digits: digits), number(maximum, digits: digits)]
      if ends[0] != ends[1] || digits == 17 { return ends.joined(separator: " … ") }
    }
    return ""
  }

  /// Whole numbers with all their digits: two years or two times are not the same.
  private static func number(_ value: Double, digits: Int = 6) -> String {
    value == value.rounded(.down) && abs(value) < 1e15
      ? NumberText.fixed(value, decimals: 0) : NumberText.short(value, digits: digits)
  }

  private static func share(_ share: Double) -> String {
    guard share > 0 else { return "0 %" }
    return share < 0.001 ? "< 0.1 %" : "\(NumberText.short(100 * share, digits: 3)) %"
  }

  /// The text with numbers in place of some characters, because two categories may differ in
  /// nothing else.
  ///
  /// These are characters that are invisible or control a terminal, spaces at the ends, and spaces
  /// of another width.
  public static func printable(_ text: String) -> String {
    let scalars = Array(visible(text, breaks: .numbers).unicodeScalars)
    return scalars.enumerated().map { place, scalar in
      let isInside = scalar == " " && place > 0 && place < scalars.count - 1
      let isShown = scalar.properties.generalCategory != .spaceSeparator || isInside
      return isShown ? String(scalar) : characterNumber(scalar)
    }.joined()
  }
}
