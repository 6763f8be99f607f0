// SPDX-License-Identifier: Apache-2.0

package import Datasets
import DeterministicMath
import Experiments
package import ModelFiles
import NeuralNetworks
package import Tensors
package import Vocabulary

/// A trained network that is only asked: forward passes in evaluation mode.
///
/// Each example is computed by itself: its output does not depend on the others of the call.
package final class Predictor {
  /// What the network makes of some inputs.
  package struct Outputs: Hashable, Sendable {
    /// [N, …]: as many axes as the last layer has, after the examples'.
    package var shape: [Int]
    /// Row-major.
    package var values: [Float]

    /// Number of values of one example.
    package var exampleSize: Int { shape.dropFirst().reduce(1, *) }

    /// The values of one example.
    package func example(_ index: Int) -> ArraySlice<Float> {
      values[index * exampleSize..<(index + 1) * exampleSize]
    }
  }

  /// What the outputs mean.
  package let target: TargetShape
  private let specification: RunSpecification
  private let description: DatasetDescription
  private let weights: SafeTensors
  private let tape: Tape

  /// The network of a run with these final weights; throws `ModelError` or `WeightsError` if they do not fit.
  package init(
    _ specification: RunSpecification,
    for description: DatasetDescription,
    weights: SafeTensors,
    threads: Int
  ) throws {
    self.specification = specification
    self.description = description
    self.weights = weights
    let first = try ModelBuilder.target(of: specification.losses[0], description, at: 0)
    target = ModelBuilder.shape(of: first, description)
    tape = Tape(threadCount: threads)
    let model = try ModelBuilder.build(specification, for: description)
    let read = model.inputs.indices.filter(model.reads)
    guard read == [0] else {
      throw ModelError(.severalInputs(read.map { model.inputs[$0].name }))
    }
    try model.load(weights)
  }

  /// The last layer's result for each example; states carried between batches start anew.
  ///
  /// Tokens may have another number of steps than the data; throws `ModelError` if a layer does not take that number.
  package func outputs(for inputs: ForeignInputs, batchSize: Int = 256) throws -> Outputs {
    outputs(of: try model(steps: inputs.steps), for: inputs, batchSize: batchSize)
  }

  /// The network, for sequences of `steps` tokens if the inputs are tokens.
  func model(steps: Int) throws -> Network {
    var description = description
    description.input = inputKind(steps: steps)
    let model = try ModelBuilder.build(specification, for: description)
    try model.load(weights)
    return model
  }

  /// What a network of `model(steps:)` makes of inputs with that number of steps.
  func outputs(of model: Network, for inputs: ForeignInputs, batchSize: Int) -> Outputs {
    guard case .values(let shape) = model.output else {
      preconditionFailure("the builder refuses networks that give tokens")
    }
    let kind = inputKind(steps: inputs.steps)
    var outputs = Outputs(shape: [inputs.count] + shape, values: [])
    outputs.values.reserveCapacity(outputs.shape.reduce(1, *))
    for start in stride(from: 0, to: inputs.count, by: max(1, batchSize)) {
      let range = start..<min(start + max(1, batchSize), inputs.count)
      model.clearStates()
      tape.reset(training: false)
      let result = model(signal(inputs, range, kind), Pass(tape: tape))
      outputs.values += tape.array(of: result)
    }
    return outputs
  }

  private func inputKind(steps: Int) -> SignalShape {
    guard case .tokens(let size, _) = description.input else { return description.input }
    return .tokens(vocabulary: size, steps: steps)
  }

  private func signal(_ inputs: ForeignInputs, _ range: Range<Int>, _ kind: SignalShape) -> Signal {
    switch kind {
    case .values(let shape):
      let size = shape.reduce(1, *)
      let values = inputs.values[range.lowerBound * size..<range.upperBound * size]
      return .values(tape.constant(Shape([range.count] + shape), Array(values)))
    case .tokens(_, let steps):
      let tokens = inputs.tokens[range.lowerBound * steps..<range.upperBound * steps]
      return .tokens(
        unsafe tape.indices(Shape(range.count, steps)) { memory in
          for (place, token) in tokens.enumerated() { unsafe memory[place] = token }
        }
      )
    }
  }
}

// MARK: - Classes

extension Predictor {
  /// Whether outputs are scores of classes, one row for each example or token.
  package var isClassification: Bool { if case .values = target { false } else { true } }

  /// The class of one row of scores: the largest, or the second of two where a single positive logit stands for it.
  package func predictedClass(_ scores: ArraySlice<Float>) -> Int {
    guard isSingleLogit(scores), let logit = scores.first else { return Self.largest(scores) }
    return logit > 0 ? 1 : 0
  }

  /// The probability of each class, nil where the loss does not take outputs for logits.
  package func probabilities(_ scores: ArraySlice<Float>) -> [Double]? {
    guard isClassification else { return nil }
    switch lossFunction(specification.loss).probabilities {
    case .softmax: return Self.softmax(scores)
    case .sigmoid:
      let all = scores.map { 1 / (1 + Elementary.exp(-Double($0))) }
      return isSingleLogit(scores) ? [1 - all[0], all[0]] : all
    case nil: return nil
    }
  }

  private func isSingleLogit(_ scores: ArraySlice<Float>) -> Bool {
    if case .classes(2) = target { scores.count == 1 } else { false }
  }

  /// The place of the largest score, the first among equals, as accuracy counts it.
  package static func largest(_ scores: ArraySlice<Float>) -> Int {
    var best = scores.startIndex
    for index in scores.indices where scores[index] > scores[best] { best = index }
    return best - scores.startIndex
  }

  /// exp(xᵢ − max x) ÷ Σ exp(xⱼ − max x), in Double.
  package static func softmax(_ logits: ArraySlice<Float>) -> [Double] {
    let largest = Double(logits.max() ?? 0)
    let powers = logits.map { Elementary.exp(Double($0) - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
