// SPDX-License-Identifier: Apache-2.0

import Workbench
import Diagnostics
import Experiments
import Reports

/// What a run has under a name that `--sort` and `--columns` take: a field, a parameter or a metric.
enum RunField: Hashable, Comparable {
  case number(Double)
  case text(String)
  /// The run does not have it, or it is not a number.
  case absent

  /// The value of `name` in a run; a parameter goes before a metric, as in `--where`.
  init(_ name: String, of run: RunRecord) {
    if let field = Self.fixed(name, run) {
      self = field
    } else if let parameter = run.parameters[name] ?? Self.prefixed(name, run) {
      self = parameter.number.map { .number($0) } ?? .text(parameter.description)
    } else {
      self = Self.metric(name, run).map { .number($0) } ?? .absent
    }
  }

  /// Numbers by size, then texts; what is absent comes last.
  static func < (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.number(let a), .number(let b)): a < b
    case (.text(let a), .text(let b)): a < b
    default: left.rank < right.rank
    }
  }

  private var rank: Int {
    switch self {
    case .number: 0
    case .text: 1
    case .absent: 2
    }
  }

  private static func fixed(_ name: String, _ run: RunRecord) -> RunField? {
    func number(_ value: Int?) -> RunField { value.map { .number(Double($0)) } ?? .absent }
    func text(_ value: String?) -> RunField { value.map { .text($0) } ?? .absent }
    return switch name {
    case "id": .text(run.id)
    case "experiment": .text(run.experiment)
    case "sweep": text(run.sweep)
    case "cell": number(run.cell)
    case "seed": number(run.seed)
    case "state": .text(run.state.rawValue)
    case "attempts": number(run.attempts)
    case "reason": text(run.reason)
    case "epochs": number(run.epochs)
    case "duration_seconds": run.durationSeconds.map { .number($0) } ?? .absent
    case "started_at": text(run.startedAt)
    case "finished_at": text(run.finishedAt)
    case "weights_sha256": text(run.weightsSHA256)
    case "data_sha256": text(run.dataSHA256)
    case "numeric_version": number(run.numericVersion)
    case "parameter_count": number(run.parameterCount)
    case "tags": .text(run.tags.joined(separator: " "))
    case "doubt": text(run.doubt?.mark)
    case "stopped_early": text(run.earlyStop)
    default: nil
    }
  }

  private static func prefixed(_ name: String, _ run: RunRecord) -> ParameterValue? {
    name.hasPrefix("parameters.") ? run.parameters[String(name.dropFirst(11))] : nil
  }

  private static func metric(_ name: String, _ run: RunRecord) -> Double? {
    if let summary = run.metrics[name] { return summary.last }
    guard let dot = name.lastIndex(of: "."), let summary = run.metrics[String(name[..<dot])] else {
      return nil
    }
    switch name[name.index(after: dot)...] {
    case "last": return summary.last
    case "best": return summary.best
    case "best_epoch": return summary.bestEpoch.map(Double.init)
    default: return nil
    }
  }

  /// Refuses a name that means nothing in any of the runs, with the nearest that does.
  static func check(_ name: String, option: String, among runs: [RunRecord]) throws {
    let parameters = Set(runs.flatMap(\.parameters.keys))
    let metrics = Set(runs.flatMap(\.metrics.keys)).union(MetricName.all)
    let endings = ["", ".last", ".best", ".best_epoch"]
    let known =
      RunsTable.fixedColumns + parameters.sorted()
      + metrics.sorted().flatMap { metric in endings.map { metric + $0 } }
    let isParameter =
      name.hasPrefix("parameters.") && parameters.contains(String(name.dropFirst(11)))
    guard !known.contains(name), !isParameter else { return }
    let hint =
      nearestName(to: name, among: known).map { "did you mean `\($0)`?" }
      ?? "a name is one of \(RunsTable.fixedColumns.joined(separator: ", ")), a parameter or a metric"
    throw Diagnostic("\(option): unknown name `\(name)`", hints: [hint])
  }
}

/// The order of `--sort`: a name, with `-` before it the largest first. Runs that lack it come last either way.
struct RunOrder {
  let name: String
  let isDescending: Bool

  init(_ text: String) {
    isDescending = text.hasPrefix("-")
    name = isDescending ? String(text.dropFirst()) : text
  }

  /// The runs in that order; equal ones keep theirs.
  func sorted(_ runs: [RunRecord]) throws -> [RunRecord] {
    try RunField.check(name, option: "--sort", among: runs)
    let keyed = runs.enumerated().map { (place: $0, field: RunField(name, of: $1), run: $1) }
    return keyed.sorted { left, right in
      if left.field == right.field { return left.place < right.place }
      if left.field == .absent || right.field == .absent { return right.field == .absent }
      return isDescending ? left.field > right.field : left.field < right.field
    }.map(\.run)
  }
}
