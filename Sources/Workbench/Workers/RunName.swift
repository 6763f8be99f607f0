// SPDX-License-Identifier: Apache-2.0

package import Experiments
package import Storage
import Vocabulary

/// What a run is called where a person looks: its parameters and its seed.
package enum RunName {
  /// `activation=relu model=cnn seed 0`; only the parameters that differ over the plan.
  package static func names(of planned: PlannedSweep, cells: [Cell]) -> [String: String] {
    names(planned.runs.map { ($0.id, $0.cell, $0.seed) }, cells: cells)
  }

  /// The same for the stored runs of a plan.
  package static func names(of runs: [RunRecord], cells: [Cell]) -> [String: String] {
    names(runs.map { ($0.id, $0.cell ?? 0, $0.seed) }, cells: cells)
  }

  private static func names(
    _ runs: [(id: String, cell: Int, seed: Int)],
    cells: [Cell]
  ) -> [String: String] {
    let keys = Set(cells.flatMap(\.assignment.keys)).sorted().filter { key in
      Set(cells.map { $0.assignment[key] }).count > 1
    }
    let texts = runs.map { run in
      let assignment = cells[run.cell].assignment
      let words = keys.compactMap { key in assignment[key].map { "\(key)=\($0)" } }
      return (run.id, (words + ["seed \(run.seed)"]).joined(separator: " "))
    }
    return Dictionary(texts, uniquingKeysWith: { first, _ in first })
  }
}
