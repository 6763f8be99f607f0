// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Manifests
import Reports
import Storage

/// What stored runs tell of how much a plan's metric varies from seed to seed.
struct StoredSpread {
  /// The spread; nil if no cell has two seeds.
  let spread: SeedSpread?
  /// Whether it comes from the plan's own cells, and not from others of the experiment.
  let isSameCells: Bool
  /// When the plan's cells are looked at, as the stored plan that holds two of them began; nil if there is none.
  let schedule: LookSchedule?

  /// Of the plan's own cells if they have runs, else of all of the experiment that are evaluated on the same data.
  init(_ checked: CheckedPlan, in store: RunStore) throws {
    let experiment = checked.plan.experiment
    let specifications = Set(checked.cells.map(\.cell.specification))
    let runs = try store.runs().filter { $0.state == .completed && !$0.isImported }
    let own = runs.filter { specifications.contains($0.specification) }
    let data = Set(specifications.map { EvaluatedData($0.data) })
    let losses = Set(specifications.map(\.loss))
    let others = runs.filter { run in
      run.experiment == experiment.name && data.contains(EvaluatedData(run.specification.data))
        && losses.contains(run.specification.loss)
    }
    let step = Self.step(checked)
    func spread(_ runs: [RunRecord]) throws -> SeedSpread? {
      let reader = try SpreadReader(experiment, runs) { try store.curves(ofRun: $0) }
      return reader.spread(resolution: step)
    }
    let found = try spread(own)
    isSameCells = found != nil
    self.spread = try found ?? spread(others)
    schedule = try Self.schedule(experiment, specifications, store)
  }

  /// 1/N of an accuracy, by the smallest data of the plan.
  private static func step(_ checked: CheckedPlan) -> Double {
    let metric = checked.plan.experiment.report.metric
    guard let family = MetricName(metric)?.family, family == "accuracy" || family.hasPrefix("top_")
    else { return 0 }
    let counts = checked.descriptions.values.map { data in
      metric.hasPrefix("test.")
        ? data.testCount : metric.hasPrefix("val.") ? data.validationCount : data.trainCount
    }
    return counts.min().map { $0 > 0 ? 1 / Double($0) : 0 } ?? 0
  }

  /// The schedule of two cells that the newest plan of that name holds and this one, too; of several the one that began
  /// with the most seeds.
  private static func schedule(
    _ experiment: Experiment,
    _ specifications: Set<RunSpecification>,
    _ store: RunStore
  ) throws -> LookSchedule? {
    guard let sweep = try store.sweeps().last(where: { $0.name == experiment.name }) else {
      return nil
    }
    let plans = try store.cellPlans(ofSweep: sweep.label)
    let known = sweep.cells.filter { specifications.contains($0.specification) }.prefix(50)
      .compactMap { plans[$0.index] }
    var found: Set<LookSchedule> = []
    for (place, left) in known.enumerated() {
      for right in known.dropFirst(place + 1) { found.insert(LookSchedule(left, right)) }
    }
    return found.filter { $0 != .closed }.max { $0.firstCount < $1.firstCount }
  }
}

extension CheckedPlan {
  /// When the cells are looked at if no stored plan holds them.
  var newSchedule: LookSchedule {
    LookSchedule(
      firstPlanned: plan.experiment.repeats,
      isSingle: plan.experiment.report.looks == 1
    )
  }
}
