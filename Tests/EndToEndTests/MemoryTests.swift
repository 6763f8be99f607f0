// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

/// A cell of the memory whose runs train to other bits now, so that they are planned anew.
private struct ChangedCell {
  var sweep: String
  var cell: Int
  var numericVersion: Int
}

/// The whole list, for a reviewer: what is not in it is reused, or goes on, to the bits of d9ab088.
private let changedCells: [ChangedCell] = [
  ChangedCell(sweep: "strided@1", cell: 0, numericVersion: 4),
  ChangedCell(sweep: "scaled@1", cell: 0, numericVersion: 5),
  ChangedCell(sweep: "scaled-table@1", cell: 1, numericVersion: 5),
  ChangedCell(sweep: "scaled-table@1", cell: 2, numericVersion: 5),
]

@Suite(.inTurns) struct MemoryTests {
  // MARK: - Looking

  /// Every field that d9ab088 printed is printed alike; there may be more of them.
  @Test func `the runs of d9ab088 are listed as it listed them`() async throws {
    let box = try Memory.sandbox()
    let listed = try await box.run("runs", "--json").expectExit(0).output
    let now = try objects(listed)
    let then = try objects(Memory.text("listed.jsonl"))
    #expect(now.count == then.count && then.count == 40)
    for (old, new) in zip(then, now) {
      for (field, value) in old {
        #expect(new[field] as? NSObject == value as? NSObject, "\(old["id"] ?? "?"): \(field)")
      }
    }
    let states = Set(then.compactMap { $0["state"] as? String })
    #expect(states == ["completed", "failed", "queued", "interrupted"])
    #expect(try box.store().findDamage().isEmpty)
  }

  @Test func `every plan of d9ab088 is explained, and a run of each state is shown`() async throws {
    let box = try Memory.sandbox()
    let store = try box.store()
    let sweeps = try store.sweeps().map(\.label)
    #expect(sweeps.contains("rates@3") && sweeps.contains("other@1") && sweeps.count == 15)
    for sweep in sweeps {
      let lines = try await box.run("why", sweep, "--json").expectExit(0).output
      #expect(try objects(lines).count == store.snapshot(ofSweep: sweep).runs.count, "\(sweep)")
    }
    var seen: Set<String> = []
    for run in try store.runs() {
      let kind = "\(run.state) \(run.attempts > 0) \(run.isImported) \(run.epochs)"
      guard seen.insert(kind).inserted else { continue }
      try await box.run("show", run.id).expectExit(0)
      try await box.run("why", run.id).expectExit(0)
    }
    let bare = try #require(try store.runs().first { $0.tags.contains("keep") })
    #expect(try store.notes(ofRun: bare.id).map(\.text) == ["a remark: 100 % of it, it's “all”"])
  }

  @Test(arguments: [
    "rates@1", "rates@2", "rates@3", "rates-confirm", "stopping", "table", "arrays", "words",
    "resting", "strided", "other",
  ])
  func `a plan of d9ab088 gives a report`(sweep: String) async throws {
    let box = try Memory.sandbox()
    try await box.run("report", sweep, "-o", "out").expectExit(0)
    let page = String(decoding: try box.bytes("out/index.md"), as: UTF8.self)
    #expect(page.contains("# ") && page.contains(".png"))
  }

  @Test func `the user's own SQL finds a manifest's words in an old database`() async throws {
    let box = try Memory.sandbox()
    let query = """
      SELECT count(*) AS runs, count(specification ->> '$.train.evaluate_every') AS told FROM v_run
      """
    let answer = try await box.run("sql", query, "--json").expectExit(0).output
    #expect(answer == "{\"runs\":40,\"told\":40}\n")
  }

