// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation

@testable import Reports

/// Tables of cells that are truly equal, or differ in a known way, as many as one wants.
struct SimulatedTable {
  var random: TestRandom

  init(seed: Int) { random = TestRandom(seed: UInt64(seed)) }

  /// Cells whose numbers are normal and share half of their variance at each seed; `shifts` are their true means.
  mutating func normal(shifts: [Double], seeds: Int) -> [SeededValues] {
    let shared = random.normals(seeds)
    return shifts.map { shift in
      SeededValues(
        uniqueKeysWithValues: (0..<seeds).map { seed in
          (seed, shift + (shared[seed] + random.normal()) / 2.0.squareRoot())
        }
      )
    }
  }

  /// Accuracies of equal cells: outcomes drawn independently from per-image probabilities that all cells share.
  ///
  /// Half of the expected errors fall on images that are right with probability 1/2, half on images that are right with
  /// probability 3/4; all others are right. So the spread over seeds is what real test sets show, and no more.
  mutating func accuracies(
    _ accuracy: Double,
    examples: Int,
    cells: Int,
    seeds: Int
  ) -> [SeededValues] {
    let errors = (1 - accuracy) * Double(examples)
    // A test set has whole images: the rest of one is an image with that much less of a chance to be wrong.
    let even = Int(errors)
    let quarter = Int((2 * errors).rounded()) - even
    let total = Double(examples)
    return (0..<cells).map { _ in
      SeededValues(
        uniqueKeysWithValues: (0..<seeds).map { seed in
          let wrong =
            bits(even, and: 1) + bits(max(0, quarter), and: 2)
            + (even == 0 && random.uniform() < errors / 2 ? 1 : 0)
          return (seed, (total - Double(min(wrong, examples))) / total)
        }
      )
    }
  }

  /// How many of `count` images are wrong, each with probability 2⁻ᵏ for k = `and` random words.
  private mutating func bits(_ count: Int, and words: Int) -> Int {
    var (left, sum) = (count, 0)
    while left > 0 {
      var word = random.next()
      for _ in 1..<words { word &= random.next() }
      if left < 64 { word &= (1 << UInt64(left)) - 1 }
      sum += word.nonzeroBitCount
      left -= 64
    }
    return sum
  }
}

extension SimulatedTable {
  /// How often the first of two equal cells and so on are told apart, of so many tables.
  struct Rate {
    var count = 0
    var rounds = 0

    var share: Double { Double(count) / Double(rounds) }

    /// `share` may exceed `goal` by three standard errors of the simulation.
    func isAtMost(_ goal: Double) -> Bool {
      share <= goal + 3 * (goal * (1 - goal) / Double(rounds)).squareRoot()
    }

    func isAtLeast(_ goal: Double) -> Bool {
      share >= goal - 3 * (goal * (1 - goal) / Double(rounds)).squareRoot()
    }
  }
}
