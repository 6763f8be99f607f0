// SPDX-License-Identifier: Apache-2.0

// What follows a convolution that has no epilogue of its own: a bias for each channel, then an activation, plane by plane.

/// y = f(y + bias) in place, y [batch, channels, pixels], bias [channels] or nil.
package func finishChannels(
  _ y: UnsafeMutablePointer<Float>,
  bias: UnsafePointer<Float>?,
  activation: Activation,
  batch: Int,
  channels: Int,
  pixels: Int,
  context: KernelContext
) {
  if bias == nil && activation == .identity { return }
  let task = ChannelTask(
    y: y,
    bias: bias,
    activation: activation,
    planes: batch &* channels,
    channels: channels,
    pixels: pixels
  )
  context.pool.run(task.pieces, task, multiplications: batch &* channels &* pixels)
}

private struct ChannelTask: ParallelTask {
  let y: UnsafeMutablePointer<Float>
  let bias: UnsafePointer<Float>?
  let activation: Activation
  let planes: Int
  let channels: Int
  let pixels: Int

  /// Planes of a piece: some thousand values.
  private var perPiece: Int { max(1, (1 << 13) / max(1, pixels)) }
  var pieces: Int { (planes &+ perPiece &- 1) / perPiece }

  func run(_ index: Int, thread: Int) {
    for plane in index &* perPiece..<min(planes, (index &+ 1) &* perPiece) {
      let line = y + (plane &* pixels)
      if let bias {
        let term = Lanes(repeating: bias[plane % channels])
        mapLanes(line, line, pixels) { $0 + term }
      }
      activate(activation, line, pixels)
    }
  }
}

/// sums[c] = (sums[c] if `accumulating`) + Σ x over the planes of channel c: the gradient of its bias.
///
/// A plane's sum is taken in lanes and in `Double`, planes are added in the order of images.
package func channelSums(
  _ x: UnsafePointer<Float>,
  batch: Int,
  channels: Int,
  pixels: Int,
  into sums: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  context: KernelContext
) {
  let task = ChannelSumTask(
    x: x,
    batch: batch,
    channels: channels,
    pixels: pixels,
    sums: sums,
    accumulating: accumulating
  )
  context.pool.run(channels, task, multiplications: batch &* channels &* pixels)
}

private struct ChannelSumTask: ParallelTask {
  let x: UnsafePointer<Float>
  let batch: Int
  let channels: Int
  let pixels: Int
  let sums: UnsafeMutablePointer<Float>
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    var total = 0.0
    for image in 0..<batch {
      total += lineSum(x + ((image &* channels &+ index) &* pixels), pixels) { $0 }
    }
    sums[index] = accumulating ? sums[index] + Float(total) : Float(total)
  }
}
