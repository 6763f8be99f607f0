// SPDX-License-Identifier: Apache-2.0

/// A stream of random numbers for one purpose: initialising one tensor, shuffling one epoch, one layer's dropout.
///
/// Keyed by (seed, purpose, path, step); the element's index is the counter, so elements can be drawn in any order.
/// As a `RandomNumberGenerator` it also yields its words one after the other.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// What the numbers are for; streams of different purposes are independent.
  public enum Purpose: String, Sendable {
    /// Initial values of parameters.
    case initialization
    /// The order of the examples of an epoch.
    case shuffle
    /// Masks of a dropout layer.
    case dropout
    /// Which examples are held out for validation.
    case split
    /// Generated data.
    case data
    /// Draws of a random search.
    case search
    /// Tokens that a network writes.
    case sampling
    /// Which training targets are falsified, and by how much.
    case outliers
    /// How a training image is flipped and moved.
    case augmentation
  }

  /// The generator, keyed by seed, purpose and path.
  public let philox: Philox
  /// The step, in the counter's upper half.
  public let step: UInt64
  private var position: UInt64 = 0

  /// The stream of (seed, purpose, path, step).
  ///
  /// `path` names the tensor, layer or part, such as `0.weight`.
  public init(seed: Int, purpose: Purpose, path: String = "", step: UInt64 = 0) {
    // FNV-1a (Fowler, Noll & Vo) over the words, then SplitMix64's finaliser (Steele, Lea & Flood 2014).
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func absorb(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for shift in stride(from: 0, to: 64, by: 8) {
      absorb(UInt8(truncatingIfNeeded: UInt64(bitPattern: Int64(seed)) >> UInt64(shift)))
    }
    for byte in purpose.rawValue.utf8 { absorb(byte) }
    absorb(0)
    for byte in path.utf8 { absorb(byte) }
    hash ^= hash >> 30
    hash &*= 0xBF58_476D_1CE4_E5B9
    hash ^= hash >> 27
    hash &*= 0x94D0_49BB_1331_11EB
    hash ^= hash >> 31
    philox = Philox(
      key: SIMD2(UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32))
    )
    self.step = step
  }

  /// The stream of a known key and step, from its start.
  public init(philox: Philox, step: UInt64) {
    self.philox = philox
    self.step = step
  }

  /// The four words of block `index`; element `4 · index + lane` of a tensor uses word `lane`.
  @inlinable
  public func block(_ index: UInt64) -> SIMD4<UInt32> {
    philox.block(
      SIMD4(
        UInt32(truncatingIfNeeded: index),
        UInt32(truncatingIfNeeded: index >> 32),
        UInt32(truncatingIfNeeded: step),
        UInt32(truncatingIfNeeded: step >> 32)
      )
    )
  }

  /// The next 64 bits of the stream: blocks in order, two draws a block.
  public mutating func next() -> UInt64 {
    defer { position += 1 }
    return Self.bits(block(position >> 1), isUpper: position & 1 == 1)
  }

  /// Half of a block.
  private static func bits(_ words: SIMD4<UInt32>, isUpper: Bool) -> UInt64 {
    isUpper
      ? UInt64(words.z) | UInt64(words.w) << 32
      : UInt64(words.x) | UInt64(words.y) << 32
  }

  /// A whole number in 0 ..< `bound`, unbiased; `bound` > 0.
  ///
  /// Lemire, "Fast random integer generation in an interval" (2019): multiply, reject the short remainder.
  public mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "next(below:): bound is \(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// A real number in [0, 1) with 53 random bits.
  public mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A standard normal number; draws a pair and keeps the first.
  public mutating func nextNormal() -> Double {
    let words = next()
    return Self.normalPair(
      UInt32(truncatingIfNeeded: words),
      UInt32(truncatingIfNeeded: words >> 32)
    ).0
  }

  /// A random order of 0 ..< `count` (Fisher & Yates, Durstenfeld 1964).
  public mutating func permutation(_ count: Int) -> [Int32] {
    var order = (0..<Int32(count)).map { $0 }
    // The draws of `next(below:)`, with each block made once for its two.
    var words = SIMD4<UInt32>.zero
    var made: UInt64?
    for last in stride(from: count - 1, to: 0, by: -1) {
      if made != position >> 1 {
        words = block(position >> 1)
        made = position >> 1
      }
      let bits = Self.bits(words, isUpper: position & 1 == 1)
      let range = UInt64(last + 1)
      let product = bits.multipliedFullWidth(by: range)
      if product.low < range {
        order.swapAt(last, next(below: last + 1))
      } else {
        position += 1
        order.swapAt(last, Int(product.high))
      }
    }
    return order
  }

  /// Two independent standard normal numbers from two words (Box & Muller 1958); finite for every input.
  public static func normalPair(_ first: UInt32, _ second: UInt32) -> (Double, Double) {
    let radius = (-2 * Elementary.log((Double(first) + 0.5) * 0x1p-32)).squareRoot()
    let angle = 2 * Double.pi * (Double(second) * 0x1p-32)
    return (radius * Elementary.cos(angle), radius * Elementary.sin(angle))
  }
}

extension RandomStream {
  /// Fills `values` with uniform numbers on [low, high): element i takes word i of the stream, 24 bits of it.
  public func fillUniform(_ values: inout [Float], low: Float, high: Float) {
    let width = high - low
    for start in stride(from: 0, to: values.count, by: 4) {
      let words = block(UInt64(start / 4))
      for lane in 0..<min(4, values.count - start) {
        values[start + lane] = low + width * (Float(words[lane] >> 8) * 0x1p-24)
      }
    }
  }

  /// Fills `values` with normal numbers of mean 0: elements 2j and 2j + 1 are one Box–Muller pair.
  public func fillNormal(_ values: inout [Float], standardDeviation: Double) {
    for start in stride(from: 0, to: values.count, by: 4) {
      let words = block(UInt64(start / 4))
      let (a, b) = Self.normalPair(words.x, words.y)
      let (c, d) = Self.normalPair(words.z, words.w)
      let normal = SIMD4(a, b, c, d)
      for lane in 0..<min(4, values.count - start) {
        values[start + lane] = Float(normal[lane] * standardDeviation)
      }
    }
  }
}
