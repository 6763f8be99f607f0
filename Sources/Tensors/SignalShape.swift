// SPDX-License-Identifier: Apache-2.0

/// The shape of one example's input, or of what flows between two layers, without the batch axis.
public enum SignalShape: Hashable, Sendable, CustomStringConvertible {
  /// Real values: [D], [T, D] or [C, H, W].
  case values([Int])
  /// Whole numbers below `vocabulary`, `steps` of them.
  case tokens(vocabulary: Int, steps: Int)

  /// Values of one example; nil for tokens.
  public var sizes: [Int]? { if case .values(let sizes) = self { sizes } else { nil } }

  /// As in `images [1, 28, 28]`, `tokens [35] of 28`.
  public var description: String {
    switch self {
    case .values(let sizes):
      switch sizes.count {
      case 3: "an image \(sizes)"
      case 2: "a sequence \(sizes)"
      default: "\(sizes)"
      }
    case .tokens(let vocabulary, let steps): "tokens [\(steps)] of \(vocabulary)"
    }
  }
}

/// What the target of one example is.
public enum TargetShape: Hashable, Sendable {
  /// One class below this count.
  case classes(Int)
  /// One class below `classes` at each step of the input's sequence.
  case steps(classes: Int)
  /// One class below `classes` at each of `steps` steps of a sequence of its own, such as a translation.
  case sequence(classes: Int, steps: Int)
  /// Real numbers of this shape, at least `[1]`.
  case values([Int])
}
