// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

@Suite(.inTurns) struct SweepTests {
  @Test func `a sweep trains its plan and writes a report; again, it does nothing`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml").expectExit(0)
      .expectTalk("created runexp.db\ntiny@1: 2 cells, 4 runs: 4 new\n")
      .expectTalk("activation=relu seed 0: completed")
      .expectTalk("report: reports/tiny/index.md")
    let files = try box.files(in: "reports/tiny")
    let pictures = files.filter { $0.key.hasSuffix(".png") }
    #expect(files.count == pictures.count + 1 && pictures.count >= 2)
    for (name, data) in pictures {
      let image = try PNG.decode(Array(data), as: .rgb8)
      #expect(image.width > 400 && image.height > 200, "\(name)")
    }
    let page = String(decoding: try box.bytes("reports/tiny/index.md"), as: UTF8.self)
    for name in pictures.keys { #expect(page.contains("(\(name))")) }

    let before = try box.bits("tiny@1")
    #expect(before.runs.values.allSatisfy { $0.state == .completed && $0.weights != nil })
    try await box.run("sweep", "m.yaml").expectExit(0)
      .expectTalk("tiny@1: 2 cells, 4 runs: 4 reused; nothing has to be run\n").expectNoTalk(
        "created"
      )
    #expect(try box.files(in: "reports/tiny") == files)
    #expect(try box.bits("tiny@1") == before)
    #expect(try box.store().runs().allSatisfy { $0.attempts == 1 })
  }

  @Test func `jobs and threads leave the bits alone`() async throws {
    let box = try Sandbox().manifest(Sample.images)
    var found: [Bits] = []
    for (jobs, threads) in [(1, 1), (2, 1), (1, 2), (1, 3), (3, 2)] {
      let database = "\(jobs)-\(threads).db"
      try await box.run(
        "sweep",
        "m.yaml",
        "--db",
        database,
        "--reports",
        "r\(jobs)\(threads)",
        "--jobs",
        "\(jobs)",
        "--threads",
        "\(threads)"
      ).expectExit(0)
      found.append(try box.bits("images@1", database))
    }
    #expect(found[0].weights.count == 2 && found[0].weights.values.allSatisfy { $0 != nil })
    for other in found.dropFirst() { #expect(other == found[0]) }
  }

  @Test func `more seeds or values run only what is new`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml").expectExit(0)
    let old = try box.bits("tiny@1")
    try box.manifest(Sample.tiny(repeats: 3))
    try await box.run("sweep", "m.yaml").expectExit(0)
      .expectTalk("tiny@2: 2 cells, 6 runs: 2 new, 4 reused\n")
    try await box.run("sweep", "m.yaml", "activation=relu,tanh,sigmoid").expectExit(0)
      .expectTalk("tiny@3: 3 cells, 9 runs: 3 new, 6 reused\n")
    let new = try box.bits("tiny@3")
    for (key, run) in old.runs { #expect(new.runs[key] == run) }
    #expect(try box.store().runs().count == 9)
  }

  @Test func `overrides change keys and axes`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml", "train.epochs=1", "-S", "activation=tanh", "repeat=1")
      .expectExit(0).expectTalk("tiny@1: 1 cell, 1 run: 1 new\n").expectTalk("epoch 1/1")
  }

