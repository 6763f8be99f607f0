// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import GRDB
internal import Vocabulary

/// The step to JSON of a manifest's shape and words, where version 1 had what Swift's compiler makes of enums and
/// properties. The keys of plans, which were made of those texts, follow. Contents, content keys and ids stay.
enum WordsMigration {
  /// Rows of version 1 that may be in a file of version 2: an old process has planned into a file that another process had
  /// brought up to date meanwhile. Then no row of version 1 is let in any more.
  static func close(_ database: Database) throws {
    try apply(database, onlyMarked: true)
    try database.execute(sql: guards)
  }

  /// What every text of version 1 has and none of later ones.
  private static let marks = (
    specification: "initialization", demand: "evaluateEvery", experiment: "repeats"
  )

  private static let guards = """
    CREATE TRIGGER run_in_words BEFORE INSERT ON run
    WHEN json_type(NEW.specification, '$.\(marks.specification)') IS NOT NULL
    BEGIN \(refusal) END;
    CREATE TRIGGER run_rewritten_in_words BEFORE UPDATE OF specification, demand ON run
    WHEN json_type(NEW.specification, '$.\(marks.specification)') IS NOT NULL
      OR json_type(NEW.demand, '$.\(marks.demand)') IS NOT NULL
    BEGIN \(refusal) END;
    CREATE TRIGGER sweep_in_words BEFORE INSERT ON sweep
    WHEN json_type(NEW.experiment, '$.\(marks.experiment)') IS NOT NULL
    BEGIN \(refusal) END;
    """

  private static let refusal = """
    SELECT RAISE(ABORT, 'a newer runexp has brought this database up to date: use that version');
    """

  static func apply(_ database: Database) throws { try apply(database, onlyMarked: false) }

  private static func apply(_ database: Database, onlyMarked: Bool) throws {
    let keys = try planKeys(database)
    var known: [String: String] = [:]
    let cells = ["sweep_id", "position"]
    func column(_ name: String, _ mark: String) -> (name: String, mark: String?) {
      (name, onlyMarked ? mark : nil)
    }
    let specification = column("specification", marks.specification)
    let demand = column("demand", marks.demand)
    let experiment = column("experiment", marks.experiment)
    try rewrite(database, "cell", cells, specification, &known, V1Words.specification)
    try rewrite(database, "run", ["id"], specification, &known, V1Words.specification)
    try rewrite(database, "run", ["id"], demand, &known, V1Words.demand)
    try rewrite(database, "sweep", ["id"], experiment, &known, V1Words.experiment)
    for (sweep, key) in keys {
      try database.execute(
        sql: "UPDATE sweep SET plan_key = ? WHERE id = ?",
        arguments: [key, sweep]
      )
    }
  }

  /// Writes a column anew in every row, or in those that have the mark of version 1; equal texts, most of them in several
  /// rows, are translated once.
  private static func rewrite(
    _ database: Database,
    _ table: String,
    _ key: [String],
    _ column: (name: String, mark: String?),
    _ known: inout [String: String],
    _ translate: (JSON) throws -> JSON
  ) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT \(key.joined(separator: ", ")), \(column.name) AS text FROM \(table)
        WHERE \(column.mark.map { "json_type(\(column.name), '$.\($0)') IS NOT NULL" } ?? "TRUE")
        """
    )
    let place = key.map { "\($0) = ?" }.joined(separator: " AND ")
    let update = try database.makeStatement(
      sql: "UPDATE \(table) SET \(column.name) = ? WHERE \(place)"
    )
    for row in rows {
      let old: String = row["text"]
      let new = try known[old] ?? translate(JSONText.decode(JSON.self, old)).canonical
      known[old] = new
      let values: [Int64] = key.map { row[$0] }
      try update.execute(arguments: [new] + StatementArguments(values))
    }
  }

  // MARK: - Keys of plans

  /// The new keys of those plans whose key was made of the old texts; an import's is made of its file.
  private static func planKeys(_ database: Database) throws -> [Int64: String] {
    var keys: [Int64: String] = [:]
    let sweeps = try Row.fetchAll(
      database,
      sql: """
        SELECT id, plan_key, experiment FROM sweep
        WHERE json_type(experiment, '$.\(marks.experiment)') IS NOT NULL
        """
    )
    for sweep in sweeps {
      let id: Int64 = sweep["id"]
      let experiment: String = sweep["experiment"]
      let lines = try lines(database, sweep: id)
      guard key(experiment, lines) == sweep["plan_key"] else { continue }
      let words = try V1Words.experiment(JSONText.decode(JSON.self, experiment))
      keys[id] = key(words.canonical, lines)
    }
    return keys
  }

  private static func key(_ experiment: String, _ lines: [String]) -> String {
    SHA256.hexadecimal(of: ([experiment] + lines).joined(separator: "\n"))
  }

  /// What a plan's key is made of, beside the experiment.
  private static func lines(_ database: Database, sweep: Int64) throws -> [String] {
    let cells = try Row.fetchAll(
      database,
      sql: """
        SELECT position, parameters,
          json_extract(specification, '$.train.evaluateEvery') AS evaluate_every,
          json_extract(specification, '$.train.logEverySteps') AS log_every_steps,
          json_extract(specification, '$.metrics') AS metrics
        FROM cell WHERE sweep_id = ? ORDER BY position
        """,
      arguments: [sweep]
    ).map { row in
      let parameters = try JSONText.decode(JSON.self, row["parameters"]).canonical
      let metrics = try JSONText.decode([String].self, row["metrics"]).sorted()
      let position: Int = row["position"]
      let evaluateEvery: Int = row["evaluate_every"]
      let logEverySteps: Int? = row["log_every_steps"]
      return
        "\(position) \(parameters) \(evaluateEvery) \(logEverySteps ?? 0) \(metrics.joined(separator: ","))"
    }
    let runs = try Row.fetchAll(
      database,
      sql: """
        SELECT sweep_run.cell, sweep_run.seed, content_key FROM sweep_run
        JOIN run ON run.id = run_id WHERE sweep_id = ? ORDER BY sweep_run.position
        """,
      arguments: [sweep]
    ).map { row in
      let (cell, seed, key): (Int, Int, String) = (row["cell"], row["seed"], row["content_key"])
      return "\(cell) \(seed) \(key)"
    }
    return cells + runs
  }
}
