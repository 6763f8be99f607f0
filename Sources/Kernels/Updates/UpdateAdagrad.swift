// SPDX-License-Identifier: Apache-2.0

/// The numbers of one step of Adagrad (Duchi, Hazan & Singer 2011): s += g²; x −= learningRate · g / (√s + epsilon).
public struct AdagradStep: LaneRule {
  static let rememberedCount = 1
  /// Step size.
  public var learningRate: Float
  /// Added to the root, or under it.
  public var epsilon: Float
  /// Whether `epsilon` stands under the root.
  public var isEpsilonInside: Bool
  /// g += weightDecay · x.
  public var weightDecay: Float

  /// A step.
  public init(learningRate: Float, epsilon: Float, isEpsilonInside: Bool, weightDecay: Float) {
    self.learningRate = learningRate
    self.epsilon = epsilon
    self.isEpsilonInside = isEpsilonInside
    self.weightDecay = weightDecay
  }

  /// One step; the sum of squares is remembered.
  public func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool {
    updateLanes(tensors, by: self, context)
  }

  @inline(__always)
  func step(_ x: Lanes, _ gradient: Lanes, _ state: inout RememberedLanes) -> Lanes {
    let slope = gradient.addingProduct(Lanes(repeating: weightDecay), x)
    state.first.addProduct(slope, slope)
    let root = rootWithEpsilon(state.first, epsilon, isInside: isEpsilonInside)
    return x.addingProduct(Lanes(repeating: -learningRate), slope / root)
  }
}
