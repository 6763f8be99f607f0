// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// Images of any size: a class's pattern of blocks in noise, easy to learn, quick to draw.
///
/// Each class has one bit for each of 8×8 blocks of each channel; a set bit is brighter by 64 of 255 under uniform noise
/// of half the range. Example i belongs to class i mod `classes`.
struct NoiseImages: SingleGenerator {
  private static let blocks = 8

  var version: Int { 1 }

  var inputElement: Element { .uint8 }

  /// The pattern of each class.
  func additionalExamples(_ request: DatasetRequest) -> Int { request.integer("classes") }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    DecodedSet.Meaning(
      input: .values(shape(request)),
      target: .classes(request.integer("classes"))
    )
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let classes = request.integer("classes")
    let patterns = (0..<classes).map { pattern(request, label: $0) }
    let size = shape(request).reduce(1, *)
    var pixels = [UInt8](repeating: 0, count: count * size)
    for index in 0..<count {
      let stream = exampleStream(request, part: part, index: index)
      let pattern = patterns[index % classes]
      for start in stride(from: 0, to: size, by: 16) {
        let words = stream.block(UInt64(start / 16))
        for lane in 0..<min(16, size - start) {
          let noise = UInt8(truncatingIfNeeded: words[lane / 4] >> UInt32(8 * (lane % 4)))
          pixels[index * size + start + lane] = noise / 2 + pattern[start + lane]
        }
      }
    }
    let labels = (0..<count).map { Int32($0 % classes) }
    return (
      PlainArray(pixels, shape: [count] + shape(request)), PlainArray(labels, shape: [count])
    )
  }

  private func shape(_ request: DatasetRequest) -> [Int] {
    ["channels", "height", "width"].map { request.integer($0) }
  }

  /// What a class adds to each element.
  private func pattern(_ request: DatasetRequest, label: Int) -> [UInt8] {
    let shape = shape(request)
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    let stream = exampleStream(request, part: "patterns", index: label)
    var pattern: [UInt8] = []
    pattern.reserveCapacity(channels * height * width)
    for channel in 0..<channels {
      for row in 0..<height {
        for column in 0..<width {
          let block = row * Self.blocks / height * Self.blocks + column * Self.blocks / width
          let bit = stream.block(UInt64(channel * Self.blocks * Self.blocks + block)).x & 1
          pattern.append(bit == 1 ? 96 : 32)
        }
      }
    }
    return pattern
  }
}
