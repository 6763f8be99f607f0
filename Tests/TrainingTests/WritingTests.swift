// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Tensors
import Testing
import Vocabulary

@testable import Training

/// What a trained network leaves of the sequences it writes, and of what its attentions look at.
@Suite struct WritingTests {
  private let reversal = generated(
    "reversal",
    train: 200,
    test: 9,
    ["symbols": .integer(4), "shortest": .integer(2), "longest": .integer(5)]
  )

  private func blocks(_ words: [Component], _ found: Component) -> [BlockSpecification] {
    [
      BlockSpecification(
        name: "encoder",
        from: ["source"],
        layers: [layer("embedding", ["size": .integer(6)]), recurrent("gru", 8)]
      ),
      BlockSpecification(
        name: "words",
        from: ["previous"],
        layers: [layer("embedding", ["size": .integer(6)])] + words
      ),
      BlockSpecification(name: "found", from: ["words"], layers: [found]),
      BlockSpecification(name: "decoder", from: ["words", "found"], layers: [dense(8)]),
    ]
  }

  private func trainer(
    _ blocks: [BlockSpecification],
    data: DataSpecification? = nil,
    threads: Int = 1
  ) throws -> Trainer {
    var subject = Subject(
      data ?? reversal,
      [],
      sgd(0.5),
      TrainSpecification(epochs: 3, batchSize: 20)
    )
    subject.specification.model = ModelSpecification(blocks: blocks)
    let trainer = try subject.trainer(subject.data(), threads: threads)
    _ = try trainer.train(control: { .proceed }, observe: { _ in })
    return trainer
  }

  private let dotProduct = layer("attention", ["memory": .text("encoder"), "heads": .integer(2)])

  @Test func `written sequences are those of the writer, in words`() throws {
    let trainer = try trainer(
      blocks([recurrent("gru", 8, ["state": .text("encoder")])], dotProduct)
    )
    let found = try #require(trainer.writings(8, threads: 1))
    let sequences = found.sequences
    #expect(sequences.part == "test" && sequences.beamWidth == 4 && sequences.isCausal)
    #expect(sequences.examples.count == 8)
    let writer = try #require(
      SequenceWriter(trainer.model, trainer.data, tape: Tape(threadCount: 1))
    )
    let names = trainer.data.description.classNames
    for (id, example) in sequences.examples.enumerated() {
      #expect(example.source == example.wanted.reversed())
      #expect((2...5).contains(example.wanted.count))
      #expect(example.wanted.allSatisfy { ["1", "2", "3", "4"].contains($0) })
      let greedy = writer.greedy(.test, [Int32(id)])[0].map { names[Int($0)] }
      let beam = writer.beam(.test, Int32(id), width: 4).map { names[Int($0)] }
      #expect(example.greedy == greedy && example.beam == beam)
    }
    let first = trainer.writings(3, threads: 2)?.sequences.examples
    #expect(first == Array(sequences.examples.prefix(3)))
  }

  @Test func `each attention has a map of the real steps`() throws {
    let looking = recurrent("gru", 8, ["state": .text("encoder"), "memory": .text("encoder")])
    let trainer = try trainer(blocks([looking], dotProduct))
    let (sequences, maps) = try #require(trainer.writings(8, threads: 1))
    #expect(maps.map(\.layer) == (0..<4).flatMap { _ in ["words", "found"] })
    #expect(maps.map(\.example) == [0, 0, 1, 1, 2, 2, 3, 3])
    #expect(maps.map(\.heads) == (0..<4).flatMap { _ in [1, 2] })
    for map in maps {
      let example = sequences.examples[map.example]
      #expect(map.memory == "encoder")
      #expect(map.rows == Array((example.greedy + ["<eos>"]).prefix(6)))
      #expect(map.columns == example.source + ["<eos>"])
      #expect(map.weights.count == map.rows.count)
      for row in map.weights {
        #expect(row.count == map.columns.count)
        // Each of them is rounded to a thousandth.
        #expect(abs(row.reduce(0, +) - 1000) <= row.count)
      }
    }
  }

  @Test func `an attention to itself looks at what was written before`() throws {
    let own = layer("attention", ["causal": .boolean(true)])
    let trainer = try trainer(blocks([own], dotProduct))
    let (sequences, maps) = try #require(trainer.writings(1, threads: 1))
    #expect(maps.map(\.layer) == ["words", "found"] && maps[0].memory == "words")
    let greedy = sequences.examples[0].greedy
    #expect(maps[0].columns == Array((["<bos>"] + greedy).prefix(6)))
    for (row, weights) in maps[0].weights.enumerated() {
      #expect(weights[(row + 1)...].allSatisfy { $0 == 0 })
    }
  }

  @Test func `a network that sees what it is to write is told of without examples`() throws {
    let both = recurrent("gru", 4, ["bidirectional": .boolean(true)])
    let trainer = try trainer(blocks([both], dotProduct))
    let (sequences, maps) = try #require(trainer.writings(8, threads: 1))
    #expect(!sequences.isCausal && sequences.examples.isEmpty && maps.isEmpty)
  }

  @Test func `nothing is left where no sequence is written`() throws {
    let classes = BlockSpecification(name: "class", layers: [layer("flatten"), dense(10)])
    let trainer = try trainer([classes], data: generated("glyphs", train: 20, test: 5))
    #expect(trainer.writings(8, threads: 1) == nil)
  }

  @Test func `who watches an attention changes no bit`() throws {
    let looking = recurrent("lstm", 8, ["state": .text("encoder"), "memory": .text("encoder")])
    let trainer = try trainer(
      [
        BlockSpecification(
          name: "encoder",
          from: ["source"],
          layers: [layer("embedding", ["size": .integer(6)]), recurrent("lstm", 8)]
        )
      ]
        + blocks(
          [looking],
          layer(
            "additive_attention",
            [
              "memory": .text("encoder"), "hidden_size": .integer(5),
            ]
          )
        ).dropFirst()
    )
    let loader = BatchLoader(data: trainer.data)
    func outputs(_ record: AttentionRecord?) -> [UInt32] {
      let tape = Tape(threadCount: 1)
      tape.reset(training: false)
      loader.read(.test, [0, 1, 2], into: trainer.model, on: tape)
      var pass = Pass(tape: tape)
      pass.record = record
      trainer.model.forward(pass)
      return tape.array(of: trainer.model.values(of: trainer.model.outputs[0])).map(\.bitPattern)
    }
    let record = AttentionRecord()
    #expect(outputs(record) == outputs(nil))
    #expect(record.entries.map(\.block) == ["words", "found"])
    #expect(record.entries.map(\.attention.shape) == [[3, 1, 6, 6], [3, 1, 6, 6]])
  }
}
