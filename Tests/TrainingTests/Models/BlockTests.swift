// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import ModelFiles
import NeuralNetworks
import Tensors
import Testing
import Vocabulary

@testable import Training

/// Networks of named blocks: how they are built, that a list of layers is one of them, and how they are trained.
@Suite struct BlockTests {
  private let glyphs = generated("glyphs", train: 24, test: 10)
  private let reversal = generated(
    "reversal",
    train: 30,
    test: 9,
    ["symbols": .integer(4), "shortest": .integer(1), "longest": .integer(5)]
  )

  private func subject(
    _ data: DataSpecification,
    _ blocks: [BlockSpecification],
    losses: [LossSpecification] = [LossSpecification(loss("cross_entropy"))],
    epochs: Int = 2
  ) -> Subject {
    var subject = Subject(
      data,
      [],
      sgd(0.3),
      TrainSpecification(epochs: epochs, batchSize: 7)
    )
    subject.specification.model = ModelSpecification(blocks: blocks)
    subject.specification.losses = losses
    return subject
  }

  private func attentive(_ cell: String) -> [BlockSpecification] {
    [
      BlockSpecification(
        name: "encoder",
        from: ["source"],
        layers: [
          layer("embedding", ["size": .integer(5)]),
          recurrent(cell, 4, ["bidirectional": .boolean(true), "layers": .integer(2)]),
        ]
      ),
      BlockSpecification(
        name: "decoder",
        from: ["previous"],
        layers: [
          layer("embedding", ["size": .integer(5)]),
          recurrent(
            cell,
            8,
            [
              "layers": .integer(2), "dropout": .real(0.2), "state": .text("encoder"),
              "memory": .text("encoder"),
            ]
          ),
          dense(8),
        ]
      ),
    ]
  }

  // MARK: - Building

  @Test func `a list of layers is a network of one block, bit by bit`() throws {
    let layers = [layer("flatten"), dense(12, "relu"), dense(10)]
    let list = Subject(glyphs, layers, sgd(0.3), TrainSpecification(epochs: 2, batchSize: 7))
    let block = subject(glyphs, [BlockSpecification(name: "net", layers: layers)])
    let weights = try list.trainer(list.data()).model.weights
    var renamed = weights
    for index in renamed.entries.indices {
      renamed.entries[index].name = "net." + renamed.entries[index].name
    }
    let (one, other) = try (list.trained(weights: weights), block.trained(weights: renamed))
    #expect(one.losses == other.losses && one.points == other.points)
    #expect(other.weights.entries.map(\.name) == renamed.entries.map(\.name))
    #expect(one.weights.entries.map(\.values) == other.weights.entries.map(\.values))
  }

