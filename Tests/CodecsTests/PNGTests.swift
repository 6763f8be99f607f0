// SPDX-License-Identifier: Apache-2.0

import Codecs
import Testing

@Suite struct PNGTests {
  @Test(arguments: PNGImage.Format.allCases, [1, 2, 5, 40])
  func `pixels survive, with and without palette`(format: PNGImage.Format, size: Int) throws {
    let image = pattern(width: size, height: size + 3, format: format)
    for palette in [false, true] {
      let bytes = try PNG.encode(image, palette: palette)
      #expect(try PNG.decode(bytes, as: format) == image)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 16, 17, 255, 256, 257])
  func `any number of colours`(count: Int) throws {
    let pixels = (0..<300).flatMap { index -> [UInt8] in
      let number = index % count
      return [UInt8(number & 15) * 16, UInt8(number >> 4) * 8, 200]
    }
    let image = PNGImage(width: 20, height: 15, format: .rgb8, pixels: pixels)
    #expect(try PNG.decode(try PNG.encode(image), as: .rgb8) == image)
  }

  @Test func `the same pixels give the same bytes`() throws {
    let image = pattern(width: 30, height: 20, format: .rgb8)
    #expect(try PNG.encode(image) == PNG.encode(image))
  }

  @Test func `a palette makes a drawing small`() throws {
    let pixels = (0..<(400 * 300)).flatMap { index -> [UInt8] in
      index % 400 / 20 % 2 == 0 ? [255, 255, 255] : [0, 114, 178]
    }
    let image = PNGImage(width: 400, height: 300, format: .rgb8, pixels: pixels)
    #expect(try PNG.encode(image).count < 400)
  }

  @Test func `a row like the one above costs nothing`() throws {
    // Noise does not compress, except as a copy of the row above.
    let row = pattern(width: 4000, height: 1, format: .rgb8).pixels.map { $0 & 0xf0 }
    func size(_ height: Int) throws -> Int {
      let pixels = Array(repeatElement(row, count: height).joined())
      let image = PNGImage(width: 4000, height: height, format: .rgb8, pixels: pixels)
      let bytes = try PNG.encode(image)
      #expect(try PNG.decode(bytes, as: .rgb8) == image)
      return bytes.count
    }
    #expect(try size(200) < size(1) + 2000)
  }

  @Test func `resolution is in the file, and stays when texts come and go`() throws {
    let image = pattern(width: 4, height: 4, format: .rgb8)
    // 192 pixels an inch are 7559 a metre.
    let size = chunk("pHYs", [0, 0, 0x1d, 0x87, 0, 0, 0x1d, 0x87, 1])
    let bytes = try PNG.encode(image, pixelsPerInch: 192)
    #expect(bytes.firstRange(of: size) != nil)
    #expect(try PNG.encode(image).firstRange(of: Array("pHYs".utf8)) == nil)
    let marked = try PNG.adding([PNGText("Mark", "abc")], to: bytes)
    #expect(marked.firstRange(of: size) != nil)
    #expect(try PNG.removing(keyword: "Mark", from: marked) == bytes)
  }

  @Test(arguments: [PNGImage.Format.gray8, .rgb8, .rgba8])
  func `a smooth picture is smaller than its samples`(format: PNGImage.Format) throws {
    let pixels = (0..<(200 * 200)).flatMap { index in
      (0..<format.channels).map { UInt8(truncatingIfNeeded: (index / 200 + index % 200 * $0) / 2) }
    }
    let image = PNGImage(width: 200, height: 200, format: format, pixels: pixels)
    let bytes = try PNG.encode(image, palette: false)
    #expect(try PNG.decode(bytes, as: format) == image)
    #expect(bytes.count < pixels.count / 20)
  }

  @Test func `transparent pixels lie on white`() throws {
    let image = PNGImage(width: 2, height: 1, format: .rgba8, pixels: [9, 8, 7, 0, 9, 8, 7, 255])
    let flat = try PNG.decode(try PNG.encode(image), as: .rgb8)
    #expect(flat.pixels == [255, 255, 255, 9, 8, 7])
  }

  @Test func `grey becomes colour and back`() throws {
    let image = pattern(width: 16, height: 16, format: .gray8)
    let colour = try PNG.decode(try PNG.encode(image), as: .rgb8)
    #expect(colour.pixels == image.pixels.flatMap { [$0, $0, $0] })
    #expect(try PNG.decode(try PNG.encode(colour), as: .gray8) == image)
  }

  @Test func `16 bits are read as stored, rounded to 8`() throws {
    // 30000 / 257 = 116.73, 128 / 257 = 0.498, 129 / 257 = 0.502.
    let grey = file(depth: 16, colour: 0, [0x75, 0x30, 0, 128, 0, 129, 0xFF, 0xFF], width: 4)
    #expect(try PNG.decode(grey, as: .gray8).pixels == [117, 0, 1, 255])
    let colours = file(depth: 16, colour: 2, [0x75, 0x30, 0, 0, 0xFF, 0xFF], width: 1)
    #expect(try PNG.decode(colours, as: .rgb8).pixels == [117, 0, 255])
    let alpha = file(depth: 16, colour: 4, [0x75, 0x30, 0x80, 0x80], width: 1)
    #expect(try PNG.decode(alpha, as: .rgba8).pixels == [117, 117, 117, 128])
  }

  @Test(arguments: [8, 16] as [UInt8], [45_455, 100_000, 220_000] as [UInt32])
  func `gamma that a file names changes no sample`(depth: UInt8, gamma: UInt32) throws {
    let samples: [UInt8] = depth == 8 ? [100, 7] : [100, 100, 7, 7]
    let gammaChunk = chunk("gAMA", number(gamma))
    let bytes = file(depth: depth, colour: 0, samples, width: 2, extra: gammaChunk)
    #expect(try PNG.decode(bytes, as: .gray8).pixels == [100, 7])
  }

  @Test func `half transparent pixels are interpolated as stored`() throws {
    let image = PNGImage(
      width: 3,
      height: 1,
      format: .rgba8,
      pixels: [0, 0, 0, 128, 200, 100, 0, 51, 200, 100, 0, 254]
    )
    let bytes = try PNG.encode(image)
    // (α v + (255 − α) 255) / 255, rounded.
    #expect(
      try PNG.decode(bytes, as: .rgb8).pixels == [127, 127, 127, 244, 224, 204, 200, 101, 1]
    )
    #expect(try PNG.decode(bytes, as: .rgba8) == image)
    #expect(try PNG.decode(bytes, as: .gray8).pixels[0] == 127)
  }

  @Test func `colours become grey by the luma of Rec. 601`() throws {
    // Pillow's `L`: (19595 R + 38470 G + 7471 B + 32768) >> 16.
    let pixels: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 200, 90]
    let bytes = try PNG.encode(PNGImage(width: 4, height: 1, format: .rgb8, pixels: pixels))
    #expect(try PNG.decode(bytes, as: .gray8).pixels == [76, 150, 29, 131])
  }

