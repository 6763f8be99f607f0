// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Foundation
import Testing
import Vocabulary

@Suite struct CacheTests {
  /// Large enough to be worth a cache: 1,600 glyphs.
  private let glyphs = Requests.glyphs(train: 1500, test: 100)

  private func cacheFile(_ folder: TemporaryFolder) throws -> String {
    let files = folder.files("decoded")
    #expect(files.count == 1, "\(files)")
    return "\(folder.path)/decoded/\(try #require(files.first))"
  }

  @Test func `the second opening reads the same bits from one file`() throws {
    let folder = try TemporaryFolder()
    let first = try folder.prepare(glyphs)
    let file = try cacheFile(folder)
    let before = try FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
    let second = try folder.prepare(glyphs)
    #expect(second.description == first.description)
    #expect(second.inputs(.train) == first.inputs(.train))
    #expect(second.classes(.test) == first.classes(.test))
    #expect(try builtIn.prepare(glyphs).inputs(.train) == first.inputs(.train))
    let after = try FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date
    #expect(before == after)
  }

  @Test func `a set of several inputs comes back with their names, tokens and lengths`() throws {
    let folder = try TemporaryFolder()
    var request = Requests.reversal(longest: 20)
    request.arguments["train"] = .integer(5000)
    let first = try folder.prepare(request)
    _ = try cacheFile(folder)
    let second = try folder.prepare(request)
    #expect(second.description == first.description)
    #expect(try builtIn.describe(request) == first.description)
    #expect(second.tokens(.train, input: 1) == first.tokens(.train, input: 1))
    #expect(second.lengths(.test, input: 1) == first.lengths(.test, input: 1))
    #expect(second.targetLengths(.test) == first.targetLengths(.test))
    #expect(second.classes(.test) == first.classes(.test))
  }

  @Test(arguments: [3, 10, 20, 40, 64, 90, 700, 5000, 900_001, -1])
  func `a changed byte anywhere makes it be built again`(place: Int) throws {
    let folder = try TemporaryFolder()
    // Gathered now: this file is damaged in place, where a mapping would see it.
    let first = try folder.prepare(glyphs)
    let expected = first.inputs(.train)
    let file = try cacheFile(folder)
    let sound = try Data(contentsOf: URL(fileURLWithPath: file))
    var damaged = sound
    damaged[place < 0 ? damaged.count + place : place] ^= 4
    try damaged.write(to: URL(fileURLWithPath: file))
    let data = try folder.prepare(glyphs)
    let isSame = data.inputs(.train) == expected
    #expect(isSame)
    #expect(data.description == first.description)
    // Bytes 40 … 63 of the head are unused; everything else is written anew.
    if !(40..<64).contains(place) {
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == sound)
    }
  }

  @Test func `a cut, empty or foreign file is built again`() throws {
    let folder = try TemporaryFolder()
    let expected = try folder.prepare(glyphs).inputs(.train)
    let file = try cacheFile(folder)
    let sound = try Data(contentsOf: URL(fileURLWithPath: file))
    for damaged in [sound.dropLast(64), Data(), Data("hello".utf8), sound + Data([0])] {
      try damaged.write(to: URL(fileURLWithPath: file))
      #expect(try folder.prepare(glyphs).inputs(.train) == expected)
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == sound)
    }
  }

  @Test func `data in use survive the file's replacement`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.prepare(glyphs)
    let mapped = try folder.prepare(glyphs)
    let before = mapped.inputs(.train, [0, 1499])
    try FileManager.default.removeItem(atPath: cacheFile(folder))
    _ = try folder.prepare(glyphs)
    #expect(mapped.inputs(.train, [0, 1499]) == before)
  }

  @Test func `a folder that cannot be written only costs time`() throws {
    let folder = try TemporaryFolder()
    // A file where the cache's folder should be.
    try folder.write([1], "decoded")
    #expect(try folder.prepare(glyphs).inputs(.train) == builtIn.prepare(glyphs).inputs(.train))
  }

  @Test func `a changed source is decoded again`() throws {
    let folder = try IDXTests.folder()
    let first = try folder.prepare(IDXTests.request)
    var other = IDXTests.images(count: 1000)
    other[16] = 200
    try folder.write(Gzip.compress(other), "data/fashion-mnist-mini/train-images-idx3-ubyte.gz")
    let second = try folder.prepare(IDXTests.request)
    #expect(first.inputs(.train, [0])[0] == 0)
    #expect(second.inputs(.train, [0])[0] == Float(200) / 255)
    #expect(first.description.contentSHA256 != second.description.contentSHA256)
    #expect(folder.files("decoded").count == 1)
  }

  @Test func `small sets leave nothing behind`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.prepare(Requests.spirals())
    #expect(folder.files("decoded").isEmpty)
  }

  @Test func `requests that differ do not share a file`() throws {
    let folder = try TemporaryFolder()
    var other = glyphs
    other.seed = 9
    let (first, second) = (try folder.prepare(glyphs), try folder.prepare(other))
    #expect(first.inputs(.train, [0]) != second.inputs(.train, [0]))
    #expect(folder.files("decoded").count == 2)
  }
}
