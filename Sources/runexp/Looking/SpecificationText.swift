// SPDX-License-Identifier: Apache-2.0

import Experiments
import Reports

/// What was trained, in the words of a manifest.
struct SpecificationText {
  let specification: RunSpecification
  /// Trained values of each layer, by its place, such as `2` or `3.body.0`; empty if they are not known.
  let parameterCounts: [String: Int]

  var lines: [String] {
    let train = specification.train
    var lines = ["data: " + dataText, "model:"] + modelLines
    lines.append("init: " + initializationText)
    lines.append("loss: " + Self.text(specification.loss))
    lines.append("optimizer: " + Self.text(specification.optimizer))
    var words = [
      "epochs: \(train.epochs)",
      "batch_size: \(train.batchSize.map { String($0) } ?? "all")",
      "shuffle: \(train.shuffle)",
    ]
    if let norm = train.clipNorm { words.append("clip_norm: \(Self.number(norm))") }
    if let value = train.clipValue { words.append("clip_value: \(Self.number(value))") }
    if train.evaluateEvery != 1 { words.append("evaluate_every: \(train.evaluateEvery)") }
    if let rule = train.earlyStopping { words.append("early_stopping: " + Self.text(rule)) }
    lines.append("train: { " + words.joined(separator: ", ") + " }")
    return lines
  }

  private static func text(_ rule: EarlyStopping) -> String {
    var words = ["metric: \(rule.metric)", "patience: \(rule.patience)"]
    if rule.minimumDelta > 0 { words.append("min_delta: \(number(rule.minimumDelta))") }
    if rule.restoresBest { words.append("restore_best: true") }
    return "{ " + words.joined(separator: ", ") + " }"
  }

  private var modelLines: [String] {
    let rows = Self.rows(specification.model, inside: "").map { place, text in
      let count = parameterCounts[place] ?? 0
      return [place, text, count > 0 ? NumberText.grouped(count) + " parameters" : ""]
    }
    let places = max(2, rows.map { $0[0].count }.max() ?? 0)
    let width = rows.map { DisplayWidth.of($0[1]) }.max() ?? 0
    return rows.map { row in
      let gap = String(repeating: " ", count: width - DisplayWidth.of(row[1]))
      let lead = String(repeating: " ", count: places - row[0].count)
      let start = "  \(lead)\(row[0])  \(row[1])"
      return row[2].isEmpty ? start : start + gap + "  " + row[2]
    }
  }

  /// The place and text of each layer, followed by the layers inside it.
  private static func rows(_ layers: [Component], inside path: String) -> [(String, String)] {
    layers.enumerated().flatMap { index, layer in
      let place = "\(path)\(index)"
      var rest = layer
      var inner: [(name: String, layers: [Component])] = []
      for (key, value) in layer.arguments.sorted(by: { $0.key < $1.key }) {
        let found = value.components.map { [(name: key, layers: $0)] } ?? value.namedLayers
        guard !found.isEmpty else { continue }
        inner += found
        rest.arguments[key] = nil
      }
      let nested = inner.flatMap { name, layers in
        layers.isEmpty
          ? [("\(place).\(name)", "the input itself")]
          : rows(layers, inside: "\(place).\(name).")
      }
      return [(place, text(rest))] + nested
    }
  }

  private var dataText: String {
    let data = specification.data
    var words: [String] = []
    switch data.validation {
    case .count(let count)?: words.append("validation: \(count)")
    case .fraction(let share)?: words.append("validation: \(Self.number(share))")
    case nil: break
    }
    if let folds = data.folds { words.append("folds: \(folds)") }
    if let limit = data.trainLimit { words.append("train_limit: \(limit)") }
    if let limit = data.testLimit { words.append("test_limit: \(limit)") }
    words.append(data.followsRunSeed ? "seed: the run's" : "seed: \(data.seed)")
    if let task = data.task { words.append("task: \(task.rawValue)") }
    if data.standardize != .none { words.append("standardize: \(data.standardize.rawValue)") }
    if let augmentation = data.augmentation {
      let entries = augmentation.entries.map { "\($0.key): \($0.value)" }
      words.append("augment: { \(entries.joined(separator: ", ")) }")
    }
    return Self.text(data.dataset) + "; " + words.joined(separator: ", ")
  }

  private var initializationText: String {
    let initial = specification.initialization
    if let file = initial.file { return "from \(file)" }
    return "weights \(Self.text(initial.weights)), biases \(Self.text(initial.biases))"
  }

  // MARK: - Components

  /// `dense { activation: relu, bias: true, units: 64 }`; what was left out is not shown, nor an argument that came later
  /// with its standard value.
  static func text(_ component: Component) -> String {
    let words = component.withoutStandardAdditions.arguments.sorted { $0.key < $1.key }.compactMap {
      key,
      value in
      text(value).map { "\(key): \($0)" }
    }
    return words.isEmpty ? component.name : component.name + " { \(words.joined(separator: ", ")) }"
  }

  /// An argument as one would write it; nil if it was left out.
  static func text(_ value: ArgumentValue) -> String? {
    switch value {
    case .none: nil
    case .boolean(let flag): String(flag)
    case .integer(let number): String(number)
    case .real(let number): self.number(number)
    case .text(let text): text
    case .list(let values): "[" + values.compactMap(text).joined(separator: ", ") + "]"
    case .mapping(let values):
      "{ "
        + values.sorted { $0.key < $1.key }
        .compactMap { key, value in text(value).map { "\(key): \($0)" } }
        .joined(separator: ", ") + " }"
    case .component(let component): text(component)
    case .components(let layers): "[" + layers.map { text($0) }.joined(separator: ", ") + "]"
    }
  }

  private static func number(_ value: Double) -> String { ParameterValue.real(value).description }
}
