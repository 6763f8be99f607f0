// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Tensors

/// A loss that a manifest names: on which targets it is defined, and what it comes to. A new one costs a file beside this
/// and a line of `lossFunction`.
protocol LossFunction: Sendable {
  /// Throws where the loss is not defined on such targets, or an output of this shape does not fit them.
  func check(_ output: [Int], _ target: TargetKind) throws(LossMisfit)
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
  var squaredErrorFactor: Double? { nil }
  var hasPerplexity: Bool { false }
  var probabilities: OutputProbabilities? { nil }
  var constantForm: ConstantForm? { nil }
}

/// The loss of the best constant prediction as a formula of the targets.
enum ConstantForm: Sendable {
  /// The entropy of the classes.
  case entropy
  /// So many times the variance of real targets.
  case variance(factor: Double)
  /// The mean distance of real targets from their median.
  case medianDistance
}

/// How probabilities follow from logits.
enum OutputProbabilities: Sendable {
  /// The softmax over classes.
  case softmax
  /// The sigmoid of each.
  case sigmoid
}

/// Why a loss does not take an output or targets.
enum LossMisfit: Error, Hashable {
  /// The loss is not defined on such targets.
  case undefined(String, hint: String?)
  /// The last layer gives something else.
  case output(wanted: String, hint: String)
}

/// The loss that a component of family `losses` means.
func lossFunction(_ component: Component) -> any LossFunction {
  switch component.name {
  case "cross_entropy": CrossEntropyLoss(component)
  case "binary_cross_entropy": BinaryCrossEntropyLoss()
  case "mse": SquaredErrorLoss(factor: 1)
  case "half_mse": SquaredErrorLoss(factor: 0.5)
  case "mae": RegressionLoss(name: component.name, loss: .absolute)
  case "huber":
    RegressionLoss(
      name: component.name,
      loss: .huber(delta: Float(component["delta"].real ?? 1))
    )
  case "hinge": HingeLoss(component)
  default: preconditionFailure("no loss is called `\(component.name)`")
  }
}

// MARK: - What losses ask of outputs and targets

/// Throws unless there is an output for each class, at each step for tokens, or for each real target.
func checkOutput(_ output: [Int], _ target: TargetKind) throws(LossMisfit) {
  switch target {
  case .classes(let count):
    guard output != [count] else { return }
    guard count > 1 else {
      throw .undefined(
        "all targets are of one class, so there is nothing to tell apart",
        hint: "are these the targets that were meant?"
      )
    }
    throw .output(wanted: "the targets are \(count) classes", hint: endHint(classes: count))
  case .tokens(let vocabulary):
    guard output.count != 2 || output[1] != vocabulary else { return }
    throw .output(
      wanted: "each step's target is one of \(vocabulary) tokens",
      hint: "end the model with `- dense: \(vocabulary)`, without `last_step`"
    )
  case .values(let shape):
    guard output.reduce(1, *) != shape.reduce(1, *) else { return }
    throw .output(
      wanted: "the targets are \(shape)",
      hint: "end the model with `- dense: \(shape.last ?? 1)`"
    )
  }
}

/// So many classes are more likely amounts, such as prices in whole euros.
let fewClasses = 1000

/// How to end a model for classes; many of them may be amounts.
private func endHint(classes count: Int) -> String {
  let end = "end the model with `- dense: \(count)`"
  guard count > fewClasses else { return end }
  return "if the targets are amounts, use `data.task: regression` and `loss: mse`; else \(end)"
}

/// Throws on real targets. Rows of several numbers become classes in the file only.
func needClasses(_ loss: String, _ target: TargetKind) throws(LossMisfit) {
  guard case .values(let shape) = target else { return }
  throw .undefined(
    "`\(loss)` needs classes, but the targets are real numbers",
    hint: (shape.last ?? 1) > 1
      ? "if each row is one 1 and otherwise 0, store the classes instead: `targets.argmax(axis=-1)` in NumPy; for other numbers use `loss: mse`"
      : "use `loss: mse`, or `data.task: classification` if whole numbers stand for classes"
  )
}

/// Throws on classes.
func needValues(_ loss: String, _ target: TargetKind) throws(LossMisfit) {
  if case .values = target { return }
  throw .undefined(
    "`\(loss)` needs real targets, but these are classes",
    hint: "use `loss: cross_entropy`, or `data.task: regression` if the numbers are quantities"
  )
}
