// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Foundation
import GRDB
import Synchronization
import Testing
import Vocabulary

@testable import Storage

@Suite struct MigrationTests {
  let folder: TemporaryFolder
  var path: String { folder.database }

  /// A database of schema v1 as SQL, made once with `sqlite3 runexp.db .dump` and never edited.
  init() throws {
    folder = try TemporaryFolder()
    let url = try #require(Bundle.module.url(forResource: "v1", withExtension: "sql"))
    let sql = try String(contentsOf: url, encoding: .utf8)
    try write(
      "PRAGMA journal_mode = WAL",
      sql,
      "PRAGMA application_id = \(DatabaseSchema.applicationID)"
    )
  }

  private func write(_ statements: String...) throws {
    let queue = try DatabaseQueue(path: folder.database)
    try queue.writeWithoutTransaction { database in
      for sql in statements { try database.execute(sql: sql) }
    }
    try queue.close()
  }

  private func texts(_ sql: String, in store: RunStore) throws -> [String?] {
    try store.read { try String?.fetchAll($0, sql: sql) }
  }

  private var clock: ManualClock {
    let clock = ManualClock()
    clock.advance(60)
    return clock
  }

  @Test func `a database of the first schema opens with all it holds`() throws {
    let store = try RunStore(path: path, clock: clock.now)
    #expect(try store.read { try DatabaseSchema.isCurrent($0) })
    let snapshot = try store.snapshot(ofSweep: "rates")
    #expect(snapshot.sweep.label == "rates@1")
    #expect(snapshot.sweep.experiment == experiment())
    #expect(snapshot.sweep.cells == plan().cells.map(\.cell))
    #expect(
      snapshot.runs.map(\.specification)
        == [0.1, 0.1, 0.01, 0.01].map { specification(learningRate: $0) }
    )
    #expect(snapshot.runs.map(\.state) == [.completed, .failed, .running, .queued].map(shown))
    #expect(snapshot.runs[0].metrics["val.accuracy"]?.last == 0.4)
    #expect(snapshot.runs[0].tags == ["good", "lecture-3"])
    #expect(try store.finalWeights(ofRun: snapshot.runs[0].id) == [1, 2, 3])
    #expect(try store.notes(ofRun: snapshot.runs[0].id).map(\.text) == ["as expected"])
    let planned = try store.plan(plan())
    #expect(
      planned.runs.map(\.disposition) == [.reused, .kept, .resumed, .queued],
      "content keys of old databases still fit"
    )
    #expect(!planned.isNewRevision, "plan keys of old databases are brought up to date")
    #expect(try store.findDamage().isEmpty)
  }

  /// The claim of the running row was on a machine long gone.
  private func shown(_ state: RunState) -> RunState { state == .running ? .interrupted : state }

  @Test func `what version 1 stored is in a manifest's words, contents and ids are untouched`()
    throws
  {
    let before = try Row.rows(path, "SELECT id, code, content_key, content FROM run ORDER BY id")
    let store = try RunStore(path: path, clock: clock.now)
    #expect(
      try texts("SELECT specification FROM v_run ORDER BY rowid LIMIT 1", in: store) == [
        """
        {"data":{"dataset":{"name":"glyphs","noise":0.1,"train":100},"seed":0,"standardize":"none",\
        "validation":20},"init":{"biases":{"name":"default"},"weights":{"name":"default"}},\
        "loss":{"name":"cross_entropy"},"metrics":[],\
        "model":[{"name":"flatten"},{"activation":null,"bias":true,"name":"dense","units":10}],\
        "optimizer":{"learning_rate":0.1,"name":"sgd"},\
        "train":{"batch_size":32,"epochs":4,"evaluate_every":1,"shuffle":true}}
        """
      ]
    )
    #expect(
      try texts("SELECT experiment FROM v_sweep", in: store) == [
        """
        {"checkpoint":{"every_epochs":1,"keep_best":0,"keep_last":1},"expect":[],"method":"grid",\
        "metric":{"at":"last","goal":"maximize","name":"val.accuracy"},"name":"rates",\
        "parameters":[{"name":"learning_rate","values":[0.1,0.01]}],"reference":[],"repeat":2,\
        "report":{"curves":["train.loss"],"metric":"test.accuracy"},"seed":0,"tags":["lecture-3"],\
        "tune":[]}
        """
      ]
    )
    let after = try Row.rows(path, "SELECT id, code, content_key, content FROM run ORDER BY id")
    #expect(before == after && before.count == 4)
  }

  /// What a plan stores today has the same words in the same form as what was brought up to date.
  @Test func `old and new rows are alike`() throws {
    let store = try RunStore(path: path, clock: clock.now)
    let other = try StoreFixture()
    try other.store.plan(plan())
    for sql in [
      "SELECT specification FROM run ORDER BY id",
      "SELECT specification FROM cell ORDER BY position",
      "SELECT experiment FROM sweep", "SELECT plan_key FROM sweep",
    ] {
      let (old, new) = (try texts(sql, in: store), try texts(sql, in: other.store))
      #expect(old == new && old.first != nil, "\(sql)")
    }
  }

  // MARK: - Files that cannot be brought up to date

  private func claimed(by worker: WorkerIdentity) throws {
    let process = worker.process
    try write(
      """
      UPDATE attempt SET host = '\(process.host)', boot_id = '\(process.bootID)',
        pid = \(process.pid), process_start = \(process.startTime ?? 0) WHERE outcome IS NULL
      """
    )
  }

  @Test func `a file at which an older version is at work is left alone, and a copy is read`()
    throws
  {
    try claimed(by: livingWorker)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let error = #expect(throws: StorageError.self) { try RunStore(path: path, clock: clock.now) }
    #expect(error?.leavesACopy == true)
    #expect("\(try #require(error))".contains("process \(getpid()) on"))
    var store: RunStore? = try RunStore(copyOf: path, clock: clock.now)
    #expect(try store?.snapshot(ofSweep: "rates").runs.count == 4)
    #expect(store?.isCopy == true && store?.path == path)
    let answer = try store?.query(
      "SELECT specification ->> '$.train.batch_size' FROM v_run LIMIT 1"
    )
    #expect(answer?.rows == [[.integer(32)]], "the user's own SQL asks the copy")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    let copy = try #require(store?.pool.path)
    #expect(copy != path && FileManager.default.fileExists(atPath: copy))
    store = nil
    #expect(!FileManager.default.fileExists(atPath: copy), "a copy goes with its store")
  }

  @Test func `the copy of a process that was killed goes with the next one`() throws {
    let files = FileManager.default
    func left(minutes: Double) throws -> URL {
      let folder = files.temporaryDirectory.appendingPathComponent("runexp-copy-\(UUID())")
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
      let date = Date().addingTimeInterval(-60 * minutes)
      try files.setAttributes([.modificationDate: date], ofItemAtPath: folder.path)
      return folder
    }
    let (abandoned, young, used) = try (left(minutes: 9), left(minutes: 0), left(minutes: 9))
    let lock = unsafe open(used.path, O_RDONLY)
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    defer {
      close(lock)
      for folder in [young, used] { try? files.removeItem(at: folder) }
    }
    let first = try RunStore(copyOf: path, clock: clock.now)
    let second = try RunStore(copyOf: path, clock: clock.now)
    #expect(!files.fileExists(atPath: abandoned.path))
    #expect(files.fileExists(atPath: young.path), "it may be about to be locked")
    #expect(files.fileExists(atPath: used.path))
    #expect(try first.runs().count == second.runs().count)
  }

  @Test func `the number of runs is told before an older file is brought up to date, and once`()
    throws
  {
    let heard = Mutex<[Int]>([])
    func open() throws {
      _ = try RunStore(path: path, clock: clock.now) { runs in heard.withLock { $0.append(runs) } }
    }
    try open()
    try open()
    #expect(heard.withLock { $0 } == [4])
    let new = path + ".new"
    _ = try RunStore(path: new, mode: .create, clock: clock.now) { runs in
      heard.withLock { $0.append(runs) }
    }
    #expect(heard.withLock { $0 } == [4], "a new file has nothing to bring up to date")
  }

  @Test func `an older file that another process has open is left alone`() throws {
    var other: DatabasePool? = try DatabasePool(path: path)
    #expect(try other?.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM run") } == 4)
    let error = #expect(throws: StorageError.self) { try RunStore(path: path, clock: clock.now) }
    #expect(error == .olderOpen(path: path) && error?.leavesACopy == true)
    #expect(try Row.rows(path, "SELECT name FROM migration") == [["v1"]])
    #expect(try RunStore(copyOf: path, clock: clock.now).runs().count == 4)
    try other?.close()
    other = nil
    #expect(try RunStore(path: path, clock: clock.now).runs().count == 4)
  }

  /// The files as a process leaves them that is killed in a transaction whose first pages are in the file already.
  private func halfWritten(_ name: String) throws -> String {
    let (files, copy) = (FileManager.default, folder.path + "/" + name)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1")
      try database.execute(sql: "BEGIN EXCLUSIVE")
      try database.execute(
        sql: "UPDATE run SET specification = specification || ' ', reason = 'half'"
      )
      try database.execute(
        sql: "CREATE TABLE filler (x); INSERT INTO filler SELECT randomblob(400000)"
      )
      for suffix in ["", "-journal"] {
        try files.copyItem(atPath: path + suffix, toPath: copy + suffix)
      }
      try database.execute(sql: "ROLLBACK")
    }
    try queue.close()
    return copy
  }

  @Test func `what a killed process left half-written is undone`() throws {
    let killed = try halfWritten("killed.db")
    var readOnly = Configuration()
    readOnly.readonly = true
    #expect(throws: DatabaseError.self, "else there is nothing to undo") {
      try DatabaseQueue(path: killed, configuration: readOnly).read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM run")
      }
    }
    let store = try RunStore(path: killed, clock: clock.now)
    #expect(try store.runs().count == 4)
    #expect(try store.runs().allSatisfy { $0.reason != "half" })
    let copied = try halfWritten("copied.db")
    try RunStore.backup(of: copied, to: copied + ".backup")
    #expect(try RunStore(path: copied + ".backup", clock: clock.now).runs().count == 4)
  }

  @Test func `files are copied with what belongs to them where nothing may be written beside them`()
    throws
  {
    let killed = try halfWritten("killed.db")
    let copy = try CopyFolder(ofFiles: killed)
    let store = try RunStore(path: copy.database, clock: clock.now)
    #expect(try store.runs().count == 4)
    #expect(try store.runs().allSatisfy { $0.reason != "half" })
  }

  @Test func `several processes may bring a file up to date at once`() async throws {
    let (path, clock) = (path, clock)
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<6 {
        group.addTask { try RunStore(path: path, clock: clock.now).runs().count }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(counts == [4, 4, 4, 4, 4, 4])
  }

  @Test func `what an old process wrote into a newer file is put right, and nothing more let in`()
    throws
  {
    try write("INSERT INTO migration (name, applied_at) VALUES ('v2', '')")
    let store = try RunStore(path: path, clock: clock.now)
    #expect(try store.snapshot(ofSweep: "rates").runs.count == 4)
    #expect(
      try store.query("SELECT specification ->> '$.train.batch_size' FROM v_run LIMIT 1").rows
        == [[.integer(32)]]
    )
    let old = #"{"initialization":{},"train":{"batchSize":32}}"#
    for statement in [
      "UPDATE run SET specification = '\(old)' WHERE id = 1",
      #"UPDATE run SET demand = '{"evaluateEvery":1}' WHERE id = 1"#,
      #"INSERT INTO sweep SELECT 99, 'x', 1, plan_key, '{"repeats":1}', manifest, overrides, version, created_at FROM sweep LIMIT 1"#,
    ] {
      let error = #expect(throws: DatabaseError.self) { try write(statement) }
      #expect(
        error?.message?.contains("a newer runexp has brought this database up to date") == true
      )
    }
    #expect(try store.snapshot(ofSweep: "rates").runs.count == 4)
  }

  @Test func `a backup keeps an older file as it is`() throws {
    let copy = path + ".backup"
    try RunStore.backup(of: path, to: copy)
    #expect(try Row.rows(copy, "SELECT name FROM migration") == [["v1"]])
    #expect(try Row.rows(path, "SELECT name FROM migration") == [["v1"]])
    let foreign = path + ".foreign"
    try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE other (a)") }
    #expect(throws: StorageError.foreignDatabase(path: foreign)) {
      try RunStore.backup(of: foreign, to: path + ".no")
    }
    #expect(throws: StorageError.missing(path: "/nowhere.db")) {
      try RunStore.backup(of: "/nowhere.db", to: path + ".no")
    }
  }

  @Test func `a worker that is gone hinders nobody`() throws {
    try claimed(by: deadWorker())
    #expect(try RunStore(path: path, clock: clock.now).runs().count == 4)
  }

  @Test func `a row that nothing can read changes nothing`() throws {
    try write("UPDATE run SET specification = '{}' WHERE id = 3")
    let error = #expect(throws: StorageError.self) { try RunStore(path: path, clock: clock.now) }
    #expect(
      "\(try #require(error))".hasPrefix(
        "`\(path)` is damaged: the step `v2` cannot read what is stored (a specification or an "
          + "experiment of another form), and nothing was changed"
      )
    )
    let applied = try Row.rows(path, "SELECT name FROM migration")
    #expect(applied == [["v1"]])
  }
}

extension Row {
  /// All rows of a question to a file, values as text.
  fileprivate static func rows(_ path: String, _ sql: String) throws -> [[String]] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { database in
      try Row.fetchAll(database, sql: sql).map { row in
        row.map { "\($0.1.storage.value ?? "NULL")" }
      }
    }
  }
}
