// SPDX-License-Identifier: Apache-2.0

internal import Codecs
public import Experiments
internal import Foundation
internal import GRDB
public import Vocabulary

/// A run that another program measured.
public struct ImportedRun: Hashable, Sendable {
  /// The values of its parameters.
  public var parameters: [String: ParameterValue]
  /// Its seed; for this program it says only which runs belong together.
  public var seed: Int
  /// Its metrics.
  public var points: [MetricPoint]
  /// How long it trained, if known.
  public var durationSeconds: Double?

  /// A run.
  public init(
    parameters: [String: ParameterValue],
    seed: Int,
    points: [MetricPoint],
    durationSeconds: Double? = nil
  ) {
    self.parameters = parameters
    self.seed = seed
    self.points = points
    self.durationSeconds = durationSeconds
  }

  /// Completed epochs.
  public var epochs: Int { points.map(\.epoch).max().map { Int($0) } ?? 0 }
}

/// The result of an import.
public struct ImportOutcome: Hashable, Sendable {
  /// The plan that holds the runs.
  public var sweep: SweepRecord
  /// Whether it is new; false if the same file was imported before.
  public var isNew: Bool
  /// Runs that were not stored before.
  public var added: Int
  /// The number of examples that an earlier import of the same file gave; nil if it gave none.
  public var formerExamples: Int?
}

extension RunStore {
  /// Stores runs of another program as completed runs, in a plan of their own.
  ///
  /// Their measured values are part of their content. So they are never taken for runs of a
  /// manifest, and importing other numbers makes other runs in another revision. `source` is the
  /// file they came from. The cells are the distinct assignments, in order. `facts` are facts about
  /// the data, as far as the import gives them. Throws `nameTaken` if plans of this program have
  /// that name.
  @discardableResult
  public func importRuns(
    _ runs: [ImportedRun],
    of experiment: Experiment,
    source: String,
    facts: DataFacts? = nil,
    version: String
  ) throws -> ImportOutcome {
    try write { database in
      let importer = Importer(
        database: database,
        experiment: experiment,
        source: source,
        facts: facts,
        version: version,
        timestamp: timestamp
      )
      return try importer.store(runs)
    }
  }
}

/// One transaction of importing.
private struct Importer {
  let database: Database
  let experiment: Experiment
  let source: String
  let facts: DataFacts?
  let version: String
  let timestamp: String

  func store(_ runs: [ImportedRun]) throws -> ImportOutcome {
    let newest = try newestPlan()
    let key = SHA256.hexadecimal(of: "imported\n" + source)
    if let newest, newest.key == key {
      var former: Int?
      for run in runs {
        let id = try insert(run).id
        former = try former ?? examples(ofRun: id)
        try noteFacts(ofRun: id)
      }
      let sweep = try SweepRows.record(database, id: newest.id)
      return ImportOutcome(sweep: sweep, isNew: false, added: 0, formerExamples: former)
    }
    let sweep = try insertSweep(revision: (newest?.revision ?? 0) + 1, key: key)
    var assignments: [[String: ParameterValue]] = []
    var positions: [[String: ParameterValue]: Int] = [:]
    for run in runs where positions[run.parameters] == nil {
      positions[run.parameters] = assignments.count
      assignments.append(run.parameters)
    }
    for (position, assignment) in assignments.enumerated() {
      let epochs = runs.filter { $0.parameters == assignment }.map(\.epochs).max() ?? 0
      try insertCell(position, assignment, epochs: epochs, sweep: sweep)
    }
    let ordered = runs.map { (cell: positions[$0.parameters] ?? 0, run: $0) }
      .sorted { ($0.cell, $0.run.seed) < ($1.cell, $1.run.seed) }
    var added = 0
    for (position, (cell, run)) in ordered.enumerated() {
      let (id, isNew) = try insert(run)
      added += isNew ? 1 : 0
      try noteFacts(ofRun: id)
      try database.execute(
        sql: """
          INSERT INTO sweep_run (sweep_id, position, cell, seed, run_id, disposition, reason)
          VALUES (?, ?, ?, ?, ?, 'reused', 'imported')
          """,
        arguments: [sweep, position, cell, run.seed, id]
      )
    }
    return ImportOutcome(
      sweep: try SweepRows.record(database, id: sweep),
      isNew: true,
      added: added
    )
  }

