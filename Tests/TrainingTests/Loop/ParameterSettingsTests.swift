// SPDX-License-Identifier: Apache-2.0

import Experiments
import ModelFiles
import NeuralNetworks
import Tensors
import Testing
import Vocabulary

@testable import Training

/// Layers whose parameters are trained in their own way, or not at all.
@Suite struct ParameterSettingsTests {
  private func subject(
    _ optimizer: Component,
    clipNorm: Double? = nil,
    first: [String: ArgumentValue] = [:]
  ) -> Subject {
    var layers = [dense(8, "tanh"), dense(8, "tanh"), dense(2)]
    layers[0].arguments.merge(first) { $1 }
    return Subject(
      generated("spirals", train: 30),
      layers,
      optimizer,
      TrainSpecification(epochs: 2, batchSize: 10, clipNorm: clipNorm)
    )
  }

  private func values(_ weights: SafeTensors, _ prefix: String) -> [Float] {
    weights.entries.filter { $0.name.hasPrefix(prefix) }.flatMap(\.values)
  }

  @Test(arguments: Catalog.definitions(.optimizers).map(\.name))
  func `a frozen layer keeps its bits, the others train`(name: String) throws {
    let optimizer = component(
      .optimizers,
      name,
      ["learning_rate": .real(0.05), "weight_decay": .real(0.1)]
    )
    let subject = subject(optimizer, first: ["frozen": .boolean(true)])
    let before = try subject.trainer(subject.data()).model.weights
    let after = try subject.trained().weights
    #expect(values(after, "0.") == values(before, "0."))
    for layer in ["1.weight", "1.bias", "2.weight", "2.bias"] {
      #expect(values(after, layer) != values(before, layer), "\(layer)")
    }
  }

  @Test func `a rate of 0 of its own is no freezing, but the same bits`() throws {
    let still = subject(sgd(0.1, momentum: 0.9), first: ["learning_rate": .real(0)])
    let frozen = subject(sgd(0.1, momentum: 0.9), first: ["frozen": .boolean(true)])
    #expect(try still.trained().weights.data == frozen.trained().weights.data)
  }

  @Test func `a rate of its own is the optimizer's where that has it`() throws {
    let plain = try subject(sgd(0.1)).trained().weights.data
    let same = try subject(sgd(0.1), first: ["learning_rate": .real(0.1)]).trained().weights.data
    let other = try subject(sgd(0.1), first: ["learning_rate": .real(0.2)]).trained().weights.data
    #expect(same == plain)
    #expect(other != plain)
  }

