// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Foundation
import Testing
import Vocabulary

/// The digest of data is part of what identifies a run: it stays what it was when the data are.
@Suite struct DigestTests {
  private func digest(
    _ request: DatasetRequest,
    in folder: TemporaryFolder,
    _ options: DataOptions = DataOptions()
  ) throws -> Substring {
    let digest = try folder.library.describe(request, options).contentSHA256
    #expect(try folder.prepare(request, options).description.contentSHA256 == digest)
    return digest.prefix(16)
  }

  private static let values = NpyArray(shape: [3, 2, 2], .float32((0..<12).map { Float($0) }))
  private static let tokens = NpyArray(shape: [3, 2], .integers([4, 0, 1, 2, 3, 1]))
  private static let pixels = NpyArray(shape: [3, 1, 2, 2], .bytes((0..<12).map { 20 * $0 }))
  private static let classes = NpyArray(shape: [3], .integers([0, 2, 1]))
  private static let exact = NpyArray(shape: [3, 1], .float64([0.1, 1e9 + 0.3, 1.7e9]))

  private static let arrays: [(NpyArray, NpyArray, hasLengths: Bool, digest: String)] = [
    (values, classes, false, "0a411008f8f3b39f"), (values, classes, true, "ecbde80a53e9c5a6"),
    (values, tokens, true, "02431ee1cd555292"), (tokens, tokens, false, "e32f76058943545e"),
    (pixels, classes, false, "4e5d0b24a7cdd900"), (exact, exact, false, "b797278c669d729c"),
  ]

  @Test(arguments: arrays.indices)
  func `arrays have the digest of their first version`(place: Int) throws {
    let (inputs, targets, hasLengths, expected) = Self.arrays[place]
    let folder = try TemporaryFolder()
    let lengths = NpyArray(shape: [3], .integers([2, 1, 2]))
    let (x, y, n) = (
      try folder.write(inputs.encoded, "x.npy"), try folder.write(targets.encoded, "y.npy"),
      try folder.write(lengths.encoded, "n.npy")
    )
    #expect(try digest(Requests.npy(x, y, lengths: hasLengths ? n : nil), in: folder) == expected)
  }

  @Test func `standardised exact numbers have the digest of their first version`() throws {
    let folder = try TemporaryFolder()
    let x = try folder.write(Self.exact.encoded, "x.npy")
    let request = Requests.npy(x, x, test: (x, x))
    #expect(
      try digest(request, in: folder, DataOptions(standardize: .inputs)) == "0b4caca3ecfae0b1"
    )
    #expect(try digest(request, in: folder, DataOptions(standardize: .both)) == "08c45b63b63e8d1a")
  }

  @Test func `tables, texts and generators have the digest of their first version`() throws {
    let folder = try TimeMachineTests.folder("the time machine by h g wells\n")
    let table = try CSVTests.files("a,b,y\n1,u,p\n2,v,q\n,u,p\n")
    #expect(try digest(CSVTests.request(table), in: table) == "aa6eeaff95e1ef40")
    #expect(try digest(Requests.timeMachine(steps: 3), in: folder) == "f6b85333743a508c")
    #expect(try digest(Requests.copy(), in: folder) == "7e5fda4fa7de05dd")
  }

  @Test func `a cache has the bytes of its first version, so that an older one stays of use`()
    throws
  {
    let folder = try TemporaryFolder()
    _ = try folder.prepare(Requests.glyphs(train: 1500, test: 100))
    let name = try #require(folder.files("decoded").first)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/decoded/\(name)"))
    #expect(SHA256.hexadecimal(of: Array(bytes)).prefix(16) == "5494ee5f7d2ad8f8")
  }
}
