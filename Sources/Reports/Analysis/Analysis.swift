// SPDX-License-Identifier: Apache-2.0

import Diagnostics
public import Experiments
public import Vocabulary

/// The statistics of a sweep, without any rendering: compared cells, tests, winners and verdicts.
public struct Analysis: Sendable {
  /// The snapshot it was made from.
  public let snapshot: SweepSnapshot
  /// Every compared cell, in plan order.
  public let cells: [ComparedCell]
  /// The cells that may be compared with each other.
  ///
  /// There is one group, or one for each loss function if the metric is a loss, and one for each of
  /// the data on which cells are evaluated.
  public let groups: [ComparisonGroup]
  /// The verdicts in the manifest's order; empty while the sweep is unfinished.
  public let expectations: [JudgedExpectation]

  /// Analyses a snapshot.
  public init(_ snapshot: SweepSnapshot) {
    self.snapshot = snapshot
    let experiment = snapshot.sweep.experiment
    let cells = comparedCells(snapshot)
    let finished = snapshot.runs.allSatisfy(\.state.isTerminal)
    self.cells = cells
    groups = ComparisonGroup.groups(
      cells,
      experiment,
      isFinished: finished,
      rules: { PairRules($0, of: snapshot).rules }
    )
    expectations =
      finished
      ? experiment.expectations.flatMap { judge($0, cells, MetricReader(snapshot)) } : []
  }

  /// The experiment.
  public var experiment: Experiment { snapshot.sweep.experiment }

  /// The metric of tables, winners and tests.
  public var metric: String { experiment.report.metric }

  /// The groups that share a table and a picture, which are those of one loss function.
  public var sections: [[ComparisonGroup]] {
    groups.reduce(into: []) { sections, group in
      if let last = sections.last?.last, last.loss == group.loss {
        sections[sections.count - 1].append(group)
      } else {
        sections.append([group])
      }
    }
  }

  /// How many runs are terminal.
  public var finishedRunCount: Int { snapshot.runs.count(where: \.state.isTerminal) }

  /// Whether every run is terminal; before that, nothing is claimed.
  public var isFinished: Bool { finishedRunCount == snapshot.runs.count }

  /// Whether every expectation is met; false while the sweep is unfinished and has expectations.
  public var meetsExpectations: Bool {
    experiment.expectations.isEmpty
      || (isFinished && expectations.allSatisfy(\.verdict.isMet))
  }

  /// Whether runs ended with the weights of an earlier evaluation.
  var restoresBest: Bool {
    cells.contains { $0.cell.specification.train.earlyStopping?.restoresBest == true }
  }

  /// `41 of 90 runs: no verdicts yet`, or nil if the sweep is finished.
  public var progressHeading: String? {
    isFinished
      ? nil : "\(finishedRunCount) of \(counted(snapshot.runs.count, "run")): no verdicts yet"
  }
}

/// Cells that may be compared with each other.
public struct ComparisonGroup: Sendable {
  /// The loss function that all its cells share, if the metric is a loss and there are several groups.
  public var loss: Component?
  /// The parameters that tell this loss function from others of the same name, with the values that
  /// all its cells share; empty if the name is enough.
  public var lossValues: [(name: String, value: ParameterValue)]
  /// The parameters that change the data of the evaluation, with the values that all its cells
  /// share; empty if they do not differ.
  public var data: [(name: String, value: ParameterValue)]
  /// Its cells, in plan order.
  public var cells: [ComparedCell]
  /// The ranking of the cells that entered tests; indices are those of `cells`.
  public var ranking: Ranking
  /// Whether a comparison may be stated.
  public var isFinished: Bool

  /// Whether every cell enters tests.
  var isWhole: Bool { ranking.order.count == cells.count }

  /// The winner, if the rule names one.
  public var winner: ComparedCell? { isFinished ? ranking.winner.map { cells[$0] } : nil }

  /// The cell that would have won if it had not been chosen among more candidates.
  public var leader: ComparedCell? { isFinished ? ranking.leader.map { cells[$0] } : nil }

