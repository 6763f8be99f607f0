// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// A two-dimensional cross-correlation: x [N, C, H, W] → [N, channels, oH, oW].
public final class Conv2d: InitializableLayer {
  /// The result's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases.
  public var biasInitializer: Initializer?
  private let weight: Parameter
  private let bias: Parameter?
  private let stride: (Int, Int)
  private let padding: (Int, Int)
  private let activation: Activation

  /// A layer named `path` for images of shape `input`; throws if the kernel is larger than the padded image.
  public init(
    path: LayerPath,
    input: SignalShape,
    channels: Int,
    kernel: (Int, Int),
    stride: (Int, Int),
    padding: (Int, Int),
    activation: Activation = .identity,
    hasBias: Bool = true
  ) throws(LayerError) {
    let sizes = try image(input, for: Conv2d.self)
    let out = try windowed(
      sizes,
      layer: Conv2d.self,
      kernel: kernel,
      stride: stride,
      padding: padding
    )
    output = .values([channels, out.0, out.1])
    weight = path.tensor(
      "weight",
      Shape(channels, sizes[0], kernel.0, kernel.1)
    )
    bias = hasBias ? path.tensor("bias", [channels]) : nil
    self.stride = stride
    self.padding = padding
    self.activation = activation
  }

  /// Weight [channels, C, kH, kW], then bias [channels].
  public var parameters: [LayerParameter] {
    let area = weight.shape[2] * weight.shape[3]
    let fanIn = weight.shape[1] * area
    return withOwnInitializers(
      [.weight(weight, fanIn: fanIn, fanOut: weight.shape[0] * area)]
        + (bias.map { [.bias($0, fanIn: fanIn)] } ?? [])
    )
  }

  /// f(w ⋆ x + b).
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    self(input, pass, FusedEnd())
  }

  /// The same with what follows.
  func callAsFunction(_ input: Signal, _ pass: Pass, _ end: FusedEnd) -> Signal {
    .values(
      pass.tape.conv2d(
        values(input),
        weight: pass.tape.parameter(weight),
        bias: bias.map { pass.tape.parameter($0) },
        stride: stride,
        padding: padding,
        activation: activation,
        normalization: end.norm?.normalization(pass, rectifies: end.rectifies),
        pooling: end.pooling
      )
    )
  }
}

/// The variable of a signal that a layer's checks made sure is not tokens.
func values(_ signal: Signal) -> Variable {
  guard case .values(let variable) = signal else {
    preconditionFailure("a layer that needs values was built on tokens")
  }
  return variable
}

/// The sizes [C, H, W] of an image signal.
func image(_ input: SignalShape, for layer: any Layer.Type) throws(LayerError) -> [Int] {
  guard case .values(let sizes) = input, sizes.count == 3 else {
    throw LayerError(layer, .input(input, needs: .image))
  }
  return sizes
}

/// Rows and columns of windows over an image [C, H, W].
func windowed(
  _ sizes: [Int],
  layer: any Layer.Type,
  kernel: (Int, Int),
  stride: (Int, Int),
  padding: (Int, Int)
) throws(LayerError) -> (Int, Int) {
  let (height, width) = (sizes[1] + 2 * padding.0, sizes[2] + 2 * padding.1)
  guard kernel.0 <= height, kernel.1 <= width else {
    throw LayerError(
      layer,
      .window(LayerMisfit.Extent(kernel), input: LayerMisfit.Extent((height, width)))
    )
  }
  return ((height - kernel.0) / stride.0 + 1, (width - kernel.1) / stride.1 + 1)
}
