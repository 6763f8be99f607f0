// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Foundation
import Reports
import Vocabulary
import Workbench

/// What the live view of a sweep shows: pure text from what was noted, with the time passed in.
struct SweepView {
  /// One run at work.
  private struct ActiveRun {
    var epochs: Int
    var epoch = 0
    var step = 0
    var steps = 0
    var losses: [Double] = []
    var samplesPerSecond = 0.0
    var startSeconds: Double
    var startProgress: Double

    /// Share of the run that is done.
    var progress: Double {
      let fraction = steps > 0 ? Double(step) / Double(steps) : 0
      return min(1, (Double(epoch) + fraction) / Double(max(1, epochs)))
    }
  }

  var drawnLines = 0
  var drawnSeconds = -1.0

  /// Fewer characters say nothing of a loss.
  private static let narrowestSparkline = 4

  private let names: [String: String]
  private let startSeconds: Double
  private var active: [String: ActiveRun] = [:]
  private var states: [String: RunState] = [:]
  private var doneAtStart: Int?
  /// Progress from before a run was seen, such as what checkpoints brought along: it took no time here.
  private var resumedProgress = 0.0
  private var interruptions = 0

  /// `names` names each run of the plan.
  init(names: [String: String], startSeconds: Double) {
    self.names = names.mapValues { visible($0) }
    self.startSeconds = startSeconds
  }

  mutating func observe(_ states: [String: RunState]) {
    self.states = states
    if doneAtStart == nil { doneAtStart = states.values.count(where: \.isTerminal) }
    for (id, state) in states where state.isTerminal || state == .queued { active[id] = nil }
  }

  mutating func note(_ message: WorkerMessage, now: Double) {
    switch message {
    case .claimed(let run, let epochs, let epoch): begin(run, epochs, from: epoch, now)
    case .found(let run, let epochs, let epoch): begin(run, epochs, from: Double(epoch), now)
    case .drawing: break
    case .step(let run, let epoch, let step, let steps, let loss, let rate):
      active[run]?.epoch = epoch
      active[run]?.step = step
      active[run]?.steps = steps
      active[run]?.samplesPerSecond = rate
      if let loss { active[run]?.losses.append(loss) }
    case .epoch(let run, let epoch, let metrics):
      active[run]?.epoch = epoch
      active[run]?.step = 0
      if let rate = metrics["train.samples_per_second"] { active[run]?.samplesPerSecond = rate }
      if let loss = metrics["train.loss"] { active[run]?.losses.append(loss) }
    case .ended(let run, let state, _):
      active[run] = nil
      if let state = RunState(rawValue: state) { states[run] = state }
    }
  }

  /// What was done before took no time that is measured here.
  private mutating func begin(_ run: String, _ epochs: Int, from epoch: Double, _ now: Double) {
    let progress = epoch / Double(max(1, epochs))
    resumedProgress += progress
    active[run] = ActiveRun(
      epochs: epochs,
      epoch: Int(epoch),
      startSeconds: now,
      startProgress: progress
    )
  }

  /// The plain line for a message where nothing is redrawn; nil for what would be noise.
  func line(for message: WorkerMessage) -> String? {
    switch message {
    case .step: nil
    case .drawing: message.plainLine
    case .claimed(let run, _, let epoch):
      epoch > 0
        ? "\(name(run)): resumes at epoch \(NumberText.short(epoch))" : nil
    case .found(let run, let epochs, let epoch):
      epoch > 0 ? "\(name(run)): is at epoch \(epoch)/\(epochs)" : nil
    case .epoch(let run, let epoch, let metrics):
      "\(name(run)): epoch \(epoch)/\(active[run]?.epochs ?? epoch)  " + MetricText.list(metrics)
    case .ended(let run, let state, let reason):
      "\(name(run)): \(state == "queued" ? "back in the queue" : state)"
        + (reason.map { " (\(visible($0)))" } ?? "")
    }
  }

  /// What is said to Ctrl-C, or when the time is over.
  mutating func interruption() -> String {
    interruptions += 1
    return interruptions == 1
      ? "stopping after a checkpoint; Ctrl-C again stops now, losing work since the last one"
      : "stopping now"
  }

  private func name(_ run: String) -> String { names[run] ?? run }

  // MARK: - The live view

  /// The overall bar and a line per running run, cut to `width` columns and `height` lines.
  func lines(width: Int, height: Int = 24, now: Double) -> [String] {
    let total = max(1, names.count)
    let done = states.values.count(where: \.isTerminal)
    let failed = states.values.count { $0 == .failed }
    let partial = active.values.reduce(0) { $0 + $1.progress }
    let share = min(1, (Double(done) + partial) / Double(total))
    var head = "\(bar(share, 24)) \(done)/\(counted(total, "run"))"
    if failed > 0 { head += ", \(failed) failed" }
    if let rest = remaining(done: Double(done) + partial, total: Double(total), now) {
      head += ", about \(NumberText.duration(seconds: rest, .waiting)) left"
    }
    return ([head] + rows(limit: max(1, height - 2), width: width, now)).map {
      DisplayWidth.truncated($0, to: max(1, width - 1))
    }
  }

