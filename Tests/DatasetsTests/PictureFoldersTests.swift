// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Diagnostics
import Foundation
import Testing
import Vocabulary

/// Which folders are parts and classes, and what is said of those that are neither.
@Suite struct PictureFoldersTests {
  /// A picture in each of these files.
  private func folder(_ files: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (number, file) in files.enumerated() {
      let pixels = (0..<6).map { UInt8(10 * number + $0) }
      let picture = PNGImage(width: 3, height: 2, format: .gray8, pixels: pixels)
      try folder.write(PNG.encode(picture), "p/\(file)")
    }
    return folder
  }

  private func describe(_ folder: TemporaryFolder) throws -> DatasetDescription {
    let arguments: [String: ArgumentValue] = [
      "folder": .text("\(folder.path)/p"), "color": .text("gray"),
    ]
    return try folder.library.describe(DatasetRequest("images", arguments))
  }

  private func findings(_ folder: TemporaryFolder) throws -> [String] {
    try describe(folder).findings.map {
      $0.diagnostic.rendered.replacing("\(folder.path)/", with: "")
    }
  }

  private func said(_ folder: TemporaryFolder) -> String {
    sentence { _ = try describe(folder) }.replacing("\(folder.path)/", with: "")
  }

  private static let parts = [
    "train/cat/1.png", "train/dog/1.png", "test/cat/1.png", "test/dog/1.png",
  ]

  @Test func `training and test folders alone have nothing to be said of`() throws {
    let folder = try folder(Self.parts)
    try folder.write([1], "p/.DS_Store")
    try folder.write([1], "p/train/.DS_Store")
    try folder.write([1], "p/train/cat/.DS_Store")
    try folder.write([1], "p/train/cat/.hidden/1.png")
    try folder.write(Array("notes".utf8), "p/notes/readme.txt")
    #expect(try findings(folder).isEmpty)
    #expect(try describe(folder).trainCount == 2)
  }

