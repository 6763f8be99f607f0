// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, <https://arxiv.org/abs/1711.05101>), or with epsilon under
/// the square root of the corrected second moment.
///
/// Decoupled, x ← (1 − learningRate · weightDecay) · x comes before the step, with the scheduled rate, as in PyTorch.
public struct AdamForm: OptimizerFormula {
  private var adam: Adam
  private let isDecoupled: Bool
  private let isEpsilonInside: Bool

  /// Adam's numbers in another form.
  public init(_ adam: Adam, isDecoupled: Bool, isEpsilonInside: Bool) {
    self.adam = adam
    self.isDecoupled = isDecoupled
    self.isEpsilonInside = isEpsilonInside
  }

  /// Both moments.
  public var remembered: [String] { adam.remembered }

  /// Adam's running powers.
  public var numbers: [Double] {
    get { adam.numbers }
    set { adam.numbers = newValue }
  }

  /// Multiplies the powers.
  public mutating func advance() { adam.advance() }

  /// One step's numbers.
  public func rule(learningRate: Double, weightDecay: Double) -> AdamFormStep {
    AdamFormStep(
      adam.rule(learningRate: learningRate, weightDecay: isDecoupled ? 0 : weightDecay),
      kept: isDecoupled ? Float(1 - learningRate * weightDecay) : 1,
      isEpsilonInside: isEpsilonInside
    )
  }
}

/// A form of Adam whose steps are divided by the largest second moment so far (Reddi, Kale & Kumar 2018,
/// <https://arxiv.org/abs/1904.09237>): steps never grow because a large gradient is forgotten.
public struct AMSGrad: OptimizerFormula {
  private var form: AdamForm

  /// The same numbers.
  public init(_ form: AdamForm) { self.form = form }

  /// Both moments and the largest second one.
  public var remembered: [String] { form.remembered + ["largest_second_moment"] }

  /// Adam's running powers.
  public var numbers: [Double] {
    get { form.numbers }
    set { form.numbers = newValue }
  }

  /// Multiplies the powers.
  public mutating func advance() { form.advance() }

  /// One step's numbers.
  public func rule(learningRate: Double, weightDecay: Double) -> AMSGradStep {
    AMSGradStep(form.rule(learningRate: learningRate, weightDecay: weightDecay))
  }
}
