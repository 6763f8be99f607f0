// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// The cells of one assignment of the parameters that are not tuned, with the one that was chosen.
struct TunedGroup {
  var chosen: Cell
  /// The cells it was chosen among, itself included.
  var members: [Cell]

  var candidates: Int { members.count }
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
    return snapshot.sweep.cells.map { TunedGroup(chosen: $0, members: [$0]) }
  }
  let reader = MetricReader(snapshot)
  let separatesLosses = isLoss(experiment.metric.name)
  var keys: [TunedKey] = []
  var members: [TunedKey: [Cell]] = [:]
  for cell in snapshot.sweep.cells {
    let key = TunedKey(
      assignment: cell.assignment.filter { !experiment.tune.contains($0.key) },
      loss: separatesLosses ? cell.specification.totalLoss : nil,
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
      TunedGroup(chosen: $0.cell, members: cells)
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
    let values = reader.scaledValues(metric.name, of: runs)
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

/// The mean of a chosen cell without the luck of having been chosen: at each seed the value of the candidate that the
/// other seeds choose by mean `metric` (Varma & Simon 2006, BMC Bioinformatics 7, with seeds for folds).
///
/// On the metric's scale. Nil below three seeds, or unless every candidate has a number at each of the same seeds. It is shown, never tested.
func heldOutMean(
  _ group: TunedGroup,
  _ runsByCell: [Int: [RunRecord]],
  _ reader: MetricReader,
  report metric: String,
  goal: MetricGoal
) -> Double? {
  guard group.candidates > 1 else { return nil }
  let candidates = group.members.map { cell in
    let runs = runsByCell[cell.index] ?? []
    return (
      choosing: reader.scaledValues(reader.selection.name, of: runs),
      reported: reader.scaledValues(metric, of: runs)
    )
  }
  let seeds = (candidates.first?.choosing.keys.sorted() ?? [])
  guard seeds.count >= 3,
    candidates.allSatisfy({ candidate in
      candidate.choosing.count == seeds.count && candidate.reported.count == seeds.count
        && seeds.allSatisfy { candidate.choosing[$0] != nil && candidate.reported[$0] != nil }
    })
  else { return nil }
  let values = seeds.compactMap { seed -> Double? in
    let means = candidates.map { candidate in
      Sample(candidate.choosing.filter { $0.key != seed }.sortedBySeed).mean
    }
    let best = means.indices.dropFirst().reduce(0) {
      goal.prefers(means[$1], to: means[$0]) ? $1 : $0
    }
    return candidates[best].reported[seed]
  }
  return Sample(values).mean
}
