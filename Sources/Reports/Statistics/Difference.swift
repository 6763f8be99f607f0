// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Vocabulary

/// The seeds of a cell with the number of each.
public typealias SeededValues = [Int: Double]

/// How the difference of two cells was tested.
public enum DifferenceTest: Hashable, Sendable {
  /// Student's t on the differences of common seeds.
  case paired(seeds: Int)
  /// Welch's t, for different seeds.
  case welch(left: Int, right: Int)
}

/// The difference of two cells' means with its interval and two-sided p-value.
public struct Difference: Hashable, Sendable {
  /// The mean of the left cell minus the mean of the right cell, over the seeds of the test.
  public var mean: Double
  /// Standard error of `mean`.
  public var standardError: Double
  /// Degrees of freedom of the t distribution.
  public var degreesOfFreedom: Double
  /// The test and its numbers of seeds.
  public var test: DifferenceTest
  /// The two-sided p-value; without spread it is 1 for no difference, else 0 (t is infinite).
  public private(set) var p: Double
  /// Whether the numbers themselves have any spread; without it, `standardError` follows from
  /// rounding alone.
  public private(set) var hasSpread: Bool

  /// Whether it is of other seeds than its sides have: a look counts the seeds that were fixed for it.
  func isOfPart(of left: Int, _ right: Int) -> Bool {
    guard case .paired(let seeds) = test else { return false }
    return seeds != left || seeds != right
  }

  /// What to add where such a difference stands without its test.
  func seedsNote(of left: Int, _ right: Int) -> String {
    guard case .paired(let seeds) = test, isOfPart(of: left, right) else { return "" }
    return ", over the \(counted(seeds, "seed")) of the present look"
  }

  /// Half the width of the interval that holds the true difference with probability 1 − `level`; 0 without spread.
  public func halfWidth(level: Double) -> Double {
    standardError == 0
      ? 0 : StudentT(degreesOfFreedom: degreesOfFreedom).quantile(1 - level / 2) * standardError
  }

  /// Half the width of the 95 % interval; 0 without spread.
  public var halfWidth: Double { halfWidth(level: LookSchedule.level) }

  /// The 95 % interval of the difference.
  public var interval: Interval { Interval(low: mean - halfWidth, high: mean + halfWidth) }

  /// The two-sided p-value of a mean; without spread 1 for no difference, else 0 (t is infinite).
  private static func p(_ mean: Double, _ standardError: Double, _ degreesOfFreedom: Double)
    -> Double
  {
    guard standardError > 0 else { return mean == 0 ? 1 : 0 }
    return StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedP(mean / standardError)
  }

  /// Whether n allows a claim: at least three seeds, for Welch's test on each side.
  public var allowsClaim: Bool {
    switch test {
    case .paired(let seeds): seeds >= 3
    case .welch(let left, let right): min(left, right) >= 3
    }
  }

  /// The standard deviation of one seed's difference, as a plan for more seeds needs it.
  ///
  /// Paired: that of the observed differences. Welch: √(s₁² + s₂²), computed from the standard
  /// error as if both counts were equal.
  public var deviationPerSeed: Double {
    switch test {
    case .paired(let seeds): standardError * Double(seeds).squareRoot()
    case .welch(let left, let right):
      standardError * (2 / (1 / Double(left) + 1 / Double(right))).squareRoot()
    }
  }

