// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

@Suite(.inTurns) struct FilesTests {
  @Test func `a report edited by hand stops a sweep before its first run`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml").expectExit(0)
    let page = String(decoding: try box.bytes("reports/tiny/index.md"), as: UTF8.self)
    let edited = page.replacing("# ", with: "# My ", maxReplacements: 1)
    try box.write("reports/tiny/index.md", edited)
    try await box.run("sweep", "m.yaml", "repeat=3").expectExit(2)
      .expectTalk("error: `reports/tiny/index.md` was edited by hand or not made by runexp")
      .expectTalk("hint: move your text to `notes.md`").expectNoTalk("new")
    #expect(try box.store().runs().count == 4)
    #expect(try String(decoding: box.bytes("reports/tiny/index.md"), as: UTF8.self) == edited)
    try await box.run("sweep", "m.yaml", "--force").expectExit(0)
    #expect(try String(decoding: box.bytes("reports/tiny/index.md"), as: UTF8.self) == page)
  }

  @Test func `the database is RUNEXP_DB, or the nearest above, up to a clone's root`() async throws
  {
    let box = try Sandbox().manifest(Sample.tiny(activation: "[relu]", repeats: 1))
    let run = ["run", "../../m.yaml"]
    try FileManager.default.createDirectory(
      atPath: box.path("a/b"),
      withIntermediateDirectories: true
    )
    func dispositions(_ folder: String, _ environment: [String: String] = [:]) async throws
      -> String
    {
      try await box.start(run, environment: environment, in: folder).finished().expectExit(0).talk
    }
    #expect(try await dispositions("a/b").hasPrefix("created runexp.db\n"))
    #expect(box.has("a/b/runexp.db"))
    try FileManager.default.moveItem(
      atPath: box.path("a/b/runexp.db"),
      toPath: box.path("runexp.db")
    )
    #expect(
      try await dispositions("a/b").hasPrefix(
        "tiny: 1 cell, 1 run: 1 reused; nothing has to be run\n"
      )
    )
    let other = box.path("other.db")
    #expect(try await dispositions("a/b", ["RUNEXP_DB": other]).hasPrefix("created \(other)\n"))
    try FileManager.default.createDirectory(
      atPath: box.path("a/.git"),
      withIntermediateDirectories: true
    )
    #expect(try await dispositions("a/b").hasPrefix("created runexp.db\n"))
    #expect(box.has("a/b/runexp.db"))
  }

  @Test func `what is no database of ours is refused and left alone`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try box.write("text.db", String(repeating: "This is a letter. ", count: 100))
    try box.tamper("foreign.db", "CREATE TABLE shopping (item TEXT)")
    try await box.run("run", "m.yaml", "activation=relu", "repeat=1", "--db", "newer.db")
      .expectExit(0)
    try box.tamper("newer.db", "INSERT INTO migration VALUES ('v99 later', '2030-01-01')")
    let sentences = [
      "text.db": "error: `text.db` is not an SQLite database",
      "foreign.db": "error: `foreign.db` is an SQLite database, but not one of runexp's",
      "newer.db":
        "error: `newer.db` was written by a newer runexp (its schema has the step `v99 later`); use that version, nothing was changed",
    ]
    for (name, sentence) in sentences {
      let before = try box.bytes(name)
      try await box.run("sweep", "m.yaml", "--db", name).expectExit(2).expectWholeTalk(sentence)
      #expect(try box.bytes(name) == before)
    }
    #expect(!box.has("reports"))
    try await box.run("report", "tiny", "--db", "none.db").expectExit(2).expectWholeTalk(
      "error: there is no database `none.db`; `runexp sweep MANIFEST` creates one"
    )
  }

  @Test func `a damaged database is named`() async throws {
    let box = try Sandbox().manifest(Sample.tiny(repeats: 1))
    try await box.run("sweep", "m.yaml").expectExit(0)
    var bytes = try box.bytes("runexp.db")
    for index in stride(from: 4096, to: bytes.count, by: 3) { bytes[index] = 0xA5 }
    try bytes.write(to: URL(fileURLWithPath: box.path("runexp.db")))
    try await box.run("sweep", "m.yaml").expectExit(2).expectTalk("`runexp.db` is damaged: ")
  }

  @Test func `a folder that takes no files ends with 3 before anything starts`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try box.write("file", "")
    try await box.run("sweep", "m.yaml", "--db", "missing/runexp.db").expectExit(3).expectWholeTalk(
      "error: `missing/runexp.db` cannot be written: does its folder exist, and may you write there?"
    )
    try await box.run("sweep", "m.yaml", "--reports", "file/reports").expectExit(3).expectWholeTalk(
      "error: cannot write `file/reports/tiny`: `\(box.path("file"))` is not a folder"
    )
    #expect(!box.has("runexp.db"))
  }

  @Test(.enabled(if: getuid() == 0, "only root may mount a small disk"))
  func `a full disk ends with 3 and loses nothing that was told`() async throws {
    let box = try Sandbox().manifest(
      """
      name: full
      data: { dataset: spirals, classes: 2, train: 100, test: 50, noise: 0.1 }
      model: [{ dense: { units: 400, activation: relu } }, { dense: 400 }, { dense: 2 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 2, batch_size: 50 }
      repeat: 12
      checkpoint: { keep_last: 2 }
      report: { metric: test.accuracy, curves: [train.loss] }
      """
    )
    guard try SmallDisk.mount(box.path("disk"), megabytes: 8) else { return }
    defer { SmallDisk.unmount(box.path("disk")) }
    let ended = try await box.run("sweep", "m.yaml", "--db", "disk/runexp.db").expectExit(3)
      .expectTalk("`disk/runexp.db` cannot be written: ")
    let snapshot = try box.store("disk/runexp.db").snapshot(ofSweep: "full@1")
    var told = 0
    for line in ended.talk.split(separator: "\n") {
      guard let match = line.firstMatch(of: /^seed (\d+): (epoch (\d)|completed)/) else { continue }
      let run = try #require(snapshot.runs.first { "\($0.seed)" == match.1 })
      if let epoch = match.3 {
        let points = snapshot.curves[run.id]?["train.loss"] ?? []
        #expect(points.contains { "\(Int($0.epoch))" == epoch }, "\(line)")
      } else {
        #expect(run.state == .completed && run.weightsSHA256 != nil, "\(line)")
      }
      told += 1
    }
    #expect(told >= 3 && snapshot.runs.count == 12)
    #expect(snapshot.runs.contains { $0.state != .completed })
  }

  @Test(.enabled(if: getuid() == 0, "only root may mount a small disk"))
  func `a database on a disk that takes no writes ends with 3`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    guard try SmallDisk.mount(box.path("disk"), megabytes: 8) else { return }
    defer { SmallDisk.unmount(box.path("disk")) }
    try await box.run("sweep", "m.yaml", "--db", "disk/runexp.db").expectExit(0)
    guard SmallDisk.refuseWrites(box.path("disk")) else { return }
    try await box.run("sweep", "m.yaml", "repeat=3", "--db", "disk/runexp.db").expectExit(3)
      .expectTalk("error: `disk/runexp.db` cannot be written: ")
  }

  @Test func `a reader that goes away changes nothing`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    let shell = ["/bin/sh", "-c", "{ \"$0\" \"$@\"; echo $? >status; } 2>&1 | head -n 1 >first"]
    try await box.run("sweep", "m.yaml", prefix: shell).expectExit(0)
    try await eventually("the sweep ends") { box.has("status") }
    #expect(try String(decoding: box.bytes("status"), as: UTF8.self) == "0\n")
    #expect(try String(decoding: box.bytes("first"), as: UTF8.self) == "created runexp.db\n")
    #expect(try box.store().runs().allSatisfy { $0.state == .completed })
  }

  @Test(arguments: ["<&-", "<&- >&-", "<&- >&- 2>&-"])
  func `closed standard streams do no harm`(closed: String) async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    let shell = ["/bin/sh", "-c", "exec \"$0\" \"$@\" \(closed)"]
    try await box.run("sweep", "m.yaml", prefix: shell).expectExit(0)
    #expect(try box.store().runs().count { $0.state == .completed } == 4)
    #expect(box.has("reports/tiny/index.md"))
  }

  @Test func `a sweep needs neither HOME nor PATH`() async throws {
    let box = try Sandbox().manifest(Sample.tiny(repeats: 1))
    let shell = ["/usr/bin/env", "-i"]
    try await box.run("sweep", "m.yaml", prefix: shell).expectExit(0)
  }
}

/// A file system of a few megabytes.
enum SmallDisk {
  /// Mounts one in memory; false where the system does not let even root do so, as in most containers.
  static func mount(_ path: String, megabytes: Int) throws -> Bool {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return run(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
  }

  /// Mounts it again for reading only.
  static func refuseWrites(_ path: String) -> Bool { run(["mount", "-o", "remount,ro", path]) }

  /// Takes it off again.
  static func unmount(_ path: String) { _ = run(["umount", path]) }

  private static func run(_ command: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
