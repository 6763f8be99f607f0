// SPDX-License-Identifier: Apache-2.0

import Tensors
import Testing

@testable import NeuralNetworks

/// What layers make of their input's shape, and what they say to one that does not fit.
@Suite struct LayerShapeTests {
  private let image = SignalShape.values([3, 10, 8])
  private let sequence = SignalShape.values([7, 5])
  private let vector = SignalShape.values([4])
  private let tokens = SignalShape.tokens(vocabulary: 28, steps: 35)

  private func conv(_ input: SignalShape, _ kernel: Int, stride: Int = 1, padding: Int = 0) throws
    -> Conv2d
  {
    try Conv2d(
      path: "0",
      input: input,
      channels: 6,
      kernel: (kernel, kernel),
      stride: (stride, stride),
      padding: (padding, padding)
    )
  }

  private func pool(_ input: SignalShape, _ kernel: Int, padding: Int = 0) throws -> Pool2d {
    try Pool2d(
      input: input,
      kind: .average,
      kernel: (kernel, kernel),
      stride: (kernel, kernel),
      padding: (padding, padding)
    )
  }

  private func lstm(_ input: SignalShape) throws -> Recurrent {
    try Recurrent(path: "2", input: input, cell: .lstm, hiddenSize: 6)
  }

  @Test func `shapes follow from layer to layer`() throws {
    #expect(try Dense(path: "0", input: vector, units: 9).output == .values([9]))
    #expect(try Dense(path: "0", input: sequence, units: 9).output == .values([7, 9]))
    #expect(try Dense(path: "0", input: tokens, units: 9).output == .values([35, 9]))
    #expect(try conv(image, 3).output == .values([6, 8, 6]))
    #expect(try conv(image, 3, stride: 2, padding: 1).output == .values([6, 5, 4]))
    #expect(try conv(image, 12, padding: 2).output == .values([6, 3, 1]))
    #expect(try pool(image, 3).output == .values([3, 3, 2]))
    #expect(try pool(image, 2, padding: 1).output == .values([3, 6, 5]))
    #expect(try lstm(sequence).output == .values([7, 6]))
    #expect(try lstm(tokens).output == .values([35, 6]))
    #expect(try Embedding(path: "0", input: tokens, size: 16).output == .values([35, 16]))
    #expect(try Flatten(input: image).output == .values([240]))
    #expect(try LastStep(input: sequence).output == .values([5]))
    #expect(try RowsAsSequence(input: image).output == .values([10, 24]))
    #expect(try Dropout(path: "0", input: image, probability: 0.5).output == image)
    #expect(try ActivationLayer(input: sequence, activation: .tanh).output == sequence)
  }

