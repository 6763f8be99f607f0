// SPDX-License-Identifier: Apache-2.0

import Experiments
import Scheduling
import Testing
import Vocabulary

/// SplitMix64, so that a failing seed can be tried again.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A store and a machine in which anything may happen at any time.
private struct World {
  var generator: SeededGenerator
  var supervisor: Supervisor
  var phases: [String: RunPhase] = [:]
  var live: [WorkerID: Int] = [:]
  var asked: Set<WorkerID> = []
  var mostAlive = 0
  var attempts: [String: Int] = [:]
  var ending: SweepEnding?
  var actionsAfterEnding = 0
  let interrupts: Bool

  init(seed: UInt64) {
    generator = SeededGenerator(state: seed)
    supervisor = Supervisor(
      jobs: Int.random(in: 1...4, using: &generator),
      maxRetries: Int.random(in: 0...2, using: &generator)
    )
    interrupts = seed % 3 == 0
    let starts: [RunPhase] = [.claimable, .claimable, .claimable, .elsewhere, .ended(.completed)]
    for run in 0..<Int.random(in: 0...6, using: &generator) {
      phases["r\(run)"] = starts.randomElement(using: &generator)
    }
  }

  mutating func perform(_ event: SupervisorEvent) {
    let wasOver = ending != nil
    for action in supervisor.handle(event) {
      if wasOver { actionsAfterEnding += 1 }
      switch action {
      case .spawn(let worker): live[worker] = 0
      case .stop(let worker): asked.insert(worker)
      case .kill(let worker): exit(worker, .signal(9))
      case .retry(let run, _), .release(let run): phases[run] = .claimable
      case .giveUp(let run, _): phases[run] = .ended(.failed)
      case .finish(let how): ending = how
      }
    }
    mostAlive = max(mostAlive, live.count)
  }

  mutating func exit(_ worker: WorkerID, _ how: WorkerExit) {
    guard let claimed = live.removeValue(forKey: worker) else { return }
    let holding = phases.filter { $0.value == .held(by: worker) }.map(\.key).sorted()
    for run in holding { phases[run] = .elsewhere }
    perform(.workerExited(worker, how, holding: holding, claimed: claimed))
  }

  /// One thing happens: to a worker, to a run of somebody else, or to the sweep.
  mutating func step() {
    switch Int.random(in: 0..<12, using: &generator) {
    case 0...5: if let worker = live.keys.sorted().randomElement(using: &generator) { act(worker) }
    case 6: moveOthers()
    case 7 where interrupts && Int.random(in: 0..<4, using: &generator) == 0:
      perform(.interruptRequested)
    case 8:
      if let worker = live.keys.sorted().randomElement(using: &generator),
        Int.random(in: 0..<3, using: &generator) == 0
      {
        let exits: [WorkerExit] = [.signal(9), .signal(11), .code(1), .signal(15)]
        exit(worker, exits.randomElement(using: &generator) ?? .code(1))
      }
    default: perform(.observed(phases))
    }
  }

  /// A worker claims, finishes or ends, as workers do.
  private mutating func act(_ worker: WorkerID) {
    if let run = phases.first(where: { $0.value == .held(by: worker) })?.key {
      let endings: [RunState] = [.completed, .completed, .failed]
      phases[run] =
        asked.contains(worker)
        ? .claimable : .ended(endings.randomElement(using: &generator) ?? .completed)
    } else if asked.contains(worker) {
      exit(worker, .code(130))
    } else if let run = phases.filter({ $0.value == .claimable }).keys.sorted().first {
      phases[run] = .held(by: worker)
      attempts[run, default: 0] += 1
      live[worker, default: 0] += 1
    } else {
      exit(worker, .code(0))
    }
  }

  private mutating func moveOthers() {
    let others = phases.filter { $0.value == .elsewhere }.keys.sorted()
    guard let run = others.randomElement(using: &generator) else { return }
    phases[run] = Bool.random(using: &generator) ? .ended(.completed) : .claimable
  }
}

@Suite struct SupervisorPropertyTests {
  @Test func `whatever happens, it finishes and never runs more than its jobs`() {
    for seed in UInt64(0)..<500 {
      var world = World(seed: seed)
      var steps = 0
      while world.ending == nil, steps < 20_000 {
        world.step()
        steps += 1
      }
      #expect(world.ending != nil, "seed \(seed) does not finish")
      #expect(world.mostAlive <= world.supervisor.jobs, "seed \(seed): \(world.mostAlive) alive")
      #expect(world.live.isEmpty, "seed \(seed) leaves workers behind")
      if case .completed(let failed)? = world.ending {
        let open = world.phases.filter { if case .ended = $0.value { false } else { true } }
        #expect(open.isEmpty, "seed \(seed) finishes with open runs \(open)")
        #expect(
          failed == world.phases.values.count { $0 == .ended(.failed) },
          "seed \(seed) miscounts failures"
        )
      }
      for event in [SupervisorEvent.interruptRequested, .observed(["x": .claimable])] {
        world.perform(event)
      }
      #expect(world.actionsAfterEnding == 0, "seed \(seed) acts after its end")
    }
  }
}
