// SPDX-License-Identifier: Apache-2.0

import Datasets
import Testing
import Vocabulary

@Suite struct AugmentationTests {
  private static let (height, width) = (12, 20)

  private func data(_ augmentation: Augmentation) throws -> PreparedData {
    try builtIn.prepare(Requests.noiseImages, DataOptions(augmentation: augmentation))
  }

  /// The training images of an epoch, each as a list of values.
  private func images(
    _ data: PreparedData,
    seed: Int = 0,
    epoch: Int = 0,
    ids: [Int32] = (0..<16).map { $0 }
  ) -> [[Float]] {
    let size = 3 * Self.height * Self.width
    var values = [Float](repeating: .nan, count: ids.count * size)
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        unsafe data.gather(
          .train,
          ids: ids,
          inputs: base,
          draws: AugmentationDraws(seed: seed, epoch: epoch)
        )
      }
    }
    return stride(from: 0, to: values.count, by: size).map { Array(values[$0..<($0 + size)]) }
  }

  /// The reference: mirrored, then moved, pixel by pixel.
  private func varied(_ image: [Float], flipped: Bool, rows: Int, columns: Int) -> [Float] {
    let (height, width) = (Self.height, Self.width)
    return (0..<image.count).map { place in
      let (plane, y, x) = (place / (height * width), place / width % height, place % width)
      let (fromY, fromX) = (y - rows, x - columns)
      guard (0..<height).contains(fromY), (0..<width).contains(fromX) else { return 0 }
      let source = flipped ? width - 1 - fromX : fromX
      return image[(plane * height + fromY) * width + source]
    }
  }

  /// The variation of each image, found by trying all; nil where none fits.
  private func variations(
    _ data: PreparedData,
    _ images: [[Float]],
    _ most: Int
  ) -> [(flipped: Bool, rows: Int, columns: Int)?] {
    images.enumerated().map { index, image in
      let plain = data.inputs(.train, [Int32(index)])
      for flipped in [false, true] {
        for rows in -most...most {
          for columns in -most...most
          where varied(plain, flipped: flipped, rows: rows, columns: columns) == image {
            return (flipped, rows, columns)
          }
        }
      }
      return nil
    }
  }

  @Test func `each image is a mirrored and moved one, drawn anew in each epoch`() throws {
    let data = try data(.init(flipsHorizontally: true, shift: 2))
    var seen: [(flipped: Bool, rows: Int, columns: Int)] = []
    for epoch in 0..<10 {
      let found = variations(data, images(data, epoch: epoch), 2)
      #expect(found.count { $0 == nil } == 0)
      seen += found.compactMap { $0 }
    }
    // 160 draws: a fair coin within four standard deviations, every distance seen.
    #expect((80 - 26...80 + 26).contains(seen.count { $0.flipped }))
    #expect(Set(seen.map(\.rows)) == Set(-2...2))
    #expect(Set(seen.map(\.columns)) == Set(-2...2))
    #expect(seen.contains { $0.rows != $0.columns })
  }

  @Test func `a crop from a border moves by as much as the border`() throws {
    let data = try data(.init(cropPadding: 3))
    let found = variations(data, images(data) + images(data, epoch: 1), 3)
    #expect(found.prefix(16).allSatisfy { $0?.flipped == false })
    #expect(found.compactMap { $0.map { max(abs($0.rows), abs($0.columns)) } }.max() == 3)
  }

  @Test func `shift and crop add up`() throws {
    let data = try data(.init(shift: 1, cropPadding: 2))
    let found = variations(data, images(data), 3)
    #expect(found.count { $0 == nil } == 0)
  }

  @Test func `the draw is that of seed, epoch and id, whatever the batch`() throws {
    let data = try data(.init(flipsHorizontally: true, shift: 4))
    let whole = images(data, seed: 5, epoch: 2)
    #expect(images(data, seed: 5, epoch: 2, ids: [9, 3]) == [whole[9], whole[3]])
    #expect(images(data, seed: 6, epoch: 2) != whole)
    #expect(images(data, seed: 5, epoch: 3) != whole)
  }

  @Test func `what comes in is black before it is standardised`() throws {
    let options = DataOptions(
      standardize: .inputs,
      augmentation: .init(shift: 4)
    )
    let data = try builtIn.prepare(Requests.noiseImages, options)
    let plain = try self.data(.init(shift: 4))
    let (scaled, raw) = (images(data), images(plain))
    let size = Self.height * Self.width
    // Each channel's numbers are one straight line of the raw ones.
    for channel in 0..<3 {
      let pairs = (0..<16).flatMap { image in
        (0..<size).map { (raw[image][channel * size + $0], scaled[image][channel * size + $0]) }
      }
      let zero = try #require(pairs.first { $0.0 == 0 }).1
      let other = try #require(pairs.first { $0.0 > 0.5 })
      let slope = (other.1 - zero) / other.0
      #expect(pairs.allSatisfy { abs($0.1 - (zero + slope * $0.0)) < 1e-4 })
    }
  }

  @Test func `evaluation sees the images as they are`() throws {
    let data = try data(.init(flipsHorizontally: true, shift: 2))
    let plain = try builtIn.prepare(Requests.noiseImages)
    #expect(data.inputs(.test) == plain.inputs(.test))
    #expect(data.inputs(.train) == plain.inputs(.train))
  }

  @Test func `what is no image and too far a move are refused`() {
    let options = DataOptions(augmentation: .init(shift: 2))
    #expect(
      sentence { _ = try builtIn.describe(Requests.spirals(), options) } == """
        error: `augment` needs images [C, H, W], but the inputs of `spirals` are vectors of 2 numbers
        hint: leave out `augment`
        """
    )
    #expect(
      sentence { _ = try builtIn.describe(Requests.grammar(steps: 4), options) }
        .contains("but the inputs of `grammar` are sequences of 4 tokens\n")
    )
    let far = DataOptions(augmentation: .init(shift: 8, cropPadding: 4))
    #expect(
      sentence { _ = try builtIn.describe(Requests.noiseImages, far) } == """
        error: `augment` moves images of 12×20 by up to 12 pixels, expected less than their size
        hint: lower `shift` or `crop.padding`
        """
    )
  }
}
