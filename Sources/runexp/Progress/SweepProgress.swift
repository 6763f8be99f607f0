// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Synchronization
import Vocabulary
import Workbench

/// Shows a sweep at work on standard error: a live view on a terminal, a line per epoch otherwise.
final class SweepProgress: Sendable {
  private let state: Mutex<SweepView>
  private let isLive: Bool

  /// `runs` names each run of the plan, as in `activation=relu seed 0`.
  init(runs: [String: String], isLive: Bool = Terminal.isInteractive, now: Double = Attempt.now()) {
    self.isLive = isLive
    state = Mutex(SweepView(names: runs, startSeconds: now))
  }

  /// What happens while a job trains.
  func show(_ event: JobEvent) {
    switch event {
    case .states(let states): observe(states)
    case .message(let message): note(message)
    case .talk(let line): say(line)
    case .stopping: interrupted()
    case .tick: redraw()
    }
  }

  /// The state of every run.
  func observe(_ states: [String: RunState]) { state.withLock { $0.observe(states) } }

  /// What a worker told.
  func note(_ message: WorkerMessage) {
    let line = state.withLock { view in
      view.note(message, now: Attempt.now())
      return view.line(for: message)
    }
    guard let line else { return }
    if case .drawing = message { return say(line) }
    if isLive {
      if case .ended(_, let state, _) = message, state != "completed" {
        clear(); Terminal.say(line)
      }
    } else {
      Terminal.say(line)
    }
  }

  /// A line that has nothing to do with progress.
  func say(_ line: String) {
    clear()
    Terminal.say(line)
  }

  /// Ctrl-C was pressed, or the time is over.
  func interrupted() {
    clear()
    Terminal.say(state.withLock { $0.interruption() })
  }

  /// Draws the live view again.
  func redraw() {
    guard isLive else { return }
    let text = state.withLock { view -> String? in
      let now = Attempt.now()
      guard now - view.drawnSeconds > 0.1 else { return nil }
      view.drawnSeconds = now
      let lines = view.lines(width: Terminal.width(), height: Terminal.height, now: now)
      let back = view.drawnLines > 0 ? "\u{1B}[\(view.drawnLines)F" : ""
      view.drawnLines = lines.count
      // Each line is written over the old one and its rest erased, so that nothing flickers.
      return back + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
    }
    if let text { Terminal.draw(text) }
  }

  /// Takes the live view off the screen.
  func clear() {
    guard isLive else { return }
    let count = state.withLock { view in
      defer { view.drawnLines = 0 }
      return view.drawnLines
    }
    if count > 0 { Terminal.draw("\u{1B}[\(count)F\u{1B}[J") }
  }
}
