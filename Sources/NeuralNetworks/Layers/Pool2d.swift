// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Pooling of images [N, C, H, W] over windows.
public final class Pool2d: Layer {
  /// What a window becomes.
  public enum Kind: Sendable {
    /// Its largest value.
    case maximum
    /// Its mean, padding counted as zeros.
    case average
  }

  /// The result's shape.
  public let output: SignalShape
  private let kind: Kind
  private let kernel: (Int, Int)
  private let stride: (Int, Int)
  private let padding: (Int, Int)

  /// A pooling of images of shape `input`; padding is at most half the kernel.
  public init(
    input: SignalShape,
    kind: Kind,
    kernel: (Int, Int),
    stride: (Int, Int),
    padding: (Int, Int)
  ) throws(LayerError) {
    let sizes = try image(input, for: Pool2d.self)
    guard 2 * padding.0 <= kernel.0, 2 * padding.1 <= kernel.1 else {
      throw LayerError(
        Pool2d.self,
        .padding(LayerMisfit.Extent(padding), window: LayerMisfit.Extent(kernel))
      )
    }
    let out = try windowed(
      sizes,
      layer: Pool2d.self,
      kernel: kernel,
      stride: stride,
      padding: padding
    )
    output = .values([sizes[0], out.0, out.1])
    self.kind = kind
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// This layer as a convolution before it can do it on the way: windows that meet and do not overlap.
  var fused: Pooling? {
    guard kernel == stride, padding == (0, 0), kernel.0 <= 16, kernel.1 <= 16 else { return nil }
    return Pooling(kind == .maximum ? .maximum : .average, rows: kernel.0, columns: kernel.1)
  }

  /// Pools each channel.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    switch kind {
    case .maximum:
      .values(
        pass.tape.maxPool2d(values(input), kernel: kernel, stride: stride, padding: padding)
      )
    case .average:
      .values(
        pass.tape.averagePool2d(values(input), kernel: kernel, stride: stride, padding: padding)
      )
    }
  }
}
