// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Foundation
import Tensors
import Testing

@Suite struct IDXTests {
  /// The big-endian bytes of a word.
  static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  static func images(magic: Int = 0x803, count: Int, header: Int? = nil, rows: Int = 28) -> [UInt8]
  {
    let pixels = (0..<(count * 784)).map { UInt8(truncatingIfNeeded: $0 * 7) }
    return word(magic) + word(header ?? count) + word(rows) + word(28) + pixels
  }

  static func labels(magic: Int = 0x801, count: Int, header: Int? = nil) -> [UInt8] {
    word(magic) + word(header ?? count) + (0..<count).map { UInt8($0 % 10) }
  }

  /// A sound set in the form of `fashion_mnist_mini`, in which single files can be replaced.
  static func folder(replacing name: String? = nil, with bytes: [UInt8] = []) throws
    -> TemporaryFolder
  {
    let folder = try TemporaryFolder()
    let files = [
      "train-images-idx3-ubyte.gz": Gzip.compress(images(count: 1000)),
      "train-labels-idx1-ubyte.gz": Gzip.compress(labels(count: 1000)),
      "t10k-images-idx3-ubyte.gz": Gzip.compress(images(count: 500)),
      "t10k-labels-idx1-ubyte.gz": Gzip.compress(labels(count: 500)),
    ]
    for (file, content) in files {
      try folder.write(file == name ? bytes : content, "data/fashion-mnist-mini/\(file)")
    }
    return folder
  }

  static let request = DatasetRequest("fashion_mnist_mini")

  @Test func `pixels are exact quotients by 255 in file order`() throws {
    let data = try Self.folder().prepare(Self.request)
    #expect(data.description.input == .values([1, 28, 28]))
    #expect(data.description.classNames[9] == "Ankle boot")
    let expected = (0..<(1000 * 784)).map { Float(UInt8(truncatingIfNeeded: $0 * 7)) / 255 }
    #expect(data.inputs(.train) == expected)
    #expect(data.classes(.test) == (0..<500).map { Int32($0 % 10) })
  }

  @Test(arguments: [
    (
      "train-images-idx3-ubyte.gz", Gzip.compress(images(magic: 0x802, count: 1000)),
      "at byte 0: expected the magic number 0x00000803, got 0x00000802"
    ),
    (
      "train-labels-idx1-ubyte.gz", Gzip.compress(images(count: 1)),
      "at byte 0: expected the magic number 0x00000801, got 0x00000803"
    ),
    (
      "t10k-images-idx3-ubyte.gz", Gzip.compress(Array(images(count: 1)[..<11])),
      "the header has 16 bytes, but the content ends at byte 11"
    ),
    (
      "t10k-images-idx3-ubyte.gz", Gzip.compress(images(count: 500, rows: 27)),
      "at byte 8: expected images of 28×28, got 27×28"
    ),
    (
      "train-images-idx3-ubyte.gz", Gzip.compress(Array(images(count: 1000).dropLast(5))),
      "1000 records need 784016 bytes in all, got 784011: cut off at byte 784011"
    ),
    (
      "train-labels-idx1-ubyte.gz", Gzip.compress(labels(count: 1000) + [0]),
      "1000 records need 1008 bytes in all, got 1009: surplus bytes from byte 1008"
    ),
    (
      "train-images-idx3-ubyte.gz", Gzip.compress(images(count: 999)),
      "holds 999 records, "
    ),
    (
      "t10k-labels-idx1-ubyte.gz", Gzip.compress(word(0x801) + word(2) + [3, 10]),
      "at byte 9: expected a label of 0 … 9, got 10"
    ),
    (
      "t10k-labels-idx1-ubyte.gz", Array(Gzip.compress(labels(count: 500)).dropLast(9)),
      "is not a sound gzip file: the compressed data is cut off at byte"
    ),
    (
      "t10k-labels-idx1-ubyte.gz", Gzip.compress(Gzip.compress(labels(count: 500))),
      "hint: the file is compressed twice; expand it once"
    ),
    (
      "t10k-labels-idx1-ubyte.gz", Array("<html>".utf8),
      "is not a sound gzip file: no gzip data begins at byte 0"
    ),
  ])
  func `each kind of damage has its sentence`(file: String, bytes: [UInt8], expected: String) throws
  {
    let folder = try Self.folder(replacing: file, with: bytes)
    let text = sentence { _ = try folder.prepare(Self.request) }
    #expect(text.contains(expected), "\(text)")
    #expect(text.contains("data/fashion-mnist-mini/\(file)"), "\(text)")
    let isDamaged = remedy { _ = try folder.prepare(Self.request) } == .renew
    #expect(isDamaged != text.contains("\nhint: "), "\(text)")
  }

