// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// The mean of each channel: x [N, C, H, W] → [N, C].
public final class GlobalAveragePool2d: Layer {
  /// The result's shape.
  public let output: SignalShape

  /// Takes images of shape `input`.
  public init(input: SignalShape) throws(LayerError) {
    output = .values([try image(input, for: GlobalAveragePool2d.self)[0]])
  }

  /// x [N, C, H, W] → [N, C].
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    .values(pass.tape.globalAveragePool2d(values(input)))
  }
}
