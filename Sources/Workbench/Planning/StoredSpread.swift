// SPDX-License-Identifier: Apache-2.0

import Datasets
package import Experiments
import Manifests
package import Reports
package import Storage
import Vocabulary

/// What stored runs tell of how much a plan's metric varies from seed to seed.
package struct StoredSpread {
  /// The spread; nil if no cell has two seeds.
  package let spread: SeedSpread?
  /// Whether it comes from the plan's own cells, and not from others of the experiment.
  package let isSameCells: Bool
  /// When the plan's cells are looked at, as the stored plan that holds two of them began; nil if there is none.
  package let schedule: LookSchedule?

  /// Of the plan's own cells if they have runs, else of all of the experiment that are evaluated on the same data.
  package init(_ checked: CheckedPlan, in store: RunStore) throws {
    let experiment = checked.plan.experiment
    let specifications = Set(checked.cells.map(\.cell.specification))
    let runs = try store.runs().filter { $0.state == .completed && !$0.isImported }
    let own = runs.filter { specifications.contains($0.specification) }
    let data = Set(specifications.map { EvaluatedData($0.data) })
    let losses = Set(specifications.map(\.totalLoss))
    let others = runs.filter { run in
      run.experiment == experiment.name && data.contains(EvaluatedData(run.specification.data))
        && losses.contains(run.specification.totalLoss)
    }
    let step = Self.step(checked)
    func spread(_ runs: [RunRecord]) throws -> SeedSpread? {
      let reader = try SpreadReader(experiment, runs) { try store.curves(ofRun: $0) }
      return reader.spread(resolution: step)
    }
    let found = try spread(own)
    isSameCells = found != nil
    self.spread = try found ?? spread(others)
    schedule = try Self.schedule(specifications, store)
  }

  /// 1/N of an accuracy and its like, by the smallest data of the plan.
  private static func step(_ checked: CheckedPlan) -> Double {
    let metric = checked.plan.experiment.report.metric
    guard MetricName(metric)?.isOfExamples == true else { return 0 }
    let counts = checked.descriptions.values.map { data in
      metric.hasPrefix("test.")
        ? data.testCount : metric.hasPrefix("val.") ? data.validationCount : data.trainCount
    }
    return counts.min().map { $0 > 0 ? 1 / Double($0) : 0 } ?? 0
  }

  /// The schedule of two of the cells that a stored plan of any name holds together; of several the one that began with
  /// the most seeds.
  private static func schedule(
    _ specifications: Set<RunSpecification>,
    _ store: RunStore
  ) throws -> LookSchedule? {
    var known: [RunSpecification: [CellPlan]] = [:]
    for sweep in try store.sweeps().reversed() where known.count < specifications.count {
      let own = sweep.cells.filter {
        specifications.contains($0.specification) && known[$0.specification] == nil
      }
      guard !own.isEmpty else { continue }
      // These are the plans of all names.
      let plans = try store.cellPlans(ofSweep: sweep.label)
      for cell in own { known[cell.specification] = plans[cell.index] }
    }
    let plans = known.values.map { $0.filter { !$0.isConfirmation } }.sorted {
      ($0.first?.order ?? 0, $0.count) < ($1.first?.order ?? 0, $1.count)
    }.prefix(50)
    return earlier(Array(plans))
  }

  /// Two cells that no plan holds together begin with the plan that is asked about.
  private static func earlier(_ known: [[CellPlan]]) -> LookSchedule? {
    var found: Set<LookSchedule> = []
    for (place, left) in known.enumerated() {
      for right in known.dropFirst(place + 1) {
        let orders = Set(left.map(\.order))
        if right.contains(where: { orders.contains($0.order) }) {
          found.insert(LookSchedule(left, right))
        }
      }
    }
    return found.filter { $0 != .closed }.max { $0.firstCount < $1.firstCount }
  }
}

extension CheckedPlan {
  /// When the cells are looked at if no stored plan holds them.
  package var newSchedule: LookSchedule {
    LookSchedule(
      firstPlanned: plan.experiment.repeats,
      isSingle: plan.experiment.report.looks == 1
    )
  }
}
