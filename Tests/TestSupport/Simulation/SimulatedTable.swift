// SPDX-License-Identifier: Apache-2.0

/// Tables of cells that are truly equal, or differ in a known way, as many as one wants.
public struct SimulatedTable {
  /// Where its numbers come from.
  public var random: TestRandom

  /// The same tables for the same seed.
  public init(seed: Int) { random = TestRandom(seed: UInt64(seed)) }

  /// Cells whose numbers are normal and share half of their variance at each seed; `shifts` are their true means.
  public mutating func normal(shifts: [Double], seeds: Int) -> [[Int: Double]] {
    let shared = random.normals(seeds)
    return shifts.map { shift in
      [Int: Double](
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
  public mutating func accuracies(
    _ accuracy: Double,
    examples: Int,
    cells: Int,
    seeds: Int
  ) -> [[Int: Double]] {
    let errors = (1 - accuracy) * Double(examples)
    // A test set has whole images: the rest of one is an image with that much less of a chance to be wrong.
    let even = Int(errors)
    let quarter = Int((2 * errors).rounded()) - even
    let total = Double(examples)
    return (0..<cells).map { _ in
      [Int: Double](
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
  public struct Rate {
    /// Tables in which it happened.
    public var count = 0
    /// All tables.
    public var rounds = 0

    /// None so far.
    public init() {}

    /// `count` of `rounds`.
    public var share: Double { Double(count) / Double(rounds) }

    /// `share` may exceed `goal` by three standard errors of the simulation.
    public func isAtMost(_ goal: Double) -> Bool {
      share <= goal + 3 * (goal * (1 - goal) / Double(rounds)).squareRoot()
    }

    /// `share` may fall short of `goal` by as much.
    public func isAtLeast(_ goal: Double) -> Bool {
      share >= goal - 3 * (goal * (1 - goal) / Double(rounds)).squareRoot()
    }
  }
}
