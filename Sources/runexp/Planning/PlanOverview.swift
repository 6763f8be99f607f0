// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import DeterministicMath
import Diagnostics
import Experiments
import Foundation
import Manifests
import Reports
import Scheduling
import Storage
import Training
import Vocabulary
import Workbench

/// What `plan` shows: cells with sizes and estimated costs, and what the plan could tell apart.
struct PlanOverview {
  private let outlook: PlanOutlook

  init(_ outlook: PlanOutlook) { self.outlook = outlook }

  private var checked: CheckedPlan { outlook.checked }
  private var costs: [CellCost] { outlook.costs }
  private var seconds: [Double?] { outlook.seconds }

  /// Says that runs may not fit into memory; nil if all do by the estimate.
  var memoryWarning: String? {
    guard let (count, largest) = outlook.tooLarge else { return nil }
    let cells = count == 1 ? "a run of 1 cell takes" : "runs of \(count) cells take"
    return
      "warning: \(cells) up to \(bytes(largest)) of memory by the estimate, and this machine has \(bytes(Machine.memoryBytes)): they may end without a result"
  }

  /// The table for people, and sentences of at most `width` columns.
  func lines(width: Int?) -> [String] {
    let experiment = checked.plan.experiment
    let runs = checked.cells.count * experiment.repeats
    let title =
      "\(experiment.name): \(counted(checked.cells.count, "cell")) × \(counted(experiment.repeats, "seed"))"
      + " = \(counted(runs, "run"))"
    var lines: [String] = []
    if checked.cells.count > 50 {
      lines.append("… and \(counted(checked.cells.count - 50, "more cell"))")
    }
    let examples = total(costs.map(\.examples))
    lines.append(
      "\(mayStop ? "at most " : "")\(counted(examples, "training example", shown: grouped(examples))) in all; about \(bytes(costs.map(\.memoryBytes).max() ?? 0)) of memory per run beside its data, about \(bytes(total(costs.map(\.diskBytes)))) of checkpoints"
    )
    lines.append(timeLine)
    lines += dataLines
    let before = lines
    lines = [
      SampleSize.planSentence(
        seeds: experiment.repeats,
        metric: experiment.report.metric,
        deviation: outlook.spread.map { $0.deviation / 2.0.squareRoot() },
        isSingleLook: experiment.report.looks == 1,
        schedule: outlook.schedule
      )
    ]
    lines += outlook.detection?.sentences ?? []
    if let preview = outlook.preview {
      lines.append("with this database: " + dispositions(preview))
      lines += preview.renewalLines
    }
    return wrapped(title, width: width) + table.lines(width: width)
      + networkLines(width) + wrapped(before, width: width) + columnLines(width)
      + wrapped(lines, width: width)
  }

  /// More drawings would hide the rest.
  private static let shownNetworks = 4

  /// Each network of blocks with its cells.
  private func networkLines(_ width: Int?) -> [String] {
    let networks = outlook.networks
    let lines = networks.prefix(Self.shownNetworks).flatMap { outline, cells -> [String] in
      let more = cells.count - 1
      let others =
        more == 0
        ? "" : " (\(counted(more, "more cell")) with the same blocks and other numbers)"
      let table = NetworkTable(outline).lines(width: width.map { max(1, $0 - 2) })
      return wrapped("network of cell \(cells[0])\(others):", width: width)
        + table.map { "  " + $0 }
    }
    let rest = networks.count - Self.shownNetworks
    return lines + (rest > 0 ? ["… and \(counted(rest, "more network"))"] : [])
  }

  /// The sum over all runs of what one run of each cell has.
  private func total(_ counts: [Int]) -> Int {
    counts.reduce(0) { $0.saturatingSum($1) }
      .saturatingProduct(checked.plan.experiment.repeats)
  }

  private var table: TextTable {
    let names = checked.plan.experiment.parameters.map(\.name)
    return TextTable(
      [TextTable.Column("cell", isNumber: true)] + names.map { TextTable.Column($0) }
        + ["parameters", "time", "memory", "disk"].map { TextTable.Column($0, isNumber: true) },
      rows: zip(checked.cells, costs).prefix(50).map { cell, cost in
        ["\(cell.cell.index)"]
          + names.map { cell.cell.assignment[$0]?.description ?? "–" }
          + [
            grouped(cost.parameterCount), seconds[cell.cell.index].map(roughly) ?? "–",
            bytes(cost.memoryBytes), bytes(cost.diskBytes),
          ]
      }
    )
  }

  /// Whether some runs may end before their last epoch.
  private var mayStop: Bool {
    checked.cells.contains { $0.cell.specification.train.earlyStopping != nil }
  }

  /// The whole plan's time with the default number of jobs, each on a thread of its own.
  private var timeLine: String {
    let known = seconds.compactMap(\.self)
    guard !known.isEmpty else { return "no estimate of the time: no step could be timed" }
    let untimed = zip(costs, seconds).filter { $0.1 == nil }.map(\.0)
    let tooLarge = untimed.count { !TimeEstimate.times(memoryBytes: $0.memoryBytes) }
    let mean = known.reduce(0, +) / Double(known.count)
    let runs = (checked.cells.count - tooLarge) * checked.plan.experiment.repeats
    let jobs = Parallelism(cores: Machine.usableCores, openRuns: runs).jobs
    let total = mean * Double(runs) / Double(jobs)
    let bound = mayStop ? "at most about" : "about"
    return "\(bound) \(roughly(total)) on this machine with \(counted(jobs, "run")) "
      + "at once, from timing a few steps of each kind of cell"
      + notTimed(untimed.count - tooLarge, tooLarge: tooLarge)
  }