  @Test(arguments: ["val", "valid", "validation", "extra"])
  func `a folder beside the parts is named`(name: String) throws {
    let folder = try folder(Self.parts)
    let content = try describe(folder).contentSHA256
    let picture = PNGImage(width: 3, height: 2, format: .gray8, pixels: [1, 2, 3, 4, 5, 6])
    try folder.write(PNG.encode(picture), "p/\(name)/cat/1.png")
    #expect(
      try findings(folder) == [
        """
        warning: `p/\(name)` is not read: beside `train`, only `test` is a part of the data
        hint: `validation: 0.1` holds out a share of `train`; more training pictures go into `train` itself
        """
      ]
    )
    #expect(try describe(folder).contentSHA256 == content)
  }

  @Test(arguments: ["Test", "TEST", "tests", "testing"])
  func `a test part of another name is to be renamed`(name: String) throws {
    #expect(
      try findings(folder(["train/cat/1.png", "train/dog/1.png", "\(name)/cat/1.png"])) == [
        """
        warning: `p/\(name)` is not read: beside `train`, only `test` is a part of the data
        hint: rename it to `test`: the parts are called `train` and `test`, in small letters
        """
      ]
    )
    // Beside `test` it is something else.
    #expect(
      try findings(folder(Self.parts + ["\(name)/cat/1.png"])) == [
        """
        warning: `p/\(name)` is not read: beside `train`, only `test` is a part of the data
        hint: pictures for testing go into `test`, beside `train`
        """
      ]
    )
  }

  @Test func `classes that differ only in the case of letters are told`() throws {
    let folder = try folder(["Cat/1.png", "cat/1.png", "dog/1.png"])
    #expect(
      try findings(folder) == [
        """
        warning: the classes `Cat`, `cat` differ only in capital and small letters: they are read as different classes
        hint: if they are one class, give their folders one name
        """
      ]
    )
    #expect(try describe(folder).classCounts == [1, 1, 1])
  }

  @Test func `folders inside a class are named with what they hold`() throws {
    let folder = try folder(Self.parts + ["train/cat/more/1.png", "train/cat/more/deep/2.png"])
    try folder.write([1], "p/train/dog/more/readme.txt")
    #expect(
      try findings(folder) == [
        """
        warning: `p/train/cat/more` lies inside the folder of a class: its 2 pictures are not read
        hint: move its pictures up into the folder of the class
        """
      ]
    )
    #expect(try describe(folder).trainCount == 2)
  }

  @Test func `pictures beside the folders of classes, and rare formats, are named`() throws {
    let folder = try folder(Self.parts + ["train/loose.png"])
    try folder.write([1], "p/test/dog/2.HEIC")
    #expect(
      try findings(folder) == [
        """
        warning: `p/train` itself holds 1 picture that is not read: only the folders of classes are
        hint: put each picture into the folder of its class
        """,
        """
        warning: `p/test/dog` holds 1 picture that is not read: only PNG files are
        hint: `convert FILE FILE.png` makes a PNG file of one (ImageMagick); then move the original out of the folder
        """,
      ]
    )
  }

  @Test func `a class may be called train if it holds pictures itself`() throws {
    let folder = try folder(["bus/1.png", "train/1.png", "train/2.png"])
    let data = try describe(folder)
    #expect(data.classNames == ["bus", "train"])
    #expect(data.trainCount == 3)
    #expect(
      try findings(folder) == [
        """
        warning: `p/train` is read as a class, for it holds pictures and no folders
        hint: a part holds a folder for each class
        """
      ]
    )
  }

  @Test func `a part without folders beside classes is read as a class, and said to be`() throws {
    #expect(
      try findings(folder(["bus/1.png", "car/1.png", "test/1.png"])) == [
        """
        warning: `p/test` is read as a class, for it holds pictures and no folders
        hint: a part holds a folder for each class
        """
      ]
    )
  }

  @Test func `a class that the test part lacks is named`() throws {
    #expect(
      try findings(folder(Self.parts + ["train/bird/1.png"])) == [
        """
        warning: `p/test` has no folder for 1 of 3 classes: `bird`
        hint: the test part says nothing of these classes: put pictures of them into it
        """
      ]
    )
  }

  @Test func `parts that hold pictures themselves are no classes`() throws {
    #expect(
      said(try folder(["train/1.png", "test/1.png"])) == """
        error: `p`: expected a folder for each class in `test`, `train`, got pictures
        hint: `FOLDER/train/CLASS/*.png` and `FOLDER/test/CLASS/*.png`
        """
    )
  }

  @Test func `names of one spelling in two Unicode forms are one class, and said to be`() throws {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    let folder = try folder([
      "train/\(composed)/1.png", "train/dog/1.png", "test/\(decomposed)/1.png", "test/dog/1.png",
    ])
    #expect(try describe(folder).classNames.count == 2)
    #expect(
      try findings(folder) == [
        """
        warning: several folders are called `\(composed)` in different Unicode forms: they are read as one class
        hint: give them one name, or different ones
        """
      ]
    )
  }

  @Test func `a single class, deeper classes and nearly named parts have their sentences`() throws {
    #expect(
      said(try folder(["cat/1.png"])) == """
        error: `p`: expected folders of PNG files, one for each of at least two classes, got only `cat`
        hint: a network learns to tell classes apart: put pictures of another class into a folder beside
        """
    )
    #expect(
      said(try folder(["cat/1.png", "dog/1.png", "val/cat/1.png"])) == """
        error: `p`: `val` holds folders as a part does, but folders with pictures lie beside it in place of `train`: `cat`, `dog`
        hint: only `train` and `test` are parts: move the folders of the training classes into `train`, and rename `val` or move it away
        """
    )
    #expect(
      said(try folder(["a/1.png", "b/1.png", "c/1.png", "test/a/1.png", "test/b/1.png"])) == """
        error: `p`: `test` holds folders as a part does, but folders with pictures lie beside it in place of `train`: `a`, `b`, `c`
        hint: move the folders of the training classes into a folder `train` beside `test`
        """
    )
    #expect(
      said(try folder(["train/1.png", "test/a/1.png", "test/b/1.png"])) == """
        error: `p`: `test` holds folders as a part does, but `train` beside it holds pictures itself
        hint: a part holds a folder for each class: `FOLDER/train/CLASS/*.png`
        """
    )
    #expect(
      said(try folder(["cat/1.png", "dog/1.png", "bird/more/1.png"])) == """
        error: `p/bird`: the folder of this class holds no PNG file itself, only folders with pictures
        hint: move its pictures up into it; parts are called `train` and `test` and stand side by side
        """
    )
    #expect(
      said(try folder(["Training/cat/1.png", "Training/dog/1.png"])) == """
        error: `p`: expected folders of PNG files, one for each of at least two classes, or `train`, got `Training`
        hint: rename `Training` to `train`, and the folder for testing to `test`
        """
    )
  }

  private static let none =
    "expected folders of PNG files, one for each of at least two classes, got none: "

  @Test func `pictures one level too deep are found`() throws {
    #expect(
      said(try folder(["data/train/cat/1.png", "data/train/dog/1.png", "data/test/cat/1.png"]))
        == """
        error: `p`: \(Self.none)`p/data` holds such folders
        hint: write `folder: p/data`
        """
    )
    #expect(
      said(try folder(["a/b/cat/1.png", "a/b/dog/1.jpg"])) == """
        error: `p`: \(Self.none)`p/a/b` holds such folders
        hint: write `folder: p/a/b`
        """
    )
    #expect(
      said(try folder(["training_set/train/cat/1.png", "training_set/train/dog/1.png"])) == """
        error: `p`: \(Self.none)`p/training_set` holds such folders
        hint: write `folder: p/training_set`
        """
    )
    #expect(
      said(try folder(["train/data/cat/1.png", "train/data/dog/1.png", "test/cat/1.png"])) == """
        error: `p/train`: \(Self.none)`p/train/data` holds such folders
        hint: move the folders in `p/train/data` up into `p/train`
        """
    )
    #expect(
      said(
        try folder(["train/cat/1.png", "train/dog/1.png", "test/cat/im/1.png", "test/dog/im/1.png"])
      ) == """
        error: `p/test`: \(Self.none)the pictures lie one folder deeper, such as in `p/test/cat/im`
        hint: move the pictures of each class up into the folder of the class, such as `p/test/cat`
        """
    )
  }

  @Test func `folders below classes are told by what they are called`() throws {
    #expect(
      said(try folder(["train/cat/images/1.png", "train/dog/images/1.png"])) == """
        error: `p/train`: \(Self.none)the pictures lie one folder deeper, such as in `p/train/cat/images`
        hint: move the pictures of each class up into the folder of the class, such as `p/train/cat`
        """
    )
    #expect(
      said(try folder(["cat/train/1.png", "dog/train/1.png", "dog/test/1.png"])) == """
        error: `p`: \(Self.none)the folders of classes hold those of parts, such as `cat/train`
        hint: parts come before classes: `p/train/cat/*.png`, not `p/cat/train/*.png`
        """
    )
    #expect(
      said(try folder(["1.png", "2.png"])) == """
        error: `p`: \(Self.none)it holds 2 pictures itself
        hint: put each picture into the folder of its class: `FOLDER/CLASS/*.png`
        """
    )
    #expect(
      said(try folder(["a/b/c/1.png", "d/e/f/1.png"])) == """
        error: `p`: \(Self.none)the first pictures lie in `p/a/b/c`
        hint: `FOLDER/train/CLASS/*.png` and `FOLDER/test/…`, or `FOLDER/CLASS/*.png`
        """
    )
    #expect(
      said(try folder(["train/1.png"])) == """
        error: `p`: expected a folder for each class in `train`, got pictures
        hint: `FOLDER/train/CLASS/*.png` and `FOLDER/test/CLASS/*.png`
        """
    )
  }
}
