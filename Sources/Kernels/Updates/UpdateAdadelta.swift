// SPDX-License-Identifier: Apache-2.0

/// The numbers of one step of Adadelta (Zeiler 2012, Algorithm 1).
///
/// s = rho · s + (1 − rho) · g²; d = √(u + epsilon) / √(s + epsilon) · g; u = rho · u + (1 − rho) · d²;
/// x −= learningRate · d.
public struct AdadeltaStep: LaneRule {
  static let rememberedCount = 2
  /// Step size; the paper has none, which is 1.
  public var learningRate: Float
  /// Decay of both means, in Double: 1 − Float(0.9) is off by 10⁻⁷ of itself.
  public var rho: Double
  /// Added under both roots.
  public var epsilon: Float
  /// g += weightDecay · x.
  public var weightDecay: Float

  /// A step.
  public init(learningRate: Float, rho: Double, epsilon: Float, weightDecay: Float) {
    self.learningRate = learningRate
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// One step; the mean squares of gradients and of steps are remembered.
  public func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool {
    updateLanes(tensors, by: self, context)
  }

  @inline(__always)
  func step(_ x: Lanes, _ gradient: Lanes, _ state: inout RememberedLanes) -> Lanes {
    let (decay, share) = (Float(rho), Lanes(repeating: Float(1 - rho)))
    let slope = gradient.addingProduct(Lanes(repeating: weightDecay), x)
    state.first = (state.first * decay).addingProduct(slope * slope, share)
    let ratio = (state.second + epsilon).squareRoot() / (state.first + epsilon).squareRoot()
    let change = ratio * slope
    state.second = (state.second * decay).addingProduct(change * change, share)
    return x.addingProduct(Lanes(repeating: -learningRate), change)
  }
}
