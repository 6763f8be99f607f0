// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Vocabulary

/// Numbers as text, the same on every machine and in every locale.
public enum NumberText {
  /// The number of decimals that shows two significant digits of `halfWidth`; nil if it is not
  /// positive and finite.
  public static func decimals(forHalfWidth halfWidth: Double) -> Int? {
    guard halfWidth > 0, halfWidth.isFinite else { return nil }
    let exponent = Int(floor(log10(halfWidth)))
    let decimals = 1 - exponent
    // 0.0996 rounds up to 0.10: one digit fewer.
    let unit = pow(10, Double(decimals))
    let rounded = (halfWidth * unit).rounded()
    return max(0, rounded >= 100 ? decimals - 1 : decimals)
  }

  /// The number with that many decimals, with a minus sign for negative numbers, but never `-0`.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "∞" : "−∞" }
    let digits = String(format: "%.\(min(decimals, 17))f", abs(value))
    let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
    return value < 0 && !isZero ? "−" + digits : digits
  }

  /// The number with `digits` significant digits, without trailing zeros; very small and large
  /// numbers as `1.2e-7`.
  public static func short(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return fixed(value, decimals: 0) }
    if value == 0 { return "0" }
    let exponent = Int(floor(log10(abs(value))))
    guard (-5..<7).contains(exponent) else {
      let text = String(format: "%.\(max(0, digits - 1))e", abs(value))
      let parts = text.split(separator: "e")
      let mantissa = withoutTrailingZeros(String(parts[0]))
      return (value < 0 ? "−" : "") + mantissa + "e" + String(Int(parts[1]) ?? 0)
    }
    return withoutTrailingZeros(fixed(value, decimals: max(0, digits - 1 - exponent)))
  }

  /// A half-width with two significant digits, including trailing zeros.
  public static func twoDigits(_ value: Double) -> String {
    fixed(value, decimals: decimals(forHalfWidth: value) ?? 0)
  }

  /// The numbers of a column: up to six significant digits, and the same number of decimals for all
  /// that have no exponent.
  static func column(_ values: [Double]) -> [String] {
    let texts = values.map { short($0, digits: 6) }
    let plain = texts.filter { !$0.contains("e") }
    let decimals = plain.map { $0.split(separator: ".").dropFirst().first?.count ?? 0 }.max() ?? 0
    return zip(values, texts).map { value, text in
      value.isFinite && !text.contains("e") ? fixed(value, decimals: decimals) : text
    }
  }

  /// The words of means that stand together, by value: four significant digits.
  ///
  /// If no number is ten times another, all have the same decimals, so that none is shown more
  /// exactly than it is known.
  static func alike(_ means: [Double]) -> [Double: String] {
    let sizes = means.map(abs).filter { $0 > 0 && $0.isFinite }
    let isAlike = (sizes.max() ?? 0) / 10 < (sizes.min() ?? 1)
    let texts = means.map { short($0) }
    let rounded = texts.map { Double($0.replacing("−", with: "-")) ?? .nan }
    return Dictionary(
      zip(means, isAlike ? column(rounded) : texts),
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// A p-value with two significant digits; one below 0.0001 is `< 0.0001`.
  public static func p(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value < 0.0001 { return "< 0.0001" }
    return value >= 0.1
      ? fixed(value, decimals: 2) : fixed(value, decimals: decimals(forHalfWidth: value) ?? 2)
  }

  /// How exact the seconds of a duration below a minute are shown.
  public enum DurationDigits: Sendable {
    /// Measured: `0.34 s`, `12.3 s`.
    case measured
    /// Estimated: `0.4 s`, `41 s`.
    case estimated
    /// Still to wait: `0 s`, `41 s`.
    case waiting
  }

  /// A duration: `0.34 s`, `12.3 s`, `4 min 05 s`, `2 h 03 min`; a dash if it is none.
  public static func duration(seconds: Double, _ digits: DurationDigits = .measured) -> String {
    guard seconds >= 0, seconds < 1e12 else { return "–" }
    let decimals: Int
    switch digits {
    case .measured: decimals = seconds < 9.995 ? 2 : 1
    case .estimated: decimals = seconds < 9.95 ? 1 : 0
    case .waiting: decimals = 0
    }
    let minute = decimals == 0 ? 59.5 : 59.95
    if seconds < minute { return fixed(seconds, decimals: decimals) + " s" }
    let whole = Int(seconds.rounded())
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
  }

  private static func withoutTrailingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var kept = Substring(text)
    while kept.last == "0" { kept = kept.dropLast() }
    return String(kept.last == "." ? kept.dropLast() : kept)
  }
}

/// How a mean and the numbers beside it are written.
///
/// They have the decimals of the half-width. They have an exponent if there would be more than nine
/// decimals, or if the number has more than seven digits before its point.
public struct NumberStyle: Hashable, Sendable {
  private let decimals: Int?
  private let exponent: Int

  /// The style of numbers about as large as `magnitude`, known to `halfWidth`; if that is 0 or
  /// infinite, six digits are shown.
  public init(halfWidth: Double, magnitude: Double) {
    let own = NumberText.decimals(forHalfWidth: halfWidth)
    let largest = max(abs(magnitude), halfWidth)
    guard let own, largest.isFinite, own > 9 || largest >= 1e7 else {
      decimals = largest.isFinite ? own : nil
      exponent = 0
      return
    }
    exponent = Int(floor(log10(largest)))
    decimals = min(
      17,
      max(0, own == 0 ? 1 - Int(floor(log10(halfWidth))) + exponent : own + exponent)
    )
  }

  /// `0.8720`, `1.20e-20`.
  public func text(_ value: Double) -> String {
    guard let decimals else { return NumberText.short(value, digits: 6) }
    guard exponent != 0 else { return NumberText.fixed(value, decimals: decimals) }
    // Powers of ten beyond 308 are no Double.
    let half = exponent / 2
    let scaled = value / pow(10, Double(half)) / pow(10, Double(exponent - half))
    return NumberText.fixed(scaled, decimals: decimals) + (value.isFinite ? "e\(exponent)" : "")
  }
}

extension NumberText {
  /// A share in per cent with up to three digits: `95 %`, `99.8 %`, `99.97 %`.
  static func percent(_ share: Double) -> String {
    // As many digits as tell it from 100.
    let rest = 1 - share
    let digits = rest > 0 && rest < 0.01 ? max(1, Int((-log10(100 * rest)).rounded(.up)) + 1) : 0
    let text = fixed(100 * share, decimals: min(digits, 6))
    return withoutTrailingZeros(text) + " %"
  }
}