  /// Whether a cell is one of several that may be the best; false if there is a winner, or if
  /// nothing is claimed.
  public func mayBeBest(_ index: Int) -> Bool {
    isFinished && winner == nil && ranking.order.count > 1 && claims
      && ranking.confidenceSet.contains(index)
  }

  /// `winner`, `may be best`, or nothing.
  public func mark(_ index: Int) -> String {
    if winner != nil, ranking.winner == index { return "winner" }
    return mayBeBest(index) ? "may be best" : ""
  }

  /// Whether `tune` chose a cell of the pair among others: then there is neither an interval nor a
  /// p, because none is true of a maximum.
  func isChosen(_ pair: Ranking.Pair) -> Bool {
    [pair.left, pair.right].contains { cells[$0].candidates > 1 }
  }

  /// Whether any pair of it has been looked at.
  var claims: Bool { ranking.pairs.contains(where: \.test.allowsClaim) }

  static func groups(
    _ cells: [ComparedCell],
    _ experiment: Experiment,
    isFinished: Bool,
    rules: ([ComparedCell]) -> Ranking.Rules
  ) -> [ComparisonGroup] {
    let losses = distinctLosses(cells.map(\.cell))
    let hasLosses = isLoss(experiment.report.metric) && losses.count > 1
    let data = distinctData(cells.map(\.cell))
    guard hasLosses || data.count > 1 else {
      return [
        ComparisonGroup(
          nil,
          [],
          [],
          cells,
          goal: experiment.reportGoal,
          isFinished: isFinished,
          rules: rules(cells)
        )
      ]
    }
    let sections = hasLosses ? losses.map(Optional.some) : [nil]
    return sections.flatMap { loss in
      let values = loss.map { lossValues($0, cells, experiment) } ?? []
      return data.compactMap { data -> ComparisonGroup? in
        var own = cells.filter { cell in
          (loss == nil || cell.cell.specification.totalLoss == loss)
            && EvaluatedData(cell.cell.specification.data) == data
        }
        guard !own.isEmpty else { return nil }
        let shared = sharedValues(own.map(\.cell), of: cells.map(\.cell), experiment) { cell in
          EvaluatedData(cell.specification.data)
        }
        // What tells the groups apart need not be said inside one.
        for (index, label) in cellLabels(own.map(\.cell), experiment).enumerated() {
          own[index].label = label
        }
        return ComparisonGroup(
          loss,
          values,
          shared,
          own,
          goal: experiment.reportGoal,
          isFinished: isFinished,
          rules: rules(own)
        )
      }
    }
  }

  /// What tells one loss function from others of the same name.
  private static func lossValues(
    _ loss: Component,
    _ cells: [ComparedCell],
    _ experiment: Experiment
  ) -> [(name: String, value: ParameterValue)] {
    let named = cells.map(\.cell).filter { $0.specification.totalLoss.name == loss.name }
    let own = named.filter { $0.specification.totalLoss == loss }
    return sharedValues(own, of: named, experiment, by: \.specification.totalLoss)
  }

  /// The loss function, for a heading: `Loss mse`, or `Loss huber, delta 0.5`; nil if there is one only.
  var lossTitle: Inline? {
    loss.map { (["Loss \(code: $0.name)"] + lossValues.map(Self.text)).joined(", ") }
  }

  /// What its numbers belong to, for a heading: `Loss mse · lag 50`; nil for the only group.
  var title: Inline? {
    let parts = [lossTitle].compactMap(\.self) + data.map(Self.text)
    return parts.isEmpty ? nil : parts.joined(" · ")
  }

  private static func text(_ parameter: (name: String, value: ParameterValue)) -> Inline {
    "\(code: parameter.name) \(UserText(parameter.value.description))"
  }

  /// The title for a terminal.
  public var plainTitle: String? { title?.plain }

  private init(
    _ loss: Component?,
    _ lossValues: [(name: String, value: ParameterValue)],
    _ data: [(name: String, value: ParameterValue)],
    _ cells: [ComparedCell],
    goal: MetricGoal,
    isFinished: Bool,
    rules: Ranking.Rules
  ) {
    self.loss = loss
    self.lossValues = lossValues
    self.data = data
    self.cells = cells
    self.isFinished = isFinished
    ranking = Ranking(
      tested: cells.map { $0.entersTests ? $0.scaled : nil },
      goal: goal,
      mayWin: isFinished && cells.allSatisfy { $0.missingCount == 0 },
      rules: rules
    )
  }
}

