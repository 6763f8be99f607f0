// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Scheduling
import Storage
import Subprocess
import Vocabulary

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// The shell around the supervisor: starts worker processes, looks at the store, does what the supervisor answers.
///
/// Workers run in a process group of their own, so that a terminal's Ctrl-C reaches only the sweep, which forwards it;
/// each holds the reading end of a pipe that ends when the sweep dies. They are stopped by signals only.
actor SweepRunner {
  private let store: RunStore
  private let scope: RunScope
  /// The runs of the plan, which the store must hold as long as it is ours.
  private let planned: Set<String>
  private let program: String?
  private let workerArguments: [String]
  private let tell: @Sendable (JobEvent) -> Void
  private var supervisor: Supervisor
  private var workers: [WorkerID: WorkerProcess] = [:]
  private var holders: [String: WorkerID] = [:]
  private let events: AsyncStream<RunnerEvent>
  private let sendEvent: AsyncStream<RunnerEvent>.Continuation

  /// One started worker.
  private struct WorkerProcess {
    /// Known once it has started.
    var identity: ProcessIdentity?
    /// The strongest signal that was asked for before.
    var waitingSignal: Int32?
    var claimed = 0
  }

  /// What happens around the supervisor.
  private enum RunnerEvent: Sendable {
    case tick(looks: Bool)
    case interrupt
    case started(WorkerID, ProcessIdentity)
    case message(WorkerID, WorkerMessage)
    case talk(String)
    case exited(WorkerID, WorkerExit)
    case spawnFailed(WorkerID, String)
  }

  init(
    store: RunStore,
    scope: RunScope,
    runs: [String],
    parallelism: Parallelism,
    maxRetries: Int,
    program: String?,
    workerArguments: [String],
    tell: @escaping @Sendable (JobEvent) -> Void
  ) {
    self.store = store
    self.scope = scope
    planned = Set(runs)
    self.program = program
    self.workerArguments = workerArguments
    self.tell = tell
    supervisor = Supervisor(jobs: parallelism.jobs, maxRetries: maxRetries)
    (events, sendEvent) = AsyncStream.makeStream()
  }

  /// Asks the workers to checkpoint and end; asked again, ends them now.
  nonisolated func stop() { sendEvent.yield(.interrupt) }

  /// Runs until the supervisor finishes; `timeLimit` in seconds acts as a first `stop()`.
  ///
  /// Throws what the store throws; no worker is left behind then.
  func run(timeLimit: Double?) async throws -> SweepEnding {
    let ticking = ticks(timeLimit: timeLimit)
    defer { ticking.cancel() }
    do {
      var ending = try apply(supervisor.handle(.observed(phases())))
      for await event in events {
        if let ending { return ending }
        ending = try handle(event)
        tell(.tick)
        if let ending { return ending }
      }
      return .interrupted
    } catch {
      await stopWorkers()
      throw error
    }
  }

  /// A tick four times a second for the view, of which every fourth looks at the store.
  private func ticks(timeLimit: Double?) -> Task<Void, Never> {
    Task { [sendEvent] in
      let start = ContinuousClock.now
      var limit = timeLimit.map { start + .seconds($0) }
      var count = 0
      while !Task.isCancelled {
        do { try await Task.sleep(for: .milliseconds(50)) } catch { return }
        if let end = limit, ContinuousClock.now >= end {
          limit = nil
          sendEvent.yield(.interrupt)
        }
        count += 1
        if count % 5 == 0 { sendEvent.yield(.tick(looks: count % 20 == 0)) }
      }
    }
  }

  /// After a failure of our own: asks every worker to end, and ends those that take longer than some seconds.
  private func stopWorkers() async {
    guard !workers.isEmpty else { return }
    for worker in workers.keys { signal(worker, SIGTERM) }
    var ticks = 0
    for await event in events {
      switch event {
      case .tick: ticks += 1
      case .interrupt: ticks = Self.patienceTicks
      case .started(let worker, let identity): begin(worker, identity)
      case .exited(let worker, _), .spawnFailed(let worker, _): workers[worker] = nil
      case .talk(let line): tell(.talk(line))
      case .message: break
      }
      guard !workers.isEmpty, ticks < 2 * Self.patienceTicks else { return }
      if ticks == Self.patienceTicks {
        for worker in workers.keys { signal(worker, SIGKILL) }
        ticks += 1
      }
    }
  }

  /// Ticks that workers get for their last checkpoint when the sweep itself failed: ten seconds.
  private static let patienceTicks = 40

  private func handle(_ event: RunnerEvent) throws -> SweepEnding? {
    switch event {
    case .tick(let looks):
      return looks ? try apply(supervisor.handle(.observed(phases()))) : nil
    case .interrupt:
      tell(.stopping)
      return try apply(supervisor.handle(.interruptRequested))
    case .started(let worker, let identity):
      begin(worker, identity)
      return nil
    case .message(let worker, let message):
      note(message, from: worker)
      tell(.message(message))
      return nil
    case .talk(let line):
      tell(.talk(line))
      return nil
    case .spawnFailed(let worker, let reason):
      workers[worker] = nil
      return try apply(supervisor.handle(.spawnFailed(worker, reason: reason)))
    case .exited(let worker, let exit):
      return try settle(worker, exit)
    }
  }

  /// Notes who a worker is, and sends what could not be sent before.
  private func begin(_ worker: WorkerID, _ identity: ProcessIdentity) {
    guard let waiting = workers[worker]?.waitingSignal else {
      workers[worker]?.identity = identity
      return
    }
    workers[worker]?.identity = identity
    workers[worker]?.waitingSignal = nil
    signal(worker, waiting)
  }

  private func note(_ message: WorkerMessage, from worker: WorkerID) {
    switch message {
    case .claimed(let run, _, _):
      holders[run] = worker
      workers[worker]?.claimed += 1
    case .ended(let run, _, _): holders[run] = nil
    case .found, .drawing, .step, .epoch: break
    }
  }

  private func settle(_ worker: WorkerID, _ exit: WorkerExit) throws -> SweepEnding? {
    let process = workers.removeValue(forKey: worker)
    holders = holders.filter { $0.value != worker }
    let claims = try process?.identity.map { try store.claims(of: $0) } ?? []
    let actions = supervisor.handle(
      .workerExited(
        worker,
        exit,
        holding: claims.map(\.runID),
        claimed: max(claims.count, process?.claimed ?? 0)
      )
    )
    let ending = try apply(actions, settling: claims)
    return try ending ?? apply(supervisor.handle(.observed(phases())))
  }

  /// Where every run is; throws if the store is no longer the one that holds them.
  private func phases() throws -> [String: RunPhase] {
    try store.checkPlace()
    let states = try store.states(in: scope)
    guard planned.isSubset(of: states.keys) else {
      throw StorageError.overwritten(path: store.path)
    }
    tell(.states(states))
    return Dictionary(
      uniqueKeysWithValues: states.map { id, state in
        switch state {
        case .queued, .interrupted: (id, .claimable)
        case .running: (id, holders[id].map { .held(by: $0) } ?? .elsewhere)
        case .completed, .pruned, .failed, .cancelled: (id, .ended(state))
        }
      }
    )
  }

  // MARK: - Actions

  private func apply(
    _ actions: [SupervisorAction],
    settling claims: [Claim] = []
  ) throws -> SweepEnding? {
    func claim(_ run: String) -> Claim? { claims.first { $0.runID == run } }
    var ending: SweepEnding?
    for action in actions {
      switch action {
      case .spawn(let worker): spawn(worker)
      case .stop(let worker): signal(worker, SIGTERM)
      case .kill(let worker): signal(worker, SIGKILL)
      case .retry(let run, let reason):
        tell(.message(.ended(run: run, state: "queued", reason: "\(reason); tried again")))
        if let claim = claim(run) { try store.requeue(crashed: claim, reason: reason) }
      case .release(let run):
        if let claim = claim(run) {
          try store.requeue(
            crashed: claim,
            reason: "its worker was stopped",
            outcome: .interrupted
          )
        }
      case .giveUp(let run, let reason):
        tell(.message(.ended(run: run, state: "failed", reason: reason)))
        if let claim = claim(run) { try store.fail(crashed: claim, reason: reason) }
      case .finish(let end): ending = end
      }
    }
    return ending
  }

  /// A worker's number may be another process's once it has ended, so its life is looked at first.
  private func signal(_ worker: WorkerID, _ number: Int32) {
    guard let process = workers[worker] else { return }
    guard let identity = process.identity else {
      workers[worker]?.waitingSignal = process.waitingSignal == SIGKILL ? SIGKILL : number
      return
    }
    guard identity.isAlive == true else { return }
    kill(pid_t(identity.pid), number)
  }

  private func spawn(_ worker: WorkerID) {
    workers[worker] = WorkerProcess()
    let (program, arguments) = (program, workerArguments)
    let send = sendEvent
    Task {
      do {
        let exit = try await Self.runWorker(program, arguments) { event in
          switch event {
          case .started(let identity): send.yield(.started(worker, identity))
          case .message(let message): send.yield(.message(worker, message))
          case .talk(let line): send.yield(.talk(line))
          }
        }
        send.yield(.exited(worker, exit))
      } catch {
        send.yield(.spawnFailed(worker, "\(error)"))
      }
    }
  }

  private enum WorkerEvent: Sendable {
    case started(ProcessIdentity)
    case message(WorkerMessage)
    case talk(String)
  }

  /// One worker process from start to end; its standard input stays open until then.
  ///
  /// Throws only if it could not be started: once it has, its end is told, so that its claims are settled. What it says
  /// on standard error is told line by line, to be said where it does not break the live view.
  private static func runWorker(
    _ program: String?,
    _ arguments: [String],
    _ tell: @escaping @Sendable (WorkerEvent) -> Void
  ) async throws -> WorkerExit {
    var options = PlatformOptions()
    options.processGroupID = 0
    let configuration = Configuration(
      executable: .path(program.map { FilePath($0) } ?? ExecutablePath.current),
      arguments: Arguments(executablePathOverride: "runexp", remainingValues: arguments),
      platformOptions: options
    )
    let result = try await Subprocess.run(
      configuration,
      input: .inputWriter,
      output: .sequence,
      error: .sequence
    ) { execution in
      tell(.started(.onThisMachine(pid: Int(execution.processIdentifier.value))))
      async let talk: Void = eachLine(of: execution.standardError) { tell(.talk($0)) }
      await eachLine(of: execution.standardOutput) { line in
        if let message = WorkerMessage(line: line) { tell(.message(message)) }
      }
      await talk
    }
    switch result.terminationStatus {
    case .exited(let code): return .code(Int(code))
    case .signaled(let number): return .signal(Int(number))
    }
  }
}

/// The lines of a worker's stream until its end.
///
/// A failure ends the lines, not the worker: what counts is in the store, and its exit is still waited for.
private func eachLine(
  of stream: SubprocessOutputSequence,
  _ body: @Sendable (String) -> Void
) async {
  do {
    for try await line in stream.strings() { body(line) }
  } catch {
    return
  }
}
