// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Testing
import Vocabulary

@testable import Training

/// The outline of a network, which says in words what was built.
@Suite struct NetworkOutlineTests {
  private let reversal = generated(
    "reversal",
    train: 30,
    test: 9,
    ["symbols": .integer(4), "shortest": .integer(1), "longest": .integer(5)]
  )

  private func outline(
    _ data: DataSpecification,
    _ model: ModelSpecification,
    _ losses: [LossSpecification] = [LossSpecification(loss("cross_entropy"))]
  ) throws -> NetworkOutline? {
    var subject = Subject(data, [], sgd(0.3), TrainSpecification(epochs: 1, batchSize: 7))
    subject.specification.model = model
    subject.specification.losses = losses
    return try ModelBuilder.outline(subject.specification, for: subject.data().description)
  }

  @Test func `blocks stand in the order of computation, with what they read and their sizes`()
    throws
  {
    let found = try #require(
      try outline(
        reversal,
        ModelSpecification(blocks: [
          BlockSpecification(
            name: "decoder",
            from: ["words", "found"],
            combine: .add,
            layers: [dense(8)]
          ),
          BlockSpecification(
            name: "found",
            from: ["words"],
            layers: [layer("attention", ["memory": .text("reader")])]
          ),
          BlockSpecification(
            name: "reader",
            from: ["source"],
            layers: [
              layer("embedding", ["size": .integer(5)]),
              recurrent("gru", 3, ["bidirectional": .boolean(true)]),
            ]
          ),
          BlockSpecification(
            name: "words",
            from: ["previous"],
            layers: [
              layer("embedding", ["size": .integer(5)]),
              recurrent("gru", 6, ["state": .text("reader")]),
            ]
          ),
        ])
      )
    )
    #expect(
      found.inputs == [
        NetworkOutline.Input(name: "source", shape: "[6] of 8"),
        NetworkOutline.Input(name: "previous", shape: "[6] of 8"),
      ]
    )
    #expect(found.blocks.map(\.name) == ["reader", "words", "found", "decoder"])
    #expect(found.blocks[0].layers == ["embedding 5", "gru 3 bidirectional"])
    #expect(found.blocks[0].shape == "[6, 6]" && found.blocks[0].sources == ["source"])
    // The embedding 8 · 5; of each direction 9 · 5 + 9 · 3 weights and 2 · 9 biases.
    #expect(found.blocks[0].parameterCount == 40 + 2 * (45 + 27 + 18))
    #expect(found.blocks[1].states == ["reader"] && found.blocks[1].memories.isEmpty)
    #expect(found.blocks[2].memories == ["reader"] && found.blocks[2].states.isEmpty)
    #expect(found.blocks[3].addsSources && found.blocks[3].sources == ["words", "found"])
    #expect(found.blocks.map(\.losses) == [[], [], [], ["cross_entropy"]])
    #expect(found.parameterCount == found.blocks.reduce(0) { $0 + $1.parameterCount })
  }

  @Test func `shared weights are told and count once`() throws {
    let found = try #require(
      try outline(
        generated("glyphs", train: 24, test: 10),
        ModelSpecification(blocks: [
          BlockSpecification(name: "trunk", layers: [layer("flatten"), dense(784, "tanh")]),
          BlockSpecification(name: "again", from: ["trunk"], like: "trunk"),
          BlockSpecification(name: "class", from: ["again"], layers: [dense(10)]),
          BlockSpecification(
            name: "picture",
            from: ["again"],
            layers: [layer("reshape", ["shape": .list([.integer(1), .integer(28), .integer(28)])])]
          ),
        ]),
        [
          LossSpecification(loss("cross_entropy"), of: "class"),
          LossSpecification(loss("mse"), of: "picture", target: "input", weight: 3),
        ]
      )
    )
    let again = try #require(found.blocks.first { $0.name == "again" })
    #expect(again.owner == "trunk" && again.parameterCount == 784 * 785)
    #expect(again.layers == ["flatten", "dense 784 tanh"])
    #expect(found.parameterCount == 784 * 785 + 785 * 10)
    #expect(found.blocks.map(\.losses) == [[], [], ["cross_entropy"], ["mse to input"]])
    #expect(found.blocks.last?.layers == ["reshape 1×28×28"])
  }

  @Test func `a list of layers has no outline`() throws {
    let list: ModelSpecification = [layer("flatten"), dense(10)]
    #expect(try outline(generated("glyphs", train: 24, test: 10), list) == nil)
  }
}
