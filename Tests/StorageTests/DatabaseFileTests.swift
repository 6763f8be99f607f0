// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Storage

@Suite struct DatabaseFileTests {
  let folder: TemporaryFolder
  var path: String { folder.database }

  init() throws { folder = try TemporaryFolder() }

  private func sqlite(_ statements: String...) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      for sql in statements { try database.execute(sql: sql) }
    }
    try queue.close()
  }

  private func sentence(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `a writer's commits are durable and the file is in WAL mode`() throws {
    let store = try RunStore(path: path, mode: .create)
    let settings = try store.pool.writeWithoutTransaction { database in
      [
        try String.fetchOne(database, sql: "PRAGMA synchronous"),
        try String.fetchOne(database, sql: "PRAGMA journal_mode"),
        try String.fetchOne(database, sql: "PRAGMA foreign_keys"),
      ]
    }
    #expect(settings == ["2", "wal", "1"], "FULL, WAL, foreign keys on")
    let again = try RunStore(path: path)
    let synchronous = try again.pool.writeWithoutTransaction {
      try Int.fetchOne($0, sql: "PRAGMA synchronous")
    }
    #expect(synchronous == 2)
  }

  @Test(arguments: [RunStore.Mode.open, .readOnly])
  func `a missing database is not created`(mode: RunStore.Mode) {
    #expect(
      sentence { _ = try RunStore(path: path, mode: mode) }
        == "there is no database `\(path)`"
    )
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: [RunStore.Mode.create, .open, .readOnly])
  func `another kind of file is refused and left alone`(mode: RunStore.Mode) throws {
    let text = String(repeating: "model: mlp\n", count: 300)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(
      sentence { _ = try RunStore(path: path, mode: mode) }
        == "`\(path)` is not an SQLite database"
    )
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test(arguments: [RunStore.Mode.create, .open, .readOnly])
  func `somebody else's database is refused and left alone`(mode: RunStore.Mode) throws {
    try sqlite("CREATE TABLE bookmark (url TEXT)")
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(
      sentence { _ = try RunStore(path: path, mode: mode) }
        == "`\(path)` is an SQLite database, but not one of runexp's"
    )
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test(arguments: [RunStore.Mode.create, .open, .readOnly])
  func `a newer schema is refused`(mode: RunStore.Mode) throws {
    _ = try RunStore(path: path, mode: .create)
    try sqlite("INSERT INTO migration VALUES ('v7', '2030-01-01T00:00:00.000Z')")
    #expect(
      sentence { _ = try RunStore(path: path, mode: mode) }
        == "`\(path)` was written by a newer runexp (its schema has the step `v7`); "
        + "use that version, nothing was changed"
    )
  }

  @Test func `a damaged file is named`() throws {
    do {
      let store = try RunStore(path: path, mode: .create)
      let planned = try store.plan(plan(rates: (1...300).map { Double($0) / 1000 }, repeats: 1))
      #expect(planned.runs.count == 300)
      try store.pool.close()
    }
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    let size = try file.seekToEnd()
    try file.seek(toOffset: 4096)
    try file.write(contentsOf: Data(repeating: 0x5A, count: Int(size) - 4096))
    try file.close()
    let message = sentence { _ = try RunStore(path: path).runs() }
    #expect(message?.hasPrefix("`\(path)` is damaged: ") == true, "\(message ?? "no error")")
  }

  @Test func `a full disk is a refusal, and the store goes on when there is room`() throws {
    let store = try RunStore(path: path, mode: .create)
    try store.plan(plan(rates: [0.1], repeats: 1))
    let claim = try #require(try store.claim(worker: livingWorker)).claim
    let pages = try store.pool.writeWithoutTransaction {
      try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0
    }
    try store.pool.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA max_page_count = \(pages + 8)")
    }
    let bytes = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let error = #expect(throws: StorageError.self) {
      try store.saveCheckpoint(
        bytes,
        step: 10,
        epoch: 1,
        elapsedSeconds: 1,
        points: points(epoch: 1),
        claim
      )
    }
    #expect(error?.isRefusal == true)
    #expect("\(try #require(error))" == "`\(path)` cannot be written: database or disk is full")
    #expect(try store.curves(ofRun: claim.runID).isEmpty, "all or nothing")
    try store.pool.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA max_page_count = 1000000")
    }
    try store.saveCheckpoint(bytes, step: 10, epoch: 1, elapsedSeconds: 1, claim)
    #expect(try store.resumeCheckpoint(ofRun: claim.runID) == bytes)
  }

  @Test func `a folder that is not there is a refusal`() {
    let error = #expect(throws: StorageError.self) {
      try RunStore(path: folder.path + "/absent/runexp.db", mode: .create)
    }
    #expect(error?.isRefusal == true)
  }

  @Test func `a store opened for reading refuses to write`() throws {
    try RunStore(path: path, mode: .create).plan(plan())
    let store = try RunStore(path: path, mode: .readOnly)
    #expect(try store.runs().count == 4)
    let error = #expect(throws: StorageError.self) { try store.plan(plan("other")) }
    #expect(error?.isRefusal == true)
  }

  @Test func `several processes may create the file at once`() async throws {
    let path = path
    let labels = try await withThrowingTaskGroup(of: String?.self) { group in
      for number in 0..<8 {
        group.addTask {
          let store = try RunStore(path: path, mode: .create)
          return try store.plan(plan("p\(number)")).sweep?.label
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1 ?? "") }
    }
    #expect(labels == Set((0..<8).map { "p\($0)@1" }))
    let applied = try RunStore(path: path).read { try DatabaseSchema.appliedNames($0) }
    #expect(applied == DatabaseSchema.migrations.map(\.name))
  }

  @Test func `a writer waits for another process's transaction`() async throws {
    let store = try RunStore(path: path, mode: .create)
    let other = try RunStore(path: path)
    let holding = AsyncStream<Void>.makeStream()
    let holder = Task.detached {
      try other.pool.write { database in
        try database.execute(sql: "INSERT INTO metric_name (name) VALUES ('held')")
        holding.continuation.yield()
        Thread.sleep(forTimeInterval: 0.3)
      }
    }
    for await _ in holding.stream { break }
    try store.plan(plan())
    try await holder.value
    #expect(try store.runs().count == 4)
  }

  @Test func `opening waits while another process has the whole file`() async throws {
    try RunStore(path: path, mode: .create).pool.close()
    let queue = try DatabaseQueue(path: path)
    try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    let holding = AsyncStream<Void>.makeStream()
    let holder = Task.detached {
      try queue.inDatabase { database in
        try database.execute(sql: "BEGIN EXCLUSIVE")
        holding.continuation.yield()
        Thread.sleep(forTimeInterval: 0.3)
        try database.execute(sql: "COMMIT")
      }
    }
    for await _ in holding.stream { break }
    #expect(try RunStore(path: path).runs().isEmpty)
    try await holder.value
  }
}
