// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// What a field looks like that is no number as the table writes them.
enum FieldLook: Hashable, Sendable {
  /// A number in another format.
  case numeral(Numeral)
  /// A number with a sign for per cent or per mille.
  case percent(String)
  /// A number with the sign or name of a currency.
  case currency(String)
  /// A number whose minus is not `-`, or that stands between parentheses for being negative.
  case otherMinus
  /// A number between quotes with spaces around it.
  case spaces
  /// A number with letters behind it, such as `5 kg`.
  case unit(String)
  /// A number in digits of another script or of full width; the same in ASCII.
  case otherDigits(String)
  /// A number with characters that do not show.
  case invisible
  /// A number in hexadecimal digits with `0x` in front.
  case hexadecimal(Int)
  /// `true` or `false`.
  case truth(Bool)
  /// Text that holds a digit, such as `<5` or `1/2`.
  case mixed
  /// A word that programs write where there is no value, such as `?` or `null`.
  case missingWord
  /// A date or a time of day.
  case date
  /// Anything else.
  case word

  init(_ field: String) {
    if Self.missingWords.contains(field.lowercased()) {
      self = .missingWord
    } else if isDate(field) {
      self = .date
    } else {
      self = Self.numberLook(field) ?? Self.unusualLook(field)
    }
  }

  /// Whether somebody meant a number.
  var isNumberLike: Bool {
    switch self {
    case .numeral, .percent, .currency, .otherMinus, .spaces, .otherDigits, .invisible: true
    case .unit, .missingWord, .date, .hexadecimal, .truth, .mixed, .word: false
    }
  }

  /// Fields that stand for no value elsewhere, in lower case.
  static let missingWords: Set<String> = [
    "", "?", "-", "--", "---", ".", "..", "...", "*", "/", "–", "—", "na", "n/a", "n.a.", "#n/a",
    "#na", "<na>", "nan", "null", "\\n", "none", "nil", "missing", "unknown", "undefined", "k.a.",
    "#null!", "#value!", "#div/0!", "#ref!", "#num!", "1.#ind", "1.#qnan", "-1.#ind", "-1.#qnan",
    "不详", "无",
  ]

  /// What is neither a number of our digits nor one of the known words.
  private static func unusualLook(_ field: String) -> FieldLook {
    if let value = hexadecimal(field) { return .hexadecimal(value) }
    if ["true", "false"].contains(field.lowercased()) {
      return .truth(field.lowercased() == "true")
    }
    let scalars = field.unicodeScalars
    if scalars.contains(where: isInvisible) {
      let shown = String(String.UnicodeScalarView(scalars.filter { !isInvisible($0) }))
      if numberLook(shown) != nil { return .invisible }
    }
    if let digits = asciiDigits(field) { return .otherDigits(digits) }
    return field.contains(where: \.isASCIIDigit) ? .mixed : .word
  }

  /// The number behind `0x`.
  private static func hexadecimal(_ field: String) -> Int? {
    let text = field.drop { $0 == "-" || $0 == "+" }
    guard text.lowercased().hasPrefix("0x"), let value = Int(text.dropFirst(2), radix: 16) else {
      return nil
    }
    return field.hasPrefix("-") ? -value : value
  }

  /// The number in ASCII, where each digit of it is one of another script.
  private static func asciiDigits(_ field: String) -> String? {
    let signs: [Unicode.Scalar: Unicode.Scalar] = [
      "．": ".", "，": ",", "－": "-", "＋": "+", "\u{66B}": ".", "\u{66C}": ",",
    ]
    var result = String.UnicodeScalarView()
    var isOther = false
    for scalar in field.unicodeScalars {
      if !scalar.isASCII, scalar.properties.numericType == .decimal,
        let value = scalar.properties.numericValue
      {
        result += "\(Int(value))".unicodeScalars
        isOther = true
      } else {
        result.append(signs[scalar] ?? scalar)
      }
    }
    let text = String(result)
    return isOther && Numeral(text.drop { $0 == "-" || $0 == "+" }) != nil ? text : nil
  }

  private static func numberLook(_ field: String) -> FieldLook? {
    var text = Substring(field)
    var isNegative = false
    if text.hasPrefix("("), text.hasSuffix(")") {
      text = text.dropFirst().dropLast()
      isNegative = true
    }
    let (before, core, after) = parts(text)
    let sign = before.filter { "+-−–".contains($0) }
    guard sign.count <= 1, let numeral = Numeral(core) else { return nil }
    let hasOtherMinus = isNegative || sign.contains { "−–".contains($0) }
    let marks = [before.filter { !"+-−–".contains($0) }, after].map(trimmed)
    switch (marks[0].isEmpty, marks[1].isEmpty) {
    case (true, true):
      if hasOtherMinus { return .otherMinus }
      let isBare = before.unicodeScalars.allSatisfy { !$0.isSpace } && after.isEmpty
      return isBare ? .numeral(numeral) : .spaces
    case (true, false):
      if ["%", "％", "‰"].contains(marks[1]) { return .percent(marks[1]) }
      if isCurrency(marks[1]) { return .currency(marks[1]) }
      return isUnit(marks[1]) ? .unit(marks[1]) : nil
    case (false, true): return isCurrency(marks[0]) ? .currency(marks[0]) : nil
    case (false, false): return nil
    }
  }

