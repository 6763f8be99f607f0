// SPDX-License-Identifier: Apache-2.0

import Experiments
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// Whole trainings, step by step, against PyTorch's from the same weights.
@Suite struct PyTorchTests {
  private func check(
    _ golden: TrainingGolden.Case,
    _ subject: Subject,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    // Through the bytes of a file, as `init: { from: … }` does.
    let weights = try SafeTensors(decoding: subject.sineWeights().encoded())
    let trained = try subject.trained(threads: 2, weights: weights)
    #expect(trained.losses.count == golden.losses.count, sourceLocation: sourceLocation)
    for (step, (loss, expected)) in zip(trained.losses, golden.losses).enumerated() {
      #expect(
        abs(loss - expected) <= 1e-4 * expected,
        "step \(step + 1): \(loss), PyTorch \(expected)",
        sourceLocation: sourceLocation
      )
    }
    let testLoss = try #require(trained.values("test.loss").last ?? nil)
    #expect(
      abs(testLoss - golden.testLoss) <= 1e-4 * golden.testLoss,
      sourceLocation: sourceLocation
    )
    guard golden.testAccuracy >= 0 else { return }
    let accuracy = try #require(trained.values("test.accuracy").last ?? nil)
    #expect(abs(accuracy - golden.testAccuracy) < 1e-6, sourceLocation: sourceLocation)
  }

  // MARK: - The script's data

  private func values(_ count: Int, _ shape: [Int], start: Double) -> TestArray {
    TestArray(sines(count * shape.reduce(1, *), start: start, scale: 1), [count] + shape)
  }

  private func classes(_ count: Int, _ factor: Int) -> TestArray {
    TestArray((0..<count).map { Int32($0 * factor % 3) }, [count])
  }

  private func classified(_ folder: TemporaryFolder, _ count: Int, _ shape: [Int], _ factor: Int)
    throws -> DataSpecification
  {
    try folder.data(
      train: (values(count, shape, start: 0), classes(count, factor)),
      test: (values(count / 2, shape, start: 20), classes(count / 2, factor))
    )
  }

  private func sequences(_ folder: TemporaryFolder) throws -> DataSpecification {
    try folder.data(
      train: (
        values(12, [5, 2], start: 0), TestArray(sines(12, start: 3, scale: 1), [12, 1])
      ),
      test: (values(6, [5, 2], start: 20), TestArray(sines(6, start: 4, scale: 1), [6, 1]))
    )
  }

  private func tokens(_ folder: TemporaryFolder) throws -> DataSpecification {
    func part(_ count: Int, _ start: Int) -> (inputs: TestArray, targets: TestArray) {
      let tokens = (0..<count).flatMap { i in
        (0..<6).map { t in Int32((i * i + 3 * t + start) % 7) }
      }
      return (
        TestArray(tokens, [count, 6]), TestArray(tokens.map { (2 * $0 + 1) % 7 }, [count, 6])
      )
    }
    return try folder.data(train: part(10, 0), test: part(5, 1))
  }

  private func loop(_ batchSize: Int, norm: Double? = nil, value: Double? = nil)
    -> TrainSpecification
  {
    TrainSpecification(
      epochs: 4,
      batchSize: batchSize,
      shuffle: false,
      clipNorm: norm,
      clipValue: value
    )
  }

  // MARK: - The models

  @Test func `an MLP with SGD trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(
      TrainingGolden.mlp,
      Subject(try classified(folder, 20, [4], 7), [dense(5, "tanh"), dense(3)], sgd(0.1), loop(8))
    )
  }

  @Test func `a CNN with Adam trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    let pool = layer("max_pool2d", ["kernel_size": .integer(2)])
    try check(
      TrainingGolden.cnn,
      Subject(
        try classified(folder, 12, [2, 6, 6], 5),
        [conv(4, 3), layer("relu"), pool, layer("flatten"), dense(3)],
        adam(0.01),
        loop(4)
      )
    )
  }

  @Test func `a CNN with sigmoid, average pooling and mse on classes trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    let convolution = layer(
      "conv2d",
      [
        "channels": .integer(3), "kernel_size": .list([.integer(3), .integer(2)]),
        "stride": .list([.integer(2), .integer(1)]),
        "padding": .list([.integer(1), .integer(0)]),
        "activation": .component(component(.activations, "sigmoid")),
      ]
    )
    let pool = layer("avg_pool2d", ["kernel_size": .integer(2), "padding": .integer(1)])
    try check(
      TrainingGolden.sigmoidCNN,
      Subject(
        try classified(folder, 12, [2, 6, 6], 5),
        [convolution, pool, layer("flatten"), dense(3)],
        loss: "mse",
        sgd(0.3, momentum: 0.5),
        loop(4)
      )
    )
  }

  @Test func `an LSTM with momentum and clipping by norm trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(
      TrainingGolden.lstm,
      Subject(
        try sequences(folder),
        [recurrent("lstm", 4), layer("last_step"), dense(1)],
        loss: "mse",
        sgd(0.5, momentum: 0.9),
        loop(5, norm: 0.1)
      )
    )
  }

  @Test func `a GRU with half_mse, Adam and weight decay trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(
      TrainingGolden.gru,
      Subject(
        try sequences(folder),
        [recurrent("gru", 4), layer("last_step"), dense(1)],
        loss: "half_mse",
        adam(0.02, weightDecay: 0.1),
        loop(5)
      )
    )
  }

  @Test func `an RNN on tokens with Nesterov and clipping by value trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(
      TrainingGolden.rnn,
      Subject(
        try tokens(folder),
        [recurrent("rnn", 5), dense(7)],
        sgd(0.5, momentum: 0.9, nesterov: true, weightDecay: 0.01),
        loop(4, value: 0.02)
      )
    )
  }

  @Test func `an embedding with a GRU trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(
      TrainingGolden.embedded,
      Subject(
        try tokens(folder),
        [layer("embedding", ["size": .integer(3)]), recurrent("gru", 4), dense(7)],
        adam(0.05),
        loop(4)
      )
    )
  }

  @Test func `an MLP with batch and layer normalisation trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(
      NestedGolden.normedMLP,
      Subject(
        try classified(folder, 20, [4], 7),
        [
          dense(6), layer("batch_norm"), layer("relu"), dense(5), layer("layer_norm"),
          layer("tanh"), dense(3),
        ],
        sgd(0.1, momentum: 0.9),
        loop(8)
      )
    )
  }

  @Test func `a small residual network trains as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    let otherNorm = layer("batch_norm", ["momentum": .real(0.3), "epsilon": .real(1e-3)])
    try check(
      NestedGolden.resnet,
      Subject(
        try classified(folder, 12, [2, 6, 6], 5),
        [
          paddedConv(4, 3), layer("batch_norm"), layer("relu"),
          residual([
            paddedConv(4, 3), layer("batch_norm"), layer("relu"), paddedConv(4, 3),
            layer("batch_norm"),
          ]), layer("relu"),
          residual(
            [paddedConv(6, 3, stride: 2), layer("batch_norm")],
            shortcut: [paddedConv(6, 1, stride: 2), otherNorm]
          ), layer("relu"), layer("global_avg_pool2d"), dense(3),
        ],
        sgd(0.1, momentum: 0.9),
        loop(4)
      )
    )
  }

  @Test func `branches, resized and reshaped, train as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(
      NestedGolden.branched,
      Subject(
        try classified(folder, 12, [2, 6, 6], 5),
        [
          resize(9, 8),
          branches(
            "concat",
            [
              ("point", [conv(3, 1)]), ("around", [paddedConv(2, 3), layer("relu")]),
              ("itself", []),
            ]
          ), resize(4, 5, "nearest"), layer("layer_norm"),
          branches("add", [("a", [conv(4, 3)]), ("b", [conv(4, 3)])]), reshape(4, -1), dense(3),
          layer("flatten"), dense(3),
        ],
        sgd(0.05, momentum: 0.5),
        loop(4)
      )
    )
  }
}