extension Experiment {
  /// Which way the report's metric is better.
  public var reportGoal: MetricGoal {
    if report.metric == metric.name { return metric.goal }
    return MetricName(report.metric)?.goal ?? metric.goal
  }
}

/// What cells are evaluated on, in plan order.
func distinctData(_ cells: [Cell]) -> [EvaluatedData] {
  var seen = Set<EvaluatedData>()
  return cells.map { EvaluatedData($0.specification.data) }.filter { seen.insert($0).inserted }
}

/// The parameters that tell the cells of one kind, `own`, from those of other kinds, with their values in `own`.
///
/// A parameter tells kinds apart if each kind has one value of it alone. Some may have to be known before another does so:
/// a lag that only one of several data sets has.
private func sharedValues(
  _ own: [Cell],
  of all: [Cell],
  _ experiment: Experiment,
  by kind: (Cell) -> some Hashable
) -> [(name: String, value: ParameterValue)] {
  guard let first = own.first else { return [] }
  var found: [String] = []
  var rest = all
  while Set(rest.map(kind)).count > 1 {
    let kinds = Dictionary(grouping: rest, by: kind).values
    // A tuned value is named only where no other tells: elsewhere it was chosen, and may agree by chance.
    let names = [varyingParameters(rest, experiment), experiment.tune].map { names in
      names.filter { name in
        !found.contains(name) && first.assignment[name] != nil
          && kinds.allSatisfy { cells in Set(cells.map { $0.assignment[name] }).count == 1 }
      }
    }
    guard let new = names.first(where: { !$0.isEmpty }) else { break }
    found += new
    rest = rest.filter { cell in
      new.allSatisfy { cell.assignment[$0] == first.assignment[$0] }
    }
  }
  return found.compactMap { name in first.assignment[name].map { (name, $0) } }
}

// MARK: - Cells

private func comparedCells(_ snapshot: SweepSnapshot) -> [ComparedCell] {
  let experiment = snapshot.sweep.experiment
  let reader = MetricReader(snapshot)
  let runsByCell = snapshot.runsByCell
  let groups = tunedGroups(snapshot, runsByCell: runsByCell)
  let labels = cellLabels(groups.map(\.chosen), experiment)
  let cells = zip(groups, labels).map { group, label in
    let runs = runsByCell[group.chosen.index] ?? []
    return ComparedCell(
      cell: group.chosen,
      label: label,
      chosen: group.chosen.assignment.filter { experiment.tune.contains($0.key) },
      candidates: group.candidates,
      tried: max(group.candidates, snapshot.tried[group.chosen.index] ?? 1),
      heldOutMean: heldOutMean(
        group,
        runsByCell,
        reader,
        report: experiment.report.metric,
        goal: experiment.metric.goal
      ),
      runs: runs,
      values: reader.values(experiment.report.metric, of: runs),
      scale: MetricScale(metric: experiment.report.metric),
      scaled: reader.scaledValues(experiment.report.metric, of: runs),
      undefined: reader.undefined(experiment.report.metric, of: runs)
    )
  }
  return withoutCollapsed(cells, snapshot)
}

