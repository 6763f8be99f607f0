// SPDX-License-Identifier: Apache-2.0

/// A test image that a finished run takes for another class, captured when the run ended.
public struct WorstError: Hashable, Codable, Sendable {
  /// The example, in file order of the test part.
  public var index: Int
  /// Its class.
  public var target: Int
  /// What it was taken for.
  public var prediction: Int
  /// Its cross-entropy.
  public var loss: Double
  /// Channels of the image: one or three.
  public var channels: Int
  /// Rows of the image.
  public var height: Int
  /// Columns of the image.
  public var width: Int
  /// The image [channels, height, width].
  public var pixels: [UInt8]

  /// An error.
  public init(
    index: Int,
    target: Int,
    prediction: Int,
    loss: Double,
    channels: Int = 1,
    height: Int = 0,
    width: Int = 0,
    pixels: [UInt8] = []
  ) {
    self.index = index
    self.target = target
    self.prediction = prediction
    self.loss = loss
    self.channels = channels
    self.height = height
    self.width = width
    self.pixels = pixels
  }
}

extension CaptureKind<[WorstError]> {
  /// The test images with a run's worst errors, worst first.
  public static var worstErrors: Self { Self("worst_errors") }
}
