// SPDX-License-Identifier: Apache-2.0

import Experiments
import Reports
import Testing

@testable import runexp

@Suite struct SweepViewTests {
  private func view(_ count: Int) -> SweepView {
    let ids = (0..<count).map { "run\($0)" }
    var view = SweepView(
      names: Dictionary(uniqueKeysWithValues: ids.map { ($0, "激活=relu seed \($0.dropFirst(3))") }),
      startSeconds: 0
    )
    view.observe(Dictionary(uniqueKeysWithValues: ids.map { ($0, .queued) }))
    return view
  }

  private func step(_ run: String, _ step: Int, loss: Double) -> WorkerMessage {
    .step(run: run, epoch: 1, step: step, steps: 4, loss: loss, samplesPerSecond: 1234.6)
  }

  @Test func `shows the whole and each run at work`() {
    var view = view(4)
    view.note(.claimed(run: "run2", epochs: 4, resumedEpoch: 0), now: 10)
    view.note(step("run2", 1, loss: 2), now: 19)
    view.note(step("run2", 2, loss: 0.5), now: 25)
    view.note(.ended(run: "run0", state: "completed", reason: nil), now: 25)
    view.note(.ended(run: "run1", state: "failed", reason: "diverged: …"), now: 25)
    #expect(
      view.lines(width: 100, now: 25) == [
        "██████████████░░░░░░░░░░ 2/4 runs, 1 failed, about 17 s left",
        "  激活=relu seed 2  epoch 2/4 ████░░░░  loss 0.5000 █▁  1235 samples/s  25 s left",
      ]
    )
  }

  @Test func `a run that goes back to the queue leaves the view`() {
    var view = view(1)
    view.note(.claimed(run: "run0", epochs: 4, resumedEpoch: 2.5), now: 0)
    #expect(
      view.line(for: .claimed(run: "run0", epochs: 4, resumedEpoch: 2.5))
        == "激活=relu seed 0: resumes at epoch 2.500"
    )
    let ended = WorkerMessage.ended(run: "run0", state: "queued", reason: "its worker died")
    view.note(ended, now: 1)
    #expect(view.lines(width: 100, now: 1).count == 1)
    #expect(view.line(for: ended) == "激活=relu seed 0: back in the queue (its worker died)")
  }

  @Test(arguments: [(20, 5), (33, 3), (80, 4), (200, 50), (3, 1)])
  func `keeps to the terminal's columns and lines`(width: Int, height: Int) {
    var view = view(30)
    for run in 0..<30 {
      view.note(.claimed(run: "run\(run)", epochs: 4, resumedEpoch: 0), now: 0)
      view.note(step("run\(run)", 3, loss: 1), now: 1)
    }
    let lines = view.lines(width: width, height: height, now: 2)
    #expect(lines.count <= max(3, height))
    #expect(lines.allSatisfy { DisplayWidth.of($0) < width })
    if height < 30 { #expect(width < 30 || lines.last?.hasSuffix("more at work") == true) }
  }

  @Test(arguments: [
    ([], ""), ([1], ""), ([1, 1], "▁▁"), ([0, 7], "▁█"), ([0, .nan, 7, 3.5], "▁█▄"),
  ])
  func `a sparkline spans its values`(values: [Double], text: String) {
    #expect(sparkline(values, 16) == text)
  }

  @Test func `messages survive their line`() throws {
    let message = WorkerMessage.epoch(run: "a", epoch: 3, metrics: ["val.loss": 0.25])
    let read = try #require(WorkerMessage(line: message.line))
    #expect(read.line == message.line && !message.line.contains("\n"))
    #expect(WorkerMessage(line: String(message.line.dropLast())) == nil)
    #expect(WorkerMessage(line: "Fatal error") == nil)
  }
}
