// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import GRDB
import Testing
import Vocabulary

@testable import Storage

/// What a run of this suite leaves.
private struct MadeUp: Codable, Hashable {
  var words: [String]
  var size: Double?
}

extension CaptureKind<MadeUp> {
  /// A kind that no program knows.
  fileprivate static var madeUp: Self { Self("made_up") }
}

@Suite struct CaptureTests {
  private let fixture: StoreFixture
  private var store: RunStore { fixture.store }

  init() throws { fixture = try StoreFixture() }

  /// Completes the next queued run, which leaves these; its id.
  @discardableResult
  private func complete(_ captures: Capture?...) throws -> String {
    let claim = try #require(try store.claim(worker: livingWorker)).claim
    var result = try result()
    result.captures = captures.compactMap(\.self)
    try store.complete(claim, result)
    return claim.runID
  }

  /// The stored words and texts, without the note that each run has.
  private func rows(ofRun id: String) throws -> [String: String] {
    try store.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT kind, content FROM capture
          WHERE run_id = (SELECT id FROM run WHERE code = ?) AND kind != 'numerics'
          """,
        arguments: [id]
      ).reduce(into: [:]) { $0[$1["kind"]] = $1["content"] }
    }
  }

  // MARK: - Any kind

  @Test func `a made-up kind comes back for one run and for a plan`() throws {
    let ids = try store.plan(plan(rates: [0.1], repeats: 3)).runIDs
    let (first, second) = (MadeUp(words: ["a\n\"b\"", "机器"], size: 0.1), MadeUp(words: []))
    #expect(try store.captured(.madeUp, ofRun: ids[0]) == nil)
    #expect(try store.captured(.madeUp, ofSweep: "rates") == [:])
    try complete(Capture(.madeUp, first))
    try complete(Capture(.madeUp, second))
    try complete(Capture(.madeUp, nil), Capture(.classNames, ["a"]))
    #expect(try store.captured(.madeUp, ofRun: ids[0]) == first)
    #expect(try store.captured(.madeUp, ofRun: ids[1]) == second)
    #expect(try store.captured(.madeUp, ofRun: ids[2]) == nil)
    #expect(try store.captured(.madeUp, ofSweep: "rates") == [ids[0]: first, ids[1]: second])
    #expect(try rows(ofRun: ids[0]) == ["made_up": #"{"size":0.1,"words":["a\n\"b\"","机器"]}"#])
    #expect(try rows(ofRun: ids[1]) == ["made_up": #"{"words":[]}"#])
    #expect(try rows(ofRun: ids[2]) == ["class_names": #"["a"]"#])
  }

  @Test func `a plan's values are those of its own runs`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let id = try complete(Capture(.madeUp, MadeUp(words: [])))
    let other = try store.plan(plan("other", rates: [0.2], repeats: 1)).runIDs[0]
    try complete(Capture(.madeUp, MadeUp(words: ["x"])))
    #expect(try store.captured(.madeUp, ofSweep: "rates") == [id: MadeUp(words: [])])
    #expect(try store.captured(.madeUp, ofSweep: "other") == [other: MadeUp(words: ["x"])])
    #expect(throws: StorageError.noSuchSweep("none", nearest: nil)) {
      try store.captured(.madeUp, ofSweep: "none")
    }
    #expect(try store.captured(.madeUp, ofRun: "none") == nil)
  }

  @Test func `the lost claim of a run leaves nothing, and the next attempt's value stands`() throws
  {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let lost = try #require(try store.claim(worker: deadWorker())).claim
    let holder = try #require(try store.claim(worker: livingWorker)).claim
    var late = try result()
    late.captures = [try #require(try Capture(.madeUp, MadeUp(words: ["late"])))]
    #expect(throws: StorageError.claimLost(run: lost.runID, attempt: 1)) {
      try store.complete(lost, late)
    }
    #expect(try store.captured(.madeUp, ofRun: lost.runID) == nil)
    var last = try result()
    last.captures = [
      try #require(try Capture(.madeUp, MadeUp(words: ["first"]))),
      try #require(try Capture(.madeUp, MadeUp(words: ["second"]))),
    ]
    try store.complete(holder, last)
    #expect(throws: StorageError.claimLost(run: lost.runID, attempt: 2)) {
      try store.complete(holder, late)
    }
    #expect(try store.captured(.madeUp, ofRun: lost.runID) == MadeUp(words: ["second"]))
  }

  @Test func `a text of another type is an error`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let id = try complete(Capture(CaptureKind<[Int]>("made_up"), [1]))
    #expect(throws: DecodingError.self) { try store.captured(.madeUp, ofRun: id) }
    #expect(throws: DecodingError.self) { try store.captured(.madeUp, ofSweep: "rates") }
  }

  @Test func `no two kinds have one word`() {
    let words =
      Captures.ofEveryRun.map(\.word) + [
        CaptureKind.worstErrors.word, CaptureKind.regression.word, CaptureKind.numerics.word,
      ]
    #expect(Set(words).count == words.count)
  }

  // MARK: - The kinds there are

  @Test(arguments: [
    (TestPredictions(targets: [], predictions: []), "[]"),
    (TestPredictions(targets: [7], predictions: [-1]), "[[7,-1]]"),
    (
      TestPredictions(targets: [0, 12, 345], predictions: [2_147_483_647, 0, -2_147_483_647]),
      "[[0,2147483647],[12,0],[345,-2147483647]]"
    ),
  ])
  func `predictions come back as they were`(predictions: TestPredictions, text: String) throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let id = try complete(Capture(.predictions, predictions))
    #expect(try store.captured(.predictions, ofRun: id) == predictions)
    #expect(try rows(ofRun: id) == ["test_predictions": text])
    #expect(try store.snapshot(ofSweep: "rates").captures[.predictions] == [id: predictions])
    #expect(try store.captured(.sampledText, ofRun: id) == nil)
  }

  @Test func `a target without a prediction is a damaged file`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let id = try complete(Capture(.predictions, TestPredictions(targets: [], predictions: [])))
    try store.pool.write {
      try $0.execute(sql: "UPDATE capture SET content = '[[0]]' WHERE kind = 'test_predictions'")
    }
    let path = fixture.folder.database
    #expect(throws: StorageError.damaged(path: path, detail: "predictions without targets")) {
      try store.captured(.predictions, ofRun: id)
    }
    #expect(throws: StorageError.damaged(path: path, detail: "predictions without targets")) {
      try store.snapshot(ofSweep: "rates")
    }
  }

  @Test func `what a report reads of the pictured run comes back`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let error = WorstError(
      index: 7,
      target: 1,
      prediction: 2,
      loss: 3.5,
      channels: 1,
      height: 1,
      width: 3,
      pixels: [0, 128, 255]
    )
    let regression = RegressionPredictions(
      part: "val",
      count: 1000,
      targets: [[1, -2.5]],
      predictions: [[0.1, 1e-30]]
    )
    let id = try complete(Capture(.worstErrors, [error]), Capture(.regression, regression))
    #expect(try store.captured(.worstErrors, ofRun: id) == [error])
    #expect(try store.captured(.regression, ofRun: id) == regression)
    #expect(
      try rows(ofRun: id)["worst_errors"]
        == #"[{"channels":1,"height":1,"index":7,"loss":3.5,"pixels":[0,128,255],"prediction":2,"#
        + #""target":1,"width":3}]"#
    )
    #expect(
      try rows(ofRun: id)["regression"]
        == #"{"count":1000,"part":"val","predictions":[[0.1,1e-30]],"targets":[[1,-2.5]]}"#
    )
    let captures = try store.snapshot(ofSweep: "rates").captures
    #expect(captures[.worstErrors] == [:])
    #expect(captures[.regression, id] == nil)
  }

  @Test func `a snapshot holds text and facts of every run`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let text = SampledText(prefix: "the \"time\"\n", likeliest: "机器 ", drawn: "")
    let facts = DataFacts(trainCount: 3, validationCount: 0, testCount: 2)
    let id = try complete(
      Capture(.sampledText, text),
      Capture(.facts, facts),
      Capture(.classNames, ["a/b", ""])
    )
    #expect(try store.captured(.sampledText, ofRun: id) == text)
    #expect(
      try rows(ofRun: id) == [
        "sampled_text": #"{"drawn":"","likeliest":"机器 ","prefix":"the \"time\"\n"}"#,
        "facts": #"{"test":2,"train":3,"validation":0}"#, "class_names": #"["a/b",""]"#,
      ]
    )
    let captures = try store.snapshot(ofSweep: "rates").captures
    #expect(captures[.sampledText] == [id: text])
    #expect(captures[.facts] == [id: facts])
    #expect(captures[.classNames] == [id: ["a/b", ""]])
  }

  @Test func `columns of a table come back as they were, the first 500 of them`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let two = [
      DataColumn(
        name: "größe \"x\"",
        role: "input",
        kind: "number",
        minimum: -1e300,
        maximum: 0.1,
        missingShare: 1.0 / 3
      ),
      DataColumn(
        name: "y",
        role: "target",
        kind: "classes",
        categoryCount: 2,
        categories: ["", "a\nb"]
      ),
    ]
    let columns = DataColumns((0..<600).map { two[$0 % 2] })
    #expect(columns.columns.count == 500)
    #expect(columns.count == 600)
    let id = try complete(Capture(.columns, columns))
    #expect(try store.captured(.columns, ofRun: id) == columns)
    #expect(try store.snapshot(ofSweep: "rates").captures[.columns] == [id: columns])
    let start = #"{"columns":[{"kind":"number","maximum":0.1,"minimum":-1e+300,"missing_share":"#
    #expect(try rows(ofRun: id)["columns"]?.hasPrefix(start) == true)
  }
}
