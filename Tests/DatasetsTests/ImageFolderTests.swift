// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Foundation
import Tensors
import Testing
import Vocabulary

@Suite struct ImageFolderTests {
  /// A picture whose pixels count up from `start`.
  private static func picture(
    _ start: Int,
    height: Int = 2,
    width: Int = 3,
    _ format: PNGImage.Format = .gray8
  ) throws -> [UInt8] {
    let pixels = (0..<(height * width * format.channels)).map { UInt8((start + $0) % 256) }
    return try PNG.encode(
      PNGImage(width: width, height: height, format: format, pixels: pixels)
    )
  }

  /// Two classes, `b` with two pictures and `a` with one; in a test part one of each.
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(picture(10), "p/train/b/2.png")
    try folder.write(picture(20), "p/train/b/1.png")
    try folder.write(picture(30), "p/train/a/x.PNG")
    try folder.write(picture(40), "p/test/a/1.png")
    try folder.write(picture(50), "p/test/b/1.png")
    try folder.write(Array("notes".utf8), "p/train/a/readme.txt")
    return folder
  }

  private static func request(
    _ folder: TemporaryFolder,
    _ name: String = "p",
    color: String = "gray",
    size: ArgumentValue? = nil
  ) -> DatasetRequest {
    var arguments: [String: ArgumentValue] = [
      "folder": .text("\(folder.path)/\(name)"), "color": .text(color),
    ]
    arguments["size"] = size
    return DatasetRequest("images", arguments)
  }

  private func bytes(_ values: [Float]) -> [Int] { values.map { Int(($0 * 255).rounded()) } }

  @Test func `classes are the sorted folders, examples go round them`() throws {
    let folder = try Self.folder()
    let data = try folder.prepare(Self.request(folder))
    #expect(data.description.input == .values([1, 2, 3]))
    #expect(data.description.classNames == ["a", "b"])
    #expect(data.classes(.train) == [0, 1, 1])
    // a/x.PNG, b/1.png, b/2.png
    #expect(bytes(data.inputs(.train)) == Array(30..<36) + Array(20..<26) + Array(10..<16))
    #expect(data.classes(.test) == [0, 1])
    #expect(bytes(data.inputs(.test)) == Array(40..<46) + Array(50..<56))
  }

  @Test func `one folder per class is a training part alone`() throws {
    let folder = try Self.folder()
    let data = try folder.prepare(
      Self.request(folder, "p/train"),
      DataOptions(validation: .count(1))
    )
    #expect(data.count(.train) == 2)
    #expect(data.count(.validation) == 1)
    #expect(data.count(.test) == 0)
  }

  @Test func `colours come channel by channel, and grey pictures have three equal ones`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.picture(0, height: 1, width: 2, .rgb8), "p/a/1.png")
    try folder.write(Self.picture(7, height: 1, width: 2), "p/b/1.png")
    let data = try folder.prepare(Self.request(folder, color: "rgb"))
    #expect(data.description.input == .values([3, 1, 2]))
    #expect(bytes(data.inputs(.train)) == [0, 3, 1, 4, 2, 5, 7, 8, 7, 8, 7, 8])
  }

  @Test func `the content is that of the pixels, not of the path`() throws {
    let (first, second) = (try Self.folder(), try Self.folder())
    let content = try first.prepare(Self.request(first)).description.contentSHA256
    #expect(try second.prepare(Self.request(second)).description.contentSHA256 == content)
    try second.write(Self.picture(11), "p/train/b/2.png")
    #expect(try second.prepare(Self.request(second)).description.contentSHA256 != content)
  }

  // MARK: - Resizing

  /// ```python
  /// import numpy as np
  /// from PIL import Image
  /// a = np.array([[(37 * y * y + 11 * x + 5 * x * y) % 256 for x in range(5)] for y in range(7)], dtype=np.uint8)
  /// np.array(Image.fromarray(a).resize((3, 4), Image.BILINEAR)); …resize((8, 9), …)
  /// ```
  private static let source: [UInt8] = (0..<7).flatMap { (y: Int) -> [UInt8] in
    (0..<5).map { x -> UInt8 in
      let value: Int = 37 * y * y + 11 * x + 5 * x * y
      return UInt8(value % 256)
    }
  }

  @Test(arguments: [
    (ImageSize(height: 4, width: 3), Pillow.reduced),
    (ImageSize(height: 9, width: 8), Pillow.enlarged),
  ])
  func `resizing is Pillow's antialiased BILINEAR to within a rounding`(
    size: ImageSize,
    expected: [Int]
  ) throws {
    let folder = try TemporaryFolder()
    let picture = PNGImage(width: 5, height: 7, format: .gray8, pixels: Self.source)
    try folder.write(PNG.encode(picture), "p/a/1.png")
    try folder.write(PNG.encode(picture), "p/b/1.png")
    let sides: ArgumentValue = .list([.integer(size.height), .integer(size.width)])
    let data = try folder.prepare(Self.request(folder, size: sides))
    #expect(data.description.input == .values([1, size.height, size.width]))
    let got = bytes(data.inputs(.train, [0]))
    #expect(got.count == expected.count)
    for (index, pair) in zip(got, expected).enumerated() {
      #expect(abs(pair.0 - pair.1) <= 1, "pixel \(index)")
    }
  }

  @Test func `a picture of the wished size keeps its pixels`() throws {
    let folder = try Self.folder()
    let sized = try folder.prepare(Self.request(folder, size: .list([.integer(2), .integer(3)])))
    #expect(try sized.inputs(.train) == folder.prepare(Self.request(folder)).inputs(.train))
  }

  // MARK: - Damage

  private func said(_ folder: TemporaryFolder, _ name: String = "p") -> String {
    sentence { _ = try folder.library.prepare(Self.request(folder, name)) }
      .replacing("\(folder.path)/", with: "")
  }

  @Test func `a picture of another size names the file and both sizes`() throws {
    let folder = try Self.folder()
    try folder.write(Self.picture(0, height: 3, width: 3), "p/train/b/2.png")
    #expect(
      said(folder) == """
        error: `p/train/b/2.png`: the picture has 3×3 pixels, expected 2×3 as `p/train/a/x.PNG`
        hint: `size: [height, width]` resizes all pictures
        """
    )
  }

  @Test func `a damaged picture names the file and the byte`() throws {
    let folder = try Self.folder()
    let sound = try Self.picture(10)
    try folder.write(Array(sound.dropLast(15)), "p/train/b/2.png")
    #expect(
      said(folder).hasPrefix(
        "error: `p/train/b/2.png`: the PNG is damaged or cut off in the chunk at byte"
      )
    )
    var flipped = sound
    flipped[20] ^= 1
    try folder.write(flipped, "p/train/b/2.png")
    #expect(
      said(folder) == """
        error: `p/train/b/2.png`: the PNG is damaged or cut off in the chunk at byte 8
        hint: save or copy the picture again, or take it out of the folder
        """
    )
    try folder.write(Array("GIF89a".utf8), "p/train/b/2.png")
    #expect(
      said(folder) == """
        error: `p/train/b/2.png`: not a PNG: the signature is missing
        hint: `convert p/train/b/2.png p/train/b/2-converted.png` makes a PNG file of a picture in another format (ImageMagick); then put that in place of this one
        """
    )
    try folder.write(Self.picture(1), "p/train/b/2-converted.png")
    #expect(said(folder).contains("`convert p/train/b/2.png p/train/b/2-converted-2.png`"))
  }

  @Test(arguments: ["p/train/c", "p/test/b"])
  func `a class without pictures is named`(name: String) throws {
    let folder = try Self.folder()
    try FileManager.default.removeItem(atPath: "\(folder.path)/p/test/b")
    try folder.write(Array("notes".utf8), "\(name)/readme.txt")
    #expect(
      said(folder) == """
        error: `\(name)`: the folder of this class holds no PNG file
        hint: remove the folder, or put pictures of its class into it
        """
    )
  }

  @Test func `another format, an unseen class and missing classes have their sentences`() throws {
    let folder = try Self.folder()
    #expect(
      said(folder, "p/train/b") == """
        error: `p/train/b`: expected folders of PNG files, one for each of at least two classes, got none: it holds 2 pictures itself
        hint: put each picture into the folder of its class: `FOLDER/CLASS/*.png`
        """
    )
    try folder.write(Self.picture(1), "p/test/c/1.png")
    #expect(
      said(folder) == """
        error: `p/test/c`: the class `c` is not in `p/train`
        hint: training and test folders must have the same classes
        """
    )
    try FileManager.default.moveItem(
      atPath: "\(folder.path)/p/test/c",
      toPath: "\(folder.path)/p/test/A"
    )
    #expect(
      said(folder) == """
        error: `p/test/A`: the class `A` is not in `p/train`
        hint: `a` is there: a class has the same name in both parts, in every letter
        """
    )
    try folder.write([0xFF, 0xD8], "p/train/a/y.jpg")
    #expect(
      said(folder) == """
        error: `p/train/a/y.jpg`: expected PNG files, got another format
        hint: `for f in p/train/a/*.jpg; do [ -e "$f.png" ] || convert "$f" "$f.png"; done` writes a PNG file beside each (ImageMagick); `PIL.Image.open(f).save(f + ".png")` does it in Python
        hint: then move the originals out of the folder
        """
    )
  }

  @Test func `a picture beside a PNG file of its name is never converted over it`() throws {
    let folder = try Self.folder()
    try folder.write([0xFF, 0xD8], "p/it's a/1.JPG")
    try folder.write(Self.picture(1), "p/it's a/1.png")
    let command =
      #"hint: `for f in 'p/it'\''s a'/*.JPG; do [ -e "$f.png" ] || convert "$f" "$f.png"; done` writes a PNG file beside each (ImageMagick); `PIL.Image.open(f).save(f + ".png")` does it in Python"#
    func expected(_ png: String) -> String {
      """
      error: `p/it's a/1.JPG`: expected PNG files, got another format
      hint: `\(png)` lies beside it: if it shows the same, move `1.JPG` out of the folder
      \(command)
      hint: then move the originals out of the folder
      """
    }
    try FileManager.default.removeItem(atPath: "\(folder.path)/p/train")
    try FileManager.default.removeItem(atPath: "\(folder.path)/p/test")
    #expect(said(folder) == expected("1.png"))
    // What an earlier conversion wrote.
    try FileManager.default.moveItem(
      atPath: "\(folder.path)/p/it's a/1.png",
      toPath: "\(folder.path)/p/it's a/1.JPG.png"
    )
    #expect(said(folder) == expected("1.JPG.png"))
  }
}

private enum Pillow {
  static let reduced: [Int] = [
    29, 50, 71, 115, 149, 182, 107, 144, 153, 115, 151, 126,
  ]
  static let enlarged: [Int] = [
    0, 5, 12, 19, 25, 32, 39, 44, 25, 31, 40, 49, 58, 67, 76, 82,
    86, 94, 106, 117, 129, 140, 151, 159, 132, 142, 156, 169, 184, 197, 211, 221,
    77, 88, 105, 121, 137, 153, 170, 181, 79, 93, 111, 130, 149, 167, 186, 199,
    123, 138, 159, 180, 156, 89, 101, 116, 122, 139, 162, 186, 156, 73, 85, 102,
    52, 70, 96, 121, 147, 172, 198, 216,
  ]
}
