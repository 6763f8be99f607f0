// SPDX-License-Identifier: Apache-2.0

import Datasets
import Tensors
import Testing
import Vocabulary

@testable import Training

/// What a plan says of a step's memory is about what a tape takes.
@Suite struct StepMemoryTests {
  /// Bytes that a plan foretells of one step's results, and bytes that the tape of a run holds.
  private func bytes(_ subject: Subject) throws -> (foretold: Int, held: Int) {
    let trainer = try subject.trainer(subject.data())
    _ = try trainer.train(control: { trainer.step == 2 ? .interrupt : .proceed }) { _ in }
    let description = trainer.data.description
    let values = try ModelBuilder.stepValueCount(subject.specification, for: description)
    let batch = try #require(subject.specification.train.batchSize)
    let program = try #require(trainer.program as? SupervisedProgram)
    return (4 * batch * values, program.tape.memoryBytes)
  }

  private func expectNear(_ subject: Subject) throws {
    let (foretold, held) = try bytes(subject)
    // Inputs, weights' gradients and what is joined are not counted, and fused results are not made.
    #expect(Double(held) < 1.3 * Double(foretold) + 2e6, "\(foretold) foretold, \(held) held")
    #expect(Double(held) > 0.4 * Double(foretold), "\(foretold) foretold, \(held) held")
  }

  private func train(_ batchSize: Int) -> TrainSpecification {
    TrainSpecification(epochs: 1, batchSize: batchSize)
  }

  @Test(arguments: ["rnn", "gru", "lstm"], [false, true])
  func `recurrent layers`(cell: String, isStacked: Bool) throws {
    let more: [String: ArgumentValue] =
      isStacked
      ? ["layers": .integer(3), "bidirectional": .boolean(true), "dropout": .real(0.2)] : [:]
    try expectNear(
      Subject(
        generated("grammar", train: 600, test: 2, ["steps": .integer(20)]),
        [recurrent(cell, 48, more), dense(22)],
        sgd(0.1),
        train(200)
      )
    )
  }

  @Test(arguments: ["rnn", "gru", "lstm"])
  func `decoders with attention`(cell: String) throws {
    var subject = Subject(
      generated(
        "reversal",
        train: 600,
        test: 2,
        ["symbols": .integer(8), "shortest": .integer(3), "longest": .integer(14)]
      ),
      [],
      sgd(0.1),
      train(200)
    )
    subject.specification.model = ModelSpecification(blocks: [
      BlockSpecification(
        name: "encoder",
        from: ["source"],
        layers: [layer("embedding", ["size": .integer(24)]), recurrent(cell, 48)]
      ),
      BlockSpecification(
        name: "decoder",
        from: ["previous"],
        layers: [
          layer("embedding", ["size": .integer(24)]),
          recurrent(cell, 48, ["memory": .text("encoder"), "state": .text("encoder")]),
          dense(12),
        ]
      ),
    ])
    try expectNear(subject)
  }

  @Test func `attention and convolutions`() throws {
    try expectNear(
      Subject(
        generated("grammar", train: 600, test: 2, ["steps": .integer(24)]),
        [
          layer("embedding", ["size": .integer(32)]), layer("attention", ["heads": .integer(4)]),
          layer("layer_norm"), dense(22),
        ],
        sgd(0.1),
        train(200)
      )
    )
    try expectNear(
      Subject(
        generated("glyphs", train: 300, test: 2),
        [
          conv(16, 3), layer("batch_norm"), layer("relu"),
          layer("max_pool2d", ["kernel_size": .integer(2)]), conv(16, 3), layer("flatten"),
          dense(10),
        ],
        sgd(0.1),
        train(100)
      )
    )
  }
}
