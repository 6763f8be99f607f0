// SPDX-License-Identifier: Apache-2.0

/// What would make a strange field a number.
public enum FieldRepair: Hashable, Sendable {
  /// Arguments that say how numbers are written, as in a manifest.
  case format(decimal: String?, thousands: String?)
  /// One sign that may be either: the argument is `decimal` or `thousands`.
  case decimalOrThousands(String)
  /// The column writes its numbers in more than one way.
  case mixedFormats
  /// A sign or unit that is no part of a number.
  case surplus(String)
  /// The minus is another character, or parentheses stand for it.
  case minus
}

extension FieldRepair {
  /// Nil for a field that nothing makes a number. `numerals` are all of the column, those that `format` reads and
  /// those that it does not.
  init?(_ look: FieldLook, _ numerals: [Numeral], _ format: NumberFormat) {
    switch look {
    case .percent: self = .surplus("%")
    case .currency(let sign), .unit(let sign): self = .surplus(sign)
    case .spaces: self = .surplus(" ")
    case .otherMinus: self = .minus
    case .numeral(let numeral): self = Self.format(numerals.isEmpty ? [numeral] : numerals, format)
    case .missingWord, .date, .word: return nil
    }
  }

  private static func format(_ numerals: [Numeral], _ format: NumberFormat) -> FieldRepair {
    let plain = numerals.filter { !$0.isAmbiguous }
    let groupings = Set(plain.compactMap(\.grouping))
    let decimals = Set(plain.compactMap(\.decimal))
    guard groupings.count <= 1, decimals.count <= 1 else { return .mixedFormats }
    var (grouping, decimal) = (groupings.first, decimals.first)
    // A sign in front of three digits is what the other fields leave for it.
    let open = Set(numerals.filter(\.isAmbiguous).compactMap(\.decimal))
      .subtracting([grouping, decimal].compactMap(\.self))
    if let sign = open.first {
      guard open.count == 1 else { return .mixedFormats }
      switch (grouping, decimal) {
      case (nil, nil) where format.decimal != sign:
        // Beside a decimal comma, a point can only group.
        guard format.decimal == "." else { return .format(decimal: nil, thousands: "\(sign)") }
        return .decimalOrThousands("\(sign)")
      case (nil, _): grouping = sign
      case (_, nil): decimal = sign
      default: return .mixedFormats
      }
    }
    decimal = decimal ?? (grouping == "." ? "," : grouping == "," ? "." : format.decimal)
    let isKnown = (decimal: decimal == format.decimal, grouping: grouping == format.thousands)
    guard decimal != grouping, !isKnown.decimal || !(isKnown.grouping || grouping == nil) else {
      return .mixedFormats
    }
    return .format(
      decimal: isKnown.decimal ? nil : decimal.map { "\($0)" },
      thousands: isKnown.grouping ? nil : grouping.map { "\($0)" }
    )
  }

  /// The repair in words; `field` is what it is for.
  func hint(for field: String) -> String {
    switch self {
    case .format(let decimal, let thousands):
      Self.arguments(decimal, thousands) + " if the numbers of the file are written so"
    case .decimalOrThousands(let sign):
      "`thousands: \"\(sign)\"` if that sign groups digits by three, "
        + "`decimal: \"\(sign)\"` if the fraction begins behind it"
    case .mixedFormats: "write all numbers of the column in one way, such as `1234.5`"
    case .surplus(" "): "take the spaces between the quotes out of the fields"
    case .surplus(let sign): "take `\(sign)` out of all fields of the column"
    case .minus: "write negative numbers with `-`, as in `-1.5`"
    }
  }

  private static func arguments(_ decimal: String?, _ thousands: String?) -> String {
    [("decimal", decimal), ("thousands", thousands)].compactMap { key, value in
      value.map { "`\(key): \"\($0)\"`" }
    }.joined(separator: " and ")
  }
}
