// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Vocabulary

/// The step in which the numbers of a metric go, on the metric's scale.
///
/// A part of it is the same for a whole table: the step of its examples or decimals. The other part grows with the
/// numbers, and is that of those that are compared: one cell that ends at 1e30 coarsens no other pair.
struct Resolution {
  /// The step of the whole table; 0 where no number is known.
  var step: Double { step(of: values) }

  /// The step that all numbers share, as they were measured: 1/N, or 10⁻ᵈ.
  private let shared: Double
  /// Whether 1/N is known, so that nothing else matters.
  private let isExact: Bool
  private let isImported: Bool
  /// Whether the numbers may have been computed in float32: ours, and those of other programs unless their decimals show
  /// that they were not.
  private let isRounded: Bool
  private let isLogarithmic: Bool
  private let values: [Double]

  /// The share of a number that float32 rounds away.
  static let rounding = 0x1p-24

  /// Of the values of a metric that runs gave, as they were measured; `predictions` are those of the runs by id.
  ///
  /// 1/N for shares of N examples. Where N is not known it is the smallest with which all of six or more shares are whole
  /// numbers of examples; the true one is a multiple of it, so that no step is taken as too small. For other numbers of
  /// another program it is 10⁻ᵈ, if they have at most d decimals, and no smaller than float32's; for ours 2⁻²⁴ of the
  /// largest number, for they are computed in float32. Logarithms of numbers with a step r go in steps of r/x by the
  /// derivative, at most r over the smallest number; ours are losses, computed in float32 themselves.
  init(
    _ metric: String,
    values: [Double],
    runs: [RunRecord],
    predictions: [String: TestPredictions],
    facts: [String: DataFacts] = [:]
  ) {
    let name = MetricName(metric)
    let examples = Self.examples(metric, runs, predictions, facts)
    self.values = values
    isImported = runs.contains(where: \.isImported)
    isRounded = !isImported || Self.mayBeFloat32(values)
    isLogarithmic =
      MetricScale(metric: metric) == .logarithmic && values.min().map { $0 > 0 } == true
    if name?.isOfExamples == true, let examples, examples > 0 {
      shared = 1 / Double(examples)
      isExact = true
      return
    }
    let whole =
      name?.isCountOfExamples == true && values.count >= 6 ? Self.denominator(of: values) : nil
    shared = max(
      whole.map { 1 / Double($0) } ?? 0,
      isImported ? Self.decimalStep(values) : 0
    )
    isExact = false
  }

  /// The step of some of the numbers, such as those of two cells.
  func step(of values: [Double]) -> Double {
    if isExact { return shared }
    let rounded = isRounded ? (values.map(abs).max() ?? 0) * Self.rounding : 0
    guard isLogarithmic, let smallest = values.min(), smallest > 0 else {
      return max(shared, rounded)
    }
    return isImported
      ? max(shared / smallest, isRounded ? Self.rounding : 0)
      : (values.map { abs(log($0)) }.max() ?? 0) * Self.rounding
  }

  /// The examples that the metric is taken over, where that is known.
  private static func examples(
    _ metric: String,
    _ runs: [RunRecord],
    _ predictions: [String: TestPredictions],
    _ facts: [String: DataFacts]
  ) -> Int? {
    if let known = runs.lazy.compactMap({ facts[$0.id] }).first { return known.count(of: metric) }
    if metric.hasPrefix("test."), let stored = runs.lazy.compactMap({ predictions[$0.id] }).first {
      return stored.targets.count
    }
    guard metric.hasPrefix("val."), let run = runs.first, run.specification.data.folds == nil,
      case .count(let count)? = run.specification.data.validation
    else { return nil }
    return count
  }

  /// 10⁻ᵈ for the largest number of decimals d with which one of the numbers is written.
  static func decimalStep(_ values: [Double]) -> Double {
    let counts = mayBeFloat32(values) ? values.map(decimals) : values.map(written)
    return Double("1e-\(counts.max() ?? 0)") ?? 0
  }

  /// Numbers with all digits of a Double, or such as a float32 is written: 1000000.000001 is neither.
  private static func mayBeFloat32(_ values: [Double]) -> Bool {
    func fits(_ value: Double) -> Bool {
      let last = pow(10, -Double(written(value)))
      return abs(value - Double(Float(value))) <= 0.51 * last
    }
    return values.contains { $0.description.count(where: \.isNumber) >= 16 }
      || values.allSatisfy(fits)
  }

  /// `0.25` has two decimals, `1.5e-05` six, `25.0` none.
  private static func written(_ value: Double) -> Int {
    let parts = value.description.split(separator: "e")
    let fraction = parts[0].split(separator: ".").dropFirst().first ?? ""
    let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    return max(0, (fraction == "0" ? 0 : fraction.count) - exponent)
  }

  /// As they are written, but three of 0.9980000257492065, which is 0.998 in float32.
  private static func decimals(_ value: Double) -> Int {
    let written = written(value)
    return (0..<written).first { count in
      let scaled = value * pow(10, Double(count))
      return abs(scaled - scaled.rounded()) <= abs(scaled) * rounding
    } ?? written
  }

  /// The smallest N up to a million of which all numbers are multiples of 1/N; nil if there is none.
  ///
  /// The true N is a multiple of it, so that a step is never taken as too small. Numbers that another program computed in
  /// float32 are multiples up to that rounding.
  static func denominator(of values: [Double]) -> Int? {
    let distinct = Set(values).filter { $0 != 0 && $0 != 1 }
    guard !distinct.isEmpty else { return nil }
    func smallest(_ tolerance: (Double) -> Double) -> Int? {
      (2...1_000_000).first { count in
        distinct.allSatisfy { value in
          let parts = value * Double(count)
          return abs(parts - parts.rounded()) <= tolerance(parts)
        }
      }
    }
    return smallest { _ in 1e-9 } ?? smallest { abs($0) * rounding }
  }
}
