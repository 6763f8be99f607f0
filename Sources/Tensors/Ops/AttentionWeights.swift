// SPDX-License-Identifier: Apache-2.0

public import DeterministicMath
import Kernels

/// Dropout of an attention's weights while training (Vaswani et al. 2017, section 5.4, as PyTorch does it): each weight
/// is zeroed with `probability`, and the rest is divided by 1 − probability.
///
/// The mask is that of `Tape.dropout` on the weights [N, heads, Tq, Tk].
public struct AttentionDropout: Sendable {
  /// In [0, 1).
  public var probability: Double
  /// What decides which weights are zeroed.
  public var stream: RandomStream

  /// Dropout with this probability.
  public init(probability: Double, stream: RandomStream) {
    precondition((0..<1).contains(probability), "dropout with probability \(probability)")
    self.probability = probability
    self.stream = stream
  }
}

/// The weights of one attention: how much of each key's value is in each query's result.
public struct CapturedAttention: Hashable, Sendable {
  /// [N, heads, Tq, Tk].
  public let shape: Shape
  /// Row-major. Those of a query add up to 1, or are 0 where it sees no key or is behind its example's end.
  public let weights: [Float]

  init(shape: Shape, weights: [Float]) {
    self.shape = shape
    self.weights = weights
  }

  /// Attentions of one query each, [N, heads, 1, Tk], as one of all queries in their order; at least one.
  public init(steps: [CapturedAttention]) {
    precondition(!steps.isEmpty, "an attention has queries")
    let (first, keys) = (steps[0].shape, steps[0].shape[3])
    precondition(
      steps.allSatisfy { $0.shape == first && first[2] == 1 },
      "attentions of one query each, got \(steps.map(\.shape))"
    )
    var weights: [Float] = []
    weights.reserveCapacity(steps.count * first.count)
    for row in 0..<first[0] * first[1] {
      for step in steps { weights += step.weights[row * keys..<(row + 1) * keys] }
    }
    self.init(shape: Shape(first[0], first[1], steps.count, keys), weights: weights)
  }
}

/// Receives copies of attention weights, such as for a picture of what a network looks at.
///
/// One object may be given to all attentions of a network: they add theirs in the order in which they are computed.
public final class AttentionCapture {
  /// What was captured, before any dropout.
  public private(set) var attentions: [CapturedAttention] = []

  /// An empty one.
  public init() {}

  func take(_ weights: AttentionWeights, _ s: AttentionShape) {
    let values = unsafe UnsafeBufferPointer(start: weights.softmax, count: s.weightCount)
    attentions.append(
      unsafe CapturedAttention(
        shape: Shape(s.batch, s.heads, s.queries, s.keys),
        weights: Array(values)
      )
    )
  }
}

extension Tape {
  /// Room for weights, and for what dropout leaves of them.
  func attentionWeights(_ s: AttentionShape, _ dropout: AttentionDropout?) -> AttentionWeights {
    let softmax = unsafe floats(s.weightCount)
    guard isTraining, let dropout, dropout.probability > 0 else {
      return unsafe AttentionWeights(softmax)
    }
    return unsafe AttentionWeights(
      softmax,
      left: floats(s.weightCount),
      dropout: WeightDropout(probability: dropout.probability, stream: dropout.stream)
    )
  }
}