  @Test func `a flipped bit inside gzip is found by its CRC`() throws {
    var bytes = Gzip.compress(Self.labels(count: 500))
    bytes[bytes.count - 6] ^= 1
    let folder = try Self.folder(replacing: "t10k-labels-idx1-ubyte.gz", with: bytes)
    let text = sentence { _ = try folder.prepare(Self.request) }
    #expect(text.contains("damaged near byte"), "\(text)")
  }

  @Test func `equal parts of another size are refused by the set's own count`() throws {
    let folder = try Self.folder(
      replacing: "train-images-idx3-ubyte.gz",
      with: Gzip.compress(Self.images(count: 3))
    )
    try folder.write(
      Gzip.compress(Self.labels(count: 3)),
      "data/fashion-mnist-mini/train-labels-idx1-ubyte.gz"
    )
    let text = sentence { _ = try folder.prepare(Self.request) }
    #expect(text.contains("at byte 4: expected 1000 records, got 3"), "\(text)")
  }

  @Test func `a missing file is named`() throws {
    let folder = try Self.folder()
    let file = "\(folder.path)/data/fashion-mnist-mini/t10k-labels-idx1-ubyte.gz"
    try FileManager.default.removeItem(atPath: file)
    #expect(
      sentence { _ = try folder.prepare(Self.request) } == """
        error: the data set `fashion_mnist_mini` in `\(folder.path)/data/fashion-mnist-mini` lacks \
        `t10k-labels-idx1-ubyte.gz`
        """
    )
    #expect(remedy { _ = try folder.prepare(Self.request) } == .complete)
  }

  @Test(.enabled(if: RealData.has("fashion_mnist_mini"), "RUNEXP_DATA has no fashion-mnist-mini"))
  func `the real small set has the class counts of its page`() throws {
    let data = try RealData.library.prepare(Self.request)
    func counts(_ part: DataPart) -> [Int] {
      data.classes(part).reduce(into: [Int](repeating: 0, count: 10)) { $0[Int($1)] += 1 }
    }
    #expect(counts(.train) == [107, 104, 86, 92, 95, 100, 100, 115, 102, 99])
    #expect(counts(.test) == [55, 52, 65, 46, 57, 39, 47, 47, 44, 48])
  }

  @Test(.enabled(if: RealData.has("fashion_mnist"), "RUNEXP_DATA has no fashion-mnist"))
  func `the real set is decoded, sound and the small one's superset`() throws {
    let data = try RealData.library.prepare(DatasetRequest("fashion_mnist"))
    #expect(data.count(.train) == 60_000)
    #expect(data.count(.test) == 10_000)
    let checks = try RealData.library.check("fashion_mnist")
    #expect(checks.map(\.state) == [.sound, .sound, .sound, .sound])
    // The mean of all training pixels, as published with the set: 0.2860.
    let ids = data.ids(.train)
    let sum = stride(from: 0, to: ids.count, by: 1000).reduce(0.0) { sum, start in
      sum + data.inputs(.train, Array(ids[start..<(start + 1000)])).reduce(0.0) { $0 + Double($1) }
    }
    #expect(abs(sum / (60_000 * 784) - 0.2860) < 0.00005)
    guard RealData.has("fashion_mnist_mini") else { return }
    let mini = try RealData.library.prepare(Self.request)
    #expect(data.inputs(.train, Array(0..<1000)) == mini.inputs(.train))
  }

  @Test(.enabled(if: RealData.has("mnist"), "RUNEXP_DATA has no mnist"))
  func `the real digits are decoded`() throws {
    let data = try RealData.library.prepare(DatasetRequest("mnist"))
    #expect(data.count(.train) == 60_000)
    #expect(data.count(.test) == 10_000)
    #expect(Array(data.classes(.train).prefix(10)) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    #expect(Array(data.classes(.test).prefix(5)) == [7, 2, 1, 0, 4])
  }
}
