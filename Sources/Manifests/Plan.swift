// SPDX-License-Identifier: Apache-2.0

public import Diagnostics
public import Experiments
import Vocabulary

/// A resolved manifest with its overrides: every cell with everything that it trains.
public struct Plan: Sendable {
  /// What the manifest compares, and how cells are judged.
  public var experiment: Experiment
  /// The cells in plan order: the first parameter changes slowest.
  public var cells: [Cell]
  /// The manifest's text as it was read.
  public var manifestText: String
  /// Overrides as the user typed them.
  public var overrides: [String]
  /// What the user should look at, sorted by place.
  public var warnings: [Diagnostic]

  /// The manifest after overrides, for places.
  let root: SourceNode

  /// The seeds of every cell, first to last.
  public var seeds: Range<Int> { experiment.seed..<(experiment.seed + experiment.repeats) }

  /// Cells times seeds.
  public var runCount: Int { cells.count * experiment.repeats }

  /// Parameters that take more than one value over the cells, in manifest order.
  public var openParameters: [String] {
    experiment.parameters.map(\.name).filter { name in
      Set(cells.map { $0.assignment[name] }).count > 1
    }
  }
}

/// Reads a manifest, applies the overrides and resolves every cell.
///
/// `file` is the name that diagnostics print. Each override is `key=value`, as typed after the
/// manifest or `-S`: the name of a parameter replaces its axis, and a dotted path sets a key.
/// Throws every mistake at once, sorted by place. A manifest that was written from a stored run may
/// train what newer versions refuse.
public func plan(
  manifest text: String,
  file: String,
  overrides: [String] = [],
  rules: PathRules,
  isOfStoredRun: Bool = false
) throws(DiagnosticList) -> Plan {
  let findings = Findings(isOfStoredRun: isOfStoredRun)
  guard var root = Document.read(text, file: file, findings: findings) else {
    throw DiagnosticList(findings.errors)
  }
  var replaced: [String: SourceNode] = [:]
  for (index, override) in overrides.enumerated() {
    Override(override, number: index + 1, all: overrides).apply(to: &root, &replaced, findings)
  }
  var planner = Planner(root: root, replaced: replaced, findings: findings, paths: rules)
  let resolved = planner.plan()
  guard let resolved, findings.isClean else { throw DiagnosticList(findings.errors) }
  var plan = Plan(
    experiment: resolved.experiment,
    cells: resolved.cells,
    manifestText: text,
    overrides: overrides,
    warnings: findings.warnings,
    root: root
  )
  let mistakes = isOfStoredRun ? [] : plan.scheduleMistakes + plan.headMistakes
  guard mistakes.isEmpty else { throw DiagnosticList(mistakes) }
  plan.warnings += plan.modelWarnings
  plan.warnings = plan.warnings.isEmpty ? [] : DiagnosticList(plan.warnings).diagnostics
  return plan
}
