// SPDX-License-Identifier: Apache-2.0

/// The different colours of an image, and which of them each pixel has.
///
/// A colour is the bytes of its channels with the first channel highest: 0xRRGGBB for RGB.
public struct PNGColours {
  /// Pixels in a row.
  public let width: Int
  /// The colours in the order in which they first appear, row by row.
  public private(set) var colours: [UInt32] = []
  /// How many pixels each colour has.
  public private(set) var counts: [Int] = []
  /// For each pixel, the place of its colour in `colours`.
  public private(set) var places: [Int32] = []
  /// How often neighbours in a row differ, without rows that equal the row above.
  ///
  /// It measures how much data there is to store.
  public private(set) var changes = 0
  /// Places of colours by hash, −1 where none is; at most half are taken.
  private var slots = [Int32](repeating: -1, count: 1024)
  /// What the last row that differs from its predecessor consists of.
  private var runs: [(place: Int, count: Int)] = []

  /// The colours of an image; nil if it has more than `limit`.
  public init?(_ image: PNGImage, limit: Int = .max) {
    let channels = image.format.channels
    let pixels = stride(from: 0, to: image.pixels.count, by: channels).map { start in
      var colour: UInt32 = 0
      for channel in 0..<channels { colour = colour << 8 | UInt32(image.pixels[start + channel]) }
      return colour
    }
    width = image.width
    let isWithin = unsafe pixels.withUnsafeBufferPointer { unsafe read($0, .max, limit) }
    if !isWithin { return nil }
  }

  /// The colours of rows of 0x__RRGGBB; the upper byte has no meaning.
  public init(rgb pixels: UnsafeBufferPointer<UInt32>, width: Int) {
    self.width = width
    _ = unsafe read(pixels, 0xff_ffff, .max)
  }

  /// False where there are more colours than `limit`.
  private mutating func read(
    _ pixels: UnsafeBufferPointer<UInt32>,
    _ mask: UInt32,
    _ limit: Int
  ) -> Bool {
    var places = [Int32](repeating: 0, count: pixels.count)
    defer { self.places = places }
    return unsafe places.withUnsafeMutableBufferPointer { places in
      for start in stride(from: 0, to: pixels.count, by: width) {
        if start > 0, unsafe isRepeated(pixels, start, mask) {
          for index in start..<(start + width) {
            unsafe places[index] = places[index - width]
          }
        } else {
          unsafe readRow(pixels, start, mask, into: places)
        }
        for run in runs { counts[run.place] += run.count }
        if colours.count > limit { return false }
      }
      return true
    }
  }

  private func isRepeated(
    _ pixels: UnsafeBufferPointer<UInt32>,
    _ start: Int,
    _ mask: UInt32
  ) -> Bool {
    for index in start..<(start + width)
    where unsafe (pixels[index] ^ pixels[index - width]) & mask != 0 {
      return false
    }
    return true
  }

  /// Neighbours are often equal.
  private mutating func readRow(
    _ pixels: UnsafeBufferPointer<UInt32>,
    _ start: Int,
    _ mask: UInt32,
    into places: UnsafeMutableBufferPointer<Int32>
  ) {
    runs.removeAll(keepingCapacity: true)
    var index = start
    while index < start + width {
      let colour = unsafe pixels[index] & mask
      let place = place(of: colour)
      let first = index
      repeat {
        unsafe places[index] = Int32(place)
        index += 1
      } while unsafe index < start + width && pixels[index] & mask == colour
      runs.append((place, index - first))
    }
    changes += runs.count - 1
  }

  private mutating func place(of colour: UInt32) -> Int {
    var slot = slot(of: colour)
    while slots[slot] >= 0 {
      let place = Int(slots[slot])
      if colours[place] == colour { return place }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(colours.count)
    colours.append(colour)
    counts.append(0)
    if colours.count * 2 > slots.count { grow() }
    return colours.count - 1
  }

  /// The upper bits of a product with 2³² / φ (Knuth, The Art of Computer Programming 3, §6.4).
  private func slot(of colour: UInt32) -> Int {
    Int((colour &* 0x9e37_79b9) >> UInt32(slots.count.leadingZeroBitCount - 31))
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (place, colour) in colours.enumerated() {
      var slot = slot(of: colour)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(place)
    }
  }
}
