// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// One key in which two specifications differ: what `runexp diff` shows.
public struct SpecificationDifference: Hashable, Sendable {
  /// The key's path, as in the manifest: `optimizer.learning_rate`, `model[2].units`.
  public var path: String
  /// The left value as text; nil if it has none.
  public var left: String?
  /// The right value as text; nil if it has none.
  public var right: String?

  /// `optimizer.learning_rate: 0.001 → 0.01`.
  public var text: String { "\(path): \(left ?? "–") → \(right ?? "–")" }

  /// Every key in which the two differ, in manifest order; empty if they train the same.
  public static func between(_ left: RunSpecification, _ right: RunSpecification) -> [Self] {
    let (a, b) = (left.flattened, right.flattened)
    let before = Dictionary(a, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(b, uniquingKeysWith: { first, _ in first })
    var seen = Set<String>()
    let paths = (a + b).map(\.0).filter { seen.insert($0).inserted }
    return paths.compactMap { path in
      before[path] == after[path]
        ? nil : Self(path: path, left: before[path], right: after[path])
    }.sorted { order($0.path) < order($1.path) }
  }

  /// The differences of two runs: specification, seed and numerics.
  public static func between(_ left: RunRecord, _ right: RunRecord) -> [Self] {
    let pairs = [
      ("seed", String(left.seed), String(right.seed)),
      ("numeric_version", String(left.numericVersion), String(right.numericVersion)),
      ("data content", left.dataSHA256 ?? "–", right.dataSHA256 ?? "–"),
    ]
    return between(left.specification, right.specification)
      + pairs.filter { $0.1 != $0.2 }.map { Self(path: $0.0, left: $0.1, right: $0.2) }
  }

  /// Sections in manifest order, layers by number, otherwise by name.
  private static func order(_ path: String) -> Order {
    let sections = ["data", "model", "init", "loss", "optimizer", "train", "log", "metrics"]
    let section = String(path.prefix { $0.isLetter })
    let layer = path.hasPrefix("model[") ? Int(path.dropFirst(6).prefix { $0 != "]" }) ?? 0 : 0
    return Order(section: sections.firstIndex(of: section) ?? 99, layer: layer, path: path)
  }

  private struct Order: Comparable {
    var section: Int
    var layer: Int
    var path: String

    static func < (left: Self, right: Self) -> Bool {
      (left.section, left.layer, left.path) < (right.section, right.layer, right.path)
    }
  }
}

extension RunSpecification {
  /// Every key with its value as text.
  var flattened: [(String, String)] {
    var result = data.flattened
    for (index, layer) in model.enumerated() { result += layer.flattened("model[\(index)]") }
    result += initialization.weights.flattened("init.weights")
    result += initialization.biases.flattened("init.biases")
    if let file = initialization.file { result.append(("init.from", file)) }
    result += loss.flattened("loss")
    result += optimizer.flattened("optimizer")
    result += train.flattened
    if !metrics.isEmpty { result.append(("metrics", metrics.joined(separator: ", "))) }
    return result
  }
}

extension DataSpecification {
  fileprivate var flattened: [(String, String)] {
    var result = dataset.flattened("data.dataset")
    switch validation {
    case .count(let count)?: result.append(("data.validation", String(count)))
    case .fraction(let share)?:
      result.append(("data.validation", ParameterValue.real(share).description))
    case nil: break
    }
    if let folds { result.append(("data.folds", String(folds))) }
    if let trainLimit { result.append(("data.train_limit", String(trainLimit))) }
    if let testLimit { result.append(("data.test_limit", String(testLimit))) }
    result.append(("data.seed", followsRunSeed ? "${seed}" : String(seed)))
    if let task { result.append(("data.task", task.rawValue)) }
    result.append(("data.standardize", standardize.rawValue))
    if let outliers {
      for (key, value) in [("share", outliers.share), ("deviation", outliers.deviation)] {
        result.append(("data.outliers.\(key)", ParameterValue.real(value).description))
      }
    }
    result += (augmentation?.entries ?? []).map { ("data.augment.\($0.key)", $0.value) }
    return result
  }
}

extension TrainSpecification {
  fileprivate var flattened: [(String, String)] {
    func number(_ value: Double) -> String { ParameterValue.real(value).description }
    var result = [
      ("train.epochs", String(epochs)),
      ("train.batch_size", batchSize.map { String($0) } ?? "all"),
      ("train.shuffle", String(shuffle)),
      ("train.evaluate_every", String(evaluateEvery)),
    ]
    if let clipNorm { result.append(("train.clip_norm", number(clipNorm))) }
    if let clipValue { result.append(("train.clip_value", number(clipValue))) }
    if let rule = earlyStopping {
      let path = "train.early_stopping"
      result += [
        ("\(path).metric", rule.metric), ("\(path).goal", rule.goal.rawValue),
        ("\(path).patience", String(rule.patience)),
        ("\(path).min_delta", number(rule.minimumDelta)),
        ("\(path).restore_best", String(rule.restoresBest)),
      ]
    }
    if let logEverySteps { result.append(("log.every_steps", String(logEverySteps))) }
    return result
  }
}

extension Component {
  /// An argument that came later counts only where it says something: older runs do not have it.
  fileprivate func flattened(_ path: String) -> [(String, String)] {
    [(path, name)]
      + withoutStandardAdditions.arguments.sorted { $0.key < $1.key }.flatMap {
        $0.value.flattened("\(path).\($0.key)")
      }
  }
}

extension ArgumentValue {
  fileprivate func flattened(_ path: String) -> [(String, String)] {
    switch self {
    case .none: []
    case .component(let component): component.flattened(path)
    case .components(let layers):
      layers.enumerated().flatMap { $1.flattened("\(path)[\($0)]") }
    case .mapping(let values):
      values.sorted { $0.key < $1.key }.flatMap { $0.value.flattened("\(path).\($0.key)") }
    case .list(let values) where !values.isEmpty && values.allSatisfy { $0.mapping != nil }:
      values.flatMap { $0.flattened(path) }
    case .list(let values): [(path, "[" + values.map(\.inlineText).joined(separator: ", ") + "]")]
    default: [(path, scalarText)]
    }
  }

  private var scalarText: String {
    switch self {
    case .boolean(let value): String(value)
    case .integer(let value): String(value)
    case .real(let value): ParameterValue.real(value).description
    case .text(let value): value
    default: ""
    }
  }

  private var inlineText: String {
    let parts = flattened("")
    return parts.count == 1 ? parts[0].1 : parts.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
  }
}
