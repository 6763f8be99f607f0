// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import Experiments
package import Manifests
import Reports
import Vocabulary

/// A stored run as a manifest that makes the same run again.
package struct ManifestText {
  package let run: RunRecord
  /// The plan it is seen in, for what chooses and what is shown.
  package let sweep: SweepRecord?
  /// The manifest's name.
  package let name: String

  package init(
    run: RunRecord,
    sweep: SweepRecord?,
    name: String
  ) {
    self.run = run
    self.sweep = sweep
    self.name = name
  }

  /// The text; throws if this run is none that a manifest makes.
  ///
  /// It is read again, so that what is promised is true: one cell, with exactly the run's specification.
  package func checked(file: String, rules: PathRules) throws -> String {
    guard !run.isImported else {
      throw Diagnostic(
        "run \(run.id) was imported: what was trained is not known",
        hints: ["`runexp init` without --from writes a manifest to start from"]
      )
    }
    let text = lines.joined(separator: "\n") + "\n"
    let plan = try Manifests.plan(manifest: text, file: file, rules: rules, isOfStoredRun: true)
    guard
      plan.cells.map(\.specification.withoutStandardAdditions)
        == [run.specification.withoutStandardAdditions]
    else {
      throw Diagnostic(
        "run \(run.id) was made by another version and cannot be written as a manifest",
        hints: ["`runexp show \(run.id)` tells what was trained"]
      )
    }
    return text
  }

  private var lines: [String] {
    var lines = heading
    lines += run.specification.entries.flatMap(Self.lines)
    lines += [
      "", "seed: \(run.seed)", "repeat: 1          # more seeds show the spread: 5 is a good start",
    ]
    lines += choice
    lines += [
      "",
      "# To compare values, name a parameter and use it above as \"${learning_rate}\":",
      "# parameters: { learning_rate: [0.1, 0.01] }",
    ]
    return lines
  }

  private var heading: [String] {
    let words = run.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let place = sweep.map { " of \($0.label)" } ?? ""
    let title =
      "# Run \(run.id)\(place)" + (words.isEmpty ? "" : ": \(words.joined(separator: " "))")
    return [
      // A value may hold line ends, which would end the comment, and characters that YAML does not take.
      visible(title),
      "# `runexp sweep` of this file makes, or reuses, the same run.",
      "name: \(name)",
      "",
    ]
  }

  /// A section as lines of block style; nothing for one that is as if it was left out.
  private static func lines(_ key: FieldDescription, _ value: ArgumentValue) -> [String] {
    switch (key.name, key.kind) {
    case ("model", _): ["model:"] + model(value)
    case ("metrics", _): metrics(value)
    // An optimizer's arguments stand beside its name, also where there are none.
    case ("optimizer", _):
      value.component.map { ["optimizer: " + ManifestFlow.mapping(ManifestFlow.named($0))] } ?? []
    default:
      value == key.standard || value == ArgumentValue.none
        ? [] : ["\(key.name): \(ManifestFlow.setting(value, key.kind))"]
    }
  }

  /// Layers as a list, or blocks with their layers as a list each.
  private static func model(_ value: ArgumentValue) -> [String] {
    func list(_ value: ArgumentValue?, indent: String) -> [String] {
      (value?.components ?? []).map { "\(indent)- " + ManifestFlow.entry($0) }
    }
    guard let blocks = value.mapping else { return list(value, indent: "  ") }
    return blocks.sorted { $0.key < $1.key }.flatMap { name, block -> [String] in
      let keys = BlockSpecification.descriptions.compactMap { key -> [String]? in
        guard let value = block.mapping?[key.name], value != key.standard else { return nil }
        if value.components != nil {
          return ["    \(key.name):"] + list(value, indent: "      ")
        }
        return ["    \(key.name): \(ManifestFlow.setting(value, key.kind))"]
      }
      return ["  \(ManifestFlow.scalar(name)):"] + keys.flatMap { $0 }
    }
  }

  // MARK: - Metrics

  private static func metrics(_ value: ArgumentValue) -> [String] {
    let names = (value.list ?? []).compactMap(\.text)
    return names.isEmpty ? [] : ["metrics: " + ManifestFlow.list(names.map(Catalog.entryText))]
  }

  /// What chooses and what is shown, as far as this run measures it.
  private var choice: [String] {
    var lines: [String] = []
    if let metric = choosing, isMeasured(metric.name) {
      lines.append(
        "metric: { name: \(metric.name), goal: \(metric.goal.rawValue), at: \(metric.moment.rawValue) }"
      )
    }
    if let report = sweep?.experiment.report, isMeasured(report.metric) {
      let curves = ManifestFlow.list(report.curves.filter(isMeasured))
      let looks = report.looks.map { ", looks: \($0)" } ?? ""
      lines.append("report: { metric: \(report.metric), curves: \(curves)\(looks) }")
    }
    return lines
  }

  /// The plan's metric, or that of early stopping where its goal would be another one beside the plan's.
  private var choosing: MetricSelection? {
    let planned = sweep?.experiment.metric
    guard let rule = run.specification.train.earlyStopping else { return planned }
    let goal = planned?.name == rule.metric ? planned?.goal : MetricName(rule.metric)?.goal
    return goal == rule.goal ? planned : MetricSelection(name: rule.metric, goal: rule.goal)
  }

  private func isMeasured(_ name: String) -> Bool {
    guard let metric = MetricName(name), metric.isExtra else { return true }
    return run.specification.metrics.contains(metric.family)
  }
}

extension RunSpecification {
  /// Equal to what was stored before components had their newer arguments.
  fileprivate var withoutStandardAdditions: Self {
    var result = self
    result.data.dataset = data.dataset.withoutStandardAdditions
    result.model = model.mapLayers { $0.map(\.withoutStandardAdditions) }
    result.initialization.weights = initialization.weights.withoutStandardAdditions
    result.initialization.biases = initialization.biases.withoutStandardAdditions
    for index in losses.indices {
      result.losses[index].loss = losses[index].loss.withoutStandardAdditions
    }
    result.optimizer = optimizer.withoutStandardAdditions
    return result
  }
}
