// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// A cross-correlation along sequences: x [N, T, C] → [N, oT, channels], oT = (T + zeros − kernel) / stride + 1.
///
/// PyTorch's Conv1d takes [N, C, T]; weights are the same. Where sequences are of several lengths, an example has the
/// results that it has alone: what stands behind its end counts as zeros, and results behind its own are 0.
public final class Conv1d: InitializableLayer {
  /// The result's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases.
  public var biasInitializer: Initializer?
  private let weight: Parameter
  private let bias: Parameter?
  private let steps: Int
  private let stride: Int
  private let padding: (front: Int, back: Int)
  private let activation: Activation

  /// A layer named `path` for sequences of shape `input`, with `padding` zeros at both ends.
  ///
  /// If causal, kernel − 1 zeros stand in front and none behind, so that with stride 1 no result depends on later steps;
  /// then `padding` must be 0. Throws if the kernel is larger than the padded sequence.
  public init(
    path: LayerPath,
    input: SignalShape,
    channels: Int,
    kernel: Int,
    stride: Int = 1,
    padding: Int = 0,
    isCausal: Bool = false,
    activation: Activation = .identity,
    hasBias: Bool = true
  ) throws(LayerError) {
    guard let sizes = input.sizes, sizes.count == 2 else {
      throw LayerError(Conv1d.self, .input(input, needs: .sequence))
    }
    if isCausal && padding > 0 { throw LayerError(Conv1d.self, .causalPadding) }
    self.padding = isCausal ? (kernel - 1, 0) : (padding, padding)
    let padded = sizes[0] + self.padding.front + self.padding.back
    guard kernel <= padded else {
      throw LayerError(Conv1d.self, .sequenceWindow(kernel, steps: padded))
    }
    steps = sizes[0]
    output = .values([(padded - kernel) / stride + 1, channels])
    weight = path.tensor("weight", [channels, sizes[1], kernel])
    bias = hasBias ? path.tensor("bias", [channels]) : nil
    self.stride = stride
    self.activation = activation
  }

  /// Weight [channels, C, kernel], then bias [channels].
  public var parameters: [LayerParameter] {
    let fanIn = weight.shape[1] * weight.shape[2]
    return withOwnInitializers(
      [.weight(weight, fanIn: fanIn, fanOut: weight.shape[0] * weight.shape[2])]
        + (bias.map { [.bias($0, fanIn: fanIn)] } ?? [])
    )
  }

  /// f(w ⋆ x + b).
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    .values(
      pass.tape.conv1d(
        values(input),
        weight: pass.tape.parameter(weight),
        bias: bias.map { pass.tape.parameter($0) },
        stride: stride,
        padding: padding,
        activation: activation,
        lengths: pass.lengths(steps: steps)
      )
    )
  }
}
