// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing

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
    let lines = try await box.run("plan", "m.yaml", "--json").expectExit(0).output
      .split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.contains("\"seconds_per_run\":") })
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
  }
}
