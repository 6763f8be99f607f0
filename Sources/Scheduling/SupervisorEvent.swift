// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// One worker process, by the number that the supervisor gave it; no number is used twice.
public struct WorkerID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Counts from 1.
  public var number: Int

  /// The worker of that number.
  public init(_ number: Int) { self.number = number }

  /// Ordered by number.
  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  /// `worker 1`.
  public var description: String { "worker \(number)" }
}

/// The state of a run of the plan, as the store reports it.
public enum RunPhase: Hashable, Sendable {
  /// A worker may claim it, because it is queued or its claim is no longer valid.
  case claimable
  /// One of our workers holds it.
  case held(by: WorkerID)
  /// A worker of another sweep holds it, or that worker died and its sweep has not settled the run
  /// yet.
  case elsewhere
  /// It ended in this terminal state.
  case ended(RunState)
}

/// How a worker process ended.
public enum WorkerExit: Hashable, Sendable, CustomStringConvertible {
  /// It ended by itself, with this exit code.
  case code(Int)
  /// A signal ended it.
  case signal(Int)

  /// The exit code of a worker to which the system refused memory.
  public static let outOfMemory = WorkerExit.code(71)

  /// The words that the user sees.
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

/// Something that happens to a sweep.
public enum SupervisorEvent: Hashable, Sendable {
  /// The sweep begins, or the store was read again: the phase of every run of the plan.
  case observed([String: RunPhase])
  /// A worker process has ended.
  ///
  /// `holding` lists the runs whose claim it still had. `claimed` counts all runs it ever claimed.
  case workerExited(WorkerID, WorkerExit, holding: [String], claimed: Int)
  /// A worker could not be started.
  case spawnFailed(WorkerID, reason: String)
  /// Ctrl-C or SIGTERM: the first one asks for checkpoints, the second one stops at once.
  case interruptRequested
}

/// What the caller of the supervisor has to do.
public enum SupervisorAction: Hashable, Sendable {
  /// Start a worker.
  case spawn(WorkerID)
  /// Ask a worker with SIGTERM to save a checkpoint and end.
  case stop(WorkerID)
  /// End a worker at once with SIGKILL.
  case kill(WorkerID)
  /// Queue a dead worker's run again, and count a crash.
  case retry(run: String, reason: String)
  /// Queue a dead worker's run again without counting a crash, because the worker was asked to end.
  case release(run: String)
  /// End a dead worker's run as failed, because it crashed too often.
  case giveUp(run: String, reason: String)
  /// Nothing is left to do; no action follows.
  case finish(SweepEnding)
}

/// How a sweep ended.
public enum SweepEnding: Hashable, Sendable {
  /// Every run is terminal; `failed` of them failed.
  case completed(failed: Int)
  /// The sweep was interrupted; the open runs keep their checkpoints.
  case interrupted
  /// A worker reported that storage refuses writes.
  case storageRefused
  /// Workers end before they have claimed any run.
  case workersCannotStart(reason: String)

  /// The program's exit code, before expectations are judged.
  public var exitCode: Int32 {
    switch self {
    case .completed(let failed): failed == 0 ? 0 : 1
    case .interrupted: 130
    case .storageRefused: 3
    case .workersCannotStart: 1
    }
  }
}
