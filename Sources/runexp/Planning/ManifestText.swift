// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Manifests
import Reports

/// A stored run as a manifest that makes the same run again.
struct ManifestText {
  let run: RunRecord
  /// The plan it is seen in, for what chooses and what is shown.
  let sweep: SweepRecord?
  /// The manifest's name.
  let name: String

  /// The text; throws if this run is none that a manifest makes.
  ///
  /// It is read again, so that what is promised is true: one cell, with exactly the run's specification.
  func checked(file: String, rules: PathRules) throws -> String {
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
    let specification = run.specification
    var lines = heading
    lines.append("data: " + ManifestFlow.mapping(dataPairs))
    lines.append("model:")
    lines += specification.model.map { "  - " + ManifestFlow.entry($0) }
    lines += initialization
    lines.append("loss: " + ManifestFlow.component(specification.loss))
    lines.append("optimizer: " + ManifestFlow.mapping(ManifestFlow.named(specification.optimizer)))
    lines.append("train: " + ManifestFlow.mapping(trainPairs))
    if let steps = specification.train.logEverySteps {
      lines.append("log: { every_steps: \(steps) }")
    }
    if !specification.metrics.isEmpty {
      lines.append("metrics: " + ManifestFlow.list(specification.metrics.map(Self.metric)))
    }
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
      // A value may hold line ends, which would end the comment.
      title.split(whereSeparator: \.isNewline).joined(separator: " "),
      "# `runexp sweep` of this file makes, or reuses, the same run.",
      "name: \(name)",
      "",
    ]
  }

  // MARK: - Data

  private var dataPairs: [(String, String)] {
    let data = run.specification.data
    var pairs = [("dataset", data.dataset.name)] + ManifestFlow.arguments(data.dataset)
    switch data.validation {
    case .count(let count)?: pairs.append(("validation", "\(count)"))
    case .fraction(let share)?: pairs.append(("validation", "\(share)"))
    case nil: break
    }
    if let folds = data.folds { pairs.append(("folds", "\(folds)")) }
    if let limit = data.trainLimit { pairs.append(("train_limit", "\(limit)")) }
    if let limit = data.testLimit { pairs.append(("test_limit", "\(limit)")) }
    if data.followsRunSeed {
      pairs.append(("seed", "\"${seed}\""))
    } else if data.seed != 0 {
      pairs.append(("seed", "\(data.seed)"))
    }
    if let task = data.task { pairs.append(("task", task.rawValue)) }
    if data.standardize != .none { pairs.append(("standardize", data.standardize.rawValue)) }
    if let outliers = data.outliers {
      let own = [("share", "\(outliers.share)"), ("deviation", "\(outliers.deviation)")]
      pairs.append(("outliers", ManifestFlow.mapping(own)))
    }
    if let augmentation = data.augmentation {
      pairs.append(("augment", ManifestFlow.mapping(Self.pairs(augmentation))))
    }
    return pairs
  }

  private static func pairs(_ augmentation: Augmentation) -> [(String, String)] {
    var pairs: [(String, String)] = []
    if augmentation.flipsHorizontally { pairs.append(("flip", "horizontal")) }
    if augmentation.shift != 0 { pairs.append(("shift", "\(augmentation.shift)")) }
    if augmentation.cropPadding != 0 {
      pairs.append(("crop", "{ padding: \(augmentation.cropPadding) }"))
    }
    return pairs
  }

  // MARK: - Initial values and loop

  private var initialization: [String] {
    let given = run.specification.initialization
    var pairs: [(String, String)] = []
    for (key, initializer) in [("weights", given.weights), ("biases", given.biases)]
    where initializer.name != "default" {
      pairs.append((key, ManifestFlow.component(initializer)))
    }
    if let file = given.file { pairs.append(("from", ManifestFlow.scalar(file))) }
    return pairs.isEmpty ? [] : ["init: " + ManifestFlow.mapping(pairs)]
  }

  private var trainPairs: [(String, String)] {
    let train = run.specification.train
    var pairs = [
      ("epochs", "\(train.epochs)"), ("batch_size", train.batchSize.map(String.init) ?? "all"),
    ]
    if !train.shuffle { pairs.append(("shuffle", "false")) }
    if let norm = train.clipNorm { pairs.append(("clip_norm", "\(norm)")) }
    if let value = train.clipValue { pairs.append(("clip_value", "\(value)")) }
    if train.evaluateEvery != 1 { pairs.append(("evaluate_every", "\(train.evaluateEvery)")) }
    if let rule = train.earlyStopping {
      pairs.append(("early_stopping", ManifestFlow.mapping(Self.pairs(rule))))
    }
    return pairs
  }

  private static func pairs(_ rule: EarlyStopping) -> [(String, String)] {
    var pairs = [("metric", rule.metric), ("patience", "\(rule.patience)")]
    if rule.minimumDelta != 0 { pairs.append(("min_delta", "\(rule.minimumDelta)")) }
    if rule.restoresBest { pairs.append(("restore_best", "true")) }
    return pairs
  }

  // MARK: - Metrics

  /// `top_5` is what the entry `top_k: 5` measures.
  private static func metric(_ quantity: String) -> String {
    quantity.hasPrefix("top_") ? "{ top_k: \(quantity.dropFirst(4)) }" : quantity
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
    result.model = model.map(\.withoutStandardAdditions)
    result.initialization.weights = initialization.weights.withoutStandardAdditions
    result.initialization.biases = initialization.biases.withoutStandardAdditions
    result.loss = loss.withoutStandardAdditions
    result.optimizer = optimizer.withoutStandardAdditions
    return result
  }
}
