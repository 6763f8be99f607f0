// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import GRDB
import Storage
import Testing
import Vocabulary

/// What `Sample.long` comes to when nobody disturbs it; trained once for all tests.
private enum Undisturbed {
  static let bits = Task {
    let box = try Sandbox().manifest(Sample.long)
    try await box.run("sweep", "m.yaml", "--jobs", "2").expectExit(0)
    return try box.bits("long@1")
  }
}

@Suite(.inTurns) struct KillTests {
  @Test func `killed workers cost time but no bits`() async throws {
    let box = try Sandbox().manifest(Sample.long)
    let sweep = try box.start(["sweep", "m.yaml", "--jobs", "2", "--max-retries", "50"])
    var kills = 0
    for _ in 0..<4 {
      try await pause(upTo: 250)
      guard let worker = try await busyWorker(of: sweep, in: box) else { break }
      try await end(worker)
      kills += 1
    }
    let ended = try await sweep.finished().expectExit(0)
    #expect(kills >= 1)
    #expect(try await box.bits("long@1") == Undisturbed.bits.value)
    let attempts = try allAttempts(box)
    let crashes = attempts.filter { $0.outcome == .crashed }
    #expect(crashes.count >= 1 && attempts.count == 2 + crashes.count, "\(attempts) \(ended.talk)")
    #expect(
      crashes.allSatisfy {
        $0.reason == "its worker died: signal 9, which the system sends when memory runs out"
      }
    )
    #expect(try box.store().runs().map(\.attempts).reduce(0, +) == attempts.count)
  }

  @Test func `a run whose worker dies too often fails, and the sweep goes on`() async throws {
    let box = try Sandbox().manifest(Sample.long)
    let sweep = try box.start(["sweep", "m.yaml", "--jobs", "1", "--max-retries", "1"])
    for _ in 0..<2 {
      let worker = try await busyWorker(of: sweep, in: box)
      try await end(try #require(worker))
    }
    try await sweep.finished().expectExit(1)
      .expectTalk(
        "activation=relu seed 0: back in the queue (its worker died: signal 9, which the system sends when memory runs out; tried again)"
      )
      .expectTalk(
        "activation=relu seed 0: failed (its worker died 2 times, last by signal 9, which the system sends when memory runs out)"
      )
      .expectTalk("activation=tanh seed 0: completed").expectTalk("1 of 2 runs failed")
    try await box.run("sweep", "m.yaml").expectExit(0)
      .expectTalk("long@1: 2 cells, 2 runs: 1 retried, 1 reused\n")
    #expect(try await box.bits("long@1") == Undisturbed.bits.value)
  }

  @Test func `after the power went, the same command ends with the same bits`() async throws {
    let box = try Sandbox().manifest(Sample.long)
    for _ in 0..<4 {
      let sweep = try box.start(["sweep", "m.yaml", "--jobs", "2"])
      guard try await busyWorker(of: sweep, in: box) != nil else { break }
      try await pause(upTo: 250)
      sweep.killTree()
      _ = try await sweep.finished()
    }
    try await box.run("sweep", "m.yaml").expectExit(0)
    #expect(try await box.bits("long@1") == Undisturbed.bits.value)
    let attempts = try allAttempts(box)
    #expect(attempts.allSatisfy { $0.outcome == .interrupted || $0.outcome == .completed })
    #expect(attempts.count { $0.outcome == .completed } == 2 && attempts.count > 2)
  }

  @Test func `workers whose sweep was killed checkpoint and end`() async throws {
    var box = try Sandbox()
    // On a busy machine a sweep may be through before it is killed; then another one is.
    for _ in 0..<5 {
      box = try Sandbox().manifest(Sample.long)
      let sweep = try box.start(["sweep", "m.yaml", "--jobs", "2"])
      _ = try await busyWorker(of: sweep, in: box)
      try await somethingLearned(in: box)
      let workers = sweep.children
      sweep.signal(SIGKILL)
      _ = try await sweep.finished()
      try await eventually("the workers end", within: .seconds(60)) {
        !workers.contains { Processes.isAlive($0) }
      }
      let runs = try box.store().runs()
      #expect(runs.allSatisfy { $0.state != .running && $0.state != .interrupted })
      if try allAttempts(box).contains(where: { $0.outcome == .released }) { break }
    }
    #expect(try allAttempts(box).contains { $0.outcome == .released })
    try await box.run("sweep", "m.yaml").expectExit(0).expectTalk("resumes at epoch")
    #expect(try await box.bits("long@1") == Undisturbed.bits.value)
  }

  /// A sweep that got a signal while something was learned; on a busy machine it may be through before that, then another
  /// one.
  private func signalled(_ number: Int32) async throws -> (Sandbox, Finished) {
    var tries = 0
    while true {
      let box = try Sandbox().manifest(Sample.long)
      let sweep = try box.start(["sweep", "m.yaml", "--jobs", "2"])
      _ = try await busyWorker(of: sweep, in: box)
      try await somethingLearned(in: box)
      let workers = sweep.children
      try await pause(upTo: 100)
      sweep.signal(number)
      let ended = try await sweep.finished()
      #expect(!workers.contains { Processes.isAlive($0) })
      tries += 1
      if ended.status != 0 || tries == 5 { return (box, ended) }
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a signal asks for checkpoints, from which the same command goes on`(
    number: Int32
  ) async throws {
    let (box, ended) = try await signalled(number)
    ended.expectExit(130).expectTalk("stopping after a checkpoint")
      .expectTalk("interrupted; the same command goes on from the checkpoints")
    let course = ended.talk
    let store = try box.store()
    let open = try store.runs().filter { $0.state != .completed }
    #expect(!open.isEmpty && open.allSatisfy { $0.state == .queued }, "\(course)")
    let started = open.filter { $0.attempts > 0 }
    let checkpoints = try started.compactMap { try store.checkpoints(ofRun: $0.id).last }
    #expect(!started.isEmpty && checkpoints.count == started.count)
    #expect(checkpoints.contains { $0.epoch != $0.epoch.rounded() }, "inside an epoch")
    let page = String(decoding: try box.bytes("reports/long/index.md"), as: UTF8.self)
    #expect(page.contains("of 2 runs: no verdicts yet"))
    try await box.run("sweep", "m.yaml").expectExit(0).expectTalk("resumed")
    #expect(try await box.bits("long@1") == Undisturbed.bits.value)
    #expect(try allAttempts(box).allSatisfy { $0.outcome != .crashed })
  }

  @Test func `a second signal stops now`() async throws {
    let box = try Sandbox().manifest(Sample.long)
    let sweep = try box.start(["sweep", "m.yaml", "--jobs", "2"])
    _ = try await busyWorker(of: sweep, in: box)
    let workers = sweep.children
    // Stopped workers cannot checkpoint, so only the second signal ends them.
    for worker in workers { kill(worker, SIGSTOP) }
    sweep.signal(SIGINT)
    try await eventually("the first signal is seen") { sweep.talk.contains("stopping after") }
    #expect(sweep.isRunning && workers.contains { Processes.isAlive($0) })
    sweep.signal(SIGINT)
    try await sweep.finished().expectExit(130)
    #expect(!workers.contains { Processes.isAlive($0) })
    #expect(try box.store().runs().allSatisfy { $0.state == .queued || $0.state == .completed })
    try await box.run("sweep", "m.yaml").expectExit(0)
    #expect(try await box.bits("long@1") == Undisturbed.bits.value)
    #expect(try allAttempts(box).allSatisfy { $0.outcome != .crashed })
  }

  @Test func `a signal at the very start leaves nothing behind`() async throws {
    let box = try Sandbox().manifest(Sample.long)
    let sweep = try box.start(["sweep", "m.yaml", "--jobs", "2"])
    try await eventually("the plan is frozen") { sweep.talk.contains("2 new") }
    sweep.signal(SIGINT)
    let ended = try await sweep.finished()
    // Before the sweep listens, the signal itself ends it.
    #expect([130, 128 + SIGINT].contains(ended.status), "\(ended)")
    #expect(sweep.children.isEmpty)
    try await box.run("sweep", "m.yaml").expectExit(0)
    #expect(try await box.bits("long@1") == Undisturbed.bits.value)
  }

  @Test func `a time limit acts as a signal`() async throws {
    let box = try Sandbox().manifest(Sample.long)
    var ended = try await box.run("sweep", "m.yaml", "train.epochs=500", "--time-limit", "1s")
    ended.expectExit(130).expectTalk("stopping after a checkpoint")
    ended = try await box.run("sweep", "m.yaml", "train.epochs=500", "--time-limit", "1s")
    ended.expectExit(130).expectTalk("long@1: 2 cells, 2 runs: ")
    #expect(try allAttempts(box).allSatisfy { $0.outcome == .released })
  }

  @Test(arguments: 0..<6)
  func `a signal is heard however early in a worker's life it comes`(round: Int) async throws {
    let box = try Sandbox().manifest(Sample.long)
    let sweep = try box.start(["sweep", "m.yaml", "train.epochs=500", "--jobs", "2"])
    try await eventually("a worker has started") { !sweep.children.isEmpty || !sweep.isRunning }
    try await pause(upTo: 4 * round)
    for worker in sweep.children { kill(worker, SIGTERM) }
    sweep.signal(SIGTERM)
    try await sweep.finished().expectExit(130)
    #expect(try box.store().runs().allSatisfy { $0.state == .queued })
  }

  @Test func `a program that is replaced in the middle still starts its own workers`() async throws
  {
    let box = try Sandbox().manifest(Sample.long)
    let copy = box.path("program")
    // Another process writes the copy: what tests beside this one start could inherit our descriptor of it, and a file
    // that is open for writing cannot be started.
    let copying = try Process.run(
      URL(fileURLWithPath: "/bin/cp"),
      arguments: [Program.path, copy]
    )
    copying.waitUntilExit()
    #expect(copying.terminationStatus == 0)
    let sweep = try box.start(["sweep", "m.yaml", "--jobs", "1"], program: copy)
    let worker = try await busyWorker(of: sweep, in: box)
    try FileManager.default.removeItem(atPath: copy)
    try box.write("program", "#!/bin/sh\nexit 1\n")
    kill(try #require(worker), SIGKILL)
    try await sweep.finished().expectExit(0)
    #expect(try await box.bits("long@1") == Undisturbed.bits.value)
  }
}

extension KillTests {
  @Test func `workers that cannot start end the sweep with their reason`() async throws {
    let box = try Sandbox().manifest(Sample.long)
    let sweep = try box.start(["sweep", "m.yaml", "--jobs", "1"])
    let worker = try await busyWorker(of: sweep, in: box)
    try box.tamper("runexp.db", "INSERT INTO migration VALUES ('v99 later', '2030-01-01')")
    kill(try #require(worker), SIGKILL)
    try await sweep.finished().expectExit(1)
      .expectTalk(
        "error: `runexp.db` was written by a newer runexp (its schema has the step `v99 later`); use that version, nothing was changed\n"
      )
      .expectTalk("error: workers cannot start: exit code 2\n")
  }
}

// MARK: - Moments

/// Waits a random while, so that signals hit any place of a training.
private func pause(upTo milliseconds: Int) async throws {
  try await Task.sleep(for: .milliseconds(Int.random(in: 0...milliseconds)))
}

/// Kills a process and waits until it is dead, so that it is not taken for a living one.
private func end(_ process: Int32) async throws {
  kill(process, SIGKILL)
  try await eventually("process \(process) is dead") { !Processes.isAlive(process) }
}

/// A worker of the sweep that holds a run now; nil once the sweep has ended.
private func busyWorker(of sweep: Running, in box: Sandbox) async throws -> Int32? {
  var found: Int32?
  try await eventually("a worker holds a run") {
    guard sweep.isRunning else { return true }
    guard sweep.talk.contains("long@1: ") else { return false }
    let children = Set(sweep.children)
    found = try holders(box).first { children.contains($0) }
    return found != nil
  }
  return found
}

/// Waits until a run has points inside its first epoch, so that a checkpoint has something to hold.
private func somethingLearned(in box: Sandbox) async throws {
  try await eventually("something is learned") {
    let store = try box.store()
    return try store.runs().contains { try !store.curves(ofRun: $0.id).isEmpty }
  }
}

/// Processes with an attempt that has not ended; none while another process recovers the file, which answers "busy" at
/// once.
private func holders(_ box: Sandbox) throws -> [Int32] {
  var configuration = Configuration()
  configuration.readonly = true
  configuration.busyMode = .timeout(10)
  do {
    let queue = try DatabaseQueue(path: box.path("runexp.db"), configuration: configuration)
    return try queue.read {
      try Int32.fetchAll($0, sql: "SELECT pid FROM v_attempt WHERE outcome IS NULL ORDER BY pid")
    }
  } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
    return []
  }
}

private func allAttempts(_ box: Sandbox) throws -> [AttemptRecord] {
  let store = try box.store()
  return try store.runs().flatMap { try store.attempts(ofRun: $0.id) }
}
