// SPDX-License-Identifier: Apache-2.0

package import Experiments
import Foundation
import Manifests
package import Reports
package import Storage
import Training
import Vocabulary

/// What a plan would do, cost and tell apart; nothing is started or stored for it.
package struct PlanOutlook {
  package let checked: CheckedPlan
  /// What the store would do; nil if there is no database yet.
  package let preview: PlannedSweep?
  /// What a run of each cell takes, in cell order.
  package let costs: [CellCost]
  /// Estimated seconds of one run of each cell, in cell order; nil where there is no estimate.
  package let seconds: [Double?]
  /// How much the stored runs of these cells vary from seed to seed, if there are any.
  package let spread: SeedSpread?
  /// When these cells are looked at, if a stored plan holds two of them.
  package let schedule: LookSchedule?
  /// How many seeds show a difference, if that was asked for.
  package let detection: Detection?

  /// An outlook of known parts.
  package init(
    _ checked: CheckedPlan,
    preview: PlannedSweep? = nil,
    seconds: [Double?],
    spread: SeedSpread? = nil,
    schedule: LookSchedule? = nil,
    detection: Detection? = nil
  ) {
    self.checked = checked
    self.preview = preview
    costs = checked.cells.map { CellCost($0, in: checked) }
    self.seconds = seconds
    self.spread = spread
    self.schedule = schedule
    self.detection = detection
  }

  /// Looks at the store, if there is one, and times a few steps of each kind of cell.
  ///
  /// `difference` of the report's metric is one that somebody wants to see: `Detection.refusal` says which are none.
  package init(_ checked: CheckedPlan, in store: RunStore?, difference: Double? = nil) throws {
    var estimate = TimeEstimate(library: .standard, now: Attempt.now)
    let seed = checked.plan.experiment.seed
    let seconds = checked.cells.map { cell in
      checked.descriptions[cell.cell.specification.data].flatMap { description in
        estimate.seconds(
          cell.cell,
          seed: seed,
          memoryBytes: CellCost(cell, in: checked).memoryBytes,
          description: description
        )
      }
    }
    let stored = try store.map { try StoredSpread(checked, in: $0) }
    self.init(
      checked,
      preview: try store?.preview(checked.stored()),
      seconds: seconds,
      spread: stored?.spread,
      schedule: stored?.schedule,
      detection: difference.map { difference in
        Detection(
          difference,
          of: checked.plan.experiment.report.metric,
          spread: stored?.spread,
          isSameCells: stored?.isSameCells ?? false,
          schedule: stored?.schedule ?? checked.newSchedule,
          isNew: stored?.schedule == nil
        )
      }
    )
  }

  /// The networks of blocks, one for each wiring, with the cells that have it; the numbers are those of the first cell.
  package var networks: [(outline: NetworkOutline, cells: [Int])] {
    var places: [ModelSpecification: Int] = [:]
    var networks: [(outline: NetworkOutline, cells: [Int])] = []
    for cell in checked.cells.map(\.cell) {
      let wiring = cell.specification.model.wiring
      if let place = places[wiring] {
        networks[place].cells.append(cell.index)
      } else if let outline = outline(cell) {
        places[wiring] = networks.count
        networks.append((outline, [cell.index]))
      }
    }
    return networks
  }

  /// The network of a cell; nil of a list of layers.
  package func outline(_ cell: Cell) -> NetworkOutline? {
    checked.descriptions[cell.specification.data].flatMap { description in
      try? ModelBuilder.outline(cell.specification, for: description)
    }
  }

  /// How many cells may not fit into this machine's memory, and how much the largest takes; nil if all fit.
  package var tooLarge: (cells: Int, largestBytes: Int)? {
    let large = costs.map(\.memoryBytes).filter { $0 > Machine.memoryBytes }
    return large.max().map { (large.count, $0) }
  }
}
