// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Testing
import Vocabulary

@testable import Tensors
@testable import Training

/// What a plan warns of: inputs that nobody reads, metrics without data, networks that see what they are to write.
@Suite struct ModelFindingTests {
  private static let zeros = ArgumentValue.mapping([
    "weights": .component(component(.initializers, "zeros")),
    "biases": .component(component(.initializers, "zeros")),
  ])

  private static func pair(_ rows: Int, _ columns: Int) -> ArgumentValue {
    .list([.integer(rows), .integer(columns)])
  }

  private func reversal(test: Int = 5) -> DataSpecification {
    generated(
      "reversal",
      train: 12,
      test: test,
      ["symbols": .integer(4), "shortest": .integer(1), "longest": .integer(5)]
    )
  }

  private func findings(
    _ decoder: [Component],
    metrics: [String] = ["bleu"],
    test: Int = 5
  ) throws -> [ModelFinding] {
    var subject = Subject(
      reversal(test: test),
      [],
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: 4)
    )
    subject.specification.model = ModelSpecification(blocks: [
      BlockSpecification(
        name: "encoder",
        from: ["source"],
        layers: [layer("embedding", ["size": .integer(6)]), recurrent("gru", 6)]
      ),
      BlockSpecification(
        name: "words",
        from: ["previous"],
        layers: [layer("embedding", ["size": .integer(6)])]
      ),
      BlockSpecification(
        name: "decoder",
        from: ["words"],
        layers: [recurrent("gru", 6, ["state": .text("encoder")])] + decoder + [dense(8)]
      ),
    ])
    subject.specification.metrics = metrics
    let description = try subject.data().description
    let network = try ModelBuilder.build(subject.specification, for: description)
    return ModelBuilder.findings(subject.specification, description, network)
  }

  @Test(arguments: [
    recurrent("lstm", 6, ["memory": .text("encoder"), "layers": .integer(2)]),
    layer("attention", ["causal": .boolean(true)]),
    layer("attention", ["memory": .text("encoder")]),
    layer("additive_attention", ["memory": .text("encoder"), "hidden_size": .integer(3)]),
    layer(
      "conv1d",
      ["channels": .integer(6), "kernel_size": .integer(3), "causal": .boolean(true)]
    ), layer("layer_norm"),
  ])
  func `a network that goes from left to right has nothing to be warned of`(looking: Component)
    throws
  {
    #expect(try findings([looking]).isEmpty)
  }

  @Test(arguments: [
    recurrent("gru", 3, ["bidirectional": .boolean(true)]), layer("attention"),
    layer("attention", ["memory": .text("words"), "heads": .integer(2)]),
    layer(
      "conv1d",
      ["channels": .integer(6), "kernel_size": .integer(3), "padding": .integer(1)]
    ),
    layer("residual", ["body": .components([layer("attention")])]),
    // Initial values with which nothing of it shows.
    layer("residual", ["body": .components([layer("attention", ["init": zeros])])]),
    // The first token sees no other one; later ones do.
    layer(
      "residual",
      [
        "body": .components([
          reshape(1, 6, 6),
          layer("avg_pool2d", ["kernel_size": pair(2, 1), "padding": pair(1, 0)]),
          layer(
            "conv_transpose2d",
            [
              "channels": .integer(1), "kernel_size": pair(2, 1), "stride": pair(2, 1),
              "padding": pair(1, 0),
            ]
          ), layer("rows_as_sequence"),
        ])
      ]
    ),
  ])
  func `a network that sees what it is to write is told`(looking: Component) throws {
    #expect(try findings([looking]) == [.seesItsWriting(input: "previous", block: "words")])
  }

  /// A plan has no time for it; the report tells.
  @Test(arguments: [(6, true), (3000, false)])
  func `a network is computed for it only where that is quick`(longest: Int, isQuick: Bool) throws {
    var subject = Subject(
      generated("reversal", train: 2, test: 2, ["longest": .integer(longest)]),
      [],
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: 2)
    )
    subject.specification.model = ModelSpecification(blocks: [
      BlockSpecification(
        name: "decoder",
        from: ["previous"],
        layers: [
          layer("embedding", ["size": .integer(8)]),
          layer("residual", ["body": .components([layer("attention")])]), dense(14),
        ]
      )
    ])
    let description = try subject.data().description
    let network = try ModelBuilder.build(subject.specification, for: description)
    let findings = ModelBuilder.findings(subject.specification, description, network)
    #expect(findings.contains(.seesItsWriting(input: "previous", block: "decoder")) == isQuick)
    #expect(network.tensors.contains { $0.holdsMemory } == isQuick)
  }

  @Test func `an input that nothing reads is told, and one that a loss asks for is not`() throws {
    var subject = Subject(
      reversal(),
      [],
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: 4)
    )
    subject.specification.model = ModelSpecification(blocks: [
      BlockSpecification(
        name: "words",
        from: ["previous"],
        layers: [layer("embedding", ["size": .integer(6)]), recurrent("gru", 6)]
      ), BlockSpecification(name: "end", from: ["words"], layers: [dense(8)]),
      BlockSpecification(name: "back", from: ["words"], layers: [dense(8)]),
    ])
    subject.specification.losses = [
      LossSpecification(loss("cross_entropy"), of: "end"),
      LossSpecification(loss("cross_entropy"), of: "back", target: "previous"),
    ]
    let description = try subject.data().description
    func findings() throws -> [ModelFinding] {
      let network = try ModelBuilder.build(subject.specification, for: description)
      return ModelBuilder.findings(subject.specification, description, network)
    }
    #expect(try findings() == [.unread(input: "source", read: ["previous"])])
    #expect(
      try findings()[0].mistake.message == "nothing reads the input `source`"
        && findings()[0].mistake.hint == "the network reads `previous`"
    )
    subject.specification.losses[1] = LossSpecification(
      loss("cross_entropy"),
      of: "back",
      target: "source"
    )
    #expect(try findings().isEmpty)
  }

  @Test func `written metrics need data that are not trained on`() throws {
    let metrics = ["gradient_norm", "bleu", "exact_match"]
    #expect(
      try findings([], metrics: metrics, test: 0)
        == [.unmeasured(metric: "bleu", place: 1), .unmeasured(metric: "exact_match", place: 2)]
    )
    #expect(try findings([], metrics: metrics).isEmpty)
  }
}
