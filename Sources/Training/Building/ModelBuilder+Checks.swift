// SPDX-License-Identifier: Apache-2.0

import Datasets
import Tensors
import Experiments
import Vocabulary
import NeuralNetworks

/// What the parts of a specification ask of each other, beside what each layer asks of its input.
extension ModelBuilder {
  /// Checks that layers can take the data at all.
  static func check(_ input: SignalShape) throws(ModelError) {
    guard case .values(let shape) = input, shape.count > 3 else { return }
    throw ModelError(
      layer: nil,
      message: "one example's input has the shape \(shape), but layers take at most three axes",
      hint: "save the inputs as [N, D], [N, T, D] or [N, C, H, W]",
      subject: .data
    )
  }

  /// Checks that the last layer's result is what loss and targets need.
  static func check(
    output: SignalShape,
    _ description: DatasetDescription,
    loss: Component,
    model: [Component]
  ) throws(ModelError) {
    let target = description.target
    let last = model.count - 1
    guard case .values(let shape) = output else {
      throw ModelError(
        layer: ["\(last)"],
        message: "the last layer gives tokens, not values",
        hint: tokenHint(nil, mayBeNumbers: tokensMayBeNumbers(description))
      )
    }
    do {
      try LossMistake.check(loss, shape, target)
    } catch {
      switch error {
      case .undefined(let message, let hint):
        throw ModelError(layer: nil, message: message, hint: hint)
      case .output(let wanted, let hint):
        throw ModelError(
          layer: ["\(last)"],
          message: "the last layer gives \(shape), but \(wanted)",
          hint: shape.count == 2 && isOneForEach(target)
            ? tokenHint(
              "each step has a result: put `- \(oneStep(before: model))` before the last layer",
              mayBeNumbers: tokensMayBeNumbers(description)
            )
            : hint
        )
      }
    }
  }

  /// Whether tokens may be meant as numbers.
  ///
  /// Only whole numbers of one's own arrays may be; with lengths of their own they hardly are.
  static func tokensMayBeNumbers(_ description: DatasetDescription) -> Bool {
    guard case .tokens = description.input else { return false }
    return description.name == "npy" && !description.hasLengths
  }

  /// The advice for a network that met tokens, behind the question whether they are meant as numbers.
  static func tokenHint(_ hint: String?, mayBeNumbers: Bool) -> String? {
    guard mayBeNumbers else { return hint }
    let numbers =
      "whole numbers are read as tokens: if they are quantities, save them with `array.astype(\"float32\")`"
    return hint.map { "\(numbers); if they stand for words, \($0)" } ?? numbers
  }
}

extension ModelBuilder {
  /// The layer that makes a vector of the sequence before the last layer.
  static func oneStep(before model: [Component]) -> String {
    Array(model.dropLast()).backwardHalf() == .second ? "final_state" : "last_step"
  }

  /// Whether an example has one target, not one for each step.
  static func isOneForEach(_ target: TargetShape) -> Bool {
    switch target {
    case .classes: true
    case .steps: false
    case .values(let shape): shape.count == 1
    }
  }

  /// Checks that a metric in the targets' own units meets them.
  static func checkUnits(_ specification: RunSpecification) throws(ModelError) {
    guard specification.metrics.contains("log_rmse") else { return }
    let data = specification.data
    if data.standardize == .both || data.dataset.arguments["standardized"] == .boolean(true) {
      throw ModelError(
        layer: nil,
        message: "`log_rmse` needs targets in their own units, but these are standardised",
        hint: "use `standardize: inputs`, or the metric `rmse`",
        subject: .metrics
      )
    }
    if data.dataset.arguments["log_target"] == .boolean(true) {
      throw ModelError(
        layer: nil,
        message:
          "`log_rmse` needs targets in their own units, but `log_target` made them logarithms",
        hint: "their `rmse` is that error",
        subject: .metrics
      )
    }
  }

  /// Checks that a schedule goes on after its warm-up.
  static func checkSchedule(_ schedule: Component?) throws(ModelError) {
    guard let schedule, let end = schedule.arguments["end"]?.integer,
      let warmUp = schedule.arguments["warm_up"]?.integer, warmUp >= end
    else { return }
    throw ModelError(
      layer: nil,
      message: "the schedule ends at \(end), within its warm-up of \(warmUp)",
      hint: "raise `end` or lower `warm_up`",
      subject: .optimizer
    )
  }

  /// Checks that a network on sequences of several lengths gives each step's target a result of its own.
  static func checkSteps(
    _ output: SignalShape,
    _ description: DatasetDescription,
    _ layers: [Component]
  ) throws(ModelError) {
    guard description.hasTargetsOfRealSteps, let steps = description.steps else { return }
    if case .values(let shape) = output, shape.count == 2, shape[0] == steps { return }
    let taken = layers.contains { $0.name == "final_state" } ? "final_state" : "last_step"
    throw ModelError(
      layer: ["\(layers.count - 1)"],
      message: "the last layer gives \(output), but each of \(steps) steps has a target of its own",
      hint:
        "leave out `\(taken)`; targets of whole sequences with \(steps) numbers are [N, 1, \(steps)]"
    )
  }

  /// Checks that the targets have the metrics that are asked for.
  static func check(
    _ metrics: [String],
    target: TargetShape,
    loss: Component
  ) throws(ModelError) {
    do {
      _ = try MetricSet(
        loss: lossFunction(loss),
        target: target,
        names: metrics,
        parameters: []
      )
    } catch {
      throw ModelError(metric: error)
    }
  }
}
