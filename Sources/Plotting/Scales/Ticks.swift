// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A line of the grid.
struct Tick: Hashable, Sendable {
  var value: Double
  /// Nil for a minor tick.
  var label: String?
}

extension AxisRange {
  /// Round values inside the range, about `count` of them labelled.
  ///
  /// Linear axes step by 1, 2 or 5 times a power of ten. Log axes label decades (every second, third … if there are
  /// many) with minor ticks between; less than two decades are labelled at 1, 2 and 5, and if even these are too few,
  /// like a linear axis.
  func ticks(about count: Int, integersOnly: Bool = false) -> [Tick] {
    switch scale {
    case .linear: linearTicks(about: count, integersOnly: integersOnly)
    case .log: logTicks(about: count, integersOnly: integersOnly)
    }
  }

  /// The coarsest step that gives about `count` ticks, or a finer one where fewer than three would be left.
  private func linearTicks(about count: Int, integersOnly: Bool) -> [Tick] {
    var step = niceStep(above: high / Double(count) - low / Double(count))
    var ticks: [Tick] = []
    for _ in 0..<3 {
      ticks = linearTicks(step: max(integersOnly ? 1 : 0, step))
      if ticks.count >= min(3, count) { break }
      step = niceStep(above: step * 0.3)
    }
    return ticks
  }

  private func linearTicks(step: Double) -> [Tick] {
    guard step.isFinite, step > 0 else { return [] }
    // A tick at the very end must not be lost to rounding.
    let tolerance = 1e-9
    let first = (low / step - tolerance).rounded(.up)
    let last = (high / step + tolerance).rounded(.down)
    guard last >= first, last - first < 1000 else { return [] }
    let values = stride(from: first, through: last, by: 1).map { $0 == 0 ? 0 : $0 * step }
    let labels = NumberLabels(step: step, largest: max(abs(low), abs(high)))
    return values.map { Tick(value: $0, label: labels.text($0)) }
  }

  private func logTicks(about count: Int, integersOnly: Bool) -> [Tick] {
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let labelled = decades.filter { contains(powerOfTen($0)) }
    if labelled.count >= 3 || (labelled.count == 2 && count < 4) {
      let every = (labelled.count + count - 1) / max(1, count)
      let usePowers = labelled.contains { !(-4...4).contains($0) }
      return logGrid(decades, showsMinor: labelled.count <= 12) { exponent, digit in
        guard digit == 1, exponent % every == 0 else { return nil }
        return usePowers ? NumberLabels.power(exponent) : NumberLabels.plain(exponent, digit)
      }
    }
    let usePowers = decades.contains { !(-5...5).contains($0) }
    let ticks = logGrid(decades, showsMinor: true) { exponent, digit in
      guard [1, 2, 5].contains(digit) else { return nil }
      return usePowers
        ? NumberLabels.power(exponent, times: digit) : NumberLabels.plain(exponent, digit)
    }
    if ticks.count(where: { $0.label != nil }) >= 2 { return ticks }
    return linearTicks(about: count, integersOnly: integersOnly).filter { contains($0.value) }
  }

  private func logGrid(
    _ decades: ClosedRange<Int>,
    showsMinor: Bool,
    label: (_ exponent: Int, _ digit: Int) -> String?
  ) -> [Tick] {
    decades.flatMap { exponent in
      (showsMinor ? 1...9 : 1...1).map { digit in
        Tick(value: Double(digit) * powerOfTen(exponent), label: label(exponent, digit))
      }
    }.filter { contains($0.value) }
  }
}

/// The decimal literal's value: `pow` may miss it by one bit.
private func powerOfTen(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? .nan }

/// The smallest of 1, 2, 5 times a power of ten that is not below `raw`.
func niceStep(above raw: Double) -> Double {
  guard raw > 0, raw.isFinite else { return 0 }
  let exponent = Int(log10(raw).rounded(.down))
  let candidates = [exponent, exponent + 1].flatMap { exponent in
    [1, 2, 5].compactMap { Double("\($0)e\(exponent)") }
  }
  return candidates.first { $0 >= raw * (1 - 1e-9) } ?? raw
}

/// Labels of an axis, all with the same number of decimals.
struct NumberLabels {
  private let decimals: Int
  /// Nil for plain numbers, else the power of ten that is written behind them.
  private let exponent: Int?

  init(step: Double, largest: Double) {
    let stepExponent = Int((log10(step) + 1e-9).rounded(.down))
    let largestExponent = largest > 0 ? Int((log10(largest) + 1e-9).rounded(.down)) : 0
    if largestExponent >= 6 || stepExponent < -6 {
      // Thousands, millions, …: the digits before the point then differ, not those behind it.
      let thousands = Int((Double(largestExponent) / 3).rounded(.down)) * 3
      exponent = thousands
      decimals = min(15, max(0, thousands - stepExponent))
    } else {
      exponent = nil
      decimals = max(0, -stepExponent)
    }
  }

  func text(_ value: Double) -> String {
    guard let exponent else { return Self.grouped(Self.fixed(value, decimals)) }
    if value == 0 { return "0" }
    let scaled = value / powerOfTen(exponent)
    return Self.fixed(scaled, decimals) + "×" + Self.power(exponent)
  }

  /// `10ⁿ`, or `d×10ⁿ`.
  static func power(_ exponent: Int, times digit: Int = 1) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let raised = String(abs(exponent)).compactMap(\.wholeNumberValue).map { digits[$0] }
    return (digit == 1 ? "" : "\(digit)×") + "10" + (exponent < 0 ? "⁻" : "") + String(raised)
  }

  /// `d·10ⁿ` written out.
  static func plain(_ exponent: Int, _ digit: Int) -> String {
    grouped(fixed(Double(digit) * powerOfTen(exponent), max(0, -exponent)))
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value).replacingOccurrences(of: "-", with: "−")
  }

  /// A thin space between thousands, from 10 000 on.
  private static func grouped(_ number: String) -> String {
    let whole = number.prefix { $0 != "." }
    let digits = whole.drop { !$0.isNumber }
    guard digits.count > 4 else { return number }
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += "\u{2009}" }
      result.append(digit)
    }
    return whole.prefix { !$0.isNumber } + result + number.dropFirst(whole.count)
  }
}
