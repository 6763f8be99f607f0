// SPDX-License-Identifier: Apache-2.0

/// The seeds of a cell with the number each gave.
public typealias SeededValues = [Int: Double]

/// How the difference of two cells was tested.
public enum DifferenceTest: Hashable, Sendable {
  /// Student's t on the differences of common seeds.
  case paired(seeds: Int)
  /// Welch's t: the seeds differ.
  case welch(left: Int, right: Int)
}

/// The difference of two cells' means with its 95 % interval and two-sided p-value.
public struct Difference: Hashable, Sendable {
  /// Mean of the left cell minus mean of the right one, over the seeds that the test used.
  public var mean: Double
  /// Standard error of `mean`.
  public var standardError: Double
  /// Degrees of freedom of the t distribution.
  public var degreesOfFreedom: Double
  /// Which test, with its counts.
  public var test: DifferenceTest

  /// Half the width of the 95 % interval; 0 without spread.
  public var halfWidth: Double {
    standardError == 0
      ? 0 : StudentT(degreesOfFreedom: degreesOfFreedom).quantile(0.975) * standardError
  }

  /// The 95 % interval of the difference.
  public var interval: Interval { Interval(low: mean - halfWidth, high: mean + halfWidth) }

  /// The two-sided p-value; without spread 1 for no difference, else 0 (t is infinite).
  public var p: Double {
    guard standardError > 0 else { return mean == 0 ? 1 : 0 }
    return StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedP(mean / standardError)
  }

  /// Whether n allows a claim: at least three seeds, on each side for Welch's test.
  public var allowsClaim: Bool {
    switch test {
    case .paired(let seeds): seeds >= 3
    case .welch(let left, let right): min(left, right) >= 3
    }
  }

  /// The standard deviation of one seed's difference, as a plan for more seeds needs it.
  ///
  /// Paired: of the observed differences. Welch: √(s₁² + s₂²) by way of the standard error, counts taken as equal.
  public var deviationPerSeed: Double {
    switch test {
    case .paired(let seeds): standardError * Double(seeds).squareRoot()
    case .welch(let left, let right):
      standardError * (2 / (1 / Double(left) + 1 / Double(right))).squareRoot()
    }
  }

  /// Tests `left` against `right`; nil if neither test has enough seeds.
  ///
  /// The seeds alone decide: paired where both have the same seeds or at least three in common, over the common ones;
  /// else Welch, which needs two on each side. Seeds of different programs have nothing in common but their numbers.
  public init?(_ left: SeededValues, _ right: SeededValues, seedsAreShared: Bool = true) {
    let common = seedsAreShared ? left.keys.filter { right[$0] != nil }.sorted() : []
    if common.count >= 3 || (common.count == 2 && left.count == 2 && right.count == 2) {
      self.init(
        differences: common.compactMap { seed in
          left[seed].flatMap { a in right[seed].map { a - $0 } }
        },
        magnitude: largestMagnitude(left, right)
      )
    } else {
      self.init(
        welch: Sample(left.sortedBySeed),
        Sample(right.sortedBySeed)
      )
    }
  }

  /// Paired t; differences whose spread is rounding of `magnitude` count as equal.
  private init?(differences: [Double], magnitude: Double) {
    let sample = Sample(differences)
    guard let deviation = sample.standardDeviation else { return nil }
    let spread = deviation <= 1e-12 * magnitude ? 0 : deviation
    mean = abs(sample.mean) <= 1e-14 * magnitude ? 0 : sample.mean
    standardError = spread / Double(sample.count).squareRoot()
    degreesOfFreedom = Double(sample.count - 1)
    test = .paired(seeds: sample.count)
  }

  /// Welch's t with Satterthwaite's degrees of freedom.
  private init?(welch left: Sample, _ right: Sample) {
    guard let leftDeviation = left.standardDeviation, let rightDeviation = right.standardDeviation
    else { return nil }
    let a = leftDeviation * leftDeviation / Double(left.count)
    let b = rightDeviation * rightDeviation / Double(right.count)
    mean = left.mean - right.mean
    standardError = (a + b).squareRoot()
    degreesOfFreedom =
      a + b == 0
      ? Double(left.count + right.count - 2)
      : (a + b) * (a + b) / (a * a / Double(left.count - 1) + b * b / Double(right.count - 1))
    test = .welch(left: left.count, right: right.count)
  }
}

private func largestMagnitude(_ left: SeededValues, _ right: SeededValues) -> Double {
  (left.values.map(abs) + right.values.map(abs)).max() ?? 0
}

extension [Int: Double] {
  /// The numbers in seed order.
  var sortedBySeed: [Double] { sorted { $0.key < $1.key }.map(\.value) }
}

/// Holm's step-down adjustment (1979): reject where the adjusted p is at most α, and no true null is rejected with
/// probability above α, whatever the dependence.
///
/// Sorted p₍₁₎ ≤ … ≤ p₍ₘ₎ become max over j ≤ i of min(1, (m − j + 1) · p₍ⱼ₎); the result is in the order given.
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
