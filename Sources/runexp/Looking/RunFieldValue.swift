// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Reports
import Vocabulary
import Workbench

/// What a run has under a name that `--sort` and `--columns` take: a field, a parameter or a metric.
enum RunFieldValue: Hashable, Comparable {
  case number(Double)
  case text(String)
  /// The run does not have it, or it is not a number.
  case absent

  /// The value of `name` in a run.
  init(_ name: String, of run: RunRecord) {
    self =
      switch run.named(name) {
      case .field(let field): Self.value(field, run)
      case .parameter(let value):
        value.number.map { .number($0) } ?? .text(value.description)
      case .metric(let value): value.map { .number($0) } ?? .absent
      case .epoch(let epoch): epoch.map { .number(Double($0)) } ?? .absent
      case nil: .absent
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

  private static func value(_ field: RunField, _ run: RunRecord) -> RunFieldValue {
    switch field.value(run) {
    case .integer(let number): .number(Double(number))
    case .real(let number): .number(number)
    case .text(let text): .text(text)
    case .list: .text(run.tags.joined(separator: " "))
    case .null, .boolean, .object: .absent
    }
  }

  /// Refuses a name that means nothing in any of the runs, with the nearest that does.
  static func check(_ name: String, option: String, among runs: [RunRecord]) throws {
    let parameters = Set(runs.flatMap(\.parameters.keys))
    let metrics = Set(runs.flatMap(\.metrics.keys)).union(MetricName.all)
    let endings = [""] + RunRecord.metricEndings
    let known =
      RunField.names + parameters.sorted()
      + metrics.sorted().flatMap { metric in endings.map { metric + $0 } }
    let isParameter =
      name.hasPrefix(RunRecord.parameterPrefix)
      && parameters.contains(String(name.dropFirst(RunRecord.parameterPrefix.count)))
    guard !known.contains(name), !isParameter else { return }
    let hint =
      nearestName(to: name, among: known).map { "did you mean `\($0)`?" }
      ?? "a name is one of \(RunField.names.joined(separator: ", ")), a parameter or a metric"
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
    try RunFieldValue.check(name, option: "--sort", among: runs)
    let keyed = runs.enumerated().map { (place: $0, field: RunFieldValue(name, of: $1), run: $1) }
    return keyed.sorted { left, right in
      if left.field == right.field { return left.place < right.place }
      if left.field == .absent || right.field == .absent { return right.field == .absent }
      return isDescending ? left.field > right.field : left.field < right.field
    }.map(\.run)
  }
}
