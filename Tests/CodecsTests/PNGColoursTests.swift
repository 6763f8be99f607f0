// SPDX-License-Identifier: Apache-2.0

import Codecs
import Testing

@Suite struct PNGColoursTests {
  /// Of more colours than the table holds at first, with runs of equal neighbours.
  private let pixels: [UInt8] = (0..<30_000).flatMap { index -> [UInt8] in
    let number = index / 3 * 7919 % 6007
    return [UInt8(number & 255), UInt8(number >> 8), UInt8(index / 3 % 2)]
  }

  @Test func `each pixel has the place of its colour, each colour its count`() throws {
    let image = PNGImage(width: 300, height: 100, format: .rgb8, pixels: pixels)
    let found = try #require(PNGColours(image))
    let colours = stride(from: 0, to: pixels.count, by: 3).map { start in
      pixels[start..<(start + 3)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    #expect(found.places.map { found.colours[Int($0)] } == colours)
    #expect(Set(found.colours) == Set(colours) && Set(colours).count == found.colours.count)
    let counts = Dictionary(grouping: colours) { $0 }.mapValues(\.count)
    for (colour, count) in zip(found.colours, found.counts) { #expect(counts[colour] == count) }
  }

  @Test func `changes are counted in rows unlike the one above`() throws {
    let row: [UInt8] = [1, 1, 2, 2, 3]
    let pixels = row + row + [1, 1, 1, 1, 1] + row
    let image = PNGImage(width: 5, height: 4, format: .gray8, pixels: pixels)
    let found = try #require(PNGColours(image))
    #expect(found.changes == 4)
    #expect(found.counts == [11, 6, 3])
    #expect(found.places.map { UInt8(found.colours[Int($0)]) } == pixels)
  }

  @Test func `the upper byte of a pixel has no meaning`() {
    let pixels: [UInt32] = [0xff00_0001, 0x0000_0001, 0x1200_0002, 0x0000_0001, 0xff00_0001, 2]
    let found = unsafe pixels.withUnsafeBufferPointer { unsafe PNGColours(rgb: $0, width: 3) }
    #expect(found.colours == [1, 2])
    #expect(found.places == [0, 0, 1, 0, 0, 1])
    #expect(found.changes == 1)
  }

  @Test func `too many colours are noticed, as many as allowed are not`() {
    let image = PNGImage(
      width: 300,
      height: 1,
      format: .gray8,
      pixels: (0..<300).map { UInt8($0 % 200) }
    )
    #expect(PNGColours(image, limit: 199) == nil)
    #expect(PNGColours(image, limit: 200)?.colours == (0..<200).map { UInt32($0) })
  }
}
