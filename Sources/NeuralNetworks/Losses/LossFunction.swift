// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// What is minimised: how far outputs are from targets. A new one costs a file beside this.
public protocol LossFunction: Sendable {
  /// Throws where the loss is not defined on such targets, or an example's output of this shape does not fit them.
  func check(_ output: [Int], _ targets: TargetShape) throws(LossMisfit)
  /// The loss of a batch; while training, its gradient is put in place. `predictions` receives a class for each row.
  func callAsFunction(
    _ output: Variable,
    _ targets: Targets,
    on tape: Tape,
    predictions: Indices?
  ) -> Loss
  /// What the mean is divided by to be a squared error, nil if it is none.
  var squaredErrorFactor: Double? { get }
  /// Whether exp of the mean is a perplexity.
  var hasPerplexity: Bool { get }
  /// How outputs become probabilities.
  var probabilities: OutputProbabilities? { get }
  /// What the best prediction that does not look at the input comes to; nil if there is no closed form.
  var constantForm: ConstantForm? { get }
}

extension LossFunction {
  /// None unless the loss says so.
  public var squaredErrorFactor: Double? { nil }
  /// None unless the loss says so.
  public var hasPerplexity: Bool { false }
  /// None unless the loss says so.
  public var probabilities: OutputProbabilities? { nil }
  /// None unless the loss says so.
  public var constantForm: ConstantForm? { nil }
}

/// The loss of the best constant prediction as a formula of the targets.
public enum ConstantForm: Sendable {
  /// The entropy of the classes.
  case entropy
  /// So many times the variance of real targets.
  case variance(factor: Double)
  /// The mean distance of real targets from their median.
  case medianDistance
}

/// How probabilities follow from logits.
public enum OutputProbabilities: Sendable {
  /// The softmax over classes.
  case softmax
  /// The sigmoid of each.
  case sigmoid
}

/// Why a loss does not take an output or targets.
public enum LossMisfit: Error, Hashable, Sendable {
  /// It is defined on classes, and the targets are real numbers.
  case needsClasses
  /// It is defined on real numbers, and the targets are classes.
  case needsValues
  /// All targets are of one class, so there is nothing to tell apart.
  case singleClass
  /// The weights of all classes are 0.
  case zeroWeights
  /// There are so many weights for another number of classes.
  case weights(Int, classes: Int)
  /// The output has another shape than the targets ask for; `alternative` outputs would do as well.
  case output(alternative: Int?)
}
