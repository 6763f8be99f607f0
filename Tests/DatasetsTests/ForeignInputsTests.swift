// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Testing
import Vocabulary

@Suite struct ForeignInputsTests {
  @Test func `bytes of grey images may leave out the channel`() throws {
    let data = try builtIn.prepare(Requests.glyphs(train: 20, test: 3))
    let bytes = data.inputs(.test).map { UInt8(($0 * 255).rounded()) }
    for shape in [[3, 28, 28], [3, 1, 28, 28]] {
      let foreign = try data.inputs(from: NpyArray(shape: shape, .bytes(bytes)), path: "x.npy")
      #expect(foreign.count == 3)
      let isSame = foreign.values == data.inputs(.test)
      #expect(isSame)
    }
  }

  @Test func `are standardised like the data`() throws {
    let options = DataOptions(standardize: .inputs)
    let data = try builtIn.prepare(Requests.spirals(), options)
    let raw = try builtIn.prepare(Requests.spirals()).inputs(.test)
    let foreign = try data.inputs(from: NpyArray(shape: [20, 2], .float32(raw)), path: "x.npy")
    #expect(foreign.values == data.inputs(.test))
    #expect(foreign.values != raw)
  }

  @Test func `tokens may be longer than the windows`() throws {
    let data = try builtIn.prepare(Requests.grammar(steps: 4))
    let array = NpyArray(shape: [1, 6], .integers([0, 1, 2, 3, 4, 5]))
    let foreign = try data.inputs(from: array, path: "x.npy")
    #expect(foreign.tokens == [0, 1, 2, 3, 4, 5])
    #expect(foreign.steps == 6)
  }

  /// Two classes with a picture each of 6 × 8 and 3 × 2 pixels.
  private static func pictures() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, height, width) in [("a", 6, 8), ("b", 3, 2)] {
      let pixels = (0..<(height * width)).map { UInt8($0 * 5) }
      let picture = PNGImage(width: width, height: height, format: .gray8, pixels: pixels)
      try folder.write(PNG.encode(picture), "p/\(name)/1.png")
    }
    return folder
  }

  @Test func `pictures are resized as those of the folder were`() throws {
    let folder = try Self.pictures()
    let request = DatasetRequest(
      "images",
      [
        "folder": .text("\(folder.path)/p"), "color": .text("gray"),
        "size": .list([.integer(4), .integer(5)]),
      ]
    )
    let data = try folder.prepare(request)
    #expect(request.resizesPictures)
    for (index, name) in ["a", "b"].enumerated() {
      let path = "\(folder.path)/p/\(name)/1.png"
      let foreign = try data.inputs(fromPicture: path, resizing: true)
      #expect(foreign.values == data.inputs(.train, [Int32(index)]))
    }
  }

  @Test func `a picture of another size is refused where the data have one of their own`() throws {
    let folder = try Self.pictures()
    let data = try builtIn.prepare(Requests.glyphs(train: 20, test: 3))
    #expect(!Requests.glyphs().resizesPictures)
    #expect(
      sentence {
        _ = try data.inputs(fromPicture: "\(folder.path)/p/a/1.png", resizing: false)
      }.replacing("\(folder.path)/", with: "") == """
        error: `p/a/1.png`: the picture has 6×8 pixels, expected 28×28 as the data's images
        hint: scale the picture first
        """
    )
  }

  @Test func `what does not fit is refused`() throws {
    let spirals = try builtIn.prepare(Requests.spirals())
    let wide = NpyArray(shape: [1, 3], .float32([1, 2, 3]))
    #expect(
      sentence { _ = try spirals.inputs(from: wide, path: "x.npy") }
        == "error: `x.npy`: expected inputs of shape [N, 2], got [1, 3]"
    )
    let grammar = try builtIn.prepare(Requests.grammar())
    let size = grammar.description.vocabulary.count
    let large = NpyArray(shape: [1, 2], .integers([0, size]))
    #expect(
      sentence { _ = try grammar.inputs(from: large, path: "x.npy") }
        == "error: `x.npy`: expected tokens of 0 … \(size - 1), got \(size) at element 1"
    )
    #expect(
      sentence { _ = try grammar.inputs(from: wide, path: "x.npy") }
        == "error: `x.npy`: expected integer inputs (tokens) of shape [N, T], got [1, 3]"
    )
  }
}
