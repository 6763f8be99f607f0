// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Foundation
import Tensors
import Testing
import Vocabulary

@Suite struct PairsTests {
  private static func arguments(
    steps: Int = 5,
    minFrequency: Int = 1,
    lower: Bool = true
  ) -> [String: ArgumentValue] {
    [
      "steps": .integer(steps), "min_frequency": .integer(minFrequency), "lower": .boolean(lower),
    ]
  }

  private func request(
    _ folder: TemporaryFolder,
    _ train: String,
    test: String? = nil,
    _ arguments: [String: ArgumentValue] = arguments()
  ) throws -> DatasetRequest {
    var arguments = arguments
    arguments["train"] = .text(try folder.write(Array(train.utf8), "train.txt"))
    if let test { arguments["test"] = .text(try folder.write(Array(test.utf8), "test.txt")) }
    return DatasetRequest("pairs", arguments)
  }

  private func message(_ train: String, test: String? = nil) -> String {
    sentence {
      let folder = try TemporaryFolder()
      _ = try folder.prepare(request(folder, train, test: test))
    }
  }

  /// Sources and targets as texts.
  private func texts(_ data: PreparedData, _ part: DataPart = .train) -> [[String]] {
    let (description, steps) = (data.description, data.description.steps ?? 1)
    func text(_ tokens: [Int32], _ names: [String]) -> [String] {
      stride(from: 0, to: tokens.count, by: steps).map { start in
        tokens[start..<start + steps].map { names[Int($0)] }.joined(separator: " ")
      }
    }
    return [
      text(data.tokens(part), description.inputs[0].vocabulary),
      text(data.tokens(part, input: 1), description.inputs[1].vocabulary),
      text(data.classes(part), description.targets[0].classNames),
    ]
  }

