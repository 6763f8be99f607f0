// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Workbench
@testable import runexp

@Suite(.inTurns) struct WorkerMessageTests {
  @Test(arguments: [
    WorkerMessage.claimed(run: "a", epochs: 4, resumedEpoch: 2.5),
    .found(run: "a", epochs: 4, epoch: 2),
    .step(run: "a", epoch: 1, step: 2, steps: 3, loss: 0.25, samplesPerSecond: 1e6),
    .epoch(run: "a", epoch: 3, metrics: ["val.loss": 0.25]),
    .ended(run: "a", state: "failed", reason: "two\nlines"),
  ])
  func `messages survive their line, and half a line is none`(message: WorkerMessage) throws {
    let line = message.line
    #expect(!line.contains("\n"))
    #expect(try #require(WorkerMessage(line: line)).line == line)
    #expect(WorkerMessage(line: line.dropLast()) == nil)
    #expect(WorkerMessage(line: "Fatal error: " + line) == nil)
  }
}
