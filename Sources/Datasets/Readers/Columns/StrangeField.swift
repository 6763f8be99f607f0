// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Diagnostics

/// A field in a column of numbers that is no number, and what can be done about it.
public struct StrangeField: Hashable, Sendable {
  /// The column.
  var column: String
  /// The field.
  var text: String
  /// The fields that are missing values; nil if the user cannot set them.
  var missing: [String]?
  /// What would turn it into a number.
  var repair: FieldRepair?
  /// What its record looks like if it is no example.
  var record: RecordLook?
  /// The column's fields that may stand for "no value": this one and others like it.
  var words: [String] = []

  /// More different words are hardly all missing values.
  private static let fewWords = 5

  var sentence: String { "expected a number in the column `\(column)`, got `\(visible(text))`" }

  var hints: [String] {
    guard let missing else { return [] }
    if let record { return [record.hint] }
    let column = quotedUnlessPlain(column)
    let categorical = "`categorical: [\(column)]` if the fields are names and no numbers"
    if let repair {
      guard case .mixed = repair else { return [repair.hint(for: text), categorical] }
      return [
        repair.hint(for: text), "\(missingArgument(missing + [text])) if it stands for no value",
        categorical,
      ]
    }
    let words = words.isEmpty ? [text] : words
    let list = missingArgument(missing + words)
    let areMissing = words.allSatisfy { FieldLook($0) == .missingWord }
    let stands = words.count == 1 ? "that stands" : "those stand"
    // Several words, or a letter, are rather categories such as grades.
    let isOneWord = words.count == 1 && words[0].count > 1
    guard isOneWord || areMissing else {
      return words.count > Self.fewWords
        ? [categorical] : [categorical, "\(list) if \(stands) for no value"]
    }
    return ["\(list) if \(stands) for no value, or `categorical: [\(column)]`"]
  }
}

/// What a record that is no example looks like.
public enum RecordLook: Hashable, Sendable {
  /// The first line names the columns, although `header: false` is set.
  case header
  /// The header, repeated.
  case repeatedHeader
  /// Units, or a second line of names, below the header.
  case units
  /// Sums or means, recognised by this word.
  case totals(String)

  var hint: String {
    switch self {
    case .header: "the line looks like a header: leave out `header: false`"
    case .repeatedHeader: "the line is the header once more: take it out of the file"
    case .units:
      "the line looks like the columns' units or a second header, not like a record: take it out of the file"
    case .totals(let word):
      "the line looks like totals, not like a record, for it has `\(visible(word))`: take it out of the file"
    }
  }

  /// Nil for a record that may be an example; `index` is its place among the records of the table.
  init?(_ table: Table, _ index: Int, _ encoding: TableEncoding) {
    let record = table.records[index]
    if table.hasHeader, record.fields == table.names {
      self = .repeatedHeader
    } else if let word = Self.total(table, record, encoding) {
      self = .totals(word)
    } else if index == 0, Self.isHeader(table, encoding) {
      self = table.hasHeader ? .units : .header
    } else {
      return nil
    }
  }

  /// Whether the first record has a text in each column of numbers, and no field that comes again.
  private static func isHeader(_ table: Table, _ encoding: TableEncoding) -> Bool {
    let record = table.records[0]
    let others = table.records.dropFirst().prefix(1000)
    var odd: [String] = []
    for (place, field) in record.fields.enumerated() where !encoding.missing.contains(field) {
      if encoding.format.number(field) != .text { return false }
      let column = others.map { $0.fields[place] }.filter { !encoding.missing.contains($0) }
      if column.contains(field) { return false }
      let numbers = column.count { encoding.format.number($0) != .text }
      if numbers > 0, 2 * numbers >= column.count { odd.append(field) }
    }
    let looks = odd.map { FieldLook($0) }
    guard looks.contains(where: { $0 == .word || $0 == .mixed }) || odd.contains(where: isUnit)
    else { return false }
    if !table.hasHeader { return !looks.contains(.missingWord) }
    return odd.count > 1 || odd.allSatisfy(isUnit)
  }

  /// A word for a sum that no other record has in its column, or that stands in a column of numbers.
  private static func total(
    _ table: Table,
    _ record: DelimitedText.Record,
    _ encoding: TableEncoding
  ) -> String? {
    record.fields.enumerated().first { place, field in
      guard isTotal(field) else { return false }
      let column = table.records.map { $0.fields[place] }
      return column.count { $0 == field } == 1
        || 2 * column.count { encoding.format.number($0) != .text } >= column.count
    }?.element
  }

  /// Words for units that often stand below a header, and what stands between brackets.
  private static func isUnit(_ field: String) -> Bool {
    knownUnits.contains(field) || (field.first == "[" && field.last == "]")
      || (field.first == "(" && field.last == ")")
  }

  private static let knownUnits: Set<String> = [
    "m", "mm", "cm", "km", "µm", "nm", "m²", "m2", "m³", "m3", "l", "L", "ml", "mL", "g", "kg",
    "mg", "µg", "t", "s", "ms", "min", "h", "d", "Hz", "kHz", "MHz", "GHz", "°C", "°F", "C", "F",
    "K", "°", "deg", "rad", "%", "‰", "ppm", "V", "mV", "A", "mA", "W", "kW", "MW", "kWh", "J",
    "kJ", "N", "Pa", "hPa", "kPa", "bar", "m/s", "km/h", "m/s²", "$", "€", "£", "USD", "EUR",
    "GBP", "dB", "mol", "lx", "Ω",
  ]

  /// A word that stands before sums or means, with or without a colon.
  static func isTotal(_ field: String) -> Bool {
    let word = field.lowercased()
    return totals.contains(word.last == ":" ? String(word.dropLast()) : word)
  }

  private static let totals: Set<String> = [
    "total", "totals", "grand total", "subtotal", "sub-total", "sum", "mean", "average", "avg",
    "median", "summe", "gesamt", "gesamtsumme", "insgesamt", "mittelwert", "durchschnitt",
    "somme", "moyenne", "suma", "totale", "总计", "合计", "小计", "平均",
  ]
}
