// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing

@testable import runexp

@Suite struct PlanTests {
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

  @Test func `a run's time is its steps and a third of a step for as many evaluated examples`() {
    let train = TrainSpecification(epochs: 4, batchSize: 30, evaluateEvery: 2)
    // 4 steps an epoch, the last smaller one counted whole; 2 evaluations of 90 examples.
    #expect(TimeEstimate.total(train, training: 100, evaluated: 90, step: 1) == 16 + 2)
  }
}