  @Test func `blocks are computed behind those they read, the earlier name first`() throws {
    let subject = subject(
      glyphs,
      [
        BlockSpecification(name: "a", from: ["z", "m"], layers: [dense(10)]),
        BlockSpecification(name: "z", layers: [layer("flatten"), dense(3)]),
        BlockSpecification(name: "m", from: ["z"], layers: [dense(4)]),
        BlockSpecification(name: "k", from: ["z"], layers: [dense(5)]),
        BlockSpecification(name: "end", from: ["a", "k"], layers: [dense(10)]),
      ]
    )
    let model = try subject.trainer(subject.data()).model
    #expect(model.blocks.map(\.name) == ["z", "k", "m", "a", "end"])
    #expect(
      model.weights.entries.map(\.name)
        == ["z.1", "k.0", "m.0", "a.0", "end.0"].flatMap { ["\($0).weight", "\($0).bias"] }
    )
    #expect(model.output == .values([10]))
  }

  @Test func `a block's initial values depend on its name, not on the others`() throws {
    func weights(_ blocks: [BlockSpecification]) throws -> [Float] {
      let subject = subject(glyphs, blocks)
      let file = try subject.trainer(subject.data()).model.weights
      return try #require(file["net.1.weight"]).values
    }
    let net = BlockSpecification(name: "net", layers: [layer("flatten"), dense(10)])
    let more = BlockSpecification(name: "more", from: ["net"], layers: [dense(10)])
    #expect(try weights([net]) == weights([more, net]))
  }

  @Test func `shared weights are there once, whoever uses them first`() throws {
    let stem = BlockSpecification(name: "stem", layers: [layer("flatten"), dense(6)])
    let pairs: [[BlockSpecification]] = [
      [
        BlockSpecification(name: "one", from: ["stem"], layers: [dense(6, "tanh")]),
        BlockSpecification(name: "two", from: ["one"], like: "one"),
      ],
      [
        BlockSpecification(name: "one", from: ["stem"], like: "two"),
        BlockSpecification(name: "two", from: ["one"], layers: [dense(6, "tanh")]),
      ],
    ]
    for (blocks, owner) in zip(pairs, ["one", "two"]) {
      let end = BlockSpecification(name: "end", from: ["two"], layers: [dense(10)])
      let subject = subject(glyphs, [stem, end] + blocks)
      let trainer = try subject.trainer(subject.data())
      #expect(trainer.model.parameterCount == 784 * 6 + 6 + 42 + 70)
      #expect(
        trainer.model.weights.entries.map(\.name).filter { !$0.hasPrefix("stem") }
          == ["\(owner).0.weight", "\(owner).0.bias", "end.0.weight", "end.0.bias"]
      )
      _ = try subject.trained()
    }
  }

  @Test func `draws of dropout are other ones in each use of the same layers`() throws {
    let layers = [layer("dropout", ["p": .real(0.5)])]
    let subject = subject(
      glyphs,
      [
        BlockSpecification(name: "one", layers: [layer("flatten")] + layers),
        BlockSpecification(name: "two", like: "one"),
        BlockSpecification(name: "end", from: ["one", "two"], layers: [dense(10)]),
      ]
    )
    let model = try subject.trainer(subject.data()).model
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let ones = tape.constant([1, 1, 28, 28], [Float](repeating: 1, count: 784))
    _ = model(.values(ones), Pass(tape: tape, seed: 1))
    let (one, two) = (
      tape.array(of: model.values(of: model.blocks[0].output)),
      tape.array(of: model.values(of: model.blocks[1].output))
    )
    #expect(model.blocks.map(\.name) == ["one", "two", "end"])
    #expect(one.contains(0) && two.contains(0) && one != two)
  }

  @Test func `an input is read where only a layer's argument names it`() throws {
    var description = try subject(reversal, attentive("gru")).data().description
    description.inputs = [
      InputDescription(name: "first", .values([4, 3])),
      InputDescription(name: "second", .values([6, 3])),
      InputDescription(name: "start", .values([5])),
      InputDescription(name: "unread", .values([2])),
    ]
    description.targets = [TargetDescription(.values([2]))]
    let block = BlockSpecification(
      name: "net",
      from: ["first"],
      layers: [
        layer("attention", ["heads": .integer(1), "memory": .text("second")]),
        layer(
          "residual",
          ["body": .components([recurrent("gru", 5, ["state": .text("start")]), dense(3)])]
        ),
        layer("flatten"), dense(2),
      ]
    )
    let specification = subject(
      reversal,
      [block],
      losses: [LossSpecification(loss("mse"))]
    ).specification
    let model = try ModelBuilder.build(specification, for: description)
    #expect(model.inputs.indices.map(model.reads) == [true, true, true, false])
  }

  // MARK: - Training

  @Test(arguments: ["rnn", "gru", "lstm"])
  func `an encoder and a decoder train to the same bits on any threads, and after an interruption`(
    cell: String
  ) throws {
    var subject = subject(reversal, attentive(cell))
    subject.specification.metrics = ["bleu", "exact_match", "gradient_norm"]
    subject.specification.train.clipNorm = 1
    let whole = try subject.trained()
    for threads in 2...3 {
      let other = try subject.trained(threads: threads)
      #expect(other.losses == whole.losses && other.points == whole.points)
      #expect(other.weights.entries == whole.weights.entries)
    }
    let data = try subject.data()
    let first = try subject.trainer(data)
    var told = Trained()
    _ = try first.train(control: { first.step == 6 ? .interrupt : .proceed }) { told.note($0) }
    let second = try subject.trainer(data, threads: 2)
    try second.restore(first.checkpoint())
    _ = try second.train(control: { .proceed }) { told.note($0) }
    #expect(told.losses == whole.losses && told.points == whole.points)
    #expect(second.model.weights.entries == whole.weights.entries)
    #expect(whole.points.contains { $0.name == "test.exact_match" })
    #expect(whole.points.contains { $0.name == "train.gradient_norm.decoder" })
    #expect(!whole.points.contains { $0.name == "train.bleu" })
  }

  // MARK: - Several losses

  private var twoHeads: [BlockSpecification] {
    [
      BlockSpecification(name: "trunk", layers: [layer("flatten"), dense(12, "tanh")]),
      BlockSpecification(name: "class", from: ["trunk"], layers: [dense(10)]),
      BlockSpecification(
        name: "picture",
        from: ["trunk"],
        layers: [dense(784), layer("reshape", ["shape": .list([1, 28, 28].map { .integer($0) })])]
      ),
    ]
  }

  private func losses(weight: Double) -> [LossSpecification] {
    [
      LossSpecification(loss("cross_entropy"), of: "class"),
      LossSpecification(loss("mse"), of: "picture", target: "input", weight: weight),
    ]
  }

  /// A loss may ask for an input that no block reads.
  @Test func `an input is given back that no block reads`() throws {
    let layers = [layer("embedding", ["size": .integer(5)]), recurrent("gru", 6), dense(8)]
    let blocks = ["first", "second"].map {
      BlockSpecification(name: $0, from: ["source"], layers: layers)
    }
    let terms = [
      LossSpecification(loss("cross_entropy"), of: "first"),
      LossSpecification(loss("cross_entropy"), of: "second", target: "previous"),
    ]
    let trained = try subject(reversal, blocks, losses: terms).trained()
    let losses = trained.values("test.loss.second").compactMap(\.self)
    #expect(losses.count == 2 && losses.allSatisfy { $0 > 0 && $0.isFinite })
    // Read by a block too, it is the same.
    let reading =
      blocks + [
        BlockSpecification(name: "third", from: ["previous"], layers: layers)
      ]
    let three = terms + [LossSpecification(loss("cross_entropy"), of: "third", weight: 0)]
    let other = try subject(reversal, reading, losses: three).trained()
    #expect(trained.values("train.loss.second") == other.values("train.loss.second"))
  }

  @Test func `a loss of weight 0 changes nothing`() throws {
    let both = try subject(glyphs, twoHeads, losses: losses(weight: 0)).trained()
    let alone = try subject(glyphs, Array(twoHeads.prefix(2))).trained()
    #expect(both.losses == alone.losses)
    #expect(both.values("train.loss.class") == alone.values("train.loss"))
    #expect(both.values("test.accuracy") == alone.values("test.accuracy"))
    for entry in alone.weights.entries {
      #expect(both.weights[entry.name]?.values == entry.values, "\(entry.name)")
    }
  }

  @Test func `the loss is the weighted sum, and each head has its metrics`() throws {
    var subject = subject(glyphs, twoHeads, losses: losses(weight: 3))
    subject.specification.metrics = ["mae", "f1"]
    subject.specification.train.logEverySteps = 2
    let trained = try subject.trained()
    let (sum, own, other) = (
      trained.values("test.loss"), trained.values("test.loss.class"),
      trained.values("test.loss.picture")
    )
    for ((sum, own), other) in zip(zip(sum, own), other) {
      #expect(try #require(sum) == #require(own) + 3 * #require(other))
    }
    let names = Set(trained.points.map(\.name))
    #expect(names.isSuperset(of: ["test.accuracy", "test.f1", "test.rmse.picture"]))
    #expect(names.isSuperset(of: ["test.mae.picture", "train.loss.class"]))
    #expect(names.isDisjoint(with: ["test.mae", "test.f1.class", "test.f1.picture", "test.rmse"]))
    #expect(trained.points.filter { $0.name == "train.loss.picture" }.count > 2)
  }

  /// The gradient of the sum is the sum of the gradients: one step of SGD moves by both.
  @Test func `one step moves by both losses`() throws {
    func step(_ weights: [Double]) throws -> [Float] {
      var terms = losses(weight: weights[1])
      terms[0].weight = weights[0]
      let subject = subject(glyphs, twoHeads, losses: terms, epochs: 1)
      let trainer = try subject.trainer(subject.data())
      let before = try #require(trainer.model.weights["trunk.1.weight"]).values
      _ = try trainer.train(control: { trainer.step == 1 ? .interrupt : .proceed }) { _ in }
      let after = try #require(trainer.model.weights["trunk.1.weight"]).values
      return zip(after, before).map { $0 - $1 }
    }
    let (one, other, both) = try (step([1, 0]), step([0, 2]), step([1, 2]))
    #expect(one.contains { $0 != 0 } && other.contains { $0 != 0 })
    for i in both.indices { #expect(abs(both[i] - one[i] - other[i]) < 1e-6) }
  }

  @Test func `several losses survive an interruption within an epoch`() throws {
    let subject = subject(glyphs, twoHeads, losses: losses(weight: 3))
    let whole = try subject.trained()
    let data = try subject.data()
    let first = try subject.trainer(data)
    var told = Trained()
    _ = try first.train(control: { first.step == 2 ? .interrupt : .proceed }) { told.note($0) }
    let second = try subject.trainer(data)
    try second.restore(first.checkpoint())
    _ = try second.train(control: { .proceed }) { told.note($0) }
    #expect(told.points == whole.points && told.losses == whole.losses)
  }

  @Test func `what is written is that of the loss on the data's first target, wherever it stands`()
    throws
  {
    var blocks = attentive("gru")
    blocks.append(BlockSpecification(name: "back", from: ["encoder"], layers: [dense(8)]))
    let terms = [
      LossSpecification(loss("cross_entropy"), of: "decoder"),
      LossSpecification(loss("cross_entropy"), of: "back", target: "source"),
    ]
    func exactMatch(_ terms: [LossSpecification], _ name: String) throws -> [Double?] {
      var subject = subject(reversal, blocks, losses: terms)
      subject.specification.metrics = ["exact_match", "bleu"]
      return try subject.trained().values("test.\(name)")
    }
    let first = try exactMatch(terms, "bleu")
    #expect(!first.isEmpty)
    #expect(try exactMatch(terms.reversed(), "bleu.decoder") == first)
  }

  @Test func `one loss with a weight is told with it`() throws {
    let blocks = Array(twoHeads.prefix(2))
    let plain = try subject(glyphs, blocks, epochs: 1).trained()
    let weighted = try subject(
      glyphs,
      blocks,
      losses: [LossSpecification(loss("cross_entropy"), weight: 3)],
      epochs: 1
    ).trained()
    #expect(weighted.losses[0] == 3 * plain.losses[0])
    let (first, mean) = (weighted.values("train.loss")[0], weighted.losses.reduce(0, +))
    #expect(abs(try #require(first) - mean / Double(weighted.losses.count)) < 1)
  }

  @Test func `features that no number counts are refused for their memory`() throws {
    var blocks = [BlockSpecification(name: "b0", layers: [layer("flatten"), dense(4)])]
    for index in 1...70 {
      blocks.append(
        BlockSpecification(name: "b\(index)", from: ["b\(index - 1)", "b\(index - 1)"])
      )
    }
    blocks.append(BlockSpecification(name: "end", from: ["b70"], layers: [dense(10)]))
    let subject = subject(glyphs, blocks)
    let description = try subject.data().description
    let error = #expect(throws: ModelError.self) {
      try ModelBuilder.build(subject.specification, for: description)
    }
    guard case .memory = try #require(error).fault else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