  /// What the time says of cells that were not timed: a clause, or nothing.
  private func notTimed(_ count: Int, tooLarge: Int) -> String {
    let parts = [
      count == 0 ? nil : "\(counted(count, "cell")) not timed, taken as the mean of the others",
      tooLarge == 0 ? nil : "\(counted(tooLarge, "cell")) too large to be timed, not counted",
    ].compactMap(\.self)
    return parts.isEmpty ? "" : " (\(parts.joined(separator: "; ")))"
  }

  private var dataLines: [String] {
    var seen = Set<[String]>()
    let blocks = checked.descriptions.map { specification, data in
      let tests = counted(data.testCount, "test example", shown: grouped(data.testCount))
      let counts =
        "data \(data.name): \(grouped(data.trainCount)) training, \(grouped(data.validationCount)) validation, "
        + tests + (specification.folds.map(Self.foldsText) ?? "")
      let reading = DataReading(data)
      return reading.isTold ? [counts, reading.line] : [counts]
    }
    return blocks.sorted { $0[0] < $1[0] }.filter { seen.insert($0).inserted }.flatMap(\.self)
  }

  /// What the numbers of examples, and those of a run, are under cross-validation.
  private static func foldsText(_ count: Int) -> String {
    "; these are of one of \(count) folds: a run trains a network for each, and its metrics are the means over them"
  }

  /// The columns of each table that the cells are trained on.
  private func columnLines(_ width: Int?) -> [String] {
    var seen: [DataColumns] = []
    for cell in checked.cells {
      guard let columns = columns(cell), !seen.contains(columns) else { continue }
      seen.append(columns)
    }
    return seen.flatMap { ColumnsTable($0).lines(width: width) }
  }

  private func columns(_ cell: PlannedCell) -> DataColumns? {
    checked.descriptions[cell.cell.specification.data].flatMap { DataColumns($0) }
  }

  private func dispositions(_ preview: PlannedSweep) -> String {
    RunDisposition.allCases.filter { preview.count($0) > 0 }
      .map { "\(preview.count($0)) \($0.rawValue)" }.joined(separator: ", ")
  }

  /// One object per cell.
  var jsonLines: [String] {
    zip(checked.cells, costs).map { cell, cost in
      let object = CellObject(
        experiment: checked.plan.experiment.name,
        cell: cell.cell.index,
        parameters: cell.cell.assignment,
        seeds: Array(checked.plan.seeds),
        parameter_count: cost.parameterCount,
        memory_bytes: cost.memoryBytes,
        disk_bytes: cost.diskBytes,
        training_examples: cost.examples,
        seconds_per_run: seconds[cell.cell.index],
        data_findings: findings(cell),
        data: checked.descriptions[cell.cell.specification.data].map { DataReading($0) },
        columns: columns(cell)?.columns,
        network: outlook.outline(cell.cell),
        detect: outlook.detection.map(DetectionObject.init)
      )
      return JSONText.visibleLine(object)
    }
  }

  private struct CellObject: Encodable {
    var experiment: String
    var cell: Int
    var parameters: [String: ParameterValue]
    var seeds: [Int]
    var parameter_count: Int
    var memory_bytes: Int
    var disk_bytes: Int
    var training_examples: Int
    var seconds_per_run: Double?
    var data_findings: [FindingObject]
    var data: DataReading?
    var columns: [DataColumn]?
    var network: NetworkOutline?
    var detect: DetectionObject?
  }

  /// What `--detect` found; the same of every cell.
  private struct DetectionObject: Encodable {
    var metric: String
    var difference: Double
    var seeds: Int?
    var look: Int?
    var level: Double?
    var fresh_seeds: Int?
    var deviation: Double?
    var upper_deviation: Double?
    var stored_runs: Int
    var text: String

    init(_ detection: Detection) {
      metric = detection.metric
      difference = detection.difference
      seeds = detection.look?.seeds
      look = detection.look?.number
      level = detection.look?.level
      fresh_seeds = detection.fresh?.seeds
      deviation = detection.spread?.deviation
      upper_deviation = detection.spread?.upperDeviation
      stored_runs = detection.spread?.runs ?? 0
      text = detection.sentences.joined(separator: " ")
    }
  }

  private struct FindingObject: Encodable {
    var kind: String
    var message: String
    var hints: [String]
  }

  private func findings(_ cell: PlannedCell) -> [FindingObject] {
    (checked.descriptions[cell.cell.specification.data]?.findings ?? []).map { finding in
      let fact = finding.diagnostic
      return FindingObject(kind: finding.kind, message: fact.message, hints: fact.hints)
    }
  }
}

/// A duration with no more digits than an estimate has: `0.4 s`, `41 s`, `3 min 20 s`.
private func roughly(_ seconds: Double) -> String {
  NumberText.duration(seconds: seconds, .estimated)
}

/// `3.2 MB`.
func bytes(_ count: Int) -> String { byteText(count) }