  @Test func `run trains one cell and names the axes that are open`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("run", "m.yaml").expectExit(2).expectWholeTalk(
      """
      error: `run` trains one cell, but 2 are open: `activation` is one of relu, tanh
      hint: give each a value, as in `activation=…`, or use `runexp sweep`
      """
    )
    #expect(!box.has("runexp.db"))
    let ended = try await box.run("run", "m.yaml", "activation=tanh").expectExit(0)
    #expect(ended.output.split(separator: "\n").count == 2)
    #expect(ended.output.contains("seed 1  completed  "))
    #expect(!box.has("reports"))
    try await box.run("sweep", "m.yaml").expectExit(0)
      .expectTalk("tiny@1: 2 cells, 4 runs: 2 new, 2 reused\n")
  }

  @Test func `an unmet expectation ends with 1`() async throws {
    let box = try Sandbox()
    try box.manifest(
      Sample.tiny(
        more: """
          expect:
            - { where: { activation: relu }, metric: test.accuracy, at_least: 1 }
          """
      )
    )
    try await box.run("sweep", "m.yaml", "repeat=3").expectExit(1)
    #expect(box.has("reports/tiny/index.md"))
  }

  @Test func `a diverging cell fails with its last finite metrics, and stays so`() async throws {
    let box = try Sandbox().manifest(
      """
      name: diverging
      data: { dataset: spirals, classes: 2, train: 100, test: 50, noise: 0.1 }
      model: [{ dense: { units: 8, activation: relu } }, { dense: 2 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: "${learning_rate}", weight_decay: 1 }
      train: { epochs: 40, batch_size: 25 }
      parameters: { learning_rate: [0.01, 40] }
      report: { metric: test.accuracy, curves: [train.loss] }
      """
    )
    try await box.run("sweep", "m.yaml").expectExit(1).expectTalk(
      "learning_rate=40 seed 0: failed"
    )
    .expectTalk("(diverged: ").expectTalk("1 of 2 runs failed")
    let runs = try box.store().snapshot(ofSweep: "diverging@1").runs
    #expect(runs.map(\.state) == [.completed, .failed])
    #expect(runs[1].reason?.hasPrefix("diverged: ") == true)
    #expect(runs[1].weightsSHA256 == nil && runs[1].epochs >= 1)
    #expect(runs[1].metrics["train.loss"]?.last?.isFinite == true)
    try await box.run("sweep", "m.yaml").expectExit(1)
      .expectTalk("diverging@1: 2 cells, 2 runs: 1 reused, 1 kept; nothing has to be run\n")
    let one = try await box.run("run", "m.yaml", "learning_rate=40").expectExit(1)
    #expect(one.output.contains("seed 0  failed  diverged: "))
    #expect(try box.store().runs().allSatisfy { $0.attempts == 1 })
  }

  @Test func `early stopping ends runs before their last epoch, and the sweep is finished`()
    async throws
  {
    let box = try Sandbox().manifest(
      """
      name: early
      data: { dataset: spirals, train: 60, test: 20, validation: 20, noise: 0.5 }
      model: [{ dense: { units: 32, activation: tanh } }, { dense: 2 }]
      loss: cross_entropy
      optimizer: { name: adam, learning_rate: 0.1 }
      train: { epochs: 200, batch_size: 10, early_stopping: { patience: 3, restore_best: true } }
      repeat: 2
      metric: val.loss
      report: { metric: val.loss, curves: [val.loss] }
      """
    )
    try await box.run("sweep", "m.yaml").expectExit(0)
    let snapshot = try box.store().snapshot(ofSweep: "early@1")
    for run in snapshot.runs {
      #expect(run.state == .completed && run.epochs < 200)
      let values = try #require(snapshot.curves[run.id]?["val.loss"]).compactMap(\.value)
      // The weights are those of the best epoch, and so are the numbers at the end.
      #expect(run.metrics["val.loss"]?.last == values.min())
    }
    #expect(box.has("reports/early/val-loss.png"))
    try await box.run("sweep", "m.yaml").expectExit(0).expectTalk("2 reused; nothing has to be run")
    let first = try #require(snapshot.runs.first)
    try await box.run("verify", first.id).expectExit(0)
  }

  @Test func `two sweeps at once share the runs`() async throws {
    let box = try Sandbox().manifest(Sample.tiny(repeats: 4))
    try await box.run("sweep", "m.yaml", "--db", "alone.db", "--reports", "alone").expectExit(0)
    let both = try (1...2).map {
      try box.start(["sweep", "m.yaml", "--reports", "r\($0)", "--jobs", "2"])
    }
    for running in both { try await running.finished().expectExit(0) }
    #expect(try box.store().runs().count == 8)
    #expect(try box.store().runs().allSatisfy { $0.attempts == 1 })
    #expect(try box.bits("tiny@1") == box.bits("tiny@1", "alone.db"))
    let reports = try (1...2).map { try box.files(in: "r\($0)/tiny") }
    #expect(reports[0] == reports[1])
  }
}
