// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

/// The layers at the end of a model, and their place.
struct ModelEnd {
  let layers: [Component]
  /// The steps from `model` to them.
  let place: [String]

  /// The place of the last one.
  var last: [String] { layers.isEmpty ? place : place + ["\(layers.count - 1)"] }
}

/// What the parts of a specification ask of each other, beside what each layer asks of its input.
extension ModelBuilder {
  /// Checks that layers can take the data at all.
  static func check(_ input: SignalShape) throws(ModelError) {
    guard case .values(let shape) = input, shape.count > 3 else { return }
    throw ModelError(.inputAxes(shape))
  }

  /// Checks that the last layer's result is what loss and targets need.
  static func check(
    output: SignalShape,
    _ target: TargetShape,
    tokensMayBeNumbers mayBeNumbers: Bool,
    loss: Component,
    end: ModelEnd
  ) throws(ModelError) {
    let last = end.last
    guard case .values(let shape) = output else {
      throw ModelError(layer: last, .tokensAtEnd(mayBeNumbers: mayBeNumbers))
    }
    do {
      try LossFault.check(loss, shape, target)
    } catch {
      guard case .output = error.misfit else {
        throw ModelError(.loss(error, reducer: nil, tokensMayBeNumbers: mayBeNumbers))
      }
      let reducer = shape.count == 2 && isOneForEach(target) ? oneStep(before: end.layers) : nil
      throw ModelError(
        layer: last,
        .loss(error, reducer: reducer, tokensMayBeNumbers: mayBeNumbers)
      )
    }
  }

  /// Whether tokens may be meant as numbers.
  ///
  /// Only whole numbers of one's own arrays may be; with lengths of their own they hardly are.
  static func tokensMayBeNumbers(_ description: DatasetDescription) -> Bool {
    guard case .tokens = description.input else { return false }
    return description.name == "npy" && !description.hasLengths
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
    case .steps, .sequence: false
    case .values(let shape): shape.count == 1
    }
  }

  /// Checks that a metric in the targets' own units meets them.
  static func checkUnits(_ specification: RunSpecification) throws(ModelError) {
    guard specification.metrics.contains("log_rmse") else { return }
    let data = specification.data
    if data.standardize == .both || data.dataset.arguments["standardized"] == .boolean(true) {
      throw ModelError(.standardizedTargets(metric: "log_rmse"))
    }
    if data.dataset.arguments["log_target"] == .boolean(true) {
      throw ModelError(.logarithmicTargets(metric: "log_rmse"))
    }
  }

  /// Checks that a schedule goes on after its warm-up.
  static func checkSchedule(_ schedule: Component?) throws(ModelError) {
    guard let schedule, let end = schedule.arguments["end"]?.integer,
      let warmUp = schedule.arguments["warm_up"]?.integer, warmUp >= end
    else { return }
    throw ModelError(.schedule(end: end, warmUp: warmUp))
  }

  /// Checks that a network gives each step that has a target of its own a result of its own.
  static func checkSteps(
    _ output: SignalShape,
    _ description: DatasetDescription,
    target index: Int,
    _ end: ModelEnd
  ) throws(ModelError) {
    let steps: Int
    switch description.targets[index].shape {
    case .sequence(_, let own) where description.hasRealSteps(target: index): steps = own
    case .steps: steps = description.steps ?? 1
    case .values where description.hasRealSteps(target: index): steps = description.steps ?? 1
    case .classes, .sequence, .values: return
    }
    guard case .values(let shape) = output else { return }
    if shape.count == 2 ? shape[0] == steps : steps == 1 { return }
    let taken = ["final_state", "last_step"].first { name in
      end.layers.contains { $0.name == name }
    }
    throw ModelError(
      layer: end.last,
      .stepTargets(
        steps: steps,
        output: output,
        reducer: taken ?? (shape.count == 2 ? nil : "last_step")
      )
    )
  }
}
