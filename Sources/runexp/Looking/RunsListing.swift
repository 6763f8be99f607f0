// SPDX-License-Identifier: Apache-2.0

import Experiments
import Reports
import Storage
import Vocabulary
import Workbench

/// Which of the runs a table shows, and with which columns.
struct RunsListing {
  /// How many runs a table shows unless it is told.
  static let standardLimit = 50

  let runs: [RunRecord]
  /// The plans the runs belong to, for the metrics they are judged by.
  let sweeps: [SweepRecord]

  /// The `limit` newest runs, in the order given: those not started yet are the newest.
  func newest(_ limit: Int) -> [RunRecord] {
    guard runs.count > limit else { return runs }
    let order = runs.indices.sorted { left, right in
      let (a, b) = (runs[left].startedAt ?? "~", runs[right].startedAt ?? "~")
      return a == b ? left > right : a > b
    }
    return order.prefix(limit).sorted().map { runs[$0] }
  }

  /// What each plan chooses by and reports, each once; for bare runs the usual ones, if there are any.
  var metrics: [String] {
    let labels = Set(runs.compactMap(\.sweep))
    let judged = sweeps.filter { labels.contains($0.label) }.map(\.experiment)
    let named = judged.flatMap { [$0.metric.name, $0.report.metric] }
    let usual = ["val.accuracy", "test.accuracy", "val.loss", "test.loss"]
    let found = Set(runs.flatMap(\.metrics.keys))
    var seen = Set<String>()
    let wanted = named.isEmpty ? Array(usual.filter(found.contains).prefix(2)) : named
    return Array(wanted.filter { seen.insert($0).inserted }.prefix(4))
  }
}
