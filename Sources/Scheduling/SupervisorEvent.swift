// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// One worker process, by the number the supervisor gave it; numbers are not used twice.
public struct WorkerID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Counts from 1.
  public var number: Int

  /// The worker of that number.
  public init(_ number: Int) { self.number = number }

  /// By number.
  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  /// `worker 1`.
  public var description: String { "worker \(number)" }
}

/// Where a run of the plan is, as the store tells it.
public enum RunPhase: Hashable, Sendable {
  /// A worker may claim it: it is queued, or its claim is void.
  case claimable
  /// One of our workers has it.
  case held(by: WorkerID)
  /// A worker of somebody else has it, or its sweep has yet to settle that worker's death.
  case elsewhere
  /// It ended in this terminal state.
  case ended(RunState)
}

/// How a worker process ended.
public enum WorkerExit: Hashable, Sendable, CustomStringConvertible {
  /// By itself, with this code.
  case code(Int)
  /// By this signal.
  case signal(Int)

  /// A worker that the system refused memory ends with this code.
  public static let outOfMemory = WorkerExit.code(71)

  /// As it is told to the user.
  public var description: String {
    switch self {
    case .outOfMemory: "lack of memory"
    case .code(let code): "exit code \(code)"
    case .signal(9): "signal 9, which the system sends when memory runs out"
    case .signal(let signal): "signal \(signal)"
    }
  }

  /// Whether somebody asked it to end: SIGINT or SIGTERM, or the exit code that says so.
  var wasAskedTo: Bool {
    switch self {
    case .code(let code): code == 130 || code == 143
    case .signal(let signal): signal == 2 || signal == 15
    }
  }
}

/// What happens to a sweep.
public enum SupervisorEvent: Hashable, Sendable {
  /// The sweep begins, or the store was looked at again: the phase of every run of the plan.
  case observed([String: RunPhase])
  /// A worker process has ended.
  ///
  /// `holding` are the runs whose claim it still had, `claimed` counts all it ever claimed.
  case workerExited(WorkerID, WorkerExit, holding: [String], claimed: Int)
  /// A worker could not be started.
  case spawnFailed(WorkerID, reason: String)
  /// Ctrl-C or SIGTERM: the first asks for checkpoints, the second stops now.
  case interruptRequested
}

/// What the shell around the supervisor has to do.
public enum SupervisorAction: Hashable, Sendable {
  /// Start a worker.
  case spawn(WorkerID)
  /// Ask a worker to checkpoint and end: SIGTERM.
  case stop(WorkerID)
  /// End a worker now: SIGKILL.
  case kill(WorkerID)
  /// Queue a dead worker's run again; it counts as a crash.
  case retry(run: String, reason: String)
  /// Queue a dead worker's run again; it does not count, for it was asked to end.
  case release(run: String)
  /// End a dead worker's run as failed: it crashed too often.
  case giveUp(run: String, reason: String)
  /// Nothing is left to do; no action follows.
  case finish(SweepEnding)
}

/// How a sweep ended.
public enum SweepEnding: Hashable, Sendable {
  /// Every run is terminal; so many of them failed.
  case completed(failed: Int)
  /// Interrupted, the open runs keep their checkpoints.
  case interrupted
  /// A worker reported that storage refuses writes.
  case storageRefused
  /// Workers end before they have claimed anything.
  case workersCannotStart(reason: String)

  /// The program's exit code, as far as it is known without the expectations.
  public var exitCode: Int32 {
    switch self {
    case .completed(let failed): failed == 0 ? 0 : 1
    case .interrupted: 130
    case .storageRefused: 3
    case .workersCannotStart: 1
    }
  }
}
