// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// Ten steps of each model of the benchmark against PyTorch's from the same weights, the large images made small.
@Suite struct WorkloadTests {
  /// The losses agree to 10⁻⁴ of themselves, step by step.
  private func check(
    _ golden: [Double],
    _ data: DataSpecification,
    _ model: [Component],
    loss: String = "cross_entropy",
    _ optimizer: Component,
    batchSize: Int,
    norm: Double? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let train = TrainSpecification(
      epochs: 5,
      batchSize: batchSize,
      shuffle: false,
      clipNorm: norm
    )
    let subject = Subject(data, model, loss: loss, optimizer, train)
    let losses = try subject.trained(threads: 2, weights: subject.scriptWeights()).losses
    #expect(losses.count == golden.count, sourceLocation: sourceLocation)
    for (step, (loss, expected)) in zip(losses, golden).enumerated() {
      #expect(
        abs(loss - expected) <= 1e-4 * expected,
        "step \(step + 1): \(loss), PyTorch \(expected)",
        sourceLocation: sourceLocation
      )
    }
  }

  // MARK: - The script's data, two batches each

  private func images(_ folder: TemporaryFolder, _ count: Int, _ shape: [Int]) throws
    -> DataSpecification
  {
    let pixels = scriptValues(count * shape.reduce(1, *), start: 0, scale: 0.5).map { $0 + 0.5 }
    return try folder.data(train: (TestArray(pixels, [count] + shape), classes(count)))
  }

  private func classes(_ count: Int) -> TestArray {
    TestArray((0..<count).map { Int32($0 * 7 % 10) }, [count])
  }

  private func text(_ folder: TemporaryFolder) throws -> DataSpecification {
    func tokens(from start: Int) -> TestArray {
      var tokens: [Int32] = []
      for i in 0..<64 {
        for t in start..<start + 35 {
          let number = i * i + 3 * t * t + i * t
          tokens.append(Int32(number % 28))
        }
      }
      return TestArray(tokens, [64, 35])
    }
    return try folder.data(train: (tokens(from: 0), tokens(from: 1)))
  }

  // MARK: - The models

  @Test func `mlp trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    let data = try images(folder, 512, [784])
    try check(WorkloadGolden.mlp, data, [dense(256, "relu"), dense(10)], sgd(0.1), batchSize: 256)
  }

  @Test func `mlp-deep trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    let hidden = [dense(512, "relu"), dense(512, "relu"), dense(512, "relu")]
    let inputs = scriptValues(256 * 784, start: 0, scale: 1)
    let data = try folder.data(train: (TestArray(inputs, [256, 784]), classes(256)))
    try check(WorkloadGolden.mlpDeep, data, hidden + [dense(10)], adam(0.001), batchSize: 128)
  }

  @Test func `lenet trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    let first = layer(
      "conv2d",
      [
        "channels": .integer(6), "kernel_size": .integer(5), "padding": .integer(2),
        "activation": .component(component(.activations, "sigmoid")),
      ]
    )
    let pool = layer("avg_pool2d", ["kernel_size": .integer(2)])
    try check(
      WorkloadGolden.lenet,
      images(folder, 512, [1, 28, 28]),
      [
        first, pool, conv(16, 5, "sigmoid"), pool, layer("flatten"), dense(120, "sigmoid"),
        dense(84, "sigmoid"), dense(10),
      ],
      sgd(0.9),
      batchSize: 256
    )
  }

  private let pool = layer("max_pool2d", ["kernel_size": .integer(2)])

  @Test func `cnn trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(
      WorkloadGolden.cnn,
      images(folder, 256, [1, 28, 28]),
      [
        conv(32, 3, "relu"), pool, conv(64, 3, "relu"), pool, layer("flatten"), dense(128, "relu"),
        dense(10),
      ],
      adam(0.001),
      batchSize: 128
    )
  }

  @Test func `keras-cnn-224 trains as PyTorch's, on images of 30 × 30`() throws {
    let folder = try TemporaryFolder()
    try check(
      WorkloadGolden.kerasCNN,
      images(folder, 64, [3, 30, 30]),
      [
        conv(32, 3, "relu"), pool, conv(64, 3, "relu"), pool, conv(128, 3, "relu"), pool,
        layer("flatten"), dense(128, "relu"), dense(10),
      ],
      adam(0.001),
      batchSize: 32
    )
  }

  @Test(arguments: [
    ("lstm", WorkloadGolden.lstmLM), ("gru", WorkloadGolden.gruLM), ("rnn", WorkloadGolden.rnnLM),
  ])
  func `the language models train as PyTorch's`(cell: String, losses: [Double]) throws {
    let folder = try TemporaryFolder()
    let model = [recurrent(cell, 256), dense(28)]
    try check(losses, text(folder), model, sgd(1), batchSize: 32, norm: 1)
  }

  @Test func `lstm-cls trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    let inputs = TestArray(scriptValues(64 * 100 * 32, start: 0, scale: 1), [64, 100, 32])
    let model = [recurrent("lstm", 64), layer("last_step"), dense(10)]
    let data = try folder.data(train: (inputs, classes(64)))
    try check(WorkloadGolden.lstmClassifier, data, model, adam(0.001), batchSize: 32)
  }

  @Test func `tiny trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.data(
      train: (
        TestArray(scriptValues(128, start: 0, scale: 1), [64, 2]),
        TestArray(scriptValues(64, start: 3, scale: 1), [64, 1])
      )
    )
    let model = [dense(16, "tanh"), dense(1)]
    try check(WorkloadGolden.tiny, data, model, loss: "mse", sgd(0.1), batchSize: 32)
  }
}

/// The script's numbers without pattern: scale · sin(i² + start).
private func scriptValues(_ count: Int, start: Double, scale: Double) -> [Float] {
  (0..<count).map { Float(scale * sin(Double($0 * $0) + start)) }
}

extension Subject {
  /// The script's initial weights: matrices of the size that PyTorch gives them, biases of 0.1.
  fileprivate func scriptWeights() throws -> SafeTensors {
    var weights = try trainer(data()).model.weights
    for (index, entry) in weights.entries.enumerated() {
      let inputs = entry.shape.dropFirst().reduce(1, *)
      let scale = entry.shape.count > 1 ? 1 / Double(inputs).squareRoot() : 0.1
      weights.entries[index].values = scriptValues(
        entry.values.count,
        start: Double(index + 1),
        scale: scale
      )
    }
    return weights
  }
}
