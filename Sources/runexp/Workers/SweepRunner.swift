// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import Dispatch
import Experiments
import Foundation
import Scheduling
import Storage
import Subprocess
import Synchronization

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
  private let workerArguments: [String]
  private let progress: SweepProgress
  private var supervisor: Supervisor
  private var workers: [WorkerID: WorkerProcess] = [:]
  private var holders: [String: WorkerID] = [:]
  private let events: AsyncStream<RunnerEvent>
  private let sendEvent: AsyncStream<RunnerEvent>.Continuation

  /// One started worker.
  private struct WorkerProcess {
    var identity: ProcessIdentity?
    var claimed = 0
  }

  /// What happens around the supervisor.
  private enum RunnerEvent: Sendable {
    case tick
    case interrupt
    case started(WorkerID, ProcessIdentity)
    case message(WorkerID, WorkerMessage)
    case exited(WorkerID, WorkerExit)
    case spawnFailed(WorkerID, String)
  }

  init(
    store: RunStore,
    scope: RunScope,
    parallelism: Parallelism,
    maxRetries: Int,
    workerArguments: [String],
    progress: SweepProgress
  ) {
    self.store = store
    self.scope = scope
    self.workerArguments = workerArguments
    self.progress = progress
    supervisor = Supervisor(jobs: parallelism.jobs, maxRetries: maxRetries)
    (events, sendEvent) = AsyncStream.makeStream()
  }

  /// Runs until the supervisor finishes; `timeLimit` in seconds acts as a first Ctrl-C.
  func run(timeLimit: Double?) async throws -> SweepEnding {
    let signals = InterruptSignals { [sendEvent] in sendEvent.yield(.interrupt) }
    defer { signals.end() }
    let ticking = Task { [sendEvent] in
      var elapsed = 0.0
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(250))
        elapsed += 0.25
        sendEvent.yield(.tick)
        if let timeLimit, elapsed >= timeLimit, elapsed < timeLimit + 0.25 {
          sendEvent.yield(.interrupt)
        }
      }
    }
    defer { ticking.cancel() }
    var ending = try apply(supervisor.handle(.observed(phases())))
    var ticks = 0
    for await event in events {
      if let ending { return ending }
      if case .tick = event { ticks += 1 }
      ending = try handle(event, looks: ticks % 4 == 0)
      progress.redraw()
      if let ending { return ending }
    }
    return .interrupted
  }

  private func handle(_ event: RunnerEvent, looks: Bool) throws -> SweepEnding? {
    switch event {
    case .tick:
      return looks ? try apply(supervisor.handle(.observed(phases()))) : nil
    case .interrupt:
      progress.interrupted()
      return try apply(supervisor.handle(.interruptRequested))
    case .started(let worker, let identity):
      workers[worker]?.identity = identity
      return nil
    case .message(let worker, let message):
      note(message, from: worker)
      progress.note(message)
      if case .ended = message { return try apply(supervisor.handle(.observed(phases()))) }
      return nil
    case .spawnFailed(let worker, let reason):
      workers[worker] = nil
      return try apply(supervisor.handle(.spawnFailed(worker, reason: reason)))
    case .exited(let worker, let exit):
      return try settle(worker, exit)
    }
  }

  private func note(_ message: WorkerMessage, from worker: WorkerID) {
    switch message {
    case .claimed(let run, _, _):
      holders[run] = worker
      workers[worker]?.claimed += 1
    case .ended(let run, _, _): holders[run] = nil
    case .step, .epoch: break
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
        claimed: process?.claimed ?? 0
      )
    )
    let ending = try apply(actions, settling: claims)
    return try ending ?? apply(supervisor.handle(.observed(phases())))
  }

  /// Where every run is.
  private func phases() throws -> [String: RunPhase] {
    let states = try store.states(in: scope)
    progress.observe(states)
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
        progress.note(.ended(run: run, state: "queued", reason: "\(reason); tried again"))
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
        progress.note(.ended(run: run, state: "failed", reason: reason))
        if let claim = claim(run) { try store.fail(crashed: claim, reason: reason) }
      case .finish(let end): ending = end
      }
    }
    return ending
  }

  private func signal(_ worker: WorkerID, _ number: Int32) {
    guard let pid = workers[worker]?.identity?.pid else { return }
    kill(pid_t(pid), number)
  }

  private func spawn(_ worker: WorkerID) {
    workers[worker] = WorkerProcess()
    let arguments = workerArguments
    let send = sendEvent
    Task {
      do {
        let exit = try await Self.runWorker(arguments) { event in
          switch event {
          case .started(let identity): send.yield(.started(worker, identity))
          case .message(let message): send.yield(.message(worker, message))
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
  }

  /// One worker process from start to end; its standard input stays open until then, its errors are ours.
  private static func runWorker(
    _ arguments: [String],
    _ tell: @escaping @Sendable (WorkerEvent) -> Void
  ) async throws -> WorkerExit {
    var options = PlatformOptions()
    options.processGroupID = 0
    let configuration = Configuration(
      executable: .path(ExecutablePath.current),
      arguments: Arguments(arguments),
      platformOptions: options
    )
    let result = try await Subprocess.run(
      configuration,
      input: .inputWriter,
      output: .sequence,
      error: .currentStandardError
    ) { execution in
      tell(.started(.onThisMachine(pid: Int(execution.processIdentifier.value))))
      for try await line in execution.standardOutput.strings() {
        if let message = WorkerMessage(line: line) { tell(.message(message)) }
      }
    }
    switch result.terminationStatus {
    case .exited(let code): return .code(Int(code))
    case .signaled(let number): return .signal(Int(number))
    }
  }
}

/// The path of this program, so that workers are the same binary.
enum ExecutablePath {
  static var current: FilePath {
    #if os(Linux)
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      return FilePath(target ?? CommandLine.arguments[0])
    #else
      return FilePath(Bundle.main.executablePath ?? CommandLine.arguments[0])
    #endif
  }
}

/// SIGINT and SIGTERM as calls, instead of ending the program.
final class InterruptSignals {
  private let sources: [any DispatchSourceSignal]

  init(_ call: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "interrupt")
    sources = [SIGINT, SIGTERM].map { number in
      Foundation.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler(handler: call)
      source.resume()
      return source
    }
  }

  func end() {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { _ = Foundation.signal(number, SIG_DFL) }
  }
}
