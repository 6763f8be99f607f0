// SPDX-License-Identifier: Apache-2.0

internal import Codecs
public import Experiments
internal import GRDB
internal import Vocabulary

/// Which plans held the cells of a plan, whatever the seeds: the looks that were taken at them.
///
/// A cell is known again by the content of its runs without seed and numeric version, so that other seeds and a newer
/// program make no fresh comparison. Of an import the name is part of the content; under another name its cells are known
/// again by the numbers of their first run. Nothing is stored for it: plans are never deleted.
enum CellPlans {
  /// The content of a cell's runs without what tells seeds and programs apart.
  private static let content = """
    json_remove(run.content, '$.seed', '$.numeric_version', '$.measured_sha256',
      CASE json_extract(cell.specification, '$.data.seed')
        WHEN '${seed}' THEN '$.data.seed' ELSE '$.seed' END)
    """

  /// Cells of all plans, each with its first run.
  private static let source = """
    FROM cell
    JOIN sweep ON sweep.id = cell.sweep_id
    JOIN run ON run.id = (SELECT run_id FROM sweep_run WHERE sweep_run.sweep_id = cell.sweep_id
      AND sweep_run.cell = cell.position ORDER BY sweep_run.position LIMIT 1)
    """

  private static let rows = """
    SELECT cell.sweep_id, cell.position, sweep.name || '@' || sweep.revision AS sweep,
      json_extract(sweep.experiment, '$.report.looks') AS looks,
      json_extract(sweep.experiment, '$.confirmation') IS NOT NULL AS is_confirmation,
      (SELECT count(*) FROM sweep_run WHERE sweep_run.sweep_id = cell.sweep_id
        AND sweep_run.cell = cell.position) AS seeds,
      \(content) AS content,
      CASE WHEN json_type(run.content, '$.imported') IS NOT NULL
        THEN json_remove(run.content, '$.imported') END AS numbers
    \(source)
    WHERE cell.sweep_id <= ?
    ORDER BY cell.sweep_id, cell.position
    """

  /// The plans of each cell of a sweep, by the cell's position, oldest first, up to the plan `last`.
  ///
  /// Without it that is the sweep itself: a report says the same whenever it is written.
  static func find(
    _ database: Database,
    sweep: Int64,
    upTo last: Int64? = nil
  ) throws -> [Int: [CellPlan]] {
    var plans: [String: [CellPlan]] = [:]
    var own: [Int: String] = [:]
    var comparisons = ImportedComparisons()
    for row in try Row.fetchAll(database, sql: rows, arguments: [last ?? sweep]) {
      let content = comparisons.content(row["content"], numbers: row["numbers"])
      let looks: Int? = row["looks"]
      let plan = CellPlan(
        sweep: row["sweep"],
        order: row["sweep_id"],
        seeds: row["seeds"],
        isSingleLook: looks == 1,
        isConfirmation: row["is_confirmation"]
      )
      // A plan may hold equal cells under several names.
      if plans[content]?.last?.order != plan.order { plans[content, default: []].append(plan) }
      if plan.order == Int(sweep) { own[row["position"]] = content }
    }
    return own.mapValues { plans[$0] ?? [] }
  }
}

/// Imported cells that are the same under several names.
private struct ImportedComparisons {
  /// By the numbers of a cell's first run: the content under the name that it had first.
  private var first: [String: String] = [:]
  /// By the content under a later name: that under the first.
  private var renamed: [String: String] = [:]

  /// The content that stands for a cell; `numbers` is nil for what was trained here.
  mutating func content(_ content: String, numbers: String?) -> String {
    guard let numbers else { return content }
    let known = renamed[content] ?? first[numbers] ?? content
    renamed[content] = known
    if first[numbers] == nil { first[numbers] = known }
    return known
  }
}

extension CellPlans {
  /// How many candidates the plans of this name, up to this one, gave the row of each cell: runs of other content with the
  /// same values of the parameters that the sweep does not tune.
  static func triedCounts(_ database: Database, sweep: Int64) throws -> [Int: Int] {
    let experiment = try JSONText.decode(
      Experiment.self,
      String.fetchOne(
        database,
        sql: "SELECT experiment FROM sweep WHERE id = ?",
        arguments: [sweep]
      )
        ?? ""
    )
    let tuned = experiment.tune.map { "$.\"\($0)\"" }
    let row = "json_remove(cell.parameters\(tuned.map { _ in ", ?" }.joined()))"
    let found = try Row.fetchAll(
      database,
      sql: """
        SELECT cell.sweep_id, cell.position, \(row) AS row, \(content) AS content
        \(source)
        WHERE cell.sweep_id <= ? AND sweep.name = ?
        """,
      arguments: StatementArguments(tuned) + [sweep, experiment.name]
    )
    var contents: [String: Set<String>] = [:]
    for entry in found { contents[entry["row"], default: []].insert(entry["content"]) }
    let own = found.filter { $0["sweep_id"] == sweep }
    return Dictionary(
      uniqueKeysWithValues: own.map { entry in
        (entry["position"], contents[entry["row"]]?.count ?? 1)
      }
    )
  }
}

extension RunStore {
  /// All plans that hold the cells of a sweep, by the position of the cell, oldest plan first.
  public func cellPlans(ofSweep label: String) throws -> [Int: [CellPlan]] {
    try read { database in
      try CellPlans.find(database, sweep: try SweepRows.find(database, label), upTo: .max)
    }
  }
}
