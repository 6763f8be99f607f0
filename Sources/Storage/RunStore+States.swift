// SPDX-License-Identifier: Apache-2.0

public import Experiments
internal import GRDB
internal import Vocabulary

extension RunStore {
  /// The state of each run of a scope by id, as it is shown: a running run with a void claim is
  /// `interrupted`.
  public func states(in scope: RunScope) throws -> [String: RunState] {
    try read { database in
      let filter = try ScopeFilter(database, scope)
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT \(StoredRun.columns) FROM run \(filter.join)",
        arguments: filter.arguments
      )
      let reader = records(database)
      var states: [String: RunState] = [:]
      for row in rows {
        let run = try StoredRun(row)
        states[run.code] = try reader.shownState(run)
      }
      return states
    }
  }
}
