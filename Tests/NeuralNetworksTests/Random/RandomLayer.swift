// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport

@testable import NeuralNetworks

/// Windows over an image.
struct RandomWindow {
  var kernel = (1, 1)
  var stride = (1, 1)
  var padding = (0, 0)
}

/// Windows along a sequence.
struct RandomSequenceWindow {
  var kernel = 1
  var stride = 1
  var padding = 0
  var isCausal = false

  /// Zeros before a sequence and behind it.
  var zeros: (front: Int, back: Int) { isCausal ? (kernel - 1, 0) : (padding, padding) }
}

/// A layer as a plain description, from which the layer is built, and judged.
indirect enum RandomLayer {
  case dense(units: Int, JudgedFunction, hasBias: Bool)
  case conv2d(channels: Int, RandomWindow, JudgedFunction, hasBias: Bool)
  case convTranspose2d(channels: Int, RandomWindow, JudgedFunction, hasBias: Bool)
  case conv1d(channels: Int, RandomSequenceWindow, JudgedFunction, hasBias: Bool)
  case maxPool2d(RandomWindow)
  case averagePool2d(RandomWindow)
  case globalAveragePool2d
  case batchNorm
  case layerNorm
  case flatten
  case lastStep
  case rowsAsSequence
  case softmax
  case activation(JudgedFunction)
  case resize(Int, Int, isBilinear: Bool)
  case reshape([Int])
  case dropout(Double)
  case embedding(Int)
  case recurrent(Reference.Cell, Int, Recurrent.Options)
  case residual([RandomLayer], shortcut: [RandomLayer]?)
  case branches(isSum: Bool, [[RandomLayer]])
  case attention(heads: Int, isCausal: Bool, hasBias: Bool)
  case positionalEncoding(isLearned: Bool)

  /// The layer, whose tensors are called after `path`.
  func layer(_ path: LayerPath, _ input: SignalShape) throws(LayerError) -> any Layer {
    switch self {
    case .dense(let units, let function, let hasBias):
      let dense = try Dense(
        path: path,
        input: input,
        units: units,
        activation: function.kernel.fusedPart,
        hasBias: hasBias
      )
      return try function.behind(dense)
    case .conv2d(let channels, let window, let function, let hasBias):
      let convolution = try Conv2d(
        path: path,
        input: input,
        channels: channels,
        kernel: window.kernel,
        stride: window.stride,
        padding: window.padding,
        activation: function.kernel.fusedPart,
        hasBias: hasBias
      )
      return try function.behind(convolution)
    case .convTranspose2d(let channels, let window, let function, let hasBias):
      let convolution = try ConvTranspose2d(
        path: path,
        input: input,
        channels: channels,
        kernel: window.kernel,
        stride: window.stride,
        padding: window.padding,
        activation: function.kernel.fusedPart,
        hasBias: hasBias
      )
      return try function.behind(convolution)
    case .conv1d(let channels, let window, let function, let hasBias):
      let convolution = try Conv1d(
        path: path,
        input: input,
        channels: channels,
        kernel: window.kernel,
        stride: window.stride,
        padding: window.padding,
        isCausal: window.isCausal,
        activation: function.kernel.fusedPart,
        hasBias: hasBias
      )
      return try function.behind(convolution)
    case .maxPool2d(let window): return try pool(.maximum, window, input)
    case .averagePool2d(let window): return try pool(.average, window, input)
    case .globalAveragePool2d: return try GlobalAveragePool2d(input: input)
    case .batchNorm: return try BatchNorm(path: path, input: input)
    case .layerNorm: return try LayerNorm(path: path, input: input)
    case .flatten: return try Flatten(input: input)
    case .lastStep: return try LastStep(input: input)
    case .rowsAsSequence: return try RowsAsSequence(input: input)
    case .softmax: return try ActivationLayer(input: input, .softmax)
    case .activation(let function): return try ActivationLayer(input: input, function.kernel)
    case .resize(let height, let width, let isBilinear):
      let interpolation = isBilinear ? Interpolation.bilinear : .nearest
      return try Resize(input: input, size: (height, width), interpolation: interpolation)
    case .reshape(let sizes): return try Reshape(input: input, sizes: sizes)
    case .dropout(let p): return try Dropout(path: path, input: input, probability: p)
    case .embedding(let size): return try Embedding(path: path, input: input, size: size)
    case .recurrent(let cell, let size, let options):
      return try Recurrent(
        path: path,
        input: input,
        cell: cell.kernel,
        hiddenSize: size,
        options: options
      )
    case .attention(let heads, let isCausal, let hasBias):
      return try SelfAttention(
        path: path,
        input: input,
        heads: heads,
        isCausal: isCausal,
        hasBias: hasBias
      )
    case .positionalEncoding(let isLearned):
      return try PositionalEncoding(
        path: path,
        input: input,
        kind: isLearned ? .learned : .sinusoidal
      )
    case .residual(let body, let shortcut):
      return try Residual(
        input: input,
        body: Self.network(body, "\(path).body", input),
        shortcut: shortcut.map { (layers) throws(LayerError) in
          try Self.network(layers, "\(path).shortcut", input)
        }
      )
    case .branches(let isSum, let paths):
      var branches: [Branches.Branch] = []
      for (index, layers) in paths.enumerated() {
        let network =
          layers.isEmpty ? nil : try Self.network(layers, "\(path).\(index)", input)
        branches.append(Branches.Branch("\(index)", network))
      }
      return try Branches(input: input, branches: branches, combination: isSum ? .add : .concat)
    }
  }

  private func pool(_ kind: Pool2d.Kind, _ window: RandomWindow, _ input: SignalShape)
    throws(LayerError) -> Pool2d
  {
    try Pool2d(
      input: input,
      kind: kind,
      kernel: window.kernel,
      stride: window.stride,
      padding: window.padding
    )
  }

  /// Layers one after the other.
  static func network(_ layers: [RandomLayer], _ path: String, _ input: SignalShape)
    throws(LayerError) -> Sequential
  {
    var built: [any Layer] = []
    var shape = input
    for (index, layer) in layers.enumerated() {
      let next = try layer.layer(path.isEmpty ? "\(index)" : "\(path).\(index)", shape)
      shape = next.output
      built.append(next)
    }
    return Sequential(built)
  }
}

extension JudgedFunction {
  /// What layers call it.
  var kernel: ActivationFunction {
    switch self {
    case .identity: .fused(.identity)
    case .relu: .fused(.relu)
    case .sigmoid: .fused(.sigmoid)
    case .tanh: .fused(.tanh)
    case .leakyRelu: .pointwise(Pointwise(.leakyRelu, 0.01))
    case .elu: .pointwise(Pointwise(.elu, 1, 1))
    case .gelu: .pointwise(Pointwise(.gelu))
    case .geluTanh: .pointwise(Pointwise(.geluTanh))
    case .silu: .pointwise(Pointwise(.silu))
    case .softplus: .pointwise(Pointwise(.softplus, 1, 20))
    case .hardSigmoid: .pointwise(Pointwise(.hardSigmoid))
    }
  }

  /// The layer with this function behind it, unless that is part of it.
  func behind(_ layer: any Layer) throws(LayerError) -> any Layer {
    if case .fused = kernel { return layer }
    return try ActivatedLayer(layer, kernel)
  }
}

extension Reference.Cell {
  /// What layers call it.
  var kernel: RecurrentCell {
    switch self {
    case .rnn: .rnn
    case .gru: .gru
    case .lstm: .lstm
    case .rnnReLU: .rnnReLU
    case .gruResetBefore: .gruResetBefore
    }
  }
}