  @Test func `few bits and a transparent colour of a palette are read`() throws {
    let bits = file(depth: 2, colour: 0, [0b00_01_10_11], width: 4)
    #expect(try PNG.decode(bits, as: .gray8).pixels == [0, 85, 170, 255])
    let palette = chunk("PLTE", [1, 2, 3, 40, 50, 60]) + chunk("tRNS", [0])
    let indexed = file(depth: 8, colour: 3, [1, 0], width: 2, extra: palette)
    #expect(try PNG.decode(indexed, as: .rgb8).pixels == [40, 50, 60, 255, 255, 255])
    #expect(try PNG.decode(indexed, as: .rgba8).pixels == [40, 50, 60, 255, 1, 2, 3, 0])
  }

  @Test func `text in every script comes back`() throws {
    let image = pattern(width: 3, height: 3, format: .gray8)
    let text = [
      PNGText("Title", "activations"), PNGText("Author", "Zoë"), PNGText("Comment", "激活函数 · ReLU"),
      PNGText("Empty", ""),
    ]
    let bytes = try PNG.encode(image, text: text)
    #expect(try PNG.text(of: bytes) == text)
    #expect(try PNG.decode(bytes, as: .gray8) == image)
    let more = try PNG.adding([PNGText("Mark", "abc")], to: bytes)
    #expect(try PNG.text(of: more) == text + [PNGText("Mark", "abc")])
    #expect(try PNG.removing(keyword: "Mark", from: more) == bytes)
  }

