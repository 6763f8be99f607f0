// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import ModelFiles
import NeuralNetworks
import Tensors
import Testing
import Vocabulary

@testable import Training

/// Targets that are sequences of their own: their lengths say what counts, not those of the input.
@Suite struct SequenceTargetTests {
  @Test func `a batch counts the real steps of the target's own lengths`() throws {
    let data = PreparedData(
      name: "pairs",
      count: 3,
      inputs: [
        InputValues(
          InputDescription(.tokens(vocabulary: 9, steps: 2)),
          .integers([1, 2, 3, 4, 5, 6]),
          lengths: [2, 1, 1]
        )
      ],
      targets: [
        TargetValues(
          TargetDescription(.sequence(classes: 3, steps: 4)),
          .integers([0, 1, 2, 1, 2, 1, 1, 1, 1, 0, 1, 1]),
          lengths: [3, 1, 2]
        )
      ]
    )
    let tape = Tape(threadCount: 1)
    let loader = BatchLoader(data: data)
    let model = Network(
      Sequential([try Embedding(path: "0", input: data.description.input, size: 1)]),
      inputs: ModelBuilder.inputs(data.description)
    )
    loader.read(.train, [2, 0], into: model, on: tape)
    let batch = loader.targets(.target(0), .train, [2, 0], of: model, on: tape)
    #expect(model.lengths(of: model.reference(toInput: 0))?.values.array == [1, 2])
    #expect(batch.lengths?.array == [2, 3])
    let output = tape.constant([2, 4, 1], (0..<8).map { Float($0) })
    let counted = batch.counted(output, on: tape)
    #expect(counted.targets.classes.array == [1, 0, 0, 1, 2])
    #expect(tape.array(of: counted.output) == [0, 1, 4, 5, 6])
  }

  /// A network that says what it is shown.
  private func echo(size: Int) -> Subject {
    Subject(
      generated("reversal", train: 7, test: 5, ["symbols": .integer(3)]),
      [layer("embedding", ["size": .integer(size)])],
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: 3)
    )
  }

  @Test func `loss and accuracy are means over real steps`() throws {
    let subject = echo(size: 7)
    var identity = [Float](repeating: 0, count: 49)
    for token in 0..<7 { identity[token * 7 + token] = 1 }
    let weights = SafeTensors([
      SafeTensors.Entry(name: "0.weight", shape: [7, 7], values: identity)
    ])
    let trained = try subject.trained(weights: weights)
    let (loader, tape) = (BatchLoader(data: try subject.data()), Tape(threadCount: 1))
    let model = try ModelBuilder.build(
      subject.specification,
      for: loader.data.description
    )
    loader.read(.test, [0, 1, 2, 3, 4], into: model, on: tape)
    let batch = loader.targets(.target(0), .test, [0, 1, 2, 3, 4], of: model, on: tape)
    guard case .tokens(let shown) = model.signal(ofInput: 0),
      case .classes(let asked) = batch.values,
      let lengths = batch.lengths?.array
    else {
      Issue.record("reversal has tokens, classes and lengths")
      return
    }
    let real = (0..<45).filter { $0 % 9 < lengths[$0 / 9] }
    let correct = real.count { shown.array[$0] == asked.array[$0] }
    #expect(correct > 0 && correct < real.count && real.count < 45)
    let accuracy = try #require(trained.values("test.accuracy").first ?? nil)
    #expect(abs(accuracy - Double(correct) / Double(real.count)) < 1e-12)
    // Of seven logits one is 1, the others 0: the loss is ln(e + 6), less 1 where that one is right.
    let loss = try #require(trained.values("test.loss").first ?? nil)
    #expect(abs(loss - (log(exp(1) + 6) - accuracy)) < 1e-5)
  }

  @Test func `a network that gives other classes is refused`() throws {
    let subject = echo(size: 5)
    let description = try subject.data().description
    let error = #expect(throws: ModelError.self) {
      try ModelBuilder.build(subject.specification, for: description)
    }
    let mistake = try #require(error).mistake
    #expect(
      mistake.message
        == "the last layer gives [9, 5], but the targets are sequences [9], each element one of 7 tokens"
    )
    #expect(mistake.hint == "end the model with `- dense: 7`, without `last_step`")
  }
}
