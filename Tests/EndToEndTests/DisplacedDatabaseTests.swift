// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

/// The database goes away while a sweep works on it.
@Suite(.inTurns) struct DisplacedDatabaseTests {
  /// A sweep that has stored an epoch and has many to go.
  private func sweep(in box: Sandbox, _ folder: String = ".") async throws -> Running {
    let sweep = try box.start(
      ["sweep", box.path("m.yaml"), "train.epochs=5000", "--jobs", "1", "--db", "runexp.db"],
      in: folder
    )
    try await eventually("an epoch is stored") {
      sweep.talk.contains(": epoch 1/") || !sweep.isRunning
    }
    #expect(sweep.isRunning, "\(sweep.talk)")
    return sweep
  }

  /// Runs of a plan go on from there: what was measured is there, and nobody holds a run.
  private func expectWhole(_ store: RunStore) throws {
    let runs = try store.runs()
    #expect(runs.count == 4 && runs.allSatisfy { $0.state != .running })
    #expect(try runs.contains { try store.curves(ofRun: $0.id)["train.loss"]?.isEmpty == false })
    #expect(try runs.contains { try !store.checkpoints(ofRun: $0.id).isEmpty })
    #expect(try store.findDamage().isEmpty)
  }

  @Test(arguments: [["runexp.db"], ["runexp.db", "runexp.db-wal", "runexp.db-shm"]])
  func `a deleted database is saved beside its place`(files: [String]) async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    let sweep = try await sweep(in: box)
    for file in files { try FileManager.default.removeItem(atPath: box.path(file)) }
    try await sweep.finished().expectExit(3).expectTalk(
      "error: the database `runexp.db` was deleted while it was in use: all that it held is in "
        + "`\(box.path("runexp.db.rescued"))`\n"
        + "hint: `--db \(box.path("runexp.db.rescued"))` goes on from there, or move it back first\n"
    )
    #expect(!box.has("runexp.db") && !box.has("reports/tiny/index.md"))
    try expectWhole(box.store("runexp.db.rescued"))
  }

  @Test func `a moved database is named, and the sweep goes on there`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    let sweep = try await sweep(in: box)
    try FileManager.default.moveItem(atPath: box.path("runexp.db"), toPath: box.path("new.db"))
    try await sweep.finished().expectExit(3).expectTalk(
      "error: the database `runexp.db` was moved while it was in use: all that it held is in "
        + "`\(box.path("new.db"))`\n"
    )
    #expect(!box.has("runexp.db") && !box.has("runexp.db.rescued"))
    try expectWhole(box.store("new.db"))
    let more = ["sweep", "m.yaml", "train.epochs=5000", "--db", "new.db", "--time-limit", "1s"]
    try await box.start(more).finished().expectExit(130).expectTalk("resumes at epoch")
  }

  @Test func `a database that another one replaced is saved, and the other one is left alone`()
    async throws
  {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml", "--db", "other.db").expectExit(0)
    let other = try box.bytes("other.db")
    let sweep = try await sweep(in: box)
    let isRenamed = unsafe rename(box.path("other.db"), box.path("runexp.db")) == 0
    #expect(isRenamed)
    try await sweep.finished().expectExit(3).expectTalk(
      "error: the database `runexp.db` was replaced by another file while it was in use: all that "
        + "it held is in `\(box.path("runexp.db.rescued"))`\n"
    )
    #expect(try box.bytes("runexp.db") == other)
    try expectWhole(box.store("runexp.db.rescued"))
  }

  @Test func `a database that another one was copied over is whole in the end, or refused`()
    async throws
  {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml", "name=other", "--db", "other.db").expectExit(0)
    let sweep = try await sweep(in: box)
    // The file stays the same one; what SQLite has not yet written into it lies in the log beside it.
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: box.path("runexp.db")))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: box.bytes("other.db"))
    try handle.close()
    try await Task.sleep(for: .seconds(2))
    sweep.signal(SIGINT)
    let ended = try await sweep.finished()
    if ended.status == 130 { return try expectWhole(box.store()) }
    // What was copied over may also be read as it is: then the sweep is no longer there.
    let isRefused = ["error: `runexp.db` ", "error: there is no sweep"]
      .contains { ended.talk.contains($0) }
    #expect(
      [2, 3].contains(ended.status) && isRefused,
      "\(ended)"
    )
    #expect(!box.has("reports/tiny/index.md"))
  }

  @Test func `with its folder gone the data are saved at home`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try FileManager.default.createDirectory(
      atPath: box.path("work"),
      withIntermediateDirectories: true
    )
    let sweep = try await sweep(in: box, "work")
    try FileManager.default.removeItem(atPath: box.path("work"))
    try await sweep.finished().expectExit(3).expectTalk(
      "was deleted while it was in use: all that it held is in `\(box.path("home/runexp.db.rescued"))`"
    )
    try expectWhole(box.store("home/runexp.db.rescued"))
  }

  @Test func `a worker of its own saves the data as well`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    let sweep = try await sweep(in: box)
    sweep.signal(SIGINT)
    _ = try await sweep.finished()
    let worker = try box.start(["worker", "--db", "runexp.db"])
    try await eventually("it works") { worker.talk.contains("epoch") || !worker.isRunning }
    try FileManager.default.removeItem(atPath: box.path("runexp.db"))
    worker.signal(SIGTERM)
    let ended = try await worker.finished()
    #expect(ended.status == 3, "\(ended)")
    try expectWhole(box.store("runexp.db.rescued"))
  }

  @Test func `a report folder that is deleted meanwhile is made again`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml").expectExit(0)
    try FileManager.default.removeItem(atPath: box.path("reports"))
    try await box.run("sweep", "m.yaml").expectExit(0)
    #expect(box.has("reports/tiny/index.md"))
  }
}
