// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// What docs/manifest.md and docs/data.md say of metrics and layers where another rule would be possible.
@Suite struct StatedBehaviourTests {
  /// A training without changes whose outputs are its inputs, `width` of them.
  private func identity(
    _ loss: Component,
    metrics: [String] = [],
    _ inputs: [Float],
    width: Int,
    classes: [Int32]
  ) throws -> Trained {
    let folder = try TemporaryFolder()
    let arrays = (
      TestArray(inputs, [inputs.count / width, width]), TestArray(classes, [classes.count])
    )
    var subject = Subject(
      try folder.data(train: arrays, test: arrays),
      [dense(width)],
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: 2)
    )
    subject.specification.loss = loss
    subject.specification.metrics = metrics
    let weights = SafeTensors([
      SafeTensors.Entry(
        name: "0.weight",
        shape: [width, width],
        values: (0..<width * width).map { $0 % (width + 1) == 0 ? 1 : 0 }
      ),
      SafeTensors.Entry(
        name: "0.bias",
        shape: [width],
        values: [Float](repeating: 0, count: width)
      ),
    ])
    return try subject.trained(weights: weights)
  }

  @Test func `an epoch's loss under class weights is divided by the weights of its examples`()
    throws
  {
    let scores: [Float] = [1, 0, 2, 0, 3, 0.5, 1, 1, 0, 2, 0, 0, 0, 1, 4]
    let classes: [Int32] = [0, 1, 2, 2, 1]
    let weights = [1.0, 3, 0.5]
    let trained = try identity(
      component(.losses, "cross_entropy", ["class_weights": .list(weights.map { .real($0) })]),
      scores,
      width: 3,
      classes: classes
    )
    var (sum, total) = (0.0, 0.0)
    for (row, target) in classes.enumerated() {
      let z = scores[row * 3..<row * 3 + 3].map(Double.init)
      let own = log(z.reduce(0) { $0 + exp($1) }) - z[Int(target)]
      sum += weights[Int(target)] * own
      total += weights[Int(target)]
    }
    for part in ["train", "test"] {
      let value = try #require(trained.values("\(part).loss").first ?? nil)
      #expect(abs(value - sum / total) < 1e-6)
    }
  }

  @Test func `of equal outputs the first ones are among the k largest`() throws {
    let trained = try identity(
      component(.losses, "cross_entropy"),
      metrics: ["top_1", "top_2", "top_3"],
      [4, 4, 1, 0, 4, 4, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1],
      width: 4,
      classes: [0, 1, 1, 3]
    )
    #expect(trained.values("test.top_1") == [1.0 / 4])
    #expect(trained.values("test.top_2") == [3.0 / 4])
    #expect(trained.values("test.top_3") == [3.0 / 4])
    #expect(trained.values("test.accuracy") == [1.0 / 4])
  }

  @Test func `pairs count to the fourth root in BLEU, single tokens to the square root`() {
    // Two of four tokens and one of three pairs are found.
    let score = bleu([1, 2, 3, 4], label: [1, 2, 5, 6], k: 2)
    #expect(abs(score - pow(1.0 / 2, 1.0 / 2) * pow(1.0 / 3, 1.0 / 4)) < 1e-12)
    // One token has no pair.
    #expect(bleu([1], label: [1], k: 2) == 1)
  }

  @Test(arguments: [
    ["label_smoothing": ArgumentValue.real(0.1)],
    ["class_weights": .list((0..<22).map { .real($0 == 0 ? 2 : 1) })], [:],
  ])
  func `perplexity is measured where the loss is the cross-entropy of the data`(
    arguments: [String: ArgumentValue]
  ) throws {
    var subject = Subject(
      generated("grammar", train: 6, test: 2, ["steps": .integer(5)]),
      [layer("embedding", ["size": .integer(3)]), dense(22)],
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: 3)
    )
    subject.specification.loss = component(.losses, "cross_entropy", arguments)
    let trained = try subject.trained()
    for part in ["train", "test"] {
      #expect(trained.values("\(part).perplexity").isEmpty == !arguments.isEmpty)
    }
  }

  @Test func `a frozen batch_norm keeps its factor, its running statistics follow the batches`()
    throws
  {
    var norm = layer("batch_norm")
    norm.arguments["frozen"] = .boolean(true)
    let subject = Subject(
      generated("spirals", train: 30),
      [dense(4), norm, dense(2)],
      sgd(0.1),
      TrainSpecification(epochs: 2, batchSize: 10)
    )
    let before = try subject.trainer(subject.data()).model.weights
    let after = try subject.trained().weights
    for name in ["1.weight", "1.bias"] { #expect(after[name]?.values == before[name]?.values) }
    for name in ["1.running_mean", "1.running_var"] {
      #expect(after[name]?.values != before[name]?.values)
    }
  }

  /// Two sequences of three steps, of which one step and all are real; the first layer gives 1 at every step.
  private func loss(behind first: [Component], _ weights: [SafeTensors.Entry]) throws -> Double? {
    let folder = try TemporaryFolder()
    let arrays = (
      TestArray([5, .nan, .nan, 5, 5, 5], [2, 3, 1]), TestArray([0, 0] as [Float], [2, 1])
    )
    let lengths = TestArray([1, 3] as [Int32], [2])
    let subject = Subject(
      try folder.data(train: arrays, test: arrays, lengths: (lengths, lengths)),
      first + [layer("flatten"), dense(1)],
      loss: "mse",
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: 2)
    )
    let place = first.count + 1
    let end = [
      SafeTensors.Entry(name: "\(place).weight", shape: [1, 3], values: [1, 1, 1]),
      SafeTensors.Entry(name: "\(place).bias", shape: [1], values: [0]),
    ]
    return try subject.trained(weights: SafeTensors(weights + end)).values("test.loss").last ?? nil
  }

  @Test func `behind a sequence's end flatten sees what the layers make of zeros`() throws {
    // The inputs themselves: 5, and 5 + 5 + 5.
    #expect(try loss(behind: [], []) == (25 + 225) / 2)
    // A bias is added behind the end, too: 1 + 1 + 1 of both.
    let bias = [
      SafeTensors.Entry(name: "0.weight", shape: [1, 1], values: [0]),
      SafeTensors.Entry(name: "0.bias", shape: [1], values: [1]),
    ]
    #expect(try loss(behind: [dense(1)], bias) == 9)
    // A recurrent layer gives zeros there: 1, and 1 + 1 + 1.
    let relu = recurrent("rnn", 1, ["activation": .text("relu")])
    let cell = [
      SafeTensors.Entry(name: "0.weight_ih_l0", shape: [1, 1], values: [0]),
      SafeTensors.Entry(name: "0.weight_hh_l0", shape: [1, 1], values: [0]),
      SafeTensors.Entry(name: "0.bias_ih_l0", shape: [1], values: [1]),
      SafeTensors.Entry(name: "0.bias_hh_l0", shape: [1], values: [0]),
    ]
    #expect(try loss(behind: [relu], cell) == (1 + 9) / 2)
  }
}
