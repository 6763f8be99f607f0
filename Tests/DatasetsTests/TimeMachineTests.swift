// SPDX-License-Identifier: Apache-2.0

import Datasets
import Foundation
import Testing
import Vocabulary

@Suite struct TimeMachineTests {
  static func folder(_ text: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Array(text.utf8), "data/time-machine/timemachine.txt")
    return folder
  }

  private func text(_ data: PreparedData, separator: String = "") -> String {
    data.tokens(.train).map { data.description.vocabulary[Int($0)] }.joined(separator: separator)
  }

  @Test func `cleans line by line as the book does`() throws {
    let folder = try Self.folder("  The Time--Machine, [1895]\n\n1. É by H. G.  Wells!\n")
    let data = try folder.prepare(Requests.timeMachine(steps: 1))
    // One window less than tokens: the last token is only a target.
    #expect(text(data) == "the time machineby h g well")
    let words = try folder.prepare(Requests.timeMachine(tokens: "word", steps: 1))
    #expect(text(words, separator: "/") == "the/time/machine/by/h/g")
  }

  @Test func `numbers tokens by frequency, equal ones by first appearance`() throws {
    let folder = try Self.folder("b a c a c d\ne b\n")
    let data = try folder.prepare(Requests.timeMachine(tokens: "word", steps: 1))
    #expect(data.description.vocabulary == ["<unk>", "b", "a", "c", "d", "e"])
    #expect(data.tokens(.train) == [1, 2, 3, 2, 3, 4, 5])
    #expect(data.classes(.train) == [2, 3, 2, 3, 4, 5, 1])
  }

  @Test func `the vocabulary is the whole text's whatever max_tokens`() throws {
    let folder = try Self.folder("aab\nccccc\n")
    let data = try folder.prepare(Requests.timeMachine(steps: 1, maxTokens: 4))
    #expect(data.description.vocabulary == ["<unk>", "c", "a", "b"])
    #expect(data.count(.train) == 3)
  }

  @Test func `too short a text is refused`() throws {
    let folder = try Self.folder("abcd\n")
    let message = sentence { _ = try folder.prepare(Requests.timeMachine(steps: 2)) }
    #expect(
      message.contains("expected at least 5 tokens for windows of 2 steps, got 4"),
      "\(message)"
    )
  }

  /// A text of 0, 1, 2, …: token i + 1 is number i.
  private func counting(
    _ partition: String,
    tokens: Int,
    steps: Int,
    _ options: DataOptions = DataOptions()
  )
    throws -> PreparedData
  {
    // Words a, b … appear once each, so that their numbers follow the text.
    let words = (0..<tokens).map { number in
      let letters: [UInt8] = [97 + UInt8(number / 26), 97 + UInt8(number % 26)]
      return String(decoding: letters, as: UTF8.self)
    }
    let folder = try Self.folder(words.joined(separator: "\n"))
    return try folder.prepare(
      Requests.timeMachine(tokens: "word", steps: steps, partition: partition),
      options
    )
  }

  @Test func `random windows do not overlap and begin at a random offset`() throws {
    let data = try counting("random", tokens: 100, steps: 5)
    var offsets: Set<Int32> = []
    for epoch in 0..<60 {
      let order = data.order(.train, batchSize: 4, shuffle: true, seed: 3, epoch: epoch)
      let offset = order.ids.map { $0 % 5 }
      #expect(Set(offset).count == 1)
      offsets.formUnion(offset)
      #expect(Set(order.ids).count == order.ids.count)
      // (100 - offset - 1) / 5 windows, of which whole batches of 4 are kept.
      let windows = (100 - Int(offset[0]) - 1) / 5
      #expect(order.batchCount == windows / 4)
      #expect(order.ids.count == windows / 4 * 4)
      #expect(order.ids != order.ids.sorted())
      #expect((0..<order.batchCount).allSatisfy { !order.continues($0) })
    }
    #expect(offsets == [0, 1, 2, 3, 4])
  }

  @Test func `sequential rows go on in the next batch`() throws {
    let data = try counting("sequential", tokens: 100, steps: 5)
    var offsets: Set<Int32> = []
    for epoch in 0..<60 {
      let order = data.order(.train, batchSize: 3, shuffle: true, seed: 3, epoch: epoch)
      let offset = order.ids[0]
      offsets.insert(offset)
      let row = Int32((100 - Int(offset) - 1) / 3)
      #expect(order.batchCount == Int(row) / 5)
      for batch in 0..<order.batchCount {
        let ids = Array(order.ids[order.range(batch)])
        #expect(ids == (0..<3).map { offset + $0 * row + Int32(batch) * 5 })
        #expect(order.continues(batch) == (batch > 0))
      }
    }
    #expect(offsets == [0, 1, 2, 3, 4, 5])
  }

  @Test func `targets are inputs one step later`() throws {
    let data = try counting("sequential", tokens: 60, steps: 7)
    let order = data.order(.train, batchSize: 2, shuffle: true, seed: 0, epoch: 4)
    let (tokens, targets) = (data.tokens(.train, order.ids), data.classes(.train, order.ids))
    #expect(targets == tokens.map { $0 + 1 })
  }

  @Test(arguments: ["random", "sequential"])
  func `evaluation sees every window once`(partition: String) throws {
    let options = DataOptions(validation: .count(7))
    let data = try counting(partition, tokens: 101, steps: 5, options)
    #expect(data.count(.train) == 13)
    #expect(data.count(.validation) == 7)
    let order = data.order(.validation, batchSize: 3, shuffle: false)
    #expect(order.ids.sorted() == (0..<7).map { 65 + 5 * $0 })
    #expect(
      order.ids == (partition == "random" ? order.ids.sorted() : [65, 75, 85, 70, 80, 90, 95])
    )
    #expect(order.batchCount == 3)
    #expect(order.continues(1) == (partition == "sequential"))
    #expect(!order.continues(2))
    // No training window, at whatever offset, reaches a target beyond the border.
    for epoch in 0..<30 {
      let trained = data.order(.train, batchSize: 2, shuffle: true, seed: 1, epoch: epoch)
      #expect(trained.ids.allSatisfy { $0 + 5 <= 65 })
    }
  }

  @Test func `the limit counts windows`() throws {
    let data = try counting("random", tokens: 100, steps: 5, DataOptions(trainLimit: 6))
    #expect(data.count(.train) == 6)
    let order = data.order(.train, batchSize: nil, shuffle: false)
    #expect(order.ids == [0, 5, 10, 15, 20, 25])
  }

  @Test func `a batch larger than the text becomes smaller`() throws {
    for partition in ["random", "sequential"] {
      let data = try counting(partition, tokens: 21, steps: 5)
      for epoch in 0..<20 {
        let order = data.order(.train, batchSize: 32, shuffle: true, seed: 0, epoch: epoch)
        #expect(order.batchCount == 1)
        #expect((3...4).contains(order.ids.count))
      }
    }
  }

  @Test(.enabled(if: RealData.has("time_machine"), "RUNEXP_DATA has no time-machine"))
  func `the real text has the book's counts`() throws {
    let whole = Requests.timeMachine(steps: 1, maxTokens: 1_000_000)
    let characters = try RealData.library.prepare(whole)
    #expect(characters.count(.train) == 170_580 - 1)
    #expect(characters.description.vocabulary.count == 28)
    #expect(characters.description.vocabulary.prefix(5) == ["<unk>", " ", "e", "t", "a"])
    let words = try RealData.library.prepare(
      Requests.timeMachine(tokens: "word", steps: 1, maxTokens: 1_000_000)
    )
    #expect(words.count(.train) == 32_775 - 1)
    #expect(words.description.vocabulary.count == 4580)
    #expect(
      words.description.vocabulary.prefix(10)
        == ["<unk>", "the", "i", "and", "of", "a", "to", "was", "in", "that"]
    )
    // Section 8.5: 10,000 characters, batches of 32, 35 steps.
    let book = try RealData.library.prepare(Requests.timeMachine(partition: "sequential"))
    #expect(book.order(.train, batchSize: 32, shuffle: true, seed: 0, epoch: 0).batchCount == 8)
  }
}
