// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// The difference of two cells' accuracy, where both seeds and test examples are random draws.
///
/// Every seed is tested on the same examples, so the two factors are crossed, not nested. Let y(i,
/// j) be right(A) − right(B) at seed i and example j. The two-way analysis of variance without
/// replication gives the mean squares of seeds, of examples and of the rest. The variance of the
/// mean is V = (MS_S + max(MS_E − MS_R, 0)) / (nN). The degrees of freedom are those of Hillis
/// (2007, Statistics in Medicine 26): ν = (n − 1)·(1 + max(MS_E − MS_R, 0)/MS_S)².
public struct CrossedDifference: Hashable, Sendable {
  /// The mean accuracy of the left cell minus that of the right cell.
  public var mean: Double
  /// √V.
  public var standardError: Double
  /// ν.
  public var degreesOfFreedom: Double
  /// N, the number of test examples.
  public var examples: Int
  /// n, the number of seeds.
  public var seeds: Int

  /// Computed from the predictions of two cells, seed by seed in the same order; nil below two
  /// seeds or examples, or if runs were tested on different examples.
  ///
  /// The mean square of seeds is at least N·r²/6 with r = 1/N, which is what rounding to whole
  /// examples causes (see `Difference`).
  public init?(_ left: [TestPredictions], _ right: [TestPredictions]) {
    guard left.count == right.count, left.count >= 2, let targets = left.first?.targets,
      targets.count >= 2,
      (left + right).allSatisfy({
        $0.targets == targets && $0.predictions.count == targets.count
      })
    else { return nil }
    let (n, count) = (left.count, targets.count)
    var bySeed = [Double](repeating: 0, count: n)
    var byExample = [Double](repeating: 0, count: count)
    var squares = 0.0
    for seed in 0..<n {
      let (a, b) = (left[seed].predictions, right[seed].predictions)
      for index in 0..<count where a[index] != b[index] {
        let y = (a[index] == targets[index] ? 1.0 : 0) - (b[index] == targets[index] ? 1.0 : 0)
        bySeed[seed] += y
        byExample[index] += y
        squares += y * y
      }
    }
    let (seedCount, exampleCount) = (Double(n), Double(count))
    let total = bySeed.reduce(0, +)
    let correction = total * total / (seedCount * exampleCount)
    let ofSeeds = bySeed.reduce(0) { $0 + $1 * $1 } / exampleCount - correction
    let ofExamples = byExample.reduce(0) { $0 + $1 * $1 } / seedCount - correction
    let rest = max(0, squares - correction - ofSeeds - ofExamples)
    let step = 1 / exampleCount
    let meanSquareOfSeeds = max(ofSeeds / (seedCount - 1), exampleCount * step * step / 6)
    let more = max(
      0,
      ofExamples / (exampleCount - 1) - rest / ((seedCount - 1) * (exampleCount - 1))
    )
    mean = total / (seedCount * exampleCount)
    standardError = ((meanSquareOfSeeds + more) / (seedCount * exampleCount)).squareRoot()
    let ratio = 1 + more / meanSquareOfSeeds
    degreesOfFreedom = (seedCount - 1) * ratio * ratio
    examples = count
    seeds = n
  }

  /// Half the width of the interval of that level; never less than `seedsOnly`, which is the
  /// half-width from the seeds alone.
  public func halfWidth(level: Double, atLeast seedsOnly: Double) -> Double {
    let factor = StudentT(degreesOfFreedom: degreesOfFreedom).quantile(1 - level / 2)
    return max(factor * standardError, seedsOnly)
  }
}
