// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Images of another height and width: x [N, C, h, w] → [N, C, height, width].
///
/// Bilinear as PyTorch's `interpolate` with `align_corners=False`, or nearest; nothing is smoothed before a reduction.
public final class Resize: Layer {
  /// The result's shape.
  public let output: SignalShape
  private let size: (height: Int, width: Int)
  private let interpolation: Interpolation

  /// Takes images of shape `input`; sizes are at least 1.
  public init(
    input: SignalShape,
    size: (height: Int, width: Int),
    interpolation: Interpolation
  ) throws(LayerError) {
    output = .values([try image(input, for: Resize.self)[0], size.height, size.width])
    self.size = size
    self.interpolation = interpolation
  }

  /// x [N, C, h, w] → [N, C, height, width].
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    .values(
      pass.tape.resize2d(
        values(input),
        height: size.height,
        width: size.width,
        interpolation
      )
    )
  }
}