  /// Whichever command comes first, it finds a file of an older version.
  @Test(arguments: [
    ["runs"], ["show", "last"], ["why", "rates@1"], ["compare", "rates@1"], ["plan", "rates.yaml"],
    ["report", "rates@1"], ["export", "rates@1", "--format", "csv"], ["watch", "rates@1"],
    ["doctor"], ["gc"], ["tag", "last", "seen"], ["stop"],
  ])
  func `an old database may be met by any command`(words: [String]) async throws {
    let box = try Memory.sandbox()
    let ended = try await box.start(words).finished()
    #expect(!(ended.output + ended.talk).contains("older runexp"), "\(words)")
    // Runs of `rates@1` failed, which `watch` tells by its code.
    #expect(ended.status == 0 || words[0] == "watch", "\(words): \(ended.talk)")
  }

  /// This process stands for the older program's worker: it lives, on this machine.
  @Test func `an old database at work is looked at and not touched`() async throws {
    let box = try Memory.sandbox()
    let worker = ProcessIdentity.current
    try box.tamper(
      "runexp.db",
      """
      UPDATE attempt SET host = '\(worker.host)', boot_id = '\(worker.bootID)',
        pid = \(worker.pid), process_start = \(worker.startTime ?? 0) WHERE outcome IS NULL
      """
    )
    let before = try box.bytes("runexp.db")
    let listed = try await box.run("runs", "--json").expectExit(0)
    #expect(listed.talk.contains("a copy is read, as of now"))
    #expect(try objects(listed.output).count == 40)
    let swept = try await box.run("sweep", "rates.yaml").expectExit(2)
    #expect(swept.talk.contains("process \(worker.pid) on \(worker.host) still trains run"))
    let watched = try await box.run("watch", "rates@1").expectExit(2)
    #expect(watched.talk.contains("a copy does not move"))
    #expect(try box.bytes("runexp.db") == before)
  }

  // MARK: - Training

  /// `reached.tsv` holds what d9ab088 itself decided about the same database, and what its runs came to.
  @Test(arguments: Memory.manifests)
  func `a manifest reuses, keeps and goes on as with d9ab088, to the same bits`(name: String)
    async throws
  {
    let box = try Memory.sandbox()
    let ended = try await box.run("sweep", "\(name).yaml")
    ended.expectExit(name == "rates" ? 1 : 0)
    let expected = try Memory.table("reached.tsv").filter {
      $0["sweep"]?.hasPrefix("\(name)@") == true
    }
    let label = try #require(expected.first?["sweep"])
    // Runs that are planned anew make a revision of their own.
    let current = changedCells.contains { $0.sweep == label } ? name : label
    let runs = try box.store().runs(ofSweeps: [current])
    let rows = try await objects(box.run("why", current, "--json").expectExit(0).output)
    #expect(runs.count == expected.count && rows.count == expected.count)
    for ((then, run), row) in zip(zip(expected, runs), rows) {
      let place = "\(label), cell \(then["cell"] ?? ""), seed \(run.seed)"
      #expect(run.state.rawValue == then["state"], "\(place)")
      #expect(run.seed == Int(then["seed"] ?? ""), "\(place)")
      let changed = changedCells.first { $0.sweep == label && "\($0.cell)" == then["cell"] }
      if let changed {
        #expect(row["disposition"] as? String == "new", "\(place)")
        #expect(run.numericVersion == changed.numericVersion, "\(place)")
        #expect(run.id != then["run"], "\(place)")
      } else {
        #expect(row["disposition"] as? String == then["disposition"], "\(place)")
        #expect(run.id == then["run"], "\(place)")
        guard isSteady(then) else { continue }
        #expect(run.weightsSHA256 ?? "" == then["weights_sha256"], "\(place)")
      }
    }
  }

  /// Whether d9ab088 came to these weights each time: the gradient of this convolution read memory nobody wrote.
  private func isSteady(_ run: [String: String]) -> Bool {
    run["sweep"] != "strided@1" || run["disposition"] == "reused"
  }

  /// Their files are where the specification says, so the whole way from file to weights is tried.
  @Test(arguments: ["stopping", "table", "arrays", "words"])
  func `a completed run of d9ab088 verifies`(sweep: String) async throws {
    let box = try Memory.sandbox()
    for run in try box.store().runs(ofSweeps: [sweep]).prefix(2) {
      try await box.run("verify", run.id).expectExit(0)
    }
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      )
    }
  }
}
