// SPDX-License-Identifier: Apache-2.0

package import Experiments
package import Reports
package import Storage
package import Vocabulary

/// One thing that is compared: a run, or the runs of a cell.
package struct ComparedSide {
  package let label: String
  /// The plan it is seen in.
  package let sweep: SweepRecord?
  package let cell: Int?
  package let isCell: Bool
  package let runs: [RunRecord]

  /// The cell it is or belongs to, as `NAME@revision#CELL`; nil for a run outside any plan.
  package var place: String? {
    sweep.flatMap { sweep in cell.map { "\(sweep.label)#\($0)" } }
  }

  package var parameters: [String: ParameterValue] { runs.first?.parameters ?? [:] }

  /// The finite last values of a metric over the completed runs, by seed.
  package func values(_ metric: String) -> [Int: Double] {
    var values: [Int: Double] = [:]
    for run in runs where run.state == .completed {
      values[run.seed] = run.metrics[metric]?.last.flatMap { $0.isFinite ? $0 : nil }
    }
    return values
  }

  /// The same as a sample on the metric's scale.
  package func sample(_ metric: String) -> MetricSample { MetricSample(metric, of: runs) }
}

/// Turns words of the command line into sides.
package struct SideReader {
  package let store: RunStore
  package let condition: Condition?

  package init(
    store: RunStore,
    condition: Condition?
  ) {
    self.store = store
    self.condition = condition
  }

  /// A sweep stands for its cells; sides without a run that fits the condition are left out.
  package func sides(_ texts: [String]) throws -> [ComparedSide] {
    let all = try texts.flatMap { try sides(of: store.target($0)) }
    guard let condition else { return all }
    let fitting = Set(try condition.filter(all.flatMap(\.runs)).map(\.id))
    return all.compactMap { side in
      let runs = side.runs.filter { fitting.contains($0.id) }
      guard !runs.isEmpty else { return nil }
      return ComparedSide(
        label: side.label,
        sweep: side.sweep,
        cell: side.cell,
        isCell: side.isCell,
        runs: runs
      )
    }
  }

  private func sides(of target: Target) throws -> [ComparedSide] {
    switch target {
    case .run(let run):
      [
        ComparedSide(
          label: String(run.id.prefix(8)),
          sweep: try run.sweep.map { try store.sweep($0) },
          cell: run.cell,
          isCell: false,
          runs: [run]
        )
      ]
    case .sweep(let sweep): try cells(of: sweep, sweep.cells.map(\.index))
    case .cell(let sweep, let cell): try cells(of: sweep, [cell])
    }
  }

  /// The cell that a run stands for; a cell stands for itself, with the runs it was given.
  package func cell(of side: ComparedSide) throws -> ComparedSide {
    guard !side.isCell, let sweep = side.sweep, let cell = side.cell else { return side }
    return try cells(of: sweep, [cell]).first ?? side
  }

  package func cells(of sweep: SweepRecord, _ cells: [Int]) throws -> [ComparedSide] {
    let runs = Dictionary(grouping: try store.runs(ofSweeps: [sweep.label])) { $0.cell ?? -1 }
    return cells.map { cell in
      ComparedSide(
        label: "\(sweep.label)#\(cell)",
        sweep: sweep,
        cell: cell,
        isCell: true,
        runs: runs[cell] ?? []
      )
    }
  }
}
