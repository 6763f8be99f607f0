// SPDX-License-Identifier: Apache-2.0

/// One of the losses whose weighted sum is minimised.
public struct LossSpecification: Hashable, Sendable {
  /// The loss, of family `losses`.
  public var loss: Component
  /// The block whose result it is taken of; nil for the only one that no other block reads.
  public var block: String?
  /// The target that the result is held against, or the input that it is to give back; nil for the data's first target.
  public var target: String?
  /// What the loss is multiplied by in the sum, ≥ 0.
  public var weight: Double

  /// A loss that counts once unless `weight` is given.
  public init(
    _ loss: Component,
    of block: String? = nil,
    target: String? = nil,
    weight: Double = 1
  ) {
    self.loss = loss
    self.block = block
    self.target = target
    self.weight = weight
  }

  /// Whether it is no more than its loss.
  var isPlain: Bool { block == nil && target == nil && weight == 1 }
}

extension RunSpecification {
  /// The first loss, whose target is the one that a report speaks of.
  public var loss: Component {
    get { losses[0].loss }
    set { losses[0].loss = newValue }
  }

  /// What `train.loss` is a value of: the loss, or all of them as one, so that different sums are never compared.
  public var totalLoss: Component {
    guard losses.count > 1 || !losses[0].isPlain else { return loss }
    let words = losses.map { term in
      let factor = term.weight == 1 ? "" : "\(ParameterValue.real(term.weight)) "
      return factor + term.loss.name + (term.block.map { " of \($0)" } ?? "")
    }
    return Component(words.joined(separator: " + "), ["terms": losses.argument])
  }
}
