// SPDX-License-Identifier: Apache-2.0

/// What would turn a strange field into a number.
public enum FieldRepair: Hashable, Sendable {
  /// Arguments that say how numbers are written, as in a manifest.
  case format(decimal: String?, thousands: String?)
  /// The sign may be a decimal sign or a thousands sign; the argument is `decimal` or `thousands`.
  case decimalOrThousands(String)
  /// Points in a column with a decimal comma; they may group digits or begin a fraction.
  case pointsBesideComma
  /// Fractions stand behind the sign that `thousands` names; the other sign is the one that
  /// `decimal` names.
  case decimalIsThousands(decimal: String, thousands: String)
  /// The column writes its numbers in more than one way.
  case mixedFormats
  /// A sign or unit that does not belong to a number.
  case surplus(String)
  /// Percentages beside numbers without a per cent sign.
  case percentBesideNumbers(String)
  /// Amounts in several units, which are given.
  case severalUnits([String])
  /// One number has this unit behind it, but the others have none.
  case unit(String)
  /// The minus sign is another character, or parentheses replace it.
  case minus
  /// Full-width digits or digits of another script; the text is the same number in ASCII.
  case otherDigits(String)
  /// Invisible characters.
  case invisible
  /// Hexadecimal digits, with their number.
  case hexadecimal(Int)
  /// A truth value.
  case truth(Bool)
  /// A date, or a time of day, among numbers.
  case date(isTime: Bool)
  /// More than a number, such as `<5` or `1/2`.
  case mixed
}

extension FieldRepair {
  /// Nil for a field that nothing can turn into a number.
  ///
  /// `numerals` are all numerals of the column, whether `format` reads them or not. `others` are
  /// the forms of all fields that it does not read.
  init?(
    _ field: String,
    _ look: FieldLook,
    _ numerals: [Numeral],
    _ format: NumberFormat,
    others: [FieldLook] = [],
    besideNumbers: Bool = false
  ) {
    switch look {
    case .percent(let sign):
      let signs = sortedByBytes(Set(others.compactMap(\.percentSign)))
      self =
        signs.count > 1
        ? .severalUnits(signs) : besideNumbers ? .percentBesideNumbers(sign) : .surplus(sign)
    case .currency(let sign):
      let signs = sortedByBytes(Set(others.compactMap(\.currencySign)))
      self = signs.count > 1 ? .severalUnits(signs) : .surplus(sign)
    case .unit(let unit): self = .unit(unit)
    case .spaces: self = .surplus(" ")
    case .otherMinus: self = .minus
    case .numeral(let numeral): self = Self.format(numerals.isEmpty ? [numeral] : numerals, format)
    case .otherDigits(let text): self = .otherDigits(text)
    case .invisible: self = .invisible
    case .hexadecimal(let value): self = .hexadecimal(value)
    case .truth(let value): self = .truth(value)
    case .date: self = .date(isTime: isTimeOfDay(field))
    case .mixed: self = .mixed
    case .missingWord, .word: return nil
    }
  }

  private static func format(_ numerals: [Numeral], _ format: NumberFormat) -> FieldRepair {
    let plain = numerals.filter { !$0.isAmbiguous }
    let groupings = Set(plain.compactMap(\.grouping))
    let decimals = Set(plain.compactMap(\.decimal))
    if let thousands = format.thousands, decimals.contains(thousands) {
      return .decimalIsThousands(decimal: "\(format.decimal)", thousands: "\(thousands)")
    }
    guard groupings.count <= 1, decimals.count <= 1 else { return .mixedFormats }
    var (grouping, decimal) = (groupings.first, decimals.first)
    // A sign in front of three digits is what the other fields leave for it.
    let open = Set(numerals.filter(\.isAmbiguous).compactMap(\.decimal))
      .subtracting([grouping, decimal].compactMap(\.self))
    if let sign = open.first {
      guard open.count == 1 else { return .mixedFormats }
      switch (grouping, decimal) {
      case (nil, nil) where format.decimal != sign:
        guard format.decimal == "." else { return .pointsBesideComma }
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

  /// The repair in words, for the field `field`.
  func hint(for field: String) -> String {
    let field = visible(field)
    return switch self {
    case .format(let decimal, let thousands):
      Self.arguments(decimal, thousands) + " if the numbers of the file are written so"
    case .decimalOrThousands(let sign):
      "`thousands: \"\(sign)\"` if that sign groups digits by three, "
        + "`decimal: \"\(sign)\"` if the fraction begins behind it"
    case .pointsBesideComma:
      "`thousands: \".\"` if the point groups digits by three; "
        + "write a comma in its place if the fraction begins behind it"
    case .decimalIsThousands(let decimal, let thousands):
      "if the fractions of the whole file begin behind `\(thousands)`, `decimal: \"\(thousands)\"` and no `thousands`; "
        + "else write `\(decimal)` in front of the fraction here"
    case .mixedFormats: "write all numbers of the column in one way, such as `1234.5`"
    case .surplus(" "): "take the spaces between the quotes out of the fields"
    case .surplus(let sign): "take `\(sign)` out of all fields of the column"
    case .percentBesideNumbers(let sign):
      "other fields have no `\(sign)`: write all numbers of the column in one way, "
        + (sign == "‰" ? "for `5‰` is 0.005" : "for `5%` is 0.05")
    case .severalUnits(let signs):
      "the column has \(quoted(signs)): write all its numbers in one of them, without the sign"
    case .unit(let unit):
      "`\(field)` is a number with `\(unit)` behind it: write the number alone, in the unit of the others"
    case .minus: "write negative numbers with `-`, as in `-1.5`"
    case .otherDigits(let text): "its digits are those of another script: write `\(text)`"
    case .invisible:
      "take the characters out that do not show; they are written as `\\u{…}` here"
    case .hexadecimal(let value): "that is a number in hexadecimal digits: write `\(value)`"
    case .truth(let value): "that is a truth value: write `\(value ? 1 : 0)`"
    case .date(false): "that is a date among numbers: put the number in its place that was meant"
    case .date(true):
      "that is a time of day among numbers: put the number in its place that was meant"
    case .mixed: "`\(field)` holds more than a number: put the number in its place that was meant"
    }
  }

  private static func arguments(_ decimal: String?, _ thousands: String?) -> String {
    [("decimal", decimal), ("thousands", thousands)].compactMap { key, value in
      value.map { "`\(key): \"\($0)\"`" }
    }.joined(separator: " and ")
  }
}

extension FieldLook {
  fileprivate var percentSign: String? { if case .percent(let sign) = self { sign } else { nil } }
  fileprivate var currencySign: String? { if case .currency(let sign) = self { sign } else { nil } }
}
