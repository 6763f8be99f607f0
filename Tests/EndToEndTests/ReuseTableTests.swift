// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import GRDB
import Storage
import Testing
import Vocabulary

@testable import Workbench
@testable import runexp

/// Runs of a shipped manifest that train to other bits than at d9ab088, and so are planned anew.
private struct Change {
  /// The experiment's name.
  var sweep: String
  /// What the cell's parameters hold; nothing means every cell.
  var parameters: [String: ParameterValue] = [:]
  /// The numeric version of these runs now.
  var numericVersion: Int
}

/// The whole list, for a reviewer: every run that is not in it is reused.
private let changes: [Change] = [
  // Standardised in Double; no shipped model has a strided convolution whose gradient was wrong.
  Change(sweep: "basics-convolution", numericVersion: 5),
  Change(sweep: "outliers", numericVersion: 5),
  Change(sweep: "regression", numericVersion: 5),
]

/// Plans every shipped manifest against the keys that d9ab088 gave its runs.
///
/// `RUNEXP_REUSE_TABLE=1 swift test --filter ReuseTableTests | grep '^|'` prints what came of it.
@Suite struct ReuseTableTests {
  private static let experiments = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("experiments")

  /// A manifest by the name of its experiment, and the data set that it needs.
  private static let manifests: [String: (file: String, data: String?)] = [
    "activations": ("activations.yaml", "fashion_mnist"),
    "adding": ("adding.yaml", nil),
    "architectures": ("architectures.yaml", "fashion_mnist"),
    "basics-backpropagation": ("basics/backpropagation.yaml", nil),
    "basics-convolution": ("basics/convolution.yaml", nil),
    "basics-forward": ("basics/forward.yaml", nil),
    "basics-lstm": ("basics/lstm.yaml", nil),
    "language": ("language.yaml", "time_machine"),
    "losses": ("losses.yaml", "fashion_mnist"),
    "memory": ("memory.yaml", nil),
    "optimizers": ("optimizers.yaml", "fashion_mnist"),
    "outliers": ("outliers.yaml", "airfoil"),
    "quickstart": ("quickstart.yaml", nil),
    "regression": ("regression.yaml", "house_prices"),
    "twelve": ("twelve.yaml", "fashion_mnist"),
    "your-own-images": ("your-own-images/shapes.yaml", nil),
  ]

  /// The experiments on one data set, or on data that every clone has.
  private static func experiments(on data: String?) -> [String] {
    manifests.filter { $0.value.data == data }.keys.sorted()
  }

  private static func has(_ data: String) -> Bool {
    let entry = DatasetLibrary.catalogue.first { $0.name == data }
    return entry.flatMap { DatasetLibrary.standard.folder(of: $0) } != nil
  }

  @Test func `the memory holds every shipped manifest of its day`() throws {
    let runs = try Memory.table("shipped-runs.tsv")
    #expect(Set(runs.compactMap { $0["sweep"] }) == Set(Self.manifests.keys))
    let data = Set(Self.manifests.values.compactMap(\.data))
    #expect(data == ["fashion_mnist", "airfoil", "house_prices", "time_machine"])
    #expect(runs.count == 1662)
    #expect(Set(runs.compactMap { $0["content_key"] }).count == runs.count)
  }

  @Test(arguments: experiments(on: nil))
  func `a manifest without foreign data reuses its runs of d9ab088, but those of the list`(
    sweep: String
  ) throws {
    try compare(sweep)
  }

  @Test(
    .enabled(if: has("fashion_mnist"), "`fashion_mnist` is not in RUNEXP_DATA"),
    arguments: experiments(on: "fashion_mnist")
  )
  func `a manifest of Fashion-MNIST reuses its runs of d9ab088, but those of the list`(
    sweep: String
  ) throws {
    try compare(sweep)
  }

  @Test(.enabled(if: has("airfoil"), "`airfoil` is not in RUNEXP_DATA"))
  func `the outliers' manifest reuses its runs of d9ab088, but those of the list`() throws {
    try compare("outliers")
  }

  @Test(.enabled(if: has("house_prices"), "`house_prices` is not in RUNEXP_DATA"))
  func `the regression's manifest reuses its runs of d9ab088, but those of the list`() throws {
    try compare("regression")
  }

  @Test(.enabled(if: has("time_machine"), "`time_machine` is not in RUNEXP_DATA"))
  func `the language's manifest reuses its runs of d9ab088, but those of the list`() throws {
    try compare("language")
  }