  /// The running runs in columns; of many, the first and how many more there are.
  private func rows(limit: Int, width: Int, _ now: Double) -> [String] {
    let sorted = active.sorted { (name($0.key), $0.key) < (name($1.key), $1.key) }
    let shown = sorted.count > limit ? sorted.prefix(max(0, limit - 1)) : sorted[...]
    var cells = shown.map { id, run in columns(name(id), run, now) }
    var widths = (0..<5).map { column in cells.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
    // The last column stays free: a terminal may go on to the next line when it is filled.
    func room() -> Int { width - 1 - widths.reduce(0) { $0 + ($1 > 0 ? $1 + 2 : 0) } }
    // Where the terminal is narrow, speed gives way first, then the course of the loss, then the loss.
    if room() < 2 + Self.narrowestSparkline { widths[3] = 0 }
    if room() < 0 { widths[2] = 0 }
    let course = min(12, room() - 2)
    if widths[2] > 0, course >= Self.narrowestSparkline {
      let lines = shown.map { sparkline($0.value.losses, course) }
      for row in cells.indices { cells[row].insert(lines[row], at: 3) }
      widths.insert(lines.map(\.count).max() ?? 0, at: 3)
    }
    var rows = cells.map { row in
      let texts = row.indices.filter { widths[$0] > 0 }.map { column in
        row[column]
          + String(repeating: " ", count: widths[column] - DisplayWidth.of(row[column]))
      }
      return "  " + texts.joined(separator: "  ").trimming { $0 == " " }
    }
    if sorted.count > shown.count { rows.append("  and \(sorted.count - shown.count) more") }
    return rows
  }

  /// Name, epoch with a bar, loss, speed and time of one run.
  private func columns(_ name: String, _ run: ActiveRun, _ now: Double) -> [String] {
    let epochs = "\(run.epochs)"
    let epoch = "\(min(run.epoch + 1, run.epochs))"
    let gap = String(repeating: " ", count: epochs.count - epoch.count)
    let gained = run.progress - run.startProgress
    let rest = (now - run.startSeconds) / gained * (1 - run.progress)
    return [
      name,
      "epoch \(gap)\(epoch)/\(epochs) "
        + bar(run.steps > 0 ? Double(run.step) / Double(run.steps) : 0, 6),
      run.losses.last.map { "loss \(MetricText.short($0))" } ?? "",
      run.samplesPerSecond > 0 ? rate(run.samplesPerSecond) : "",
      gained > 0.02 ? "\(clock(rest)) left" : "",
    ]
  }

  private func remaining(done: Double, total: Double, _ now: Double) -> Double? {
    let gained = done - Double(doneAtStart ?? 0) - resumedProgress
    guard gained > 0.05, now > startSeconds else { return nil }
    return (now - startSeconds) / gained * (total - done)
  }
}

// MARK: - Small drawings

/// A bar of block characters.
func bar(_ share: Double, _ width: Int) -> String {
  let filled = Int((min(1, max(0, share)) * Double(width)).rounded())
  return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
}

/// The values as a line of block characters, scaled between their smallest and largest; positive ones by their
/// logarithm, so that a loss that falls by powers of ten still shows its end.
func sparkline(_ values: [Double], _ width: Int) -> String {
  let finite = values.filter(\.isFinite)
  guard finite.count > 1 else { return "" }
  let scaled = finite.allSatisfy { $0 > 0 } ? finite.map { log($0) } : finite
  let cell = Double(scaled.count) / Double(min(width, scaled.count))
  let points = (0..<min(width, scaled.count)).map { index in
    let from = Int(Double(index) * cell)
    let to = max(from + 1, Int(Double(index + 1) * cell))
    return scaled[from..<to].reduce(0, +) / Double(to - from)
  }
  let low = points.min() ?? 0
  let span = (points.max() ?? 0) - low
  let blocks = Array("▁▂▃▄▅▆▇█")
  return String(points.map { blocks[span > 0 ? Int(($0 - low) / span * 7) : 0] })
}

/// `0:41`, `3:20`, `2:05:00`.
func clock(_ seconds: Double) -> String {
  let whole = Int(max(0, min(seconds, 1e9)).rounded())
  func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
  let (hours, minutes) = (whole / 3600, whole % 3600 / 60)
  return hours > 0
    ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
}

/// `950 samples/s`, `12.4 k samples/s`.
func rate(_ perSecond: Double) -> String {
  perSecond < 10_000
    ? "\(Int(perSecond.rounded())) samples/s"
    : String(format: "%.1f k samples/s", perSecond / 1000)
}
