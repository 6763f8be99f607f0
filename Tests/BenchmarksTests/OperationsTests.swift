// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Tensors
import Testing
import Training
import Vocabulary

@testable import Benchmarks

/// Counts by hand: multiply-adds of the forward pass, doubled, and again for each gradient that is needed.
@Suite struct OperationsTests {
  private func operations(
    _ name: String,
    input: SignalShape,
    target: TargetShape = .classes(10)
  ) throws -> FloatingPointOperations {
    let workload = try #require(Workload.named(name).first)
    guard case .training(let specification, _, _) = workload.work else {
      throw BenchmarkError.outputDependsOnBatch
    }
    let data = PreparedData(
      name: "empty",
      count: 0,
      input: input,
      .reals([]),
      target: target,
      .integers([])
    )
    let model = try ModelBuilder.build(specification, for: data.description)
    return FloatingPointOperations(model)
  }

  @Test func `a dense network multiplies each weight once forward`() throws {
    let found = try operations("mlp", input: .values([1, 28, 28]))
    let (first, second) = (784.0 * 256, 256.0 * 10)
    #expect(found.forward == 2 * (first + second))
    #expect(found.backward == 2 * (first + 2 * second))
    #expect(found.training == 818_176)
  }

  @Test func `a convolution multiplies each weight at every pixel of its result`() throws {
    let found = try operations("lenet", input: .values([1, 28, 28]))
    let convolutions = (6.0 * 25 * 28 * 28, 16.0 * 6 * 25 * 10 * 10)
    let dense = 400.0 * 120 + 120 * 84 + 84 * 10
    #expect(found.forward == 2 * (convolutions.0 + convolutions.1 + dense))
    #expect(found.backward == 2 * (convolutions.0 + 2 * (convolutions.1 + dense)))
  }

  @Test func `large images lose two pixels to a convolution and half to a pool`() throws {
    let found = try operations("keras-cnn-224", input: .values([3, 224, 224]))
    let pixels = (222.0 * 222, 109.0 * 109, 52.0 * 52)
    let first = pixels.0 * 9 * 3 * 32
    let others = pixels.1 * 9 * 32 * 64 + pixels.2 * 9 * 64 * 128 + 26 * 26 * 128 * 128 + 1280
    #expect(found.forward == 2 * (first + others))
    #expect(found.backward == 2 * (first + 2 * others))
  }

  @Test func `a recurrent network needs the gradient through time even as the first layer`() throws
  {
    let found = try operations("lstm-cls", input: .values([100, 32]))
    let (input, hidden, dense) = (100.0 * 256 * 32, 100.0 * 256 * 64, 64.0 * 10)
    #expect(found.forward == 2 * (input + hidden + dense))
    #expect(found.backward == 2 * (input + 2 * (hidden + dense)))
  }

  @Test func `tokens select rows, which multiplies nothing`() throws {
    let found = try operations(
      "gru-lm",
      input: .tokens(vocabulary: 28, steps: 35),
      target: .steps(classes: 28)
    )
    let (hidden, dense) = (35.0 * 768 * 256, 35.0 * 256 * 28)
    #expect(found.forward == 2 * (hidden + dense))
    #expect(found.backward == 4 * (hidden + dense))
  }

  @Test func `attention multiplies results with each other, and places are only added`() throws {
    let found = try operations(
      "transformer",
      input: .tokens(vocabulary: 28, steps: 64),
      target: .steps(classes: 28)
    )
    let projections = 64.0 * 4 * 128 * 128
    let mixture = 2.0 * 64 * 64 * 128
    let dense = 64.0 * 2 * 128 * 512
    let all = 2 * (projections + mixture + dense) + 64.0 * 128 * 28
    #expect(found.forward == 2 * all)
    #expect(found.backward == 4 * all)
  }

  @Test func `a layer on another one sends gradients to it`() throws {
    let found = try operations(
      "lstm-stack",
      input: .tokens(vocabulary: 28, steps: 50),
      target: .steps(classes: 28)
    )
    let all = 50.0 * (3 * 800 * 200 + 200 * 28)
    #expect(found.forward == 2 * all)
    #expect(found.backward == 4 * all)
  }

  @Test func `both ways of a residual block count`() throws {
    let found = try operations("resnet", input: .values([3, 32, 32]))
    let first = 32.0 * 1024 * 27
    let large = 2.0 * 32 * 1024 * 288
    let small = 64.0 * 256 * (288 + 576 + 32)
    let others = large + small + 64 * 10
    #expect(found.forward == 2 * (first + others))
    #expect(found.backward == 2 * (first + 2 * others))
  }

  @Test func `a convolution along sequences uses its weights once for each step of its result`()
    throws
  {
    let layer = try Conv1d(path: "0", input: .values([9, 5]), channels: 7, kernel: 3, stride: 2)
    let found = FloatingPointOperations(Sequential([layer]), input: .values([9, 5]))
    // 4 steps of 7 channels, each a sum over 3 steps of 5.
    #expect(found.forward == Double(2 * 4 * 7 * 15))
    #expect(found.backward == found.forward)
  }

  @Test func `inner layers count as often as they run, normalisation not at all`() throws {
    let block = Component.complete(
      .layers,
      "residual",
      [
        "body": .components([.dense(6), .complete(.layers, "batch_norm")]),
        "shortcut": .components([.dense(6)]),
      ]
    )
    let data = PreparedData(
      name: "empty",
      count: 0,
      input: .values([4]),
      .reals([]),
      target: .classes(3),
      .integers([])
    )
    let specification = RunSpecification(
      data: DataSpecification(dataset: .complete(.datasets, "spirals")),
      model: [.complete(.layers, "layer_norm"), block, block, .dense(3)],
      loss: .complete(.losses, "cross_entropy"),
      optimizer: .sgd(0.1),
      train: TrainSpecification(epochs: 1, batchSize: 8)
    )
    let found = FloatingPointOperations(
      try ModelBuilder.build(specification, for: data.description)
    )
    // The factor of the first normalisation is trained, so that all behind it send gradients back.
    // Twice 4 · 6 and 6 · 6 weights, once 6 · 3.
    let products = 138.0
    #expect(found.forward == 2 * products)
    #expect(found.backward == 4 * products)
  }

  @Test func `a walk from the end meets the input, too, and layers above meet the layer below`()
    throws
  {
    func count(_ input: SignalShape) throws -> FloatingPointOperations {
      let layer = try Recurrent(
        path: "0",
        input: input,
        cell: .lstm,
        hiddenSize: 8,
        options: Recurrent.Options(layers: 2, isBidirectional: true)
      )
      return FloatingPointOperations(Sequential([layer]), input: input)
    }
    // Two walks of each layer; the second one's inputs are both walks' results.
    let (below, above, hidden) = (2 * 10.0 * 32 * 3, 2 * 10.0 * 32 * 16, 4 * 10.0 * 32 * 8)
    let values = try count(.values([10, 3]))
    #expect(values.forward == 2 * (below + above + hidden))
    #expect(values.backward == 2 * (below + 2 * (above + hidden)))
    let tokens = try count(.tokens(vocabulary: 3, steps: 10))
    #expect(tokens.forward == 2 * (above + hidden))
  }
}