  @Test func `a decay of its own is the optimizer's where that has it`() throws {
    let plain = subject(sgd(0.1, weightDecay: 0.2), first: ["weight_decay": .real(0)])
    #expect(
      try plain.trained().weights.data != subject(sgd(0.1, weightDecay: 0.2)).trained().weights.data
    )
    let only = subject(sgd(0.1), first: ["weight_decay": .real(0.2)])
    #expect(try only.trained().weights.data != subject(sgd(0.1)).trained().weights.data)
  }

  @Test func `clipping by norm counts trained parameters only`() throws {
    func weights(_ limit: Double?, frozen: Bool) throws -> [Float] {
      var subject = subject(sgd(0.1), clipNorm: limit, first: ["frozen": .boolean(frozen)])
      subject.specification.train.epochs = 1
      subject.specification.train.batchSize = nil
      let trainer = try subject.trainer(subject.data())
      let start = trainer.model.parameters.map(\.parameter)
      start[0].assign(start[0].array.map { $0 / 10 })
      for index in [2, 4] { start[index].assign(start[index].array.map { $0 * 3 }) }
      _ = try trainer.train(control: { .proceed }) { _ in }
      return values(trainer.model.weights, "2.")
    }
    let norms = try norms()
    #expect(norms.rest < norms.all)
    let between = (norms.rest + norms.all) / 2
    #expect(try weights(between, frozen: true) == weights(nil, frozen: true))
    #expect(try weights(between, frozen: false) != weights(nil, frozen: false))
  }

  /// The gradient's norm of the step above, over all parameters and without the first layer's.
  private func norms() throws -> (all: Double, rest: Double) {
    var subject = subject(sgd(0.1))
    subject.specification.train.epochs = 1
    subject.specification.train.batchSize = nil
    let trainer = try subject.trainer(subject.data())
    let parameters = trainer.model.parameters.map(\.parameter)
    parameters[0].assign(parameters[0].array.map { $0 / 10 })
    for index in [2, 4] { parameters[index].assign(parameters[index].array.map { $0 * 3 }) }
    _ = try trainer.train(control: { .proceed }) { _ in }
    let squares = parameters.map { $0.gradientArray.reduce(0) { $0 + Double($1) * Double($1) } }
    let rest = squares.dropFirst(2).reduce(0, +)
    return ((squares[0] + squares[1] + rest).squareRoot(), rest.squareRoot())
  }

  @Test func `layers inside branches and residual blocks freeze by themselves`() throws {
    var frozen = dense(2)
    frozen.arguments["frozen"] = .boolean(true)
    let paths = [
      (name: "a", layers: [frozen]), (name: "b", layers: [dense(2), residual([frozen])]),
    ]
    let subject = Subject(
      generated("spirals", train: 30),
      [branches("concat", paths), dense(2)],
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: 10)
    )
    let before = try subject.trainer(subject.data()).model.weights
    let after = try subject.trained().weights
    for (name, isFrozen) in [("0.a.0.", true), ("0.b.0.", false), ("0.b.1.body.0.", true)] {
      #expect(!values(after, name).isEmpty)
      #expect((values(after, name) == values(before, name)) == isFrozen, "\(name)")
    }
  }

  @Test func `everything frozen is a training that changes nothing`() throws {
    var subject = subject(sgd(0.1), clipNorm: 1)
    for index in 0..<3 {
      subject.specification.model.layers?[index].arguments["frozen"] = .boolean(true)
    }
    let before = try subject.trainer(subject.data()).model.weights
    #expect(try subject.trained().weights.data == before.data)
  }

  @Test(arguments: ["lstm", "gru", "rnn", "embedding", "conv2d"])
  func `every kind of layer freezes, wherever it stands`(name: String) throws {
    let isImage = name == "conv2d"
    var frozen =
      switch name {
      case "conv2d": conv(4, 3, "relu")
      case "embedding": layer("embedding", ["size": .integer(6)])
      default: recurrent(name, 6)
      }
    frozen.arguments["frozen"] = .boolean(true)
    let models: [[Component]] =
      switch name {
      case "conv2d":
        [
          [frozen, layer("flatten"), dense(4)],
          [
            conv(3, 3), frozen, layer("max_pool2d", ["kernel_size": .integer(2)]),
            layer("flatten"), dense(4),
          ],
        ]
      case "embedding": [[frozen, recurrent("rnn", 5), dense(22)]]
      default: [[frozen, dense(22)], [recurrent("gru", 5), frozen, dense(22)]]
      }
    for model in models {
      let subject = Subject(
        isImage
          ? generated("noise_images", train: 8, ["classes": .integer(4), "height": .integer(10)])
          : generated("grammar", train: 8, ["steps": .integer(7)]),
        model,
        adam(0.01),
        TrainSpecification(epochs: 1, batchSize: 4)
      )
      let before = try subject.trainer(subject.data()).model.weights
      let after = try subject.trained().weights
      for entry in before.entries {
        let index = Int(entry.name.prefix { $0 != "." }) ?? 0
        let isFrozen = model[index].arguments["frozen"]?.boolean == true
        #expect((after[entry.name]?.values == entry.values) == isFrozen, "\(name): \(entry.name)")
      }
    }
  }

  @Test func `layers inside of layers are found by their path`() {
    var inner = dense(4)
    inner.arguments["learning_rate"] = .real(0.5)
    var frozen = dense(4)
    frozen.arguments["frozen"] = .boolean(true)
    let model = [
      dense(4), Component("block", ["body": .components([layer("relu"), inner])]),
      Component("fork", ["paths": .list([.mapping(["left": .components([frozen])])])]),
    ]
    let tensors = ["0.weight", "1.body.1.weight", "2.left.0.weight"].map {
      Tensors.Parameter(name: $0, shape: [1])
    }
    let trained = ParameterSettings(ModelSpecification(model)).trained(
      tensors.map { .weight($0, fanIn: 1, fanOut: 1) },
      by: sgd(0.1, weightDecay: 0.3)
    )
    #expect(trained.map(\.parameter.name) == ["0.weight", "1.body.1.weight"])
    #expect(trained.map(\.learningRate) == [0.1, 0.5])
    #expect(trained.map(\.weightDecay) == [0.3, 0.3])
    #expect(tensors.map(\.isFrozen) == [false, false, true])
  }
}
