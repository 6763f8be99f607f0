// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@testable import NeuralNetworks

/// Each layer's result and gradients against PyTorch's.
@Suite struct LayerGoldenTests {
  private func check(
    _ layer: any Layer,
    _ input: TestInput,
    _ golden: LayerGolden.Case,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    assignSines(layer)
    let got = trial(layer, input)
    #expect(got.shape == golden.shape, sourceLocation: sourceLocation)
    #expect(
      layer.output == .values(Array(golden.shape.dropFirst())),
      sourceLocation: sourceLocation
    )
    #expect(disagreement(got.y, golden.y) == nil, sourceLocation: sourceLocation)
    // A probe adds up to 90 gradients of size about 2.
    let bound = roundingBound(operations: 200, magnitude: 50) + 5e-8
    #expect(got.gradients.count == golden.gradients.count, sourceLocation: sourceLocation)
    for (value, expected) in zip(got.gradients, golden.gradients) {
      #expect(abs(value - expected) <= bound, sourceLocation: sourceLocation)
    }
  }

  private let pair = TestInput.values([2, 3], start: 0)
  private let sequence = TestInput.values([2, 3, 4], start: 0)
  private let tokens = TestInput.tokens([0, 2, 1, 4, 4, 0], rows: 2)
  private let tokenShape = SignalShape.tokens(vocabulary: 5, steps: 3)

  @Test func `dense agrees with PyTorch on vectors and, step by step, on sequences`() throws {
    check(try Dense(path: "0", input: .values([3]), units: 2), pair, LayerGolden.dense)
    check(
      try Dense(path: "0", input: .values([2, 3]), units: 2),
      .values([2, 2, 3], start: 0),
      LayerGolden.denseOnSequence
    )
    check(
      try Dense(path: "0", input: .values([3]), units: 2, hasBias: false),
      pair,
      LayerGolden.denseWithoutBias
    )
  }

  @Test func `a transposed convolution agrees with PyTorch with stride and padding`() throws {
    check(
      try ConvTranspose2d(
        path: "0",
        input: .values([3, 2, 4]),
        channels: 2,
        kernel: (3, 2),
        stride: (2, 1),
        padding: (1, 0)
      ),
      .values([2, 3, 2, 4], start: 0),
      LayerGolden.convTranspose2d
    )
    check(
      try ConvTranspose2d(
        path: "0",
        input: .values([2, 3, 2]),
        channels: 3,
        kernel: (4, 4),
        stride: (3, 3),
        padding: (0, 0)
      ),
      .values([1, 2, 3, 2], start: 0),
      LayerGolden.convTranspose2dPlain
    )
  }

  @Test func `a convolution along sequences agrees with PyTorch's Conv1d`() throws {
    check(
      try Conv1d(path: "0", input: .values([6, 3]), channels: 4, kernel: 3, stride: 2, padding: 1),
      .values([2, 6, 3], start: 0),
      LayerGolden.conv1d
    )
    check(
      try Conv1d(
        path: "0",
        input: .values([4, 2]),
        channels: 3,
        kernel: 3,
        isCausal: true,
        hasBias: false
      ),
      .values([2, 4, 2], start: 0),
      LayerGolden.conv1dCausal
    )
  }

  @Test func `attention agrees with PyTorch's MultiheadAttention`() throws {
    let shape = SignalShape.values([3, 4])
    check(
      try SelfAttention(path: "0", input: shape, heads: 2),
      sequence,
      LayerGolden.attention
    )
    check(
      try SelfAttention(path: "0", input: shape, heads: 2, isCausal: true),
      sequence,
      LayerGolden.causalAttention
    )
    check(
      try SelfAttention(path: "0", input: shape, heads: 4, hasBias: false),
      sequence,
      LayerGolden.attentionWithoutBias
    )
  }

  @Test(arguments: [
    (Activation.relu, LayerGolden.denseRelu), (.sigmoid, LayerGolden.denseSigmoid),
    (.tanh, LayerGolden.denseTanh),
  ])
  func `a dense layer's activation agrees with PyTorch`(
    activation: Activation,
    golden: LayerGolden.Case
  ) throws {
    let layer = try Dense(path: "0", input: .values([3]), units: 2, activation: activation)
    check(layer, pair, golden)
  }

  @Test func `conv2d agrees with PyTorch with stride and padding`() throws {
    check(
      try Conv2d(
        path: "0",
        input: .values([2, 5, 4]),
        channels: 3,
        kernel: (3, 2),
        stride: (2, 1),
        padding: (1, 1)
      ),
      .values([2, 2, 5, 4], start: 0),
      LayerGolden.conv2d
    )
    check(
      try Conv2d(
        path: "0",
        input: .values([3, 4, 5]),
        channels: 2,
        kernel: (3, 3),
        stride: (1, 1),
        padding: (0, 0)
      ),
      .values([1, 3, 4, 5], start: 0),
      LayerGolden.conv2dPlain
    )
    check(
      try Conv2d(
        path: "0",
        input: .values([1, 7, 7]),
        channels: 2,
        kernel: (5, 5),
        stride: (3, 3),
        padding: (2, 2)
      ),
      .values([1, 1, 7, 7], start: 0),
      LayerGolden.conv2dWide
    )
  }

  @Test(arguments: [
    (Pool2d.Kind.maximum, [2, 2, 2, 2, 0, 0], LayerGolden.maxPool),
    (.maximum, [3, 3, 2, 2, 1, 1], LayerGolden.maxPoolPadded),
    (.average, [2, 2, 2, 2, 0, 0], LayerGolden.averagePool),
    (.average, [3, 2, 2, 1, 1, 1], LayerGolden.averagePoolPadded),
  ])
  func `pooling agrees with PyTorch`(
    kind: Pool2d.Kind,
    sizes: [Int],
    golden: LayerGolden.Case
  ) throws {
    let layer = try Pool2d(
      input: .values([2, 5, 6]),
      kind: kind,
      kernel: (sizes[0], sizes[1]),
      stride: (sizes[2], sizes[3]),
      padding: (sizes[4], sizes[5])
    )
    check(layer, .values([1, 2, 5, 6], start: 0), golden)
  }

  @Test(arguments: [
    (RecurrentCell.rnn, LayerGolden.rnn, LayerGolden.rnnOnTokens),
    (.gru, LayerGolden.gru, LayerGolden.gruOnTokens),
    (.lstm, LayerGolden.lstm, LayerGolden.lstmOnTokens),
  ])
  func `recurrent layers agree with PyTorch on values and on one-hot tokens`(
    cell: RecurrentCell,
    onValues: LayerGolden.Case,
    onTokens: LayerGolden.Case
  ) throws {
    check(try recurrent(cell, .values([3, 4])), sequence, onValues)
    check(try recurrent(cell, tokenShape), tokens, onTokens)
  }

  @Test(arguments: [
    (RecurrentCell.rnn, LayerGolden.rnnCarried), (.gru, LayerGolden.gruCarried),
    (.lstm, LayerGolden.lstmCarried),
  ])
  func `a carried state starts the next batch, detached, as in PyTorch`(
    cell: RecurrentCell,
    golden: LayerGolden.Case
  ) throws {
    let layer = try recurrent(cell, .values([3, 4]), carriesState: true)
    assignSines(layer)
    _ = trial(layer, sequence)
    check(layer, .values([2, 3, 4], start: 5), golden)
  }

  @Test func `embedding and dense on tokens agree with PyTorch`() throws {
    check(
      try Embedding(path: "0", input: tokenShape, size: 2),
      tokens,
      LayerGolden.embedding
    )
    check(try Dense(path: "0", input: tokenShape, units: 2), tokens, LayerGolden.denseOnTokens)
  }

  private func recurrent(
    _ cell: RecurrentCell,
    _ input: SignalShape,
    carriesState: Bool = false
  ) throws -> Recurrent {
    try Recurrent(
      path: "0",
      input: input,
      cell: cell,
      hiddenSize: 3,
      options: Recurrent.Options(carriesState: carriesState)
    )
  }
}
