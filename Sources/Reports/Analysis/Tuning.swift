// SPDX-License-Identifier: Apache-2.0

import Experiments

/// The cells of one assignment of the parameters that are not tuned, with the one that was chosen.
struct TunedGroup {
  var chosen: Cell
  var candidates: Int
}

/// Takes the nuisance parameters out: each remaining cell takes its best values by mean `metric`.
///
/// Cells with a diverged seed are chosen only if all have one, incomplete ones only before those; among equals the first
/// in plan order. Cells that are evaluated on different data are never held against each other, nor, where `metric` is a
/// loss, those with different loss functions.
/// The groups come in plan order of their first cells.
func tunedGroups(_ snapshot: SweepSnapshot, runsByCell: [Int: [RunRecord]]) -> [TunedGroup] {
  let experiment = snapshot.sweep.experiment
  if experiment.tune.isEmpty {
    return snapshot.sweep.cells.map { TunedGroup(chosen: $0, candidates: 1) }
  }
  let reader = MetricReader(snapshot)
  let separatesLosses = isLoss(experiment.metric.name)
  var keys: [TunedKey] = []
  var members: [TunedKey: [Cell]] = [:]
  for cell in snapshot.sweep.cells {
    let key = TunedKey(
      assignment: cell.assignment.filter { !experiment.tune.contains($0.key) },
      loss: separatesLosses ? cell.specification.loss : nil,
      data: EvaluatedData(cell.specification.data)
    )
    if members[key] == nil { keys.append(key) }
    members[key, default: []].append(cell)
  }
  return keys.compactMap { key in
    let cells = members[key] ?? []
    let scored = cells.map {
      TunedCandidate($0, runsByCell[$0.index] ?? [], reader, experiment.metric)
    }
    return best(of: scored, goal: experiment.metric.goal).map {
      TunedGroup(chosen: $0.cell, candidates: cells.count)
    }
  }
}

/// Whether a metric is a loss: comparable only between cells of one loss function.
func isLoss(_ metric: String) -> Bool { metric.split(separator: ".").last == "loss" }

private struct TunedKey: Hashable {
  var assignment: [String: ParameterValue]
  var loss: Component?
  var data: EvaluatedData
}

private struct TunedCandidate {
  var cell: Cell
  /// 0 whole, 1 incomplete, 2 diverged, 3 without a number.
  var tier: Int
  var mean: Double

  init(_ cell: Cell, _ runs: [RunRecord], _ reader: MetricReader, _ metric: MetricSelection) {
    self.cell = cell
    let values = reader.values(metric.name, of: runs)
    mean = Sample(values.sortedBySeed).mean
    tier =
      values.isEmpty
      ? 3 : runs.contains(where: \.isDiverged) ? 2 : values.count < runs.count ? 1 : 0
  }
}

private func best(of candidates: [TunedCandidate], goal: MetricGoal) -> TunedCandidate? {
  candidates.dropFirst().reduce(candidates.first) { incumbent, candidate in
    guard let incumbent else { return candidate }
    if candidate.tier != incumbent.tier {
      return candidate.tier < incumbent.tier ? candidate : incumbent
    }
    return goal.prefers(candidate.mean, to: incumbent.mean) && candidate.tier < 3
      ? candidate : incumbent
  }
}