  @Test func `sentences become tokens as in the book`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.prepare(
      request(folder, "Go.\tVa\u{202F}!\nOh,  I'm OK!?\tJe vais\u{A0}bien.\tby Tom\n\n \n?\tÉté")
    )
    #expect(
      texts(data) == [
        ["go . <eos> <pad> <pad>", "oh , i'm ok !", "? <eos> <pad> <pad> <pad>"],
        ["<bos> va ! <pad> <pad>", "<bos> je vais bien .", "<bos> été <pad> <pad> <pad>"],
        ["va ! <eos> <pad> <pad>", "je vais bien . <eos>", "été <eos> <pad> <pad> <pad>"],
      ]
    )
    #expect(data.lengths(.train) == [3, 5, 2])
    #expect(data.lengths(.train, input: 1) == [3, 5, 2])
    #expect(data.targetLengths(.train) == [3, 5, 2])
  }

  @Test func `inputs and target have names, vocabularies and lengths of their own`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.prepare(request(folder, "a a b\tx\na b c\tx y z\n"))
    let description = data.description
    #expect(description.inputs.map(\.name) == ["source", "previous"])
    #expect(description.inputs.map(\.hasLengths) == [true, true])
    #expect(description.input == .tokens(vocabulary: 7, steps: 5))
    #expect(description.inputs[1].shape == .tokens(vocabulary: 7, steps: 5))
    #expect(description.targets.map(\.name) == ["target"])
    #expect(description.target == .sequence(classes: 7, steps: 5))
    #expect(description.vocabulary == ["<unk>", "<pad>", "<bos>", "<eos>", "a", "b", "c"])
    #expect(description.classNames == ["<unk>", "<pad>", "<bos>", "<eos>", "x", "y", "z"])
    #expect(description.inputs[1].vocabulary == description.classNames)
    #expect(data.lengths(.train) == [4, 4] && data.targetLengths(.train) == [2, 4])
    #expect(try folder.library.describe(request(folder, "a a b\tx\na b c\tx y z\n")) == description)
  }

  @Test func `rare tokens are unknown, and so are those of the test part alone`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.prepare(
      request(
        folder,
        "b a\tx\nb a c\tx y\n",
        test: "d a\ty x\n",
        Self.arguments(steps: 3, minFrequency: 2)
      )
    )
    #expect(data.description.vocabulary.dropFirst(4) == ["b", "a"])
    #expect(data.description.classNames.dropFirst(4) == ["x"])
    #expect(texts(data)[0] == ["b a <eos>", "b a <unk>"])
    #expect(texts(data, .test)[0] == ["<unk> a <eos>"])
    #expect(texts(data, .test)[2] == ["<unk> x <eos>"])
    #expect(data.count(.test) == 1)
  }

  @Test func `the vocabulary is that of the examples in use`() throws {
    let folder = try TemporaryFolder()
    let request = try request(folder, "a\tx\nb\ty\nc\tz\nno tab\n")
    let data = try folder.prepare(request, DataOptions(trainLimit: 2))
    #expect(data.count(.train) == 2)
    #expect(data.description.vocabulary.dropFirst(4) == ["a", "b"])
    let one = try folder.prepare(request, DataOptions(trainLimit: 1)).description
    #expect(one.contentSHA256 != data.description.contentSHA256)
    let held = try folder.prepare(request, DataOptions(validation: .count(1), trainLimit: 2))
    #expect(held.description.vocabulary == data.description.vocabulary)
    #expect(held.description.contentSHA256 == data.description.contentSHA256)
    #expect(
      sentence { _ = try folder.prepare(request, DataOptions(trainLimit: 0)) }
        .contains("expected `train_limit` of at least 1, got 0")
    )
  }

  @Test func `letters keep their size where that is asked for`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.prepare(
      request(folder, "Go go\tVA Va\n", Self.arguments(steps: 3, lower: false))
    )
    #expect(texts(data)[0] == ["Go go <eos>"] && texts(data)[2] == ["VA Va <eos>"])
  }

  @Test func `names of special tokens in a text mean these tokens`() throws {
    let folder = try TemporaryFolder()
    let data = try folder.prepare(request(folder, "<unk> a <eos>\t<pad>\n"))
    #expect(data.tokens(.train) == [0, 4, 3, 3, 1])
    #expect(data.description.classNames.count == 4)
  }

  @Test func `a mark of the byte order and line ends of Windows do not matter`() throws {
    let folder = try TemporaryFolder()
    let plain = try folder.prepare(request(folder, "a\tx y\nb\ty\n")).description
    let windows = try folder.prepare(request(folder, "\u{FEFF}a\tx y\r\nb\ty\r\n")).description
    #expect(windows.contentSHA256 == plain.contentSHA256)
  }

  @Test func `a large set comes back from the cache`() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<12_000).map { "a\($0 % 90) b\tx\($0 % 70) \\y \"z\"\n" }.joined()
    let request = try request(folder, lines, Self.arguments(steps: 10))
    let first = try folder.prepare(request)
    #expect(folder.files("decoded").count == 1)
    let second = try folder.prepare(request)
    #expect(second.description == first.description)
    #expect(second.classes(.train) == first.classes(.train))
    let limited = try folder.prepare(request, DataOptions(trainLimit: 11_000))
    #expect(limited.description.contentSHA256 != first.description.contentSHA256)
  }

  // MARK: - Mistakes

  @Test func `a mistake is placed at its line`() {
    let tab = message("a\tx\n\nb y\n")
    #expect(
      tab.contains(
        "train.txt:3`: expected a source and a target with a tab between them, got a line without a tab"
      ),
      "\(tab)"
    )
    #expect(tab.contains("hint: `paste source.txt target.txt` makes such lines of two files"))
    #expect(
      message("a\tx\n \ty\n").contains(
        "train.txt:2`: expected a source of at least one token, got none"
      )
    )
    #expect(
      message("a\tx\n", test: "a\tx\nb\t\u{A0}\n").contains(
        "test.txt:2`: expected a target of at least one token, got none"
      )
    )
    #expect(message("").contains("train.txt`: the file is empty"))
    #expect(message("\n \n").contains("train.txt`: the file is empty"))
  }

  @Test func `a file that is no UTF-8 or no text is refused`() throws {
    let folder = try TemporaryFolder()
    func message(_ bytes: [UInt8]) -> String {
      sentence {
        let request = try request(folder, "")
        try folder.write(bytes, "train.txt")
        _ = try folder.prepare(request)
      }
    }
    let latin = message(Array("a\tb\nc\t".utf8) + [0xE9, 0x0A])
    #expect(latin.contains("train.txt:2`: a field is not UTF-8 text"), "\(latin)")
    #expect(latin.contains("iconv -f latin1 -t utf-8"), "\(latin)")
    #expect(message([0x50, 0x4B, 3, 4, 0]).contains("this is a zip file"))
  }

  // MARK: - The public set

  private static func french(_ train: String, name: String = "fra.txt") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(storedZip(name, Array(train.utf8)), "data/fra-eng/fra-eng.zip")
    return folder
  }

  /// A zip archive of one stored file.
  private static func storedZip(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let sizes =
      number(Int(CRC32.checksum(of: bytes)), 4) + number(bytes.count, 4) + number(bytes.count, 4)
      + number(name.utf8.count, 2) + [0, 0]
    let local = [0x50, 0x4B, 3, 4, 10] + number(0, 9) + sizes + name.utf8 + bytes
    let entry = [0x50, 0x4B, 1, 2, 10, 0, 10] + number(0, 9) + sizes + number(0, 14) + name.utf8
    let end =
      [0x50, 0x4B, 5, 6] + number(0, 4) + number(1, 2) + number(1, 2) + number(entry.count, 4)
      + number(local.count, 4) + number(0, 2)
    return local + entry + end
  }

  private static let frenchRequest = DatasetRequest("fra_eng", arguments())

  @Test(arguments: ["fra.txt", "fra-eng/fra.txt"])
  func `the French pairs are those of the archive's file`(name: String) throws {
    let folder = try Self.french("Go.\tVa !\nHi.\tSalut !\n", name: name)
    let data = try folder.prepare(Self.frenchRequest)
    #expect(texts(data)[2] == ["va ! <eos> <pad> <pad>", "salut ! <eos> <pad> <pad>"])
    #expect(data.count(.test) == 0)
    let own = try folder.prepare(request(folder, "Go.\tVa !\nHi.\tSalut !\n"))
    #expect(own.description.contentSHA256 == data.description.contentSHA256)
  }

  @Test func `a damaged archive is refused, and so is one without the file`() throws {
    let other = try Self.french("a\tx\n", name: "deu.txt")
    let message = sentence { _ = try other.prepare(Self.frenchRequest) }
    #expect(
      message.contains("fra-eng.zip`: expected a file `fra.txt` in the archive, got `deu.txt`"),
      "\(message)"
    )
    let damaged = try Self.french("a\tx\n")
    var bytes = Self.storedZip("fra.txt", Array("a\tx\n".utf8))
    bytes[38] ^= 1
    try damaged.write(bytes, "data/fra-eng/fra-eng.zip")
    let damage = sentence { _ = try damaged.prepare(Self.frenchRequest) }
    #expect(damage.contains("is not a sound zip file: the compressed data is damaged"), "\(damage)")
    #expect(damage.contains("the CRC-32 of `fra.txt` is wrong"), "\(damage)")
    #expect(remedy { _ = try damaged.prepare(Self.frenchRequest) } == .renew)
    let mistake = sentence { _ = try Self.french("a b\n").prepare(Self.frenchRequest) }
    #expect(mistake.contains("fra-eng.zip/fra.txt:1`: expected a source and a target"))
  }

  private func digest(_ numbers: [Int32]) -> Substring {
    let bytes = numbers.flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    return SHA256.hexadecimal(of: bytes).prefix(16)
  }

  /// `tokenize_nmt(preprocess_nmt(text), num_examples)` and `build_array_nmt` of the book (2nd edition, section 9.5 of the
  /// Chinese one) on `fra.txt`, with the vocabulary of its `Vocab(…, min_freq=2)`; SHA-256 of the arrays as "<i4". Its loop
  /// ends behind line `num_examples` counted from 0, so 600 takes 601 pairs.
  @Test(
    .enabled(if: RealData.has("fra_eng"), "RUNEXP_DATA has no fra-eng"),
    arguments: [
      (
        601, 10, 184, 201,
        ["127cc3abae78c3b8", "2e81795d4c3ff163", "acda594010a20f80", "4f438eb00f9eb9f8"]
      ),
      (
        601, 4, 184, 201,
        ["9e614f93a4481b1c", "921adddef06a49ec", "dd6e4d262be51c9f", "67ec126f0eb538eb"]
      ),
      (
        10_000, 8, 1505, 2252,
        ["23ef53dbf3e8f7e0", "bcd45c78544191c9", "4f118864998ce8b7", "943757dad7ca419c"]
      ),
    ]
  )
  func `the French pairs have the book's tokens`(
    limit: Int,
    steps: Int,
    sourceSize: Int,
    targetSize: Int,
    digests: [String]
  ) throws {
    let data = try RealData.library.prepare(
      DatasetRequest("fra_eng", Self.arguments(steps: steps, minFrequency: 2)),
      DataOptions(trainLimit: limit)
    )
    #expect(data.description.vocabulary.count == sourceSize)
    #expect(data.description.classNames.count == targetSize)
    #expect(
      data.description.vocabulary.prefix(6) == [
        "<unk>", "<pad>", "<bos>", "<eos>", ".", limit == 601 ? "!" : "i",
      ]
    )
    let arrays = [
      data.tokens(.train), data.lengths(.train), data.classes(.train), data.targetLengths(.train),
    ]
    #expect(arrays.map { digest($0) } == digests.map { Substring($0) })
  }

  @Test(.enabled(if: RealData.has("fra_eng"), "RUNEXP_DATA has no fra-eng"))
  func `all French pairs have the book's number of English words`() throws {
    let request = DatasetRequest("fra_eng", Self.arguments(steps: 10, minFrequency: 2))
    let description = try RealData.library.describe(request)
    #expect(description.trainCount == 167_130)
    #expect(description.vocabulary.count == 10_012)
    for limit in [600, 602] {
      let some = try RealData.library.describe(request, DataOptions(trainLimit: limit))
      #expect(some.vocabulary.count == 184 && some.classNames.count == 201)
    }
  }
}