  private func examples(ofRun id: Int64) throws -> Int? {
    try CaptureRows(database: database, runs: "?", arguments: [id])
      .values(.facts).values.first?.testCount
  }

  private func noteFacts(ofRun id: Int64) throws {
    guard let facts else { return }
    try RunProgress(database: database, run: id).capture(.facts, facts)
  }

  private func newestPlan() throws -> (id: Int64, revision: Int, key: String)? {
    let own = try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM sweep JOIN sweep_run ON sweep_run.sweep_id = sweep.id
          JOIN run ON run.id = sweep_run.run_id WHERE name = ? AND numeric_version != ?)
        """,
      arguments: [experiment.name, RunRecord.importedVersion]
    )
    if own == true { throw StorageError.nameTaken(experiment.name) }
    return try Row.fetchOne(
      database,
      sql: "SELECT id, revision, plan_key FROM sweep WHERE name = ? ORDER BY revision DESC LIMIT 1",
      arguments: [experiment.name]
    ).map { ($0["id"], $0["revision"], $0["plan_key"]) }
  }

  private func insertSweep(revision: Int, key: String) throws -> Int64 {
    try database.execute(
      sql: """
        INSERT INTO sweep (name, revision, plan_key, experiment, manifest, overrides, version,
          created_at) VALUES (?, ?, ?, ?, ?, '[]', ?, ?)
        """,
      arguments: [
        experiment.name, revision, key, try JSONText.encode(experiment), source, version,
        timestamp,
      ]
    )
    return database.lastInsertedRowID
  }

  private func insertCell(
    _ position: Int,
    _ assignment: [String: ParameterValue],
    epochs: Int,
    sweep: Int64
  ) throws {
    try database.execute(
      sql: "INSERT INTO cell (sweep_id, position, parameters, specification) VALUES (?, ?, ?, ?)",
      arguments: [
        sweep, position, try JSONText.encode(assignment),
        try JSONText.encode(specification(epochs: epochs)),
      ]
    )
  }

  /// What stands where other runs have what was trained, which nobody told.
  private func specification(epochs: Int) -> RunSpecification {
    RunSpecification(
      data: DataSpecification(dataset: Component("imported")),
      model: [],
      loss: Component("imported"),
      optimizer: Component("imported"),
      train: TrainSpecification(epochs: max(1, epochs), batchSize: nil)
    )
  }

  private func insert(_ run: ImportedRun) throws -> (id: Int64, isNew: Bool) {
    let content = JSON.object([
      ("imported", .text(experiment.name)),
      ("parameters", .sorted(run.parameters.mapValues(JSON.init))),
      ("seed", .integer(run.seed)),
      ("measured_sha256", .text(SHA256.hexadecimal(of: try JSONText.encode(run.points)))),
    ]).canonical
    let key = SHA256.hexadecimal(of: content)
    if let stored = try StoredRun.find(database, contentKey: key) { return (stored.id, false) }
    let specification = specification(epochs: run.epochs)
    try database.execute(
      sql: """
        INSERT INTO run (code, content_key, content, experiment, parameters, specification,
          demand, seed, state, epochs, duration_seconds, created_at, finished_at, data_sha256,
          numeric_version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'completed', ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        try RunCodes.free(key, database), key, content, experiment.name,
        try JSONText.encode(run.parameters), try JSONText.encode(specification),
        try JSONText.encode(Demand(experiment: experiment, specification: specification)),
        run.seed, run.epochs, run.durationSeconds, timestamp, timestamp,
        SHA256.hexadecimal(of: source), RunRecord.importedVersion,
      ]
    )
    let id = database.lastInsertedRowID
    try RunProgress(database: database, run: id).append(run.points)
    try database.execute(
      sql: "INSERT INTO tag (run_id, word) VALUES (?, 'imported')",
      arguments: [id]
    )
    return (id, true)
  }
}
