// SPDX-License-Identifier: Apache-2.0

/// The sizes of a two-dimensional convolution of images [N, C, H, W] with kernels [outputChannels, C, kH, kW].
package struct ConvolutionShape: Hashable, Sendable {
  /// Images.
  package var batch: Int
  /// Input channels.
  package var channels: Int
  /// Input rows.
  package var height: Int
  /// Input columns.
  package var width: Int
  /// Output channels.
  package var outputChannels: Int
  /// Kernel rows.
  package var kernelHeight: Int
  /// Kernel columns.
  package var kernelWidth: Int
  /// Rows between windows.
  package var strideHeight: Int
  /// Columns between windows.
  package var strideWidth: Int
  /// Zero rows at the top and at the bottom.
  package var paddingHeight: Int
  /// Zero columns at the left and at the right.
  package var paddingWidth: Int

  /// A shape; every size is positive, padding is not negative.
  package init(
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
  package var outputHeight: Int {
    (height &+ 2 &* paddingHeight &- kernelHeight) / strideHeight &+ 1
  }
  /// Output columns.
  package var outputWidth: Int { (width &+ 2 &* paddingWidth &- kernelWidth) / strideWidth &+ 1 }
  /// Values under one window: the summation index of the forward product.
  package var windowCount: Int { channels &* kernelHeight &* kernelWidth }

  var pixels: Int { height &* width }
  var outputPixels: Int { outputHeight &* outputWidth }
  var kernelArea: Int { kernelHeight &* kernelWidth }
}
