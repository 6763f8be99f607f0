// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

/// The whole program comes to the same bits whatever memory held before it was written.
@Suite(.inTurns) struct MemoryFillTests {
  private static let experiments = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("experiments")

  private static let quick = [
    "model=cnn,lstm", "activation=relu", "train.epochs=1", "data.train=320", "data.test=60",
    "data.validation=40", "repeat=1",
  ]

  @Test(arguments: [
    ("quickstart", "quickstart", quick), ("basics/forward", "basics-forward", []),
    ("basics/backpropagation", "basics-backpropagation", []),
    ("basics/lstm", "basics-lstm", []),
  ])
  func `a shipped experiment has the same bits over any memory`(
    file: String,
    name: String,
    overrides: [String]
  ) async throws {
    let box = try Sandbox()
    let manifest = Self.experiments.appendingPathComponent("\(file).yaml").path
    var all: [Bits] = []
    for fill in ["none", "nan", "1e30", "0"] {
      let running = try box.start(
        ["sweep", manifest] + overrides + [
          "--db", "\(fill).db", "--reports", fill, "--threads", "2",
        ],
        environment: ["RUNEXP_MEMORY_FILL": fill]
      )
      try await running.finished().expectExit(0)
      all.append(try box.bits("\(name)@1", "\(fill).db"))
    }
    #expect(all[0].runs.values.allSatisfy { $0.state == .completed && $0.weights != nil })
    for other in all.dropFirst() { #expect(other == all[0]) }
  }
}
