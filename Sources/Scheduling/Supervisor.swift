// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// Watches the worker processes of one sweep, as a pure state machine: it takes events and returns
/// actions.
///
/// Workers claim runs from the store themselves and end when there is nothing to claim. The
/// supervisor keeps up to `jobs` workers alive, as long as there is work for them. It settles the
/// runs of workers that die, so a crashing run never stops the sweep. It waits for runs that other
/// processes hold. It finishes when every run is terminal.
public struct Supervisor: Sendable {
  /// Workers in a row that may end without having claimed a run before the sweep gives up.
  static let barrenLimit = 3
  /// Looks at the store in a row that may find work which a freshly started worker did not take.
  static let idleLimit = 20

  private static let lackOfMemory =
    "its worker ran out of memory; a smaller model, a smaller `train.batch_size` or fewer `--jobs` take less"

  /// Runs at once.
  public let jobs: Int
  /// How often a run is tried again after its worker died.
  public let maxRetries: Int
  /// The workers that were started and have not ended.
  public private(set) var liveWorkers: Set<WorkerID> = []
  /// How the sweep ended; nil while it goes on.
  public private(set) var ending: SweepEnding?

  private var phases: [String: RunPhase] = [:]
  private var hasObserved = false
  private var crashes: [String: Int] = [:]
  private var spawned = 0
  private var barrenExits = 0
  private var idleExits = 0
  private var hadIdleExit = false
  private var stopped: Set<WorkerID> = []
  private var interrupts = 0
  /// Why no worker is started any more; the ending, unless every run is terminal by then.
  private var stopping: SweepEnding?

  /// A supervisor of at least one job; `maxRetries` of 0 never tries again.
  public init(jobs: Int, maxRetries: Int = 2) {
    precondition(jobs >= 1 && maxRetries >= 0, "\(jobs) jobs, \(maxRetries) retries")
    self.jobs = jobs
    self.maxRetries = maxRetries
  }

  /// Handles an event and returns the actions to perform, in order.
  public mutating func handle(_ event: SupervisorEvent) -> [SupervisorAction] {
    var actions: [SupervisorAction]
    switch event {
    case .observed(let phases): actions = observe(phases)
    case .workerExited(let worker, let exit, let holding, let claimed):
      actions = settle(worker, exit, holding: holding, claimed: claimed)
    case .spawnFailed(let worker, let reason):
      liveWorkers.remove(worker)
      noteBarrenExit(reason)
      actions = []
    case .interruptRequested: actions = interrupt()
    }
    guard ending == nil else { return actions }
    return actions + proceed()
  }

  // MARK: - Events

  private mutating func observe(_ observed: [String: RunPhase]) -> [SupervisorAction] {
    phases = observed
    hasObserved = true
    if hadIdleExit {
      hadIdleExit = false
      idleExits = claimableCount > 0 ? idleExits + 1 : 0
      if idleExits >= Self.idleLimit, stopping == nil {
        stopping = .workersCannotStart(reason: "workers end although runs are queued")
      }
    }
    return []
  }

  private mutating func settle(
    _ worker: WorkerID,
    _ exit: WorkerExit,
    holding: [String],
    claimed: Int
  ) -> [SupervisorAction] {
    guard liveWorkers.remove(worker) != nil else { return [] }
    stopped.remove(worker)
    if claimed > 0 { (barrenExits, idleExits) = (0, 0) }
    if exit == .code(3), stopping == nil { stopping = .storageRefused }
    let isOrderly = exit == .code(0) || exit.wasAskedTo
    if claimed == 0, stopping == nil {
      if isOrderly { hadIdleExit = true } else { noteBarrenExit("\(exit)") }
    }
    return holding.map { settle(run: $0, exit) }
  }

  private mutating func settle(run: String, _ exit: WorkerExit) -> SupervisorAction {
    phases[run] = .claimable
    guard stopping == nil, !exit.wasAskedTo else { return .release(run: run) }
    // The same run would ask for the same memory again.
    if exit == .outOfMemory {
      phases[run] = .ended(.failed)
      return .giveUp(run: run, reason: Self.lackOfMemory)
    }
    let count = crashes[run, default: 0] + 1
    crashes[run] = count
    guard count > maxRetries else { return .retry(run: run, reason: "its worker died: \(exit)") }
    phases[run] = .ended(.failed)
    let times = count == 1 ? "once" : "\(count) times"
    return .giveUp(run: run, reason: "its worker died \(times), last by \(exit)")
  }

  private mutating func noteBarrenExit(_ reason: String) {
    barrenExits += 1
    guard barrenExits >= Self.barrenLimit, stopping == nil else { return }
    stopping = .workersCannotStart(reason: reason)
  }

  private mutating func interrupt() -> [SupervisorAction] {
    guard ending == nil else { return [] }
    interrupts += 1
    if stopping == nil { stopping = .interrupted }
    guard interrupts > 1 else { return [] }
    return liveWorkers.sorted().map { .kill($0) }
  }

  // MARK: - What to do next

  private var claimableCount: Int { phases.values.count { $0 == .claimable } }

  private var heldCount: Int {
    phases.values.count { phase in
      if case .held(let worker) = phase { liveWorkers.contains(worker) } else { false }
    }
  }

  private var areAllEnded: Bool {
    phases.values.allSatisfy { phase in
      if case .ended(let state) = phase { state.isTerminal } else { false }
    }
  }

  private mutating func proceed() -> [SupervisorAction] {
    let isDone = hasObserved && areAllEnded
    guard isDone || stopping != nil else { return spawn() }
    guard liveWorkers.isEmpty else {
      return liveWorkers.sorted().filter { stopped.insert($0).inserted }.map { .stop($0) }
    }
    let ending =
      isDone ? SweepEnding.completed(failed: failedCount) : stopping ?? .interrupted
    self.ending = ending
    return [.finish(ending)]
  }

  private var failedCount: Int { phases.values.count { $0 == .ended(.failed) } }

  /// A worker for each run that can be worked on, but no more than `jobs`.
  ///
  /// After an idle exit the next look at the store comes first: somebody else may have taken the run.
  private mutating func spawn() -> [SupervisorAction] {
    guard !hadIdleExit else { return [] }
    let wanted = min(jobs, claimableCount + heldCount)
    var actions: [SupervisorAction] = []
    while liveWorkers.count < wanted {
      spawned += 1
      liveWorkers.insert(WorkerID(spawned))
      actions.append(.spawn(WorkerID(spawned)))
    }
    return actions
  }
}
