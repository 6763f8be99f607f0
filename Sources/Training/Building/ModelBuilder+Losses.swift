// SPDX-License-Identifier: Apache-2.0

import Datasets
import NeuralNetworks
import Tensors
import Vocabulary

/// What losses, the results that they are taken of and the data's targets ask of each other.
extension ModelBuilder {
  /// What a loss is held against; throws where its name leads nowhere. `index` is the loss's place.
  static func target(
    of term: LossSpecification,
    _ description: DatasetDescription,
    at index: Int
  ) throws(ModelError) -> TargetSource {
    guard let name = term.target else { return .target(0) }
    if let place = description.targets.firstIndex(where: { $0.name == name }) {
      return .target(place)
    }
    if let place = description.inputs.firstIndex(where: { $0.name == name }) {
      return .input(place)
    }
    throw ModelError(
      .unknownTarget(
        name,
        loss: index,
        targets: description.targets.map(\.name),
        inputs: description.inputs.map(\.name)
      )
    )
  }

  /// The inputs that losses are held against.
  static func wantedInputs(
    _ specification: RunSpecification,
    _ description: DatasetDescription
  ) throws(ModelError) -> Set<Int> {
    var wanted = Set<Int>()
    for (index, term) in specification.losses.enumerated() {
      if case .input(let place) = try target(of: term, description, at: index) {
        wanted.insert(place)
      }
    }
    return wanted
  }

  /// The shape of what a loss is held against.
  static func shape(of source: TargetSource, _ description: DatasetDescription) -> TargetShape {
    switch source {
    case .target(let index): return description.targets[index].shape
    case .input(let index):
      switch description.inputs[index].shape {
      case .values(let sizes): return .values(sizes)
      case .tokens(let vocabulary, let steps): return .sequence(classes: vocabulary, steps: steps)
      }
    }
  }

  /// The metrics of one of the losses: those that `metrics` asks for belong to each loss whose targets have them, and have
  /// to belong to one.
  static func metrics(
    _ specification: RunSpecification,
    of index: Int,
    loss: any LossFunction,
    _ description: DatasetDescription,
    parameters: [Tensors.Parameter]
  ) throws(ModelError) -> MetricSet {
    let shapes = try shapes(specification, description)
    var names: [String] = []
    for name in specification.metrics {
      let fitting = shapes.indices.filter { place in
        guard shapes[place].has(metric: name) else { return false }
        // A network writes the data's first target, and no other; norms are of all losses together.
        let isWritten = writingMeasure(name, shapes[place]) != nil
        return isWritten ? specification.losses[place].isOfFirstTarget(description) : true
      }
      // Where no loss has it, the first one says why.
      if fitting.contains(index) || fitting.isEmpty && index == 0 { names.append(name) }
    }
    do {
      return try MetricSet(
        loss: loss,
        target: shapes[index],
        names: names,
        parameters: parameters
      )
    } catch { throw ModelError(.metric(error)) }
  }

  private static func shapes(
    _ specification: RunSpecification,
    _ description: DatasetDescription
  ) throws(ModelError) -> [TargetShape] {
    var shapes: [TargetShape] = []
    for (index, term) in specification.losses.enumerated() {
      shapes.append(shape(of: try target(of: term, description, at: index), description))
    }
    return shapes
  }

  /// Checks that each loss takes the result and the targets that it is of, and that all metrics are some loss's.
  static func checkLosses(
    _ specification: RunSpecification,
    _ description: DatasetDescription,
    _ model: Network,
    _ ends: [ModelEnd]
  ) throws(ModelError) {
    for (index, term) in specification.losses.enumerated() {
      let source = try target(of: term, description, at: index)
      do throws(ModelError) {
        try check(
          output: model.outputs[index].shape,
          shape(of: source, description),
          tokensMayBeNumbers: tokensMayBeNumbers(description),
          loss: term.loss,
          end: ends[index]
        )
      } catch { throw specification.losses.count > 1 ? error.of(loss: index) : error }
      if case .target(let place) = source {
        try checkSteps(model.outputs[index].shape, description, target: place, ends[index])
      }
      _ = try metrics(
        specification,
        of: index,
        loss: lossFunction(term.loss),
        description,
        parameters: []
      )
      if term.isOfFirstTarget(description) {
        try checkWriting(specification.metrics, shape(of: source, description), description, model)
      }
    }
  }

  /// Checks that a network of whose own writing there is a metric reads what it writes.
  private static func checkWriting(
    _ metrics: [String],
    _ target: TargetShape,
    _ description: DatasetDescription,
    _ model: Network
  ) throws(ModelError) {
    guard let name = metrics.first(where: { writingMeasure($0, target) != nil }) else { return }
    let isRead = description.writing.map { model.reads(input: $0.input) } ?? false
    guard isRead else { throw ModelError(.metric(.unread(metric: name))) }
  }
}

extension TargetShape {
  /// Whether such targets have a metric.
  fileprivate func has(metric name: String) -> Bool {
    do {
      _ = try measure(name, self)
      return true
    } catch { return false }
  }
}

extension LossSpecification {
  /// Whether it is held against the data's first target.
  func isOfFirstTarget(_ description: DatasetDescription) -> Bool {
    target.map { $0 == description.targets[0].name } ?? true
  }
}