  /// Plans the manifest against its remembered runs.
  private func compare(_ sweep: String) throws {
    let box = try Sandbox()
    let manifest = try #require(Self.manifests[sweep]?.file)
    let checked = try ManifestPlanner(
      path: Self.experiments.appendingPathComponent(manifest).path,
      overrides: [],
      database: box.path("runexp.db")
    ).plan()
    let store = try RunStore(path: box.path("runexp.db"), mode: .create)
    try store.plan(checked.stored())
    let remembered = try RememberedRun.all(of: sweep)
    try StoredMemory(box.path("runexp.db")).replaceRuns(by: remembered)

    let planned = try store.preview(checked.stored()).runs
    #expect(planned.count == remembered.count)
    var rows: [ReuseRow] = []
    for (run, then) in zip(planned, remembered) {
      #expect(run.cell == then.cell && run.seed == then.seed)
      let change = changes.first { change in
        change.sweep == sweep && change.parameters.allSatisfy { then.parameters[$0] == $1 }
      }
      let place = "cell \(then.cell), seed \(then.seed)"
      let cell = checked.cells[run.cell]
      // What was changed is the version and nothing else.
      #expect(key(cell, then.seed, then.numericVersion) == then.key, "\(place)")
      let wanted = change.map { key(cell, then.seed, $0.numericVersion) } ?? then.key
      #expect(wanted.hasPrefix(run.id), "\(place)")
      #expect(
        run.disposition == (change == nil ? .reused : .new),
        "\(place): \(run.reason ?? "no reason")"
      )
      rows.append(ReuseRow(run, then, change?.numericVersion))
    }
    for change in changes where change.sweep == sweep {
      #expect(
        remembered.contains { run in change.parameters.allSatisfy { run.parameters[$0] == $1 } },
        "no run of `\(sweep)` is meant by \(change)"
      )
    }
    guard ProcessInfo.processInfo.environment["RUNEXP_REUSE_TABLE"] != nil else { return }
    print(ReuseRow.line(sweep, rows))
  }

  private func key(_ cell: PlannedCell, _ seed: Int, _ numericVersion: Int) -> String {
    cell.content(seed: seed, version: numericVersion).key
  }

  @Test(.inTurns, arguments: ["backpropagation", "forward", "lstm"])
  func `an introductory example trains to the weights and numbers of d9ab088`(name: String)
    async throws
  {
    let box = try Sandbox()
    let manifest = Self.experiments.appendingPathComponent("basics/\(name).yaml").path
    try await box.run("sweep", manifest).expectExit(0)
    let runs = try box.store().runs()
    let remembered = try RememberedRun.all(of: "basics-\(name)")
    #expect(runs.map(\.weightsSHA256) == remembered.map(\.weightsSHA256))
    for (run, then) in zip(runs, remembered) {
      #expect(!then.metrics.isEmpty)
      for (metric, value) in then.metrics {
        #expect(run.metrics[metric]?.last == value, "\(name), seed \(run.seed): \(metric)")
      }
    }
  }
}

/// A run of a shipped manifest, from `shipped-runs.tsv` and `shipped-cells.tsv`.
private struct RememberedRun {
  var cell: Int
  var seed: Int
  var key: String
  var weightsSHA256: String?
  var numericVersion: Int
  var parameters: [String: ParameterValue]
  var metrics: [String: Double?]

  init(_ run: [String: String], _ cell: [String: String]) throws {
    self.cell = try #require(run["cell"].flatMap { Int($0) })
    seed = try #require(run["seed"].flatMap { Int($0) })
    key = try #require(run["content_key"])
    weightsSHA256 = run["weights_sha256"].flatMap { $0.isEmpty ? nil : $0 }
    numericVersion = try #require(cell["numeric_version"].flatMap { Int($0) })
    let text = Data((cell["parameters"] ?? "").utf8)
    parameters = try JSONDecoder().decode([String: ParameterValue].self, from: text)
    let names = (cell["metrics"] ?? "").split(separator: " ").map(String.init)
    let values = (run["values"] ?? "").split(separator: " ").map { Double($0) }
    metrics = Dictionary(zip(names, values)) { first, _ in first }
  }

  /// In plan order.
  static func all(of sweep: String) throws -> [RememberedRun] {
    let cells = try Memory.table("shipped-cells.tsv").filter { $0["sweep"] == sweep }
    let byCell = Dictionary(uniqueKeysWithValues: cells.map { ($0["cell"], $0) })
    return try Memory.table("shipped-runs.tsv").filter { $0["sweep"] == sweep }.map { run in
      try RememberedRun(run, #require(byCell[run["cell"]]))
    }
  }
}

/// A database of today's plan whose runs become those of the memory.
private struct StoredMemory {
  private let queue: DatabaseQueue

  init(_ path: String) throws { queue = try DatabaseQueue(path: path) }

  /// The runs are completed, under the keys that they had, and keep final weights.
  func replaceRuns(by remembered: [RememberedRun]) throws {
    try queue.write { database in
      for run in remembered {
        let id = try Int64.fetchOne(
          database,
          sql: "SELECT run_id FROM sweep_run WHERE cell = ? AND seed = ?",
          arguments: [run.cell, run.seed]
        )
        try database.execute(
          sql: """
            UPDATE run SET content_key = ?, code = ?, numeric_version = ?, weights_sha256 = ?,
              state = 'completed', attempts = 1, finished_at = created_at
            WHERE id = ?
            """,
          arguments: [
            run.key, String(run.key.prefix(12)), run.numericVersion, run.weightsSHA256, id,
          ]
        )
        try database.execute(
          sql: """
            INSERT INTO checkpoint
              (run_id, attempt, kind, step, epoch, elapsed_seconds, size, sha256, created_at)
            VALUES (?, 1, 'final', 1, 1, 1, 0, ?, '2026-01-01T00:00:00.000Z')
            """,
          arguments: [id, String(repeating: "0", count: 64)]
        )
      }
    }
    try queue.close()
  }
}

/// What became of one remembered run.
private struct ReuseRow {
  var isReused: Bool
  var reason: String

  init(_ run: PlannedRun, _ then: RememberedRun, _ version: Int?) {
    isReused = run.disposition == .reused
    let change = version.map { "numeric version \(then.numericVersion) → \($0)" }
    reason = change ?? run.reason ?? "unknown"
  }

  /// A row of the table: manifest, runs, reused, planned anew, why.
  static func line(_ sweep: String, _ rows: [ReuseRow]) -> String {
    let anew = rows.filter { !$0.isReused }
    let reasons = Dictionary(grouping: anew, by: \.reason).mapValues(\.count)
    let why = reasons.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
    return "| \(sweep) | \(rows.count) | \(rows.count - anew.count) | \(anew.count) | "
      + (why.isEmpty ? "–" : why.joined(separator: "; ")) + " |"
  }
}
