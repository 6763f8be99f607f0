// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// A two-dimensional transposed convolution, which makes images larger: x [N, C, H, W] → [N, channels, oH, oW] with
/// oH = (H − 1) · stride − 2 · padding + kH (Dumoulin & Visin 2016, chapter 4).
public final class ConvTranspose2d: InitializableLayer {
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

  /// A layer named `path` for images of shape `input`; throws if the padding leaves nothing of the result.
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
    let sizes = try image(input, for: ConvTranspose2d.self)
    let whole = ((sizes[1] - 1) * stride.0 + kernel.0, (sizes[2] - 1) * stride.1 + kernel.1)
    guard whole.0 > 2 * padding.0, whole.1 > 2 * padding.1 else {
      throw LayerError(
        ConvTranspose2d.self,
        .nothingLeft(padding: LayerMisfit.Extent(padding), of: LayerMisfit.Extent(whole))
      )
    }
    output = .values([channels, whole.0 - 2 * padding.0, whole.1 - 2 * padding.1])
    weight = path.tensor(
      "weight",
      Shape(sizes[0], channels, kernel.0, kernel.1)
    )
    bias = hasBias ? path.tensor("bias", [channels]) : nil
    self.stride = stride
    self.padding = padding
    self.activation = activation
  }

  /// Weight [C, channels, kH, kW], then bias [channels]; fans are counted along the weight's axes, as PyTorch does.
  public var parameters: [LayerParameter] {
    let area = weight.shape[2] * weight.shape[3]
    let fanIn = weight.shape[1] * area
    return withOwnInitializers(
      [.weight(weight, fanIn: fanIn, fanOut: weight.shape[0] * area)]
        + (bias.map { [.bias($0, fanIn: fanIn)] } ?? [])
    )
  }

  /// f(wᵀ ⋆ x + b).
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    .values(
      pass.tape.transposedConv2d(
        values(input),
        weight: pass.tape.parameter(weight),
        bias: bias.map { pass.tape.parameter($0) },
        stride: stride,
        padding: padding,
        activation: activation
      )
    )
  }
}
