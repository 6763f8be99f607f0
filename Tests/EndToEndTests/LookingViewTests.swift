// SPDX-License-Identifier: Apache-2.0

import Experiments
import Reports
import Testing
import Vocabulary

@testable import Workbench
@testable import runexp

@Suite(.inTurns) struct SweepViewTests {
  private func view() -> SweepView {
    var view = SweepView(
      names: ["a": "model=cnn seed 0", "b": "model=激活 seed 10", "c": "model=mlp seed 0"],
      startSeconds: 0
    )
    view.observe(["a": .running, "b": .running, "c": .queued])
    view.note(.claimed(run: "a", epochs: 10, resumedEpoch: 0), now: 0)
    view.note(.claimed(run: "b", epochs: 10, resumedEpoch: 4), now: 0)
    return view
  }

  @Test func `shows the whole and a line in columns for each running run`() {
    var view = view()
    view.note(.epoch(run: "a", epoch: 1, metrics: ["train.loss": 0.5]), now: 2)
    view.note(
      .step(run: "a", epoch: 1, step: 5, steps: 10, loss: 0.25, samplesPerSecond: 12_400),
      now: 3
    )
    #expect(
      view.lines(width: 120, now: 3) == [
        "████░░░░░░░░░░░░░░░░░░░░ 0/3 runs, about 49 s left",
        "  model=cnn seed 0    epoch  2/10 ███░░░  loss 0.2500  █▁  12.4 k samples/s  0:17 left",
        "  model=激活 seed 10  epoch  5/10 ░░░░░░",
      ]
    )
  }

  @Test func `no line is wider than the terminal, counted in columns`() {
    var view = view()
    view.note(
      .step(run: "b", epoch: 4, step: 5, steps: 10, loss: 0.25, samplesPerSecond: 12_400),
      now: 3
    )
    for width in [1, 2, 9, 10, 11, 12, 40, 79] {
      for line in view.lines(width: width, now: 3) {
        let columns = line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x4e00 ? 2 : 1) }
        #expect(columns < max(2, width), "\(width): \(line)")
      }
    }
  }

  @Test func `on a narrow terminal speed and sparkline give way to the time that is left`() {
    var view = view()
    view.note(.epoch(run: "a", epoch: 1, metrics: ["train.loss": 0.5]), now: 2)
    view.note(
      .step(run: "a", epoch: 1, step: 5, steps: 10, loss: 0.25, samplesPerSecond: 12_400),
      now: 3
    )
    let narrow = "  model=cnn seed 0    epoch  2/10 ███░░░  loss 0.2500  █▁  0:17 left"
    #expect(view.lines(width: 80, now: 3)[1] == narrow)
    #expect(view.lines(width: 71, now: 3)[1] == narrow)
    let narrower = "  model=cnn seed 0    epoch  2/10 ███░░░  loss 0.2500  0:17 left"
    #expect(view.lines(width: 70, now: 3)[1] == narrower)
    #expect(view.lines(width: 65, now: 3)[1] == narrower)
    #expect(
      view.lines(width: 64, now: 3)[1] == "  model=cnn seed 0    epoch  2/10 ███░░░  0:17 left"
    )
  }

  @Test func `the second interruption says what it does`() {
    var view = view()
    #expect(view.interruption().hasPrefix("stopping after a checkpoint; Ctrl-C again"))
    #expect(view.interruption() == "stopping now")
  }

  @Test func `on a low terminal the rest is counted`() {
    var view = SweepView(
      names: Dictionary(uniqueKeysWithValues: (0..<9).map { ("\($0)", "run \($0)") }),
      startSeconds: 0
    )
    for run in 0..<9 { view.note(.claimed(run: "\(run)", epochs: 2, resumedEpoch: 0), now: 0) }
    let lines = view.lines(width: 80, height: 6, now: 1)
    #expect(lines.count == 5)
    #expect(lines.last == "  and 6 more")
    #expect(view.lines(width: 80, height: 11, now: 1).count == 10)
  }

  @Test func `ended runs leave the view and are counted`() {
    var view = view()
    view.note(.ended(run: "a", state: "failed", reason: "diverged: loss is nan"), now: 4)
    view.observe(["a": .failed, "b": .running, "c": .completed])
    let lines = view.lines(width: 100, now: 4)
    #expect(lines[0].contains(" 2/3 runs, 1 failed"))
    #expect(lines.count == 2)
  }

  @Test func `a plain line is said for what is worth one`() {
    let view = view()
    #expect(view.line(for: .claimed(run: "a", epochs: 10, resumedEpoch: 0)) == nil)
    #expect(
      view.line(for: .claimed(run: "b", epochs: 10, resumedEpoch: 4))
        == "model=激活 seed 10: resumes at epoch 4"
    )
    #expect(
      view.line(for: .found(run: "b", epochs: 10, epoch: 4))
        == "model=激活 seed 10: is at epoch 4/10"
    )
    #expect(view.line(for: .found(run: "b", epochs: 10, epoch: 0)) == nil)
    #expect(
      view.line(
        for: .step(run: "a", epoch: 1, step: 5, steps: 10, loss: 0.25, samplesPerSecond: 1)
      ) == nil
    )
    #expect(
      view.line(
        for: .epoch(
          run: "a",
          epoch: 3,
          metrics: ["val.loss": 0.5, "train.loss": 1.25, "train.samples_per_second": 9]
        )
      ) == "model=cnn seed 0: epoch 3/10  train.loss 1.250  val.loss 0.5000"
    )
    #expect(
      view.line(for: .ended(run: "a", state: "queued", reason: "checkpointed"))
        == "model=cnn seed 0: back in the queue (checkpointed)"
    )
  }

  @Test func `sparklines show the end of a loss that falls by powers of ten`() {
    #expect(sparkline([1000, 100, 10, 1], 12) == "█▅▃▁")
    #expect(sparkline([1], 12) == "")
    #expect(sparkline([2, 2, 2], 12) == "▁▁▁")
    #expect(sparkline([.nan, 1, .infinity, 2], 12) == "▁█")
    #expect(sparkline((0..<100).map(Double.init), 5).count == 5)
  }

  @Test func `clocks and rates are short`() {
    #expect(clock(41.4) == "0:41")
    #expect(clock(200) == "3:20")
    #expect(clock(7500) == "2:05:00")
    #expect(rate(949.6) == "950 samples/s")
    #expect(rate(12_440) == "12.4 k samples/s")
  }

  @Test func `sentences are broken between words`() {
    #expect(wrapped("one two three", width: 8) == ["one two", "three"])
    #expect(wrapped("a 激活函数 b", width: 8) == ["a", "激活函数", "b"])
    #expect(wrapped("unbreakable", width: 4) == ["unbreakable"])
    #expect(wrapped("one two three", width: nil) == ["one two three"])
    #expect(wrapped("", width: 5) == [""])
  }
}
