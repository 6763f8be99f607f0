// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation

/// How the pairs of a table are tested: the step of its numbers, and when each pair is looked at.
struct PairRules {
  let rules: Ranking.Rules

  init(_ cells: [ComparedCell], of snapshot: SweepSnapshot) {
    let plans = cells.map { snapshot.plans[$0.cell.index] ?? [] }
    let confirming =
      snapshot.sweep.experiment.confirmation == nil
      ? nil : plans.compactMap { $0.last?.order }.max()
    rules = Ranking.Rules(
      resolution: Resolution(
        snapshot.sweep.experiment.report.metric,
        values: cells.flatMap { Array($0.values.values) },
        runs: cells.flatMap(\.runs),
        predictions: snapshot.predictions,
        facts: snapshot.facts
      ).step,
      schedule: { left, right in
        plans[left].isEmpty || plans[right].isEmpty
          ? nil : LookSchedule(plans[left], plans[right], confirming: confirming)
      },
      candidates: { cells[$0].tried }
    )
  }
}

/// The step in which the numbers of a metric go, on the metric's scale.
struct Resolution {
  /// The step; 0 where no number is known.
  let step: Double

  /// Of the values of a metric that runs gave, as they were measured; `predictions` are those of the runs by id.
  ///
  /// 1/N for shares of N examples. Where N is not known it is the smallest with which all of six or more shares are whole
  /// numbers of examples; the true one is a multiple of it, so that no step is taken as too small. For other numbers of
  /// another program it is 10⁻ᵈ, if they have at most d decimals; for ours 2⁻²⁴ of the largest number, for they are
  /// computed in float32. Logarithms of numbers with a step r go in steps of r/x by the derivative, at most r over the
  /// smallest number; ours are losses, computed in float32 themselves.
  init(
    _ metric: String,
    values: [Double],
    runs: [RunRecord],
    predictions: [String: TestPredictions],
    facts: [String: DataFacts] = [:]
  ) {
    let examples = Self.examples(metric, runs, predictions, facts)
    if Self.countsExamples(metric), let examples, examples > 0 {
      step = 1 / Double(examples)
      return
    }
    let whole =
      Self.countsExamples(metric) && values.count >= 6 ? Self.denominator(of: values) : nil
    let isImported = runs.contains(where: \.isImported)
    if MetricScale(metric: metric) == .logarithmic, let smallest = values.min(), smallest > 0 {
      step =
        isImported
        ? Self.decimalStep(values) / smallest
        : (values.map { abs(log($0)) }.max() ?? 0) * 0x1p-24
      return
    }
    let least =
      isImported ? Self.decimalStep(values) : (values.map(abs).max() ?? 0) * 0x1p-24
    step = max(least, whole.map { 1 / Double($0) } ?? 0)
  }

  /// Whether the metric is a number of examples over the number of all.
  private static func countsExamples(_ metric: String) -> Bool {
    let quantity = metric.split(separator: ".").last ?? ""
    return quantity == "accuracy" || quantity.hasPrefix("top_")
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
    Double("1e-\(values.map(decimals).max() ?? 0)") ?? 0
  }

  /// `0.25` has two decimals, `1.5e-05` six, `25.0` none.
  private static func decimals(_ value: Double) -> Int {
    let parts = value.description.split(separator: "e")
    let fraction = parts[0].split(separator: ".").dropFirst().first ?? ""
    let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    return max(0, (fraction == "0" ? 0 : fraction.count) - exponent)
  }

  /// The smallest N up to a million of which all numbers are multiples of 1/N; nil if there is none.
  ///
  /// The true N is a multiple of it, so that a step is never taken as too small.
  static func denominator(of values: [Double]) -> Int? {
    let distinct = Set(values).filter { $0 != 0 && $0 != 1 }
    guard !distinct.isEmpty else { return nil }
    return (2...1_000_000).first { count in
      distinct.allSatisfy { value in
        let parts = value * Double(count)
        return abs(parts - parts.rounded()) <= 1e-9
      }
    }
  }
}