  @Test func `compressed text of other programs is read`() throws {
    let png = try PNG.encode(pattern(width: 1, height: 1, format: .gray8))
    let latin = chunk("zTXt", Array("Key".utf8) + [0, 0] + Zlib.compress([0x5a, 0xeb]))
    let international = chunk(
      "iTXt",
      Array("Key".utf8) + [0, 1, 0] + Array("zh".utf8) + [0, 0]
        + Zlib.compress(Array("中文".utf8))
    )
    let iend = png.count - 12
    let bytes = Array(png[..<iend]) + latin + international + Array(png[iend...])
    #expect(try PNG.text(of: bytes) == [PNGText("Key", "Zë"), PNGText("Key", "中文")])
  }

  @Test(arguments: ["", " a", "a ", "a  b", "中文", "a\nb", String(repeating: "k", count: 80)])
  func `a bad keyword is refused`(keyword: String) {
    let image = PNGImage(width: 1, height: 1, format: .gray8, pixels: [0])
    #expect(throws: PNGError.badKeyword(keyword)) {
      try PNG.encode(image, text: [PNGText(keyword, "x")])
    }
  }

  @Test func `every cut and every flipped bit is noticed`() throws {
    let bytes = try PNG.encode(pattern(width: 3, height: 2, format: .rgb8))
    for count in bytes.indices {
      #expect(throws: PNGError.self) { try PNG.text(of: Array(bytes[..<count])) }
      #expect(throws: PNGError.self) { try PNG.decode(Array(bytes[..<count]), as: .rgb8) }
      var damaged = bytes
      damaged[count] ^= 4
      #expect(throws: PNGError.self) { try PNG.text(of: damaged) }
    }
  }

  @Test func `something else is no PNG`() {
    #expect(throws: PNGError.notPNG) { try PNG.decode(Array("GIF89a".utf8), as: .gray8) }
    #expect("\(PNGError.notPNG)" == "not a PNG: the signature is missing")
  }

  @Test func `too many pixels are refused`() throws {
    let bytes = try PNG.encode(pattern(width: 5, height: 4, format: .gray8))
    #expect(throws: PNGError.tooLarge(width: 5, height: 4, limit: 19)) {
      try PNG.decode(bytes, as: .gray8, pixelLimit: 19)
    }
    #expect(try PNG.decode(bytes, as: .gray8, pixelLimit: 20).width == 5)
  }

  /// A PNG of one row as another program may write it; `colour` is PNG's number of the colour type.
  private func file(
    depth: UInt8,
    colour: UInt8,
    _ row: [UInt8],
    width: UInt32,
    extra: [UInt8] = []
  ) -> [UInt8] {
    let header = number(width) + number(1) + [depth, colour, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + extra
      + chunk("IDAT", Zlib.compress([0] + row)) + chunk("IEND", [])
  }

  private func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return number(UInt32(data.count)) + body + number(CRC32.checksum(of: body))
  }

  private func number(_ value: UInt32) -> [UInt8] {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe Array($0) }
  }

  private func pattern(width: Int, height: Int, format: PNGImage.Format) -> PNGImage {
    let pixels = (0..<(width * height * format.channels)).map { index in
      UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 5)
    }
    return PNGImage(width: width, height: height, format: format, pixels: pixels)
  }
}