  @Test func `parameters have PyTorch's names, shapes and order`() throws {
    func shapes(_ layer: any Layer) -> [String] {
      layer.parameters.map { "\($0.parameter.name) \($0.parameter.shape)" }
    }
    #expect(
      shapes(try Dense(path: "1", input: vector, units: 9)) == ["1.weight [9, 4]", "1.bias [9]"]
    )
    #expect(
      shapes(try Dense(path: "1", input: vector, units: 9, hasBias: false)) == ["1.weight [9, 4]"]
    )
    #expect(shapes(try conv(image, 5)) == ["0.weight [6, 3, 5, 5]", "0.bias [6]"])
    #expect(
      shapes(try lstm(sequence)) == [
        "2.weight_ih_l0 [24, 5]", "2.weight_hh_l0 [24, 6]", "2.bias_ih_l0 [24]",
        "2.bias_hh_l0 [24]",
      ]
    )
    #expect(shapes(try Embedding(path: "0", input: tokens, size: 16)) == ["0.weight [28, 16]"])
    #expect(shapes(try Flatten(input: image)).isEmpty)
  }

  private func refusal(_ body: () throws -> any Layer) -> LayerError? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? LayerError
    }
  }

  @Test func `dense refuses an image`() {
    let error = refusal { try Dense(path: "0", input: image, units: 2) }
    #expect(error == LayerError(Dense.self, .input(image, needs: .vectorOrSequence)))
    #expect(error?.description == "Dense needs a vector or a sequence, got an image [3, 10, 8]")
  }

  @Test func `image layers refuse anything else`() {
    #expect(
      refusal { try conv(sequence, 3) } == LayerError(Conv2d.self, .input(sequence, needs: .image))
    )
    #expect(
      refusal { try pool(vector, 2) } == LayerError(Pool2d.self, .input(vector, needs: .image))
    )
    let error = refusal { try RowsAsSequence(input: tokens) }
    #expect(error == LayerError(RowsAsSequence.self, .input(tokens, needs: .image)))
    #expect(
      error?.description
        == "RowsAsSequence needs an image [channels, height, width], got tokens [35] of 28"
    )
  }

  @Test func `attention takes sequences, whose features its heads divide`() throws {
    let layer = try SelfAttention(path: "3", input: .values([7, 6]), heads: 3)
    #expect(layer.output == .values([7, 6]))
    #expect(
      layer.parameters.map(\.parameter.name) == [
        "3.in_proj_weight", "3.in_proj_bias", "3.out_proj.weight", "3.out_proj.bias",
      ]
    )
    #expect(layer.keptPerExample == 4 * 7 * 6 + 3 * 7 * 7)
    let error = #expect(throws: LayerError.self) {
      try SelfAttention(path: "3", input: sequence, heads: 2)
    }
    #expect(error?.description == "SelfAttention has 2 heads, which do not divide 5 features")
    for input in [image, vector, tokens] {
      let needs = LayerMisfit.input(input, needs: .sequence)
      #expect(throws: LayerError(SelfAttention.self, needs)) {
        try SelfAttention(path: "3", input: input)
      }
      #expect(throws: LayerError(PositionalEncoding.self, needs)) {
        try PositionalEncoding(path: "3", input: input, kind: .learned)
      }
    }
  }

  @Test func `a transposed convolution undoes the shape of a convolution`() throws {
    func layer(_ input: SignalShape, kernel: Int, stride: Int, padding: Int) throws
      -> ConvTranspose2d
    {
      try ConvTranspose2d(
        path: "0",
        input: input,
        channels: 3,
        kernel: (kernel, kernel),
        stride: (stride, stride),
        padding: (padding, padding)
      )
    }
    #expect(
      try layer(.values([6, 5, 4]), kernel: 4, stride: 2, padding: 1).output == .values([3, 10, 8])
    )
    #expect(
      try layer(image, kernel: 3, stride: 1, padding: 0).parameters.map(\.parameter.shape.array)
        == [[3, 3, 3, 3], [3]]
    )
    let error = #expect(throws: LayerError.self) {
      try layer(.values([6, 2, 9]), kernel: 2, stride: 2, padding: 2)
    }
    #expect(
      error?.description
        == "ConvTranspose2d has a padding of 2×2, which leaves nothing of 4×18"
    )
    #expect(throws: LayerError(ConvTranspose2d.self, .input(vector, needs: .image))) {
      try layer(vector, kernel: 2, stride: 1, padding: 0)
    }
  }

  @Test func `a convolution along sequences counts steps`() throws {
    func layer(
      _ input: SignalShape,
      kernel: Int,
      stride: Int = 1,
      padding: Int = 0,
      isCausal: Bool = false
    )
      throws -> Conv1d
    {
      try Conv1d(
        path: "0",
        input: input,
        channels: 3,
        kernel: kernel,
        stride: stride,
        padding: padding,
        isCausal: isCausal
      )
    }
    let sequence = SignalShape.values([7, 5])
    #expect(try layer(sequence, kernel: 3).output == .values([5, 3]))
    #expect(try layer(sequence, kernel: 4, stride: 2, padding: 1).output == .values([3, 3]))
    #expect(try layer(sequence, kernel: 9, isCausal: true).output == .values([7, 3]))
    #expect(
      try layer(sequence, kernel: 4).parameters.map(\.parameter.shape.array) == [[3, 5, 4], [3]]
    )
    #expect(try layer(sequence, kernel: 4).parameters.map(\.fanIn) == [20, 20])
    let error = #expect(throws: LayerError.self) { try layer(sequence, kernel: 10, padding: 1) }
    #expect(
      error?.description == "Conv1d has a window of 10 steps, longer than its padded sequence of 9"
    )
    #expect(throws: LayerError(Conv1d.self, .causalPadding)) {
      try layer(sequence, kernel: 3, padding: 1, isCausal: true)
    }
    #expect(throws: LayerError(Conv1d.self, .input(vector, needs: .sequence))) {
      try layer(vector, kernel: 2)
    }
  }

  @Test func `windows that are larger than the image are refused`() {
    let error = refusal { try conv(image, 11, padding: 1) }
    #expect(
      error?.misfit
        == .window(LayerMisfit.Extent((11, 11)), input: LayerMisfit.Extent((12, 10)))
    )
    #expect(
      error?.description == "Conv2d has a window of 11×11, larger than its padded input of 12×10"
    )
    #expect(
      refusal { try pool(image, 9) }?.description
        == "Pool2d has a window of 9×9, larger than its padded input of 10×8"
    )
  }

  @Test func `padding of more than half the pooling window is refused`() {
    let error = refusal { try pool(image, 3, padding: 2) }
    #expect(
      error?.misfit == .padding(LayerMisfit.Extent((2, 2)), window: LayerMisfit.Extent((3, 3)))
    )
    #expect(error?.description == "Pool2d has a padding of 2×2, more than half its window of 3×3")
  }

  @Test func `layers of sequences refuse anything else`() {
    #expect(refusal { try lstm(image) }?.misfit == .input(image, needs: .sequenceOrTokens))
    #expect(
      refusal { try LastStep(input: vector) }?.description
        == "LastStep needs a sequence [steps, features], got [4]"
    )
    for input in [vector, .values([5, 3])] {
      let error = refusal { try FinalState(input: input) }
      #expect(error == LayerError(FinalState.self, .input(input, needs: .directions)))
    }
  }

  @Test func `embedding needs tokens, and layers of values refuse them`() {
    #expect(
      refusal { try Embedding(path: "0", input: vector, size: 3) }
        == LayerError(Embedding.self, .input(vector, needs: .tokens))
    )
    #expect(
      refusal { try Flatten(input: tokens) }
        == LayerError(Flatten.self, .input(tokens, needs: .values))
    )
    #expect(
      refusal { try Dropout(path: "0", input: tokens, probability: 0.1) }?.description
        == "Dropout needs values, got tokens [35] of 28"
    )
    #expect(
      refusal { try ActivationLayer(input: tokens, activation: .relu) }?.misfit
        == .input(tokens, needs: .values)
    )
  }
}
