// SPDX-License-Identifier: Apache-2.0

import Datasets
import DeterministicMath
import Experiments
import Foundation
import ModelFiles
import NeuralNetworks
import Tensors
import Testing
import Vocabulary

@testable import Training

/// Sequences that a network writes by itself, against all sequences that there are.
@Suite struct SequenceWriterTests {
  /// 0 unknown, 1 padding, 2 begin, 3 end, then two symbols.
  private static let size = 6
  private let data = generated(
    "reversal",
    train: 8,
    test: 3,
    ["symbols": .integer(2), "shortest": .integer(1), "longest": .integer(3)]
  )

  /// A network whose next token depends on the token before it alone, by a table of logits.
  private func writer(_ table: [Float]) throws -> SequenceWriter {
    var subject = Subject(data, [], sgd(0), TrainSpecification(epochs: 1, batchSize: 4))
    subject.specification.model = ModelSpecification(blocks: [
      BlockSpecification(
        name: "next",
        from: ["previous"],
        layers: [layer("embedding", ["size": .integer(Self.size)])]
      )
    ])
    let prepared = try subject.data()
    let model = try ModelBuilder.build(subject.specification, for: prepared.description)
    try model.load(
      SafeTensors([
        SafeTensors.Entry(name: "next.0.weight", shape: [Self.size, Self.size], values: table)
      ])
    )
    return try #require(SequenceWriter(model, prepared, tape: Tape(threadCount: 1)))
  }

  private func table(_ seed: Int) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: .sampling)
    return (0..<Self.size * Self.size).map { _ in Float(stream.next(below: 4000)) / 1000 }
  }

  private func logProbabilities(_ table: [Float], behind token: Int) -> [Double] {
    let row = table[token * Self.size..<(token + 1) * Self.size].map(Double.init)
    let sum = log(row.reduce(0) { $0 + exp($1) })
    return row.map { $0 - sum }
  }

  @Test(arguments: 0..<20)
  func `greedy takes the likeliest token each time`(seed: Int) throws {
    let table = table(seed)
    let writer = try writer(table)
    var expected: [Int32] = []
    var token = 2
    for _ in 0..<4 {
      let row = logProbabilities(table, behind: token)
      token = row.indices.max { (row[$0], $1) < (row[$1], $0) } ?? 0
      if token == 3 { break }
      expected.append(Int32(token))
    }
    #expect(writer.greedy(.test, [0, 1, 2]) == [expected, expected, expected])
  }

  /// The best of all sequences, each with its end or as long as can be.
  private func best(_ table: [Float], exponent: Double) -> (score: Double, tokens: [Int32]) {
    var best = (score: -Double.infinity, tokens: [Int32]())
    func go(_ tokens: [Int32], _ sum: Double, _ last: Int, _ count: Int) {
      if last == 3 || count == 4 {
        let score = sum / pow(Double(count), exponent)
        if score > best.score { best = (score, last == 3 ? Array(tokens.dropLast()) : tokens) }
        return
      }
      let row = logProbabilities(table, behind: last)
      for next in 0..<Self.size {
        go(tokens + [Int32(next)], sum + row[next], next, count + 1)
      }
    }
    go([], 0, 2, 0)
    return best
  }

  @Test(arguments: 0..<12)
  func `a wide beam finds the best of all sequences`(seed: Int) throws {
    let table = table(100 + seed)
    let writer = try writer(table)
    for exponent in [0, 0.75, 1.0] {
      let found = writer.beam(.test, 0, width: 1296, exponent: exponent)
      #expect(found == best(table, exponent: exponent).tokens)
    }
  }

  @Test(arguments: 0..<12)
  func `a beam of width 1 is greedy where its sequence ends`(seed: Int) throws {
    let writer = try writer(table(200 + seed))
    #expect(writer.beam(.test, 0, width: 1, exponent: 0) == writer.greedy(.test, [0])[0])
  }

  @Test func `a network that reads what it is to write is noticed`() throws {
    for isBidirectional in [false, true] {
      var subject = Subject(data, [], sgd(0), TrainSpecification(epochs: 1, batchSize: 4))
      subject.specification.model = ModelSpecification(blocks: [
        BlockSpecification(
          name: "words",
          from: ["previous"],
          layers: [
            layer("embedding", ["size": .integer(3)]),
            recurrent("gru", 4, ["bidirectional": .boolean(isBidirectional)]), dense(6),
          ]
        )
      ])
      let prepared = try subject.data()
      let trainer = try subject.trainer(prepared)
      let writer = try #require(
        SequenceWriter(trainer.model, prepared, tape: Tape(threadCount: 1))
      )
      #expect(writer.isCausal(.test, 0) == !isBidirectional)
    }
  }

  @Test func `metrics of written sequences are means over examples`() throws {
    let (written, label): ([Int32], [Int32]) = ([4, 5, 4], [4, 5, 5])
    #expect(ExactMatch().score(written, label: label) == 0)
    #expect(ExactMatch().score(label, label: label) == 1)
    #expect(WrittenBLEU().score(label, label: label) == 1)
    #expect(WrittenBLEU().score([], label: []) == 1 && WrittenBLEU().score([], label: [4]) == 0)
    let expected = bleu(written, label: label, k: 2)
    #expect(WrittenBLEU().score(written, label: label) == expected && expected < 1)
  }
}
