// SPDX-License-Identifier: Apache-2.0

import Experiments
import Scheduling
import Testing
import Vocabulary

private let one = WorkerID(1)
private let two = WorkerID(2)
private let three = WorkerID(3)

@Suite struct SupervisorTests {
  @Test(arguments: [(1, 3, 1), (2, 3, 2), (8, 3, 3), (2, 0, 0)])
  func `starts one worker per open run up to the jobs`(jobs: Int, runs: Int, expected: Int) {
    var supervisor = Supervisor(jobs: jobs)
    var phases = Dictionary(uniqueKeysWithValues: (0..<runs).map { ("r\($0)", RunPhase.claimable) })
    phases["done"] = .ended(.completed)
    phases["other"] = .elsewhere
    let actions = supervisor.handle(.observed(phases))
    #expect(actions == (0..<expected).map { .spawn(WorkerID($0 + 1)) })
  }

  @Test func `a plan without open runs finishes at once`() {
    var supervisor = Supervisor(jobs: 2)
    let actions = supervisor.handle(.observed(["a": .ended(.completed), "b": .ended(.cancelled)]))
    #expect(actions == [.finish(.completed(failed: 0))])
  }

  @Test func `a plan without runs finishes at once`() {
    var supervisor = Supervisor(jobs: 2)
    #expect(supervisor.handle(.observed([:])) == [.finish(.completed(failed: 0))])
  }

  @Test func `failed runs are counted at the end`() {
    var supervisor = Supervisor(jobs: 2)
    let actions = supervisor.handle(.observed(["a": .ended(.failed), "b": .ended(.completed)]))
    #expect(actions == [.finish(.completed(failed: 1))])
  }

