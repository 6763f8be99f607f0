// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Workbench
@testable import runexp

@Suite(.inTurns) struct PlanTests {
  @Test func `plan shows cells, time, sizes and what is separable, and makes nothing`() async throws
  {
    let box = try Sandbox().manifest(Sample.tiny())
    let shown = try await box.run("plan", "m.yaml").expectExit(0).output
    #expect(shown.hasPrefix("tiny: 2 cells × 2 seeds = 4 runs\n"))
    for word in ["parameters", "time", "memory", "disk", "on this machine", "per cell"] {
      #expect(shown.contains(word), "\(word)")
    }
    #expect(!FileManager.default.fileExists(atPath: box.path("runexp.db")))
    try await box.run("plan", "m.yaml", "repeat=3", "report={looks: 1}").expectExit(0)
      .expectOutput("(paired t at 5 %, the level of the only look, 80 % power)")
    let lines = try await box.run("plan", "m.yaml", "--json").expectExit(0).output
      .split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.contains("\"seconds_per_run\":") })
  }

  @Test func `plan --detect says how many seeds show a difference`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("plan", "m.yaml", "--detect", "0.05").expectExit(0)
      .expectOutput(
        "is not known: no stored run tells how much `test.accuracy` varies from seed to"
      )
      .expectOutput("\nTrain three seeds first, with `repeat: 3`, and ask again.\n")
    try await box.run("sweep", "m.yaml", "repeat=3").expectExit(0)
    try await box.run("plan", "m.yaml", "repeat=3", "--detect", "0.3").expectExit(0)
      .expectOutput("\nA difference of 0.3 in `test.accuracy` shows with 80 % power at `repeat: ")
      .expectOutput("\nIn 6 stored runs of these cells the difference of two cells varies from")
      .expectOutput("judging by earlier runs (paired t at 3 %")
    let json = try await box.run("plan", "m.yaml", "repeat=3", "--detect", "0.3", "--json")
      .expectExit(0).output
    for key in ["\"detect\":{", "\"difference\":0.3", "\"stored_runs\":6", "\"seeds\":"] {
      #expect(json.contains(key), "\(key)")
    }
    // The same cells under another name are looked at as a report of them would.
    let other = try await box.run("plan", "m.yaml", "repeat=5", "name=other", "--detect", "0.1")
      .expectExit(0).expectOutput("(paired t at 1 %, the level of look 2, 80 % power)")
    #expect(!other.output.contains("A plan that begins with"))
    for (value, words) in [
      ("0", "--detect takes a difference above 0 such as 0.01, got 0"),
      ("nan", "--detect takes a difference above 0 such as 0.01, got NaN"),
      ("-0.1", "--detect takes a difference above 0 such as 0.01, got −0.1"),
      (
        "2",
        "--detect takes a difference below 1 for `test.accuracy`, which is a share from 0 to 1; got 2"
      ),
    ] {
      try await box.run("plan", "m.yaml", "--detect=\(value)").expectExit(64).expectTalk(words)
    }
  }

  @Test func `folds count, early stopping gives bounds, and equal data are named once`()
    async throws
  {
    let box = try Sandbox().manifest(
      """
      name: folded
      data: { dataset: linear, train: 100, test: 10, folds: 5, noise: "${noise}" }
      model: [{ dense: 1 }]
      loss: mse
      optimizer: { name: rmsprop, learning_rate: 0.01, centered: true, momentum: 0.9 }
      train: { epochs: 3, batch_size: 10, early_stopping: { patience: 1 } }
      parameters: { noise: [0.1, 0.2] }
      """
    )
    let shown = try await box.run("plan", "m.yaml").expectExit(0).output
    // 2 cells of 5 folds, each of 80 examples.
    #expect(shown.contains("\nat most 2,400 training examples in all;"))
    #expect(shown.contains("\nat most about "))
    #expect(shown.components(separatedBy: "data linear: 80 training").count == 2)
    let json = try await box.run("plan", "m.yaml", "--json").expectExit(0).output
    // 3 parameters in the last and the best checkpoint, with three remembered values in one of them.
    #expect(json.contains("\"disk_bytes\":60") && json.contains("\"parameter_count\":3"))
  }

  @Test func `a batch of more examples than there are takes the memory of those`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    func memory(_ batchSize: Int) async throws -> String {
      let plan = try await box.run("plan", "m.yaml", "--json", "train.batch_size=\(batchSize)")
        .expectExit(0)
      let part = try #require(plan.output.split(separator: "\"memory_bytes\":").dropFirst().first)
      return String(part.prefix { $0.isNumber })
    }
    #expect(try await memory(1_000_000_000) == memory(100))
  }

  @Test func `targets that the loss is not defined on are found before anything is stored`()
    async throws
  {
    let box = try Sandbox().manifest(
      """
      name: wrong
      data: { dataset: linear, train: 50, test: 10 }
      model: [{ dense: 1 }]
      loss: binary_cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1, schedule: { cosine: { end: 3, warm_up: 5 } } }
      train: { epochs: 1, batch_size: 10 }
      """
    )
    try await box.run("sweep", "m.yaml").expectExit(2)
      .expectTalk("m.yaml:5:12: error: the schedule ends at 3, within its warm-up of 5")
    try await box.run("sweep", "m.yaml", "-S", "optimizer.schedule=constant").expectExit(2)
      .expectTalk("m.yaml:4:7: error: `binary_cross_entropy` needs targets in 0 … 1, but one")
      .expectTalk("hint: use `loss: mse`")
    #expect(!FileManager.default.fileExists(atPath: box.path("runexp.db")))
  }

  @Test func `a run's time is its steps and a third of a step for as many evaluated examples`() {
    let train = TrainSpecification(epochs: 4, batchSize: 30, evaluateEvery: 2)
    // 4 steps an epoch, the last smaller one counted whole; 2 evaluations of 90 examples.
    #expect(TimeEstimate.total(train, training: 100, evaluated: 90, step: 1) == 16 + 2)
    // A network that writes sequences of up to seven tokens.
    #expect(TimeEstimate.total(train, training: 100, evaluated: 90, written: 7, step: 1) == 16 + 16)
  }

  @Test func `an option that is a key of the manifest is answered with the override`() async throws
  {
    let box = try Sandbox().manifest(Sample.tiny())
    let epochs = try await box.run("sweep", "m.yaml", "--epochs", "5").expectExit(64).talk
    #expect(
      epochs == """
        Error: Unknown option '--epochs'
        Usage: runexp sweep <manifest> [<key=value> ...] [options]
          See 'runexp sweep --help' for more information.
        hint: a manifest's key is set without dashes: `train.epochs=5`; a declared parameter is set by its name

        """
    )
    let seed = try await box.run("run", "m.yaml", "--seed=3").expectExit(64).talk
    #expect(seed.hasSuffix("hint: a manifest's key is set without dashes: `seed=3`\n"))
    let dry = try await box.run("plan", "m.yaml", "--dry-run").expectExit(64).talk
    #expect(dry.hasSuffix("hint: `runexp plan` shows what would be run and starts nothing\n"))
    // Other mistakes, and words that are no keys, are left to the parser.
    let other = try await box.run("sweep", "m.yaml", "--foo").expectExit(64).talk
    #expect(other.hasPrefix("Error: Unknown option '--foo'. Did you mean '--set'?\n"))
    let jobs = try await box.run("sweep", "m.yaml", "--jobs", "many").expectExit(64).talk
    #expect(!jobs.contains("without dashes"))
  }

  @Test func `early stopping by a metric without a value is refused at its line`() async throws {
    let box = try Sandbox().manifest(
      """
      name: empty
      data: { dataset: linear, train: 30, test: 5, validation: 1 }
      model: [{ dense: 1 }]
      loss: mse
      optimizer: { name: sgd, learning_rate: 0.01 }
      metrics: [r2]
      train: { epochs: 20, batch_size: 8, early_stopping: { metric: val.r2, patience: 2 } }
      """
    )
    let errors = try await box.run("plan", "m.yaml").expectExit(2).talk
    #expect(
      errors == """
        m.yaml:7:63: error: `train.early_stopping` would watch `val.r2`, which is not defined on one example
        train: { epochs: 20, batch_size: 8, early_stopping: { metric: val.r2, patience: 2 } }
                                                                      ^~~~~~
        hint: watch `val.loss`

        """
    )
  }

  @Test func `plan says what the numbers of examples are under cross-validation`() async throws {
    let box = try Sandbox().manifest(
      """
      name: crossed
      data: { dataset: linear, train: 300, test: 50, folds: 3 }
      model: [{ dense: 1 }]
      loss: mse
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 50 }
      """
    )
    try await box.run("plan", "m.yaml").expectExit(0).expectOutput(
      "data linear: 200 training, 100 validation, 50 test examples; these are of one of 3 folds: a run trains a "
        + "network for each, and its metrics are the means over them"
    )
  }

  @Test func `why, show, runs and the report say that a run was stopped early`() async throws {
    let box = try Sandbox().manifest(
      """
      name: early
      data: { dataset: linear, train: 40, test: 5, validation: 10 }
      model: [{ dense: 1 }]
      loss: mse
      optimizer: { name: sgd, learning_rate: 0 }
      train: { epochs: 20, batch_size: 8, early_stopping: 3 }
      """
    )
    _ = try await box.run("sweep", "m.yaml").expectExit(0)
    let sentence = "stopped early at epoch 4 of 20: val.loss was best at epoch 1, patience 3"
    for command in ["why", "show"] {
      let shown = try await box.run(command, "last").expectExit(0).output
      #expect(shown.contains("completed: \(sentence)"))
    }
    #expect(try await box.run("runs").expectExit(0).output.contains("completed (stopped early)"))
    let json = try await box.run("runs", "--json").expectExit(0).output
    #expect(json.contains("\"stopped_early\":\"\(sentence)\""))
    let report = try String(contentsOfFile: box.path("reports/early/index.md"), encoding: .utf8)
    #expect(report.contains("| completed, stopped early | 4 (1) |"))
  }
}
