// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import GRDB
internal import Vocabulary

extension RunStore {
  /// Cells of a stored plan with the facts that planning needs, for a plan with other seeds.
  ///
  /// Digests, sizes and numeric versions are those of each cell's first run. The cells are in the
  /// order of `positions`; a position that the plan does not have is left out.
  public func plannedCells(ofSweep label: String, at positions: [Int]) throws -> [PlannedCell] {
    try read { database in
      let id = try SweepRows.find(database, label)
      let cells = try SweepRows.record(database, id: id).cells
      return try positions.compactMap { position in
        guard let cell = cells.first(where: { $0.index == position }),
          let row = try Row.fetchOne(
            database,
            sql: """
              SELECT data_sha256, parameter_count, numeric_version,
                json_extract(content, '$.init.from_sha256') AS from_sha256
              FROM sweep_run JOIN run ON run.id = sweep_run.run_id
              WHERE sweep_id = ? AND cell = ? ORDER BY position LIMIT 1
              """,
            arguments: [id, position]
          )
        else { return nil }
        return PlannedCell(
          cell,
          dataSHA256: row["data_sha256"],
          initializationSHA256: row["from_sha256"],
          parameterCount: row["parameter_count"],
          numericVersion: row["numeric_version"]
        )
      }
    }
  }
}
