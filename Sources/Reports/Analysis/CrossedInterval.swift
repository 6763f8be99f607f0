// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Vocabulary

extension Analysis {
  /// The difference of two cells' test accuracy, with a half-width that treats both seeds and test
  /// examples as random.
  public struct CrossedInterval: Sendable {
    /// Left minus right.
    public var mean: Double
    /// Half the width of the interval, at the level of the look.
    public var halfWidth: Double
    /// How many test examples there are.
    public var examples: Int
  }

  /// Computed over the seeds of the pair's look, from the predictions that were stored at the end
  /// of the runs.
  ///
  /// It is nil for any metric other than the test accuracy of the last epoch, and without
  /// predictions. It is also nil for steps of sequences, because they are not independent.
  public func crossed(_ pair: Ranking.Pair, _ group: ComparisonGroup) -> CrossedInterval? {
    guard metric == "test.accuracy", experiment.metric.moment == .last,
      case .paired(let count) = pair.difference.test
    else { return nil }
    let (left, right) = (group.cells[pair.left], group.cells[pair.right])
    let seeds = left.scaled.keys.filter { right.scaled[$0] != nil }.sorted().prefix(count)
    func stored(_ cell: ComparedCell) -> [TestPredictions] {
      seeds.compactMap { seed in
        cell.runs.first { $0.seed == seed }.flatMap { snapshot.captures[.predictions, $0.id] }
      }
    }
    let (a, b) = (stored(left), stored(right))
    guard a.count == seeds.count, b.count == seeds.count, let found = CrossedDifference(a, b)
    else { return nil }
    return CrossedInterval(
      mean: found.mean,
      halfWidth: found.halfWidth(
        level: pair.test.level,
        atLeast: pair.difference.halfWidth(level: pair.test.level)
      ),
      examples: found.examples
    )
  }

  /// `images` for data sets of images, else `examples`.
  func exampleWord(_ group: ComparisonGroup) -> String {
    let areImages = group.cells.allSatisfy {
      Catalog.dataset($0.cell.specification.data.dataset.name)?.isOfImages == true
    }
    return areImages ? "images" : "examples"
  }
}

/// What other test examples leave open of a difference, behind the sentence that states it.
struct ExamplesSentence {
  /// The difference as it was stated.
  var follows: DifferenceText
  var mean: Double
  var halfWidth: Double
  var examples: Int
  /// `images` or `examples`.
  var word = "examples"

  /// Two sentences; they speak of "that interval" only where one was given.
  var text: String {
    let style = NumberStyle(halfWidth: halfWidth, magnitude: mean)
    let range = "[\(style.text(mean - halfWidth)), \(style.text(mean + halfWidth))]"
    let these = "for these \(grouped(examples)) test \(word)"
    return follows.hasInterval
      ? "That interval is \(these). For other test \(word) of the same kind it is \(range)."
      : "That is \(these). For other test \(word) of the same kind the "
        + "\(follows.levelText) interval is \(range)."
  }
}

extension DifferenceTest {
  /// `paired t, n = 5` or `Welch's t, n = 5 and 3`.
  var text: String {
    switch self {
    case .paired(let seeds): "paired t, n = \(seeds)"
    case .welch(let left, let right): "Welch's t, n = \(left) and \(right)"
    }
  }
}