  /// What stands before the first digit, from there to the last one, and behind it.
  private static func parts(_ text: Substring) -> (String, Substring, String) {
    guard var first = text.firstIndex(where: \.isASCIIDigit),
      let last = text.lastIndex(where: \.isASCIIDigit)
    else { return (String(text), "", "") }
    // `.5` and `,5` begin with their decimal sign.
    if first > text.startIndex, ".,".contains(text[text.index(before: first)]) {
      first = text.index(before: first)
    }
    let end = text.index(after: last)
    return (String(text[..<first]), text[first..<end], String(text[end...]))
  }

  private static func trimmed(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while scalars.first?.isSpace == true { scalars.removeFirst() }
    while scalars.last?.isSpace == true { scalars.removeLast() }
    return String(scalars)
  }

  private static func isCurrency(_ text: String) -> Bool {
    let isSign =
      !text.isEmpty && text.count <= 3
      && text.unicodeScalars.contains { $0.properties.generalCategory == .currencySymbol }
    return isSign || currencies.contains(text.lowercased())
  }

  private static let currencies: Set<String> = [
    "usd", "eur", "euro", "gbp", "chf", "jpy", "cny", "rmb", "inr", "cad", "aud", "sek", "nok",
    "dkk", "pln", "czk", "kr", "kr.", "zł", "kč", "fr.", "元", "円", "원", "dollar", "dollars",
  ]

  /// Short, of letters and what belongs to units.
  private static func isUnit(_ text: String) -> Bool {
    text.count <= 8 && text.contains(where: \.isLetter)
      && text.allSatisfy { $0.isLetter || "°²³/µ".contains($0) }
  }
}

/// How a number is written that may have groups of digits and a decimal comma.
struct Numeral: Hashable, Sendable {
  /// What stands between groups of three digits.
  var grouping: Unicode.Scalar?
  /// What stands before the fraction.
  var decimal: Unicode.Scalar?
  /// Whether the one sign in it, the `decimal`, might as well group three digits: `1,234`.
  var isAmbiguous = false

  private static let signs: Set<Unicode.Scalar> = [".", ",", "'", "\u{2019}", "_"]

  /// Nil if this is no number: digits, signs between groups of three, one decimal sign and an exponent.
  init?(_ text: Substring) {
    var groups = [0]
    var signs: [Unicode.Scalar] = []
    let mantissa = text.prefix { !"eE".contains($0) }
    for scalar in mantissa.unicodeScalars {
      if scalar.isDigit {
        groups[groups.count - 1] += 1
      } else if Self.signs.contains(scalar) || scalar.isSpace {
        signs.append(scalar.isSpace ? " " : scalar == "\u{2019}" ? "'" : scalar)
        groups.append(0)
      } else {
        return nil
      }
    }
    guard groups.contains(where: { $0 > 0 }), Self.isExponent(text[mantissa.endIndex...]) else {
      return nil
    }
    guard let last = signs.last else { return }
    let isDecimal = last == "." || last == ","
    let leading = Array(groups.dropLast())
    if Set(signs).count == 1,
      NumberFormat.areGroups(leading, last: groups[groups.count - 1], by: last)
    {
      if signs.count == 1, isDecimal {
        let hasExponent = mantissa.endIndex < text.endIndex
        (decimal, isAmbiguous) = (last, text.first != "0" && !hasExponent)
      } else {
        grouping = last
      }
      return
    }
    guard isDecimal, groups[groups.count - 1] > 0, !signs.dropLast().contains(last) else {
      return nil
    }
    decimal = last
    guard signs.count > 1 else { return }
    guard Set(signs.dropLast()).count == 1,
      NumberFormat.areGroups(
        Array(leading.dropLast()),
        last: leading[leading.count - 1],
        by: signs[0]
      )
    else { return nil }
    grouping = signs[0]
  }

  private static func isExponent(_ text: Substring) -> Bool {
    guard !text.isEmpty else { return true }
    let digits = text.dropFirst().drop { $0 == "+" || $0 == "-" }
    return !digits.isEmpty && digits.allSatisfy(\.isASCIIDigit)
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
