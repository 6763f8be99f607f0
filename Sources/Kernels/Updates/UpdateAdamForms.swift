// SPDX-License-Identifier: Apache-2.0

/// One step of Adam's other forms: decoupled weight decay (Loshchilov & Hutter 2019, Algorithm 2), epsilon under the root.
///
/// Without either, the numbers of `AdamStep` themselves are faster and give the same bits.
public struct AdamFormStep: LaneRule {
  static let rememberedCount = 2
  let numbers: AdamStep
  let kept: Float
  let isEpsilonInside: Bool

  /// Adam's step of `numbers` on values multiplied by `kept` before, which is 1 − learningRate · decay.
  public init(_ numbers: AdamStep, kept: Float, isEpsilonInside: Bool) {
    self.numbers = numbers
    self.kept = kept
    self.isEpsilonInside = isEpsilonInside
  }

  /// One step; both moments are remembered.
  public func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool {
    updateLanes(tensors, by: self, context)
  }

  @inline(__always)
  func step(_ x: Lanes, _ gradient: Lanes, _ state: inout RememberedLanes) -> Lanes {
    advance(x, gradient, &state)
    return moved(x, state.first, state.second)
  }

  @inline(__always)
  fileprivate func advance(_ x: Lanes, _ gradient: Lanes, _ state: inout RememberedLanes) {
    let slope = gradient.addingProduct(Lanes(repeating: numbers.weightDecay), x)
    let share = Lanes(repeating: Float(1 - numbers.beta1))
    state.first.addProduct(slope - state.first, share)
    state.second = (state.second * Float(numbers.beta2))
      .addingProduct(slope * slope, Lanes(repeating: Float(1 - numbers.beta2)))
  }

  @inline(__always)
  fileprivate func moved(_ x: Lanes, _ first: Lanes, _ second: Lanes) -> Lanes {
    let correction = numbers.rootCorrection
    let root =
      isEpsilonInside
      ? (second * (correction * correction) + numbers.epsilon).squareRoot()
      : second.squareRoot() * correction + numbers.epsilon
    return x * kept - numbers.correctedRate * first / root
  }
}

/// A step of AMSGrad (Reddi, Kale & Kumar 2018): the largest second moment so far stands for the present one.
public struct AMSGradStep: LaneRule {
  static let rememberedCount = 3
  let form: AdamFormStep

  /// The same numbers.
  public init(_ form: AdamFormStep) { self.form = form }

  /// One step; both moments and the largest second one, before its correction as in PyTorch, are remembered.
  public func apply(to tensors: UpdateTensors, context: KernelContext) -> Bool {
    updateLanes(tensors, by: self, context)
  }

  @inline(__always)
  func step(_ x: Lanes, _ gradient: Lanes, _ state: inout RememberedLanes) -> Lanes {
    form.advance(x, gradient, &state)
    // NaN is not at most anything: it replaces the largest and stays.
    state.third.replace(with: state.second, where: .!(state.second .<= state.third))
    return form.moved(x, state.first, state.third)
  }
}
