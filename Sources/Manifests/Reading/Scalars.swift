// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// YAML 1.2 scalars from their source text: `yes`, `on`, `1:30` and `1_000` are text.
enum Scalars {
  /// A whole number, written `12`, `-3`, `0o17`, `0x1f`, or a real one without a fraction such as `1e4`.
  static func integer(_ text: String) -> Int? {
    if let value = plainInteger(text) { return value }
    guard let value = real(text), let whole = Int(exactly: value),
      SettingRange.wide.contains(whole)
    else { return nil }
    return whole
  }

  /// A whole number by its form: no point, no exponent.
  static func plainInteger(_ text: String) -> Int? {
    if text.hasPrefix("0o") { return unsigned(text.dropFirst(2), radix: 8) }
    if text.hasPrefix("0x") { return unsigned(text.dropFirst(2), radix: 16) }
    let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    return isDigits(digits) ? Int(text) : nil
  }

  private static func unsigned(_ digits: Substring, radix: Int) -> Int? {
    guard let first = digits.first, first.isHexDigit else { return nil }
    return Int(digits, radix: radix)
  }

  /// A finite number, decimal with an optional exponent.
  static func real(_ text: String) -> Double? {
    number(text).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Whether `text` is a number larger than a double can be, such as `1e400` or `.inf`.
  static func isEndless(_ text: String) -> Bool {
    if let value = number(text) { return value.isInfinite }
    let word = text.lowercased().drop { "+-".contains($0) }
    return [".inf", "inf", "infinity"].contains(word)
  }

  /// A decimal number with an optional exponent; infinite if it is too large.
  private static func number(_ text: String) -> Double? {
    if let value = plainInteger(text) { return Double(value) }
    var rest = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    let whole = rest.prefix(while: isDigit)
    rest = rest.dropFirst(whole.count)
    var hasFraction = false
    if rest.first == "." {
      let fraction = rest.dropFirst().prefix(while: isDigit)
      hasFraction = !fraction.isEmpty
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard !whole.isEmpty || hasFraction else { return nil }
    if rest.first == "e" || rest.first == "E" {
      rest = rest.dropFirst()
      if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
      guard isDigits(rest) else { return nil }
      rest = rest.dropFirst(rest.count)
    }
    guard rest.isEmpty else { return nil }
    return Double(text.hasSuffix(".") ? text + "0" : text.replacingPointBeforeExponent())
  }

  static func boolean(_ text: String) -> Bool? {
    switch text {
    case "true", "True", "TRUE": true
    case "false", "False", "FALSE": false
    default: nil
    }
  }

  /// What a parameter's value is by itself; a quoted one is text.
  static func value(_ scalar: SourceNode.Scalar) -> ParameterValue {
    guard !scalar.isQuoted else { return .text(scalar.text) }
    if let value = plainInteger(scalar.text) { return .integer(value) }
    if let value = real(scalar.text) { return .real(value) }
    if let value = boolean(scalar.text) { return .boolean(value) }
    return .text(scalar.text)
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.allSatisfy(isDigit)
  }
}

extension String {
  /// `1.e5` as `1.0e5`, which Swift reads.
  fileprivate func replacingPointBeforeExponent() -> String {
    guard let point = firstIndex(of: "."), index(after: point) < endIndex,
      "eE".contains(self[index(after: point)])
    else { return self }
    var text = self
    text.insert("0", at: text.index(after: point))
    return text
  }
}
