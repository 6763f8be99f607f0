// SPDX-License-Identifier: Apache-2.0

/// The numbers of one step of RMSprop, in PyTorch's order of operations.
///
/// g += weightDecay · x; s = alpha · s + (1 − alpha) · g²; d = g / (√s + epsilon); x −= learningRate · d. Centered, the
/// mean gradient's square is taken from s under the root. With momentum, v = momentum · v + d moves x in d's place.
public struct RMSpropStep: Sendable {
  /// Step size.
  public var learningRate: Float
  /// Decay of the mean square, in Double: 1 − Float(0.99) is off by 10⁻⁶ of itself.
  public var alpha: Double
  /// Added to the root, or under it.
  public var epsilon: Float
  /// Whether `epsilon` stands under the root.
  public var isEpsilonInside: Bool
  /// v = momentum · v + d.
  public var momentum: Float
  /// g += weightDecay · x.
  public var weightDecay: Float

  /// A step.
  public init(
    learningRate: Float,
    alpha: Double,
    epsilon: Float,
    isEpsilonInside: Bool,
    momentum: Float,
    weightDecay: Float
  ) {
    self.learningRate = learningRate
    self.alpha = alpha
    self.epsilon = epsilon
    self.isEpsilonInside = isEpsilonInside
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// The decayed gradient, by which the mean square advances.
  @inline(__always)
  fileprivate func slope(_ x: Lanes, _ gradient: Lanes, _ square: inout Lanes) -> Lanes {
    let slope = gradient.addingProduct(Lanes(repeating: weightDecay), x)
    square = (square * Float(alpha)).addingProduct(
      slope * slope,
      Lanes(repeating: Float(1 - alpha))
    )
    return slope
  }

  /// The variance about the mean gradient, which advances; one that rounding makes negative is 0.
  @inline(__always)
  fileprivate func variance(_ slope: Lanes, _ square: Lanes, _ mean: inout Lanes) -> Lanes {
    mean = mean.addingProduct(slope - mean, Lanes(repeating: Float(1 - alpha)))
    let variance = square.addingProduct(-mean, mean)
    return variance.replacing(with: 0, where: variance .< 0)
  }

  @inline(__always)
  fileprivate func direction(_ slope: Lanes, _ square: Lanes) -> Lanes {
    slope / rootWithEpsilon(square, epsilon, isInside: isEpsilonInside)
  }

  @inline(__always)
  fileprivate func moved(_ x: Lanes, _ direction: Lanes) -> Lanes {
    x.addingProduct(Lanes(repeating: -learningRate), direction)
  }
}

extension RMSpropStep: LaneRule {
  static let rememberedCount = 1

  /// One step; the mean square is remembered.
  public func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool {
    updateLanes(tensors, by: self, context)
  }

  @inline(__always)
  func step(_ x: Lanes, _ gradient: Lanes, _ state: inout RememberedLanes) -> Lanes {
    let slope = slope(x, gradient, &state.first)
    return moved(x, direction(slope, state.first))
  }
}

/// A step of RMSprop with momentum.
public struct MomentumRMSpropStep: LaneRule {
  static let rememberedCount = 2
  let numbers: RMSpropStep

  /// The same numbers.
  public init(_ numbers: RMSpropStep) { self.numbers = numbers }

  /// One step; the mean square and the velocity are remembered.
  public func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool {
    updateLanes(tensors, by: self, context)
  }

  @inline(__always)
  func step(_ x: Lanes, _ gradient: Lanes, _ state: inout RememberedLanes) -> Lanes {
    let slope = numbers.slope(x, gradient, &state.first)
    state.second = state.second * numbers.momentum + numbers.direction(slope, state.first)
    return numbers.moved(x, state.second)
  }
}

/// A centered step of RMSprop, with momentum or without.
public struct CenteredRMSpropStep: LaneRule {
  static let rememberedCount = 3
  let numbers: RMSpropStep

  /// The same numbers.
  public init(_ numbers: RMSpropStep) { self.numbers = numbers }

  /// One step; the mean square, the velocity and the mean gradient are remembered.
  public func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool {
    updateLanes(tensors, by: self, context)
  }

  @inline(__always)
  func step(_ x: Lanes, _ gradient: Lanes, _ state: inout RememberedLanes) -> Lanes {
    let slope = numbers.slope(x, gradient, &state.first)
    let variance = numbers.variance(slope, state.first, &state.third)
    state.second = state.second * numbers.momentum + numbers.direction(slope, variance)
    return numbers.moved(x, state.second)
  }
}
