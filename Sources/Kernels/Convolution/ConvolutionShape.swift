// SPDX-License-Identifier: Apache-2.0

/// The sizes of a two-dimensional convolution of images [N, C, H, W] with kernels [outputChannels, C, kH, kW].
public struct ConvolutionShape: Hashable, Sendable {
  /// Images.
  public var batch: Int
  /// Input channels.
  public var channels: Int
  /// Input rows.
  public var height: Int
  /// Input columns.
  public var width: Int
  /// Output channels.
  public var outputChannels: Int
  /// Kernel rows.
  public var kernelHeight: Int
  /// Kernel columns.
  public var kernelWidth: Int
  /// Rows between windows.
  public var strideHeight: Int
  /// Columns between windows.
  public var strideWidth: Int
  /// Zero rows at the top and at the bottom.
  public var paddingHeight: Int
  /// Zero columns at the left and at the right.
  public var paddingWidth: Int

  /// A shape; every size is positive, padding is not negative.
  public init(
    batch: Int,
    channels: Int,
    height: Int,
    width: Int,
    outputChannels: Int,
    kernel: (Int, Int),
    stride: (Int, Int),
    padding: (Int, Int)
  ) {
    self.batch = batch
    self.channels = channels
    self.height = height
    self.width = width
    self.outputChannels = outputChannels
    (kernelHeight, kernelWidth) = kernel
    (strideHeight, strideWidth) = stride
    (paddingHeight, paddingWidth) = padding
  }

  /// Output rows.
  public var outputHeight: Int {
    (height &+ 2 &* paddingHeight &- kernelHeight) / strideHeight &+ 1
  }
  /// Output columns.
  public var outputWidth: Int { (width &+ 2 &* paddingWidth &- kernelWidth) / strideWidth &+ 1 }
  /// Values under one window: the summation index of the forward product.
  public var windowCount: Int { channels &* kernelHeight &* kernelWidth }

  var pixels: Int { height &* width }
  var outputPixels: Int { outputHeight &* outputWidth }
  var kernelArea: Int { kernelHeight &* kernelWidth }
}