  @Test func `workers are started again while there is work`() {
    var supervisor = Supervisor(jobs: 1)
    #expect(supervisor.handle(.observed(["a": .claimable, "b": .claimable])) == [.spawn(one)])
    #expect(supervisor.handle(.observed(["a": .held(by: one), "b": .claimable])).isEmpty)
    #expect(
      supervisor.handle(.workerExited(one, .signal(9), holding: [], claimed: 1)) == [.spawn(two)]
    )
  }

  @Test func `idle workers are asked to end when every run is terminal`() {
    var supervisor = Supervisor(jobs: 2)
    _ = supervisor.handle(.observed(["a": .claimable, "b": .claimable]))
    let ended: [String: RunPhase] = ["a": .ended(.completed), "b": .ended(.completed)]
    #expect(supervisor.handle(.observed(ended)) == [.stop(one), .stop(two)])
    #expect(supervisor.handle(.observed(ended)).isEmpty, "asked once")
    #expect(supervisor.handle(.workerExited(one, .code(0), holding: [], claimed: 1)).isEmpty)
    #expect(
      supervisor.handle(.workerExited(two, .signal(15), holding: [], claimed: 1))
        == [.finish(.completed(failed: 0))]
    )
  }

  @Test func `runs of others are waited for and taken over when they become free`() {
    var supervisor = Supervisor(jobs: 2)
    #expect(supervisor.handle(.observed(["a": .elsewhere])).isEmpty)
    #expect(supervisor.handle(.observed(["a": .elsewhere])).isEmpty)
    #expect(supervisor.handle(.observed(["a": .claimable])) == [.spawn(one)])
  }

  @Test func `a run is tried again as often as allowed, then given up`() {
    var supervisor = Supervisor(jobs: 1, maxRetries: 2)
    #expect(supervisor.handle(.observed(["a": .claimable])) == [.spawn(one)])
    func die(_ number: Int) -> [SupervisorAction] {
      supervisor.handle(
        .workerExited(WorkerID(number), .signal(9), holding: ["a"], claimed: 1)
      )
    }
    let retry = SupervisorAction.retry(
      run: "a",
      reason: "its worker died: signal 9, which the system sends when memory runs out"
    )
    #expect(die(1) == [retry, .spawn(two)])
    #expect(die(2) == [retry, .spawn(three)])
    #expect(
      die(3) == [
        .giveUp(
          run: "a",
          reason:
            "its worker died 3 times, last by signal 9, which the system sends when memory runs out"
        ),
        .finish(.completed(failed: 1)),
      ]
    )
  }

  @Test func `a run whose worker ran out of memory is not tried again`() {
    var supervisor = Supervisor(jobs: 1, maxRetries: 2)
    _ = supervisor.handle(.observed(["a": .claimable, "b": .claimable]))
    let actions = supervisor.handle(.workerExited(one, .code(71), holding: ["a"], claimed: 1))
    let reason =
      "its worker ran out of memory; a smaller model, a smaller `train.batch_size` or fewer `--jobs` take less"
    #expect(actions == [.giveUp(run: "a", reason: reason), .spawn(two)])
  }

  @Test func `without retries the first crash fails the run`() {
    var supervisor = Supervisor(jobs: 1, maxRetries: 0)
    _ = supervisor.handle(.observed(["a": .claimable, "b": .claimable]))
    let actions = supervisor.handle(.workerExited(one, .code(133), holding: ["a"], claimed: 1))
    #expect(
      actions == [
        .giveUp(run: "a", reason: "its worker died once, last by exit code 133"), .spawn(two),
      ]
    )
  }

  @Test(arguments: [WorkerExit.signal(15), .signal(2), .code(130), .code(143)])
  func `a worker that was asked to end does not count as a crash`(exit: WorkerExit) {
    var supervisor = Supervisor(jobs: 1, maxRetries: 0)
    _ = supervisor.handle(.observed(["a": .claimable]))
    let actions = supervisor.handle(.workerExited(one, exit, holding: ["a"], claimed: 1))
    #expect(actions == [.release(run: "a"), .spawn(two)])
  }

  @Test func `the first interrupt asks for checkpoints, the second kills`() {
    var supervisor = Supervisor(jobs: 2)
    _ = supervisor.handle(.observed(["a": .claimable, "b": .claimable, "c": .claimable]))
    #expect(supervisor.handle(.interruptRequested) == [.stop(one), .stop(two)])
    #expect(
      supervisor.handle(.workerExited(one, .code(130), holding: [], claimed: 1)).isEmpty,
      "nothing is started any more"
    )
    #expect(supervisor.handle(.interruptRequested) == [.kill(two)])
    #expect(
      supervisor.handle(.workerExited(two, .signal(9), holding: ["b"], claimed: 1))
        == [.release(run: "b"), .finish(.interrupted)]
    )
    #expect(supervisor.handle(.interruptRequested).isEmpty)
  }

  @Test func `an interrupt without workers ends at once`() {
    var supervisor = Supervisor(jobs: 2)
    #expect(supervisor.handle(.interruptRequested) == [.finish(.interrupted)])
  }

  @Test func `an interrupt that comes when all is done ends as done`() {
    var supervisor = Supervisor(jobs: 1)
    _ = supervisor.handle(.observed(["a": .claimable]))
    #expect(supervisor.handle(.interruptRequested) == [.stop(one)])
    #expect(supervisor.handle(.observed(["a": .ended(.completed)])).isEmpty)
    #expect(
      supervisor.handle(.workerExited(one, .code(0), holding: [], claimed: 1))
        == [.finish(.completed(failed: 0))]
    )
  }

  @Test func `workers that die before claiming are not started for ever`() {
    var supervisor = Supervisor(jobs: 1)
    #expect(supervisor.handle(.observed(["a": .claimable])) == [.spawn(one)])
    #expect(
      supervisor.handle(.workerExited(one, .signal(4), holding: [], claimed: 0)) == [.spawn(two)]
    )
    #expect(
      supervisor.handle(.spawnFailed(two, reason: "no such file")) == [.spawn(three)]
    )
    #expect(
      supervisor.handle(.workerExited(three, .signal(4), holding: [], claimed: 0))
        == [.finish(.workersCannotStart(reason: "signal 4"))]
    )
  }

  @Test func `a claim forgives earlier deaths at the start`() {
    var supervisor = Supervisor(jobs: 1, maxRetries: 9)
    _ = supervisor.handle(.observed(["a": .claimable]))
    for number in 1...9 {
      let actions = supervisor.handle(
        .workerExited(
          WorkerID(number),
          .signal(11),
          holding: number % 3 == 0 ? ["a"] : [],
          claimed: number % 3 == 0 ? 1 : 0
        )
      )
      #expect(actions.last == .spawn(WorkerID(number + 1)))
    }
  }

  @Test func `after an idle exit the store is looked at first`() {
    var supervisor = Supervisor(jobs: 1)
    _ = supervisor.handle(.observed(["a": .claimable]))
    #expect(supervisor.handle(.workerExited(one, .code(0), holding: [], claimed: 0)).isEmpty)
    #expect(supervisor.handle(.observed(["a": .elsewhere])).isEmpty)
    #expect(supervisor.handle(.observed(["a": .claimable])) == [.spawn(two)])
  }

  @Test func `workers that never take what is queued end the sweep`() {
    var supervisor = Supervisor(jobs: 1)
    var actions = supervisor.handle(.observed(["a": .claimable]))
    var number = 0
    while case .spawn(let worker)? = actions.last {
      number += 1
      _ = supervisor.handle(.workerExited(worker, .code(0), holding: [], claimed: 0))
      actions = supervisor.handle(.observed(["a": .claimable]))
    }
    #expect(number == 20)
    #expect(
      actions == [.finish(.workersCannotStart(reason: "workers end although runs are queued"))]
    )
  }

  @Test func `storage that refuses writes stops the sweep`() {
    var supervisor = Supervisor(jobs: 2)
    _ = supervisor.handle(.observed(["a": .claimable, "b": .claimable]))
    #expect(
      supervisor.handle(.workerExited(one, .code(3), holding: ["a"], claimed: 1))
        == [.release(run: "a"), .stop(two)]
    )
    #expect(
      supervisor.handle(.workerExited(two, .code(3), holding: ["b"], claimed: 1))
        == [.release(run: "b"), .finish(.storageRefused)]
    )
  }

  @Test func `a worker nobody knows is ignored`() {
    var supervisor = Supervisor(jobs: 1)
    _ = supervisor.handle(.observed(["a": .claimable]))
    let actions = supervisor.handle(
      .workerExited(WorkerID(77), .signal(9), holding: ["a"], claimed: 1)
    )
    #expect(actions.isEmpty)
  }

  @Test(
    arguments: [
      (.completed(failed: 0), 0), (.completed(failed: 2), 1), (.interrupted, 130),
      (.storageRefused, 3), (.workersCannotStart(reason: "signal 4"), 1),
    ] as [(SweepEnding, Int32)]
  )
  func `endings have the documented exit codes`(ending: SweepEnding, code: Int32) {
    #expect(ending.exitCode == code)
  }
}

@Suite struct ParallelismTests {
  @Test(arguments: [
    (1, 1, 1, 1), (2, 90, 2, 1), (16, 3, 3, 5), (16, 1, 1, 16), (8, 0, 1, 8),
  ])
  func `follows the cores and the open runs`(cores: Int, open: Int, jobs: Int, threads: Int) {
    let chosen = Parallelism(cores: cores, openRuns: open)
    #expect(chosen.jobs == jobs)
    #expect(chosen.threads == threads)
  }

  @Test func `obeys what is given, also beyond the cores`() {
    let both = Parallelism(cores: 2, openRuns: 1, jobs: 7, threads: 3)
    #expect((both.jobs, both.threads) == (7, 3))
    #expect(Parallelism(cores: 8, openRuns: 90, jobs: 2).threads == 4)
    #expect(Parallelism(cores: 2, openRuns: 90, jobs: 8).threads == 1)
    #expect(Parallelism(cores: 8, openRuns: 90, threads: 4).jobs == 8)
  }
}
