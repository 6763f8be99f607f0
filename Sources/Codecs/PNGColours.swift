// SPDX-License-Identifier: Apache-2.0

/// The colours of an image, each once, and which of them each pixel has.
///
/// A colour is the bytes of its channels, the first one highest: 0xRRGGBB for RGB.
public struct PNGColours {
  /// In the order in which they first appear, row by row.
  public private(set) var colours: [UInt32] = []
  /// How many pixels have each.
  public private(set) var counts: [Int] = []
  /// The place of its colour, for each pixel.
  public private(set) var places: [Int32]
  /// Places of colours by hash, −1 where none is; at most half are taken.
  private var slots = [Int32](repeating: -1, count: 1024)

  /// The colours of an image; nil if it has more than `limit`.
  public init?(_ image: PNGImage, limit: Int = .max) {
    let count = image.width * image.height
    places = [Int32](repeating: 0, count: count)
    let channels = image.format.channels
    var start = 0
    while start < count {
      let colour = Self.colour(image.pixels, start * channels, channels)
      // Neighbours are often equal.
      var end = start + 1
      while end < count, Self.colour(image.pixels, end * channels, channels) == colour { end += 1 }
      let place = place(of: colour)
      guard place < limit else { return nil }
      counts[place] += end - start
      if place != 0 { for pixel in start..<end { places[pixel] = Int32(place) } }
      start = end
    }
  }

  @inline(__always)
  private static func colour(_ bytes: [UInt8], _ start: Int, _ channels: Int) -> UInt32 {
    var colour: UInt32 = 0
    for channel in 0..<channels { colour = colour << 8 | UInt32(bytes[start + channel]) }
    return colour
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