/// Takes the numbers of collapsed seeds out of each cell.
///
/// Where the loss of the best constant prediction is known, the final training loss decides; else how far the number lies
/// from the others of its table.
func withoutCollapsed(
  _ cells: [ComparedCell],
  _ snapshot: SweepSnapshot
) -> [ComparedCell] {
  let experiment = snapshot.sweep.experiment
  let far = Dictionary(grouping: cells.indices) { index in
    let specification = cells[index].cell.specification
    return CollapseGroup(
      loss: isLoss(experiment.report.metric) ? specification.totalLoss : nil,
      data: EvaluatedData(specification.data)
    )
  }.values.flatMap { places -> [(Int, Set<Int>)] in
    let own = places.map { cells[$0] }
    let steps = PairRules(own, of: snapshot).steps
    return Array(
      zip(
        places,
        Collapse.seeds(
          own.map(\.scaled),
          goal: experiment.reportGoal,
          resolutions: steps,
          scale: MetricScale(metric: experiment.report.metric)
        )
      )
    )
  }
  let byPlace = Dictionary(uniqueKeysWithValues: far)
  return cells.indices.map { index in
    var cell = cells[index]
    let losses = cell.runs.filter { $0.state == .completed }.compactMap { run in
      run.metrics["train.loss"]?.last.map { (run.seed, $0) }
    }
    let constant = cell.runs.lazy.compactMap { snapshot.captures[.facts, $0.id]?.constantLoss }
      .first
    let collapsed =
      constant.map { constant in
        Collapse.seeds(Dictionary(losses) { first, _ in first }, constant: constant)
      } ?? byPlace[index] ?? []
    cell.isFarOff = constant == nil
    cell.collapsedSeeds = collapsed.intersection(cell.scaled.keys)
    cell.values = cell.values.filter { !collapsed.contains($0.key) }
    cell.scaled = cell.scaled.filter { !collapsed.contains($0.key) }
    return cell
  }
}

/// Numbers that may be held against each other.
private struct CollapseGroup: Hashable {
  var loss: Component?
  var data: EvaluatedData
}

extension SweepSnapshot {
  /// The runs of each cell's index, by seed.
  var runsByCell: [Int: [RunRecord]] {
    var result: [Int: [RunRecord]] = [:]
    for run in runs {
      if let cell = run.cell { result[cell, default: []].append(run) }
    }
    return result.mapValues { $0.sorted { ($0.seed, $0.id) < ($1.seed, $1.id) } }
  }
}

/// What tells the cells apart, tuned parameters left out: words alone, numbers with their name.
///
/// A single cell is called by the experiment's name; cells that look alike get their position in the plan.
func cellLabels(_ cells: [Cell], _ experiment: Experiment) -> [String] {
  let names = varyingParameters(cells, experiment)
  let labels = cells.map { cell in
    names.compactMap { name in cell.assignment[name].map { labelPart(name, $0) } }
      .joined(separator: " · ")
  }
  var counts: [String: Int] = [:]
  for label in labels { counts[label, default: 0] += 1 }
  return zip(cells, labels).map { cell, label in
    if label.isEmpty && cells.count == 1 { return experiment.name }
    if counts[label] == 1 && !label.isEmpty { return label }
    return label + (label.isEmpty ? "" : " ") + "#\(cell.index)"
  }
}

/// The parameters whose value differs between the cells, tuned ones left out, in manifest order.
func varyingParameters(_ cells: [Cell], _ experiment: Experiment) -> [String] {
  let declared = experiment.parameters.map(\.name)
  let others = Set(cells.flatMap(\.assignment.keys)).subtracting(declared).sorted()
  return (declared + others).filter { name in
    !experiment.tune.contains(name) && Set(cells.map { $0.assignment[name] }).count > 1
  }
}

extension Analysis {
  /// A label whose drawn numbers have three digits, where that tells the cells apart; else the whole one.
  func shortLabel(_ cell: ComparedCell, among cells: [ComparedCell]) -> String {
    func short(_ cell: ComparedCell) -> String {
      var words: [String: String] = [:]
      for (name, value) in cell.cell.assignment {
        guard case .real(let number) = value else { continue }
        words[labelPart(name, value)] = "\(name) \(NumberText.short(number, digits: 3))"
      }
      let separator = " · "
      return cell.label.split(separator: separator, omittingEmptySubsequences: false)
        .map { words[String($0)] ?? String($0) }
        .joined(separator: separator)
    }
    let isUnique = Set(cells.map(short)).count == Set(cells.map(\.label)).count
    return isUnique ? short(cell) : cell.label
  }
}

func labelPart(_ name: String, _ value: ParameterValue) -> String {
  if case .text(let word) = value { return word }
  return "\(name) \(value)"
}
