// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// What the size of the test set alone leaves open, whatever the number of seeds.
public enum TestSet {
  /// Half the width of the 95 % interval over test examples, with how many there were.
  public struct HalfWidth: Hashable, Sendable {
    /// 1.96 · sd / √N.
    public var value: Double
    /// N, the number of test examples.
    public var examples: Int
  }

  /// Of one cell's accuracy: each example counts with the share of the seeds that classify it rightly.
  ///
  /// Nil without predictions, or if the runs saw different examples.
  public static func halfWidth(of runs: [TestPredictions]) -> HalfWidth? {
    shares(runs).flatMap(halfWidth)
  }

  /// Of the difference of two cells' accuracies, example by example.
  public static func halfWidth(
    ofDifference left: [TestPredictions],
    _ right: [TestPredictions]
  ) -> HalfWidth? {
    guard left.first?.targets == right.first?.targets, let a = shares(left), let b = shares(right)
    else { return nil }
    return halfWidth(zip(a, b).map { $0 - $1 })
  }

  private static func halfWidth(_ values: [Double]) -> HalfWidth? {
    guard let deviation = Sample(values).standardDeviation else { return nil }
    return HalfWidth(
      value: 1.96 * deviation / Double(values.count).squareRoot(),
      examples: values.count
    )
  }

  private static func shares(_ runs: [TestPredictions]) -> [Double]? {
    guard let first = runs.first, !first.targets.isEmpty,
      runs.allSatisfy({
        $0.targets == first.targets && $0.predictions.count == first.targets.count
      })
    else { return nil }
    return first.targets.indices.map { index in
      let right = runs.count { $0.predictions[index] == first.targets[index] }
      return Double(right) / Double(runs.count)
    }
  }
}
