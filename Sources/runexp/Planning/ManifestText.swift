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
      throw Diagnostic("run \(run.id) was imported: what was trained is not known")
    }
    let text = lines.joined(separator: "\n") + "\n"
    let plan = try Manifests.plan(manifest: text, file: file, rules: rules)
    guard plan.cells.map(\.specification) == [run.specification] else {
      throw Diagnostic(
        "run \(run.id) was made by another version and cannot be written as a manifest"
      )
    }
    return text
  }

  private var lines: [String] {
    let train = run.specification.train
    var lines = heading
    lines.append("data: " + Self.flow(dataPairs))
    lines.append("model:")
    lines += run.specification.model.map { "  - " + Self.layer($0) }
    lines += initialization
    lines.append("loss: " + Self.named(run.specification.loss))
    lines.append("optimizer: " + Self.inline(run.specification.optimizer))
    lines.append("train: " + Self.flow(trainPairs))
    if let steps = train.logEverySteps { lines.append("log: { every_steps: \(steps) }") }
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
    return [
      "# Run \(run.id)\(place)" + (words.isEmpty ? "" : ": \(words.joined(separator: " "))"),
      "# `runexp sweep` of this file makes, or reuses, the same run.",
      "name: \(name)",
      "",
    ]
  }

  private var dataPairs: [(String, String)] {
    let data = run.specification.data
    var pairs = [("dataset", data.dataset.name)] + Self.arguments(data.dataset)
    switch data.validation {
    case .count(let count)?: pairs.append(("validation", "\(count)"))
    case .fraction(let share)?: pairs.append(("validation", "\(share)"))
    case nil: break
    }
    if let limit = data.trainLimit { pairs.append(("train_limit", "\(limit)")) }
    if let limit = data.testLimit { pairs.append(("test_limit", "\(limit)")) }
    if data.followsRunSeed {
      pairs.append(("seed", "\"${seed}\""))
    } else if data.seed != 0 {
      pairs.append(("seed", "\(data.seed)"))
    }
    if let task = data.task { pairs.append(("task", task.rawValue)) }
    if data.standardize != .none { pairs.append(("standardize", data.standardize.rawValue)) }
    return pairs
  }

  private var initialization: [String] {
    let given = run.specification.initialization
    var pairs: [(String, String)] = []
    if given.weights.name != "default" { pairs.append(("weights", Self.inline(given.weights))) }
    if given.biases.name != "default" { pairs.append(("biases", Self.inline(given.biases))) }
    if let file = given.file { pairs.append(("from", Self.quoted(file))) }
    return pairs.isEmpty ? [] : ["init: " + Self.flow(pairs)]
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
    return pairs
  }

  private var choice: [String] {
    guard let experiment = sweep?.experiment else { return [] }
    let metric = experiment.metric
    return [
      "metric: { name: \(metric.name), goal: \(metric.goal.rawValue), at: \(metric.moment.rawValue) }",
      "report: { metric: \(experiment.report.metric), curves: "
        + "[\(experiment.report.curves.joined(separator: ", "))] }",
    ]
  }

  // MARK: - Components

  /// `dense: { units: 8 }`, or the name alone where every argument has its standard.
  private static func layer(_ component: Component) -> String {
    let pairs = arguments(component)
    return component.name + (pairs.isEmpty ? "" : ": " + flow(pairs))
  }

  private static func named(_ component: Component) -> String {
    arguments(component).isEmpty ? component.name : inline(component)
  }

  /// `{ name: adam, learning_rate: 0.003 }`.
  private static func inline(_ component: Component) -> String {
    flow([("name", component.name)] + arguments(component))
  }

  /// The arguments whose value is not the standard one, in the catalog's order where it has them.
  private static func arguments(_ component: Component) -> [(String, String)] {
    component.arguments.sorted { $0.key < $1.key }.compactMap { key, value in
      Catalog.argument(key, of: component.name)?.standard == value ? nil : (key, text(value))
    }
  }

  private static func text(_ value: ArgumentValue) -> String {
    switch value {
    case .none: "none"
    case .boolean(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): quoted(text)
    case .list(let values): "[" + values.map(text).joined(separator: ", ") + "]"
    case .mapping(let values): flow(values.sorted { $0.key < $1.key }.map { ($0, text($1)) })
    case .component(let component): named(component)
    case .components(let layers):
      "[" + layers.map { arguments($0).isEmpty ? $0.name : inline($0) }.joined(separator: ", ")
        + "]"
    }
  }

  private static func flow(_ pairs: [(String, String)]) -> String {
    "{ " + pairs.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + " }"
  }

  /// Words stay bare, all other text is quoted.
  private static func quoted(_ text: String) -> String {
    let isWord = text.allSatisfy {
      ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "_"
    }
    if isWord, text.first?.isLetter == true { return text }
    let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "\"" + String(escaped) + "\""
  }
}
