// SPDX-License-Identifier: Apache-2.0

/// How the numbers of a table are written.
struct NumberFormat: Hashable, Sendable {
  /// What stands before the fraction: a point or a comma.
  var decimal: Unicode.Scalar = "."
  /// What stands between groups of digits; nil where nothing does. Groups have three digits; with commas,
  /// all but the last may have two, as in India.
  var thousands: Unicode.Scalar?

  /// Digits with a point, as programs write them.
  static let plain = NumberFormat()

  /// What a field says in this format.
  func number(_ field: String) -> FieldNumber {
    if self == .plain { return FieldNumber(field) }
    if let plain = plainText(field) { return FieldNumber(plain) }
    let meaning = FieldNumber(field)
    return meaning == .notFinite ? .notFinite : .text
  }

  /// The same number with a point and without groups; nil if it is not written so.
  private func plainText(_ field: String) -> String? {
    var result = ""
    var groups: [Int] = []
    var digits = 0
    var isInteger = true
    for scalar in field.unicodeScalars {
      if isInteger, isThousands(scalar) {
        groups.append(digits)
        digits = 0
      } else if scalar == decimal {
        guard isInteger, Self.areGroups(groups, last: digits, by: thousands) else { return nil }
        isInteger = false
        result.unicodeScalars.append(".")
      } else if scalar == "e" || scalar == "E" {
        guard !isInteger || Self.areGroups(groups, last: digits, by: thousands) else { return nil }
        isInteger = false
        result.unicodeScalars.append("e")
      } else if scalar.isDigit || scalar == "+" || scalar == "-" {
        if isInteger, scalar.isDigit { digits += 1 }
        result.unicodeScalars.append(scalar)
      } else {
        return nil
      }
    }
    // A group that begins with 0 is no thousands: `0.500` is a half to whoever wrote it.
    let begin = result.unicodeScalars.first { $0.isDigit }
    if !groups.isEmpty, begin == "0" { return nil }
    return !isInteger || Self.areGroups(groups, last: digits, by: thousands) ? result : nil
  }

  private func isThousands(_ scalar: Unicode.Scalar) -> Bool {
    guard let thousands else { return false }
    return scalar == thousands || (thousands == " " && scalar.isSpace)
      || (thousands == "'" && scalar == "\u{2019}")
  }

  /// Whether groups of so many digits are one number: `1,234,567`, or with commas `12,34,567` as in India.
  static func areGroups(_ groups: [Int], last: Int, by sign: Unicode.Scalar?) -> Bool {
    guard let first = groups.first else { return true }
    guard last == 3 else { return false }
    let middle = groups.dropFirst()
    return ((1...3).contains(first) && middle.allSatisfy { $0 == 3 })
      || (sign == "," && (1...2).contains(first) && middle.allSatisfy { $0 == 2 })
  }
}

/// What a field says where a number is wanted.
enum FieldNumber: Hashable, Sendable {
  case number(Double)
  /// `nan`, `inf` or a number beyond all bounds.
  case notFinite
  case text

  /// Decimal digits with an optional sign, point and exponent; nothing else is a number.
  init(_ field: String) {
    if field.utf8.allSatisfy(Self.isPartOfNumber), let value = Double(field) {
      self = value.isFinite ? .number(value) : .notFinite
      return
    }
    // The longest of the words below has eight letters and a sign.
    guard field.utf8.count <= 9 else {
      self = .text
      return
    }
    let word = field.lowercased().drop { $0 == "+" || $0 == "-" }
    self = ["nan", "inf", "infinity"].contains(word) ? .notFinite : .text
  }

  private static func isPartOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}

extension Unicode.Scalar {
  /// One of 0 … 9.
  var isDigit: Bool { ("0"..."9").contains(self) }

  /// A space, of any width, that may stand inside a number.
  var isSpace: Bool { [" ", "\u{A0}", "\u{2009}", "\u{202F}"].contains(self) }
}