  /// Tests `left` against `right`; nil if neither test has enough seeds.
  ///
  /// The seeds alone choose the test. It is paired if both sides have the same seeds, or at least
  /// three in common, and uses the common seeds. Otherwise it is Welch's test, which needs two
  /// seeds on each side. Seeds of different programs have only their numbers in common. With
  /// `seeds`, only that many seeds enter, the smallest ones.
  ///
  /// `resolution` is the step of the numbers, such as 1/N for an accuracy of N examples. Each
  /// number rounded to steps of r has an error of variance r²/12, which a few equal numbers do not
  /// show. So every spread counts as at least r/√6 for the differences of a pair, and r/√12 for
  /// each side of Welch's test.
  public init?(
    _ left: SeededValues,
    _ right: SeededValues,
    seedsAreShared: Bool = true,
    resolution: Double = 0,
    seeds: Int? = nil
  ) {
    let common = seedsAreShared ? left.keys.filter { right[$0] != nil }.sorted() : []
    let limit = seeds ?? .max
    if common.count >= 3 || (common.count == 2 && left.count == 2 && right.count == 2) {
      self.init(
        differences: common.prefix(limit).compactMap { seed in
          left[seed].flatMap { a in right[seed].map { a - $0 } }
        },
        leastDeviation: resolution / 6.0.squareRoot(),
        magnitude: largestMagnitude(left, right)
      )
    } else {
      self.init(
        welch: Sample(Array(left.sortedBySeed.prefix(limit))),
        Sample(Array(right.sortedBySeed.prefix(limit))),
        resolution: resolution
      )
    }
  }

  /// Student's t on one difference for each seed; a spread within the rounding of `magnitude`
  /// counts as none.
  init?(differences: [Double], leastDeviation: Double, magnitude: Double) {
    let sample = Sample(differences)
    guard let deviation = sample.standardDeviation else { return nil }
    let spread = deviation <= 1e-14 * magnitude ? 0 : deviation
    mean = abs(sample.mean) <= 1e-14 * magnitude ? 0 : sample.mean
    hasSpread = spread > 0
    standardError = max(spread, leastDeviation) / Double(sample.count).squareRoot()
    degreesOfFreedom = Double(sample.count - 1)
    test = .paired(seeds: sample.count)
    p = Self.p(mean, standardError, degreesOfFreedom)
  }

  /// Welch's t with Satterthwaite's degrees of freedom.
  private init?(welch left: Sample, _ right: Sample, resolution: Double) {
    guard let leftDeviation = left.standardDeviation, let rightDeviation = right.standardDeviation
    else { return nil }
    let least = resolution / 12.0.squareRoot()
    hasSpread = leftDeviation > 0 || rightDeviation > 0
    let (a, b) = (max(leftDeviation, least), max(rightDeviation, least))
    mean = left.mean - right.mean
    test = .welch(left: left.count, right: right.count)
    // Squares of deviations beyond 1e154 or below 1e-154 leave a Double's range, so both are taken by the larger one.
    let scale = max(a, b)
    guard scale > 0 else {
      standardError = 0
      degreesOfFreedom = Double(left.count + right.count - 2)
      p = Self.p(mean, standardError, degreesOfFreedom)
      return
    }
    let x = (a / scale) * (a / scale) / Double(left.count)
    let y = (b / scale) * (b / scale) / Double(right.count)
    standardError = scale * (x + y).squareRoot()
    degreesOfFreedom =
      (x + y) * (x + y) / (x * x / Double(left.count - 1) + y * y / Double(right.count - 1))
    p = Self.p(mean, standardError, degreesOfFreedom)
  }
}

private func largestMagnitude(_ left: SeededValues, _ right: SeededValues) -> Double {
  (left.values.map(abs) + right.values.map(abs)).max() ?? 0
}

extension [Int: Double] {
  /// The numbers in seed order.
  var sortedBySeed: [Double] { sorted { $0.key < $1.key }.map(\.value) }
}

/// Holm's step-down adjustment (1979).
///
/// Reject where the adjusted p is at most α. Then the probability that any true null hypothesis is
/// rejected is at most α, whatever the dependence. Sorted p₍₁₎ ≤ … ≤ p₍ₘ₎ become max over j ≤ i of
/// min(1, (m − j + 1) · p₍ⱼ₎). The result is in the given order.
public func holmAdjusted(_ ps: [Double]) -> [Double] {
  var adjusted = ps
  var running = 0.0
  let order = ps.indices.sorted { (ps[$0], $0) < (ps[$1], $1) }
  for (rank, index) in order.enumerated() {
    running = max(running, min(1, Double(ps.count - rank) * ps[index]))
    adjusted[index] = running
  }
  return adjusted
}
