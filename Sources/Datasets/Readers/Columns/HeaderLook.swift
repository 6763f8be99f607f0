// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Diagnostics

/// Why a table has no column with the required name.
public enum HeaderLook: Hashable, Sendable {
  /// The only name contains what may be the separator, written as the argument.
  case separator(String)
  /// The first line and all others have the same number of words between spaces; `runs` says
  /// whether several spaces occur.
  case spaces(runs: Bool)
  /// A column has nearly this name.
  case near(String)
  /// The first line looks like a record.
  case record
  /// Anything else.
  case other

  init(_ wanted: String, _ table: Table) {
    if let sign = table.likelySeparator {
      self = .separator(sign)
    } else if let name = nearName(to: wanted, among: table.names, onlyLook: true) {
      self = .near(name)
    } else if table.names.count == 1, let aligned = AlignedText(table.names, table.records) {
      self = .spaces(runs: aligned.hasRuns)
    } else if table.hasHeader, table.firstLineLooksLikeRecord {
      self = .record
    } else if let name = nearName(to: wanted, among: table.names) {
      self = .near(name)
    } else {
      self = .other
    }
  }
}

/// The name that differs least; of a single character, only one that looks the same may be meant.
private func nearName(to name: String, among names: [String], onlyLook: Bool = false) -> String? {
  let look = plainLook(name)
  if let same = names.first(where: { plainLook($0) == look }) { return same }
  guard !onlyLook, look.count > 1 else { return nil }
  return nearestName(to: name, among: names)
}

/// A text without differences that are invisible or easily overlooked.
///
/// These are case, spaces at the ends, the width of spaces, and characters without a width.
func plainLook(_ text: String, keepsCase: Bool = false) -> String {
  var scalars = String.UnicodeScalarView()
  for scalar in text.unicodeScalars where !isInvisible(scalar) || isWhite(scalar) {
    let isSpace = isWhite(scalar)
    if isSpace, scalars.isEmpty || scalars.last == " " { continue }
    scalars.append(isSpace ? " " : scalar)
  }
  while scalars.last == " " { scalars.removeLast() }
  return keepsCase ? String(scalars) : String(scalars).lowercased()
}

/// Spaces of any width, tabulators and line ends.
private func isWhite(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

extension Table {
  /// Whether the names look like the fields of a record: numbers in exactly the columns of numbers.
  ///
  /// If no column has numbers, each name must be a field of its column. Numbers that count the
  /// columns are names.
  var firstLineLooksLikeRecord: Bool {
    let isCounted = [0, 1].contains { first in
      names.enumerated().allSatisfy { $1 == "\($0 + first)" }
    }
    guard !isCounted else { return false }
    let sample = records.prefix(1000)
    let areNumbers = names.indices.map { place in
      let numbers = sample.count { Self.isNumber($0.fields[place]) }
      return numbers > 0
        && 2 * numbers
          >= sample.count { !FieldLook.missingWords.contains($0.fields[place].lowercased()) }
    }
    if areNumbers.contains(true) {
      return zip(names, areNumbers).allSatisfy { Self.isNumber($0) == $1 }
    }
    return names.enumerated().allSatisfy { place, name in
      records.contains { $0.fields[place] == name }
    }
  }

  private static func isNumber(_ field: String) -> Bool {
    FieldNumber(field) != .text || Numeral(field.drop { $0 == "-" || $0 == "+" }) != nil
  }
}

/// Lines whose fields stand below each other, with as many spaces between as that takes.
struct AlignedText {
  /// Whether several spaces separate some fields; otherwise one space is the separator.
  let hasRuns: Bool

  /// Nil unless the first line and all records have the same number of words, two or more.
  ///
  /// The fields are those of a separator that is one space, or that does not occur.
  init?(_ names: [String], _ records: [DelimitedText.Record]) {
    let lines = [names] + records.map(\.fields)
    func words(_ fields: [String]) -> [Substring] {
      fields.flatMap { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }) }
    }
    let count = words(names).count
    guard count > 1, records.count > 0, lines.allSatisfy({ words($0).count == count }) else {
      return nil
    }
    hasRuns = lines.contains { $0.contains { $0.isEmpty || $0.contains("  ") } }
  }

  static let repair =
    "write one separator between them, in Python: `pandas.read_csv(path, sep=r\"\\s+\").to_csv(\"data.csv\", index=False)`"
}
