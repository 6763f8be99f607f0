// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Vocabulary

/// The random draws of one epoch's augmentation.
///
/// The draws of an example depend only on the run's seed, the epoch and the example's id.
public struct AugmentationDraws: Sendable {
  private let stream: RandomStream

  /// The draws of `epoch` (from 0) in the run of this seed.
  public init(seed: Int, epoch: Int) {
    stream = RandomStream(seed: seed, purpose: .augmentation, step: UInt64(epoch))
  }

  /// How one image is varied.
  ///
  /// One block of four words: mirroring, the shift, the window, nothing. A distance takes 16 bits by multiplication, so
  /// that of 2 n + 1 distances none is likelier than another by more than (2 n + 1) ÷ 65536.
  func variation(of id: Int32, _ augmentation: Augmentation) -> ImageVariation {
    let words = stream.block(UInt64(UInt32(bitPattern: id)))
    func distance(_ bits: UInt32, _ most: Int) -> Int {
      // Shifts bind more strongly than products.
      Int(((bits & 0xFFFF) &* UInt32(2 * most + 1)) >> 16) - most
    }
    let (shift, padding) = (augmentation.shift, augmentation.cropPadding)
    return ImageVariation(
      isFlipped: augmentation.flipsHorizontally && words.x & 1 == 1,
      rows: distance(words.y, shift) + distance(words.z, padding),
      columns: distance(words.y >> 16, shift) + distance(words.z >> 16, padding)
    )
  }
}

/// What is done to one image: mirrored first, then moved.
struct ImageVariation: Hashable, Sendable {
  var isFlipped: Bool
  /// Pixels down and to the right; negative ones up and to the left.
  var rows: Int
  var columns: Int
}

/// Where the pixels of an image [C, H, W] lie.
struct ImageLayout: Sendable {
  let channels: Int
  let height: Int
  let width: Int
  let count: Int

  init(_ shape: [Int]) {
    (channels, height, width) = (shape[0], shape[1], shape[2])
    count = channels * height * width
  }

  /// Mirrors and moves an image in place; what comes in from outside is `black`, a value for each channel.
  func vary(_ image: UnsafeMutablePointer<Float>, _ variation: ImageVariation, black: [Float]) {
    for channel in 0..<channels {
      let plane = unsafe image + channel &* height &* width
      if variation.isFlipped { unsafe flip(plane) }
      if variation.columns != 0 {
        unsafe moveColumns(plane, by: variation.columns, black[channel])
      }
      if variation.rows != 0 { unsafe moveRows(plane, by: variation.rows, black[channel]) }
    }
  }

  private func flip(_ plane: UnsafeMutablePointer<Float>) {
    for row in 0..<height {
      var (left, right) = (row &* width, row &* width &+ width &- 1)
      while left < right {
        let value = unsafe plane[left]
        unsafe plane[left] = plane[right]
        unsafe plane[right] = value
        left &+= 1
        right &-= 1
      }
    }
  }

  private func moveColumns(
    _ plane: UnsafeMutablePointer<Float>,
    by distance: Int,
    _ black: Float
  ) {
    let kept = max(0, width - abs(distance))
    for row in 0..<height {
      let start = unsafe plane + row &* width
      if distance > 0 {
        unsafe (start + (width - kept)).update(from: start, count: kept)
        unsafe start.update(repeating: black, count: width - kept)
      } else {
        unsafe start.update(from: start + (width - kept), count: kept)
        unsafe (start + kept).update(repeating: black, count: width - kept)
      }
    }
  }

  /// Rows lie one after the other, so that moving them moves one stretch.
  private func moveRows(_ plane: UnsafeMutablePointer<Float>, by distance: Int, _ black: Float) {
    let moved = min(height, abs(distance)) &* width
    let kept = height &* width &- moved
    if distance > 0 {
      unsafe (plane + moved).update(from: plane, count: kept)
      unsafe plane.update(repeating: black, count: moved)
    } else {
      unsafe plane.update(from: plane + moved, count: kept)
      unsafe (plane + kept).update(repeating: black, count: moved)
    }
  }
}
