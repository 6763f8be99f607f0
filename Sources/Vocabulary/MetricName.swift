// SPDX-License-Identifier: Apache-2.0

/// Which way a metric gets better.
public enum MetricGoal: String, Codable, Sendable, CaseIterable {
  /// Smaller is better.
  case minimize
  /// Larger is better.
  case maximize

  /// Whether `candidate` is strictly better than `incumbent`; NaN never is.
  public func prefers(_ candidate: Double, to incumbent: Double) -> Bool {
    if incumbent.isNaN { return !candidate.isNaN }
    return self == .minimize ? candidate < incumbent : candidate > incumbent
  }
}

/// What is known of a metric by its name: `train.loss`, `val.accuracy`, `test.rmse` …
public struct MetricName: Hashable, Sendable, CustomStringConvertible {
  /// The part of the data.
  public enum Part: String, Sendable, CaseIterable {
    /// While training, over the epoch.
    case train
    /// The validation part, after an epoch.
    case val
    /// The test part, after an epoch.
    case test
  }

  /// The part of the data.
  public let part: Part
  /// What is measured, such as `loss`, `top_5`, `gradient_norm.0` or `loss.decoder`.
  public let quantity: String

  /// The quantities this version measures: those of every run, then those that `metrics:` adds.
  public static let quantities = Catalog.standardMetrics + Catalog.definitions(.metrics)

  /// The parts of a dotted name, or nil if it is not one of this version's metrics.
  public init?(_ text: String) {
    let words = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 2 || words.count == 3, let part = Part(rawValue: words[0]),
      let facts = MetricFacts(metric: words[1]), !facts.isOfTraining || part == .train
    else { return nil }
    if words.count == 3 {
      let isBlock = ModelPlace.isBlockName(words[2])
      let isLayer = facts.isOfLayers && Self.number(words[2], from: 0) != nil
      guard isLayer || isBlock && (facts.isOfLayers || !facts.isOfTraining) else { return nil }
    }
    self.part = part
    self.quantity = words.dropFirst().joined(separator: ".")
  }

  /// A number as it is printed: no sign, no leading zero.
  static func number(_ text: some StringProtocol, from least: Int) -> Int? {
    guard let value = Int(text), value >= least, String(value) == text else { return nil }
    return value
  }

  /// The dotted name.
  public var description: String { "\(part.rawValue).\(quantity)" }

  /// The quantity without a layer's number or a block's name: what an entry of `metrics:` comes to.
  public var family: String { String(quantity.prefix { $0 != "." }) }

  /// What is known of it; every metric that has a name is defined.
  public var facts: MetricFacts {
    guard let facts = MetricFacts(metric: family) else {
      preconditionFailure("no metric is called `\(self)`")
    }
    return facts
  }

  /// Which way it is better.
  public var goal: MetricGoal { facts.goal }

  /// The values it can have.
  public var range: RealRange { facts.range }

  /// The block whose loss or result it measures, where a network has several losses; nil for the first or for all.
  public var block: String? {
    guard let dot = quantity.firstIndex(of: "."), !facts.isOfTraining else { return nil }
    return String(quantity[quantity.index(after: dot)...])
  }

  /// The loss of the same part, and of the same block.
  public var loss: String { "\(part.rawValue).loss" + (block.map { ".\($0)" } ?? "") }

  /// Why a finished run may have no value of it, such as `undefined: all targets are equal`.
  public var undefinedReason: String { facts.undefinedReason }

  /// Whether it is a share, which counts from 0 to 1.
  public var isShare: Bool { facts.scale == .share }

  /// Whether it is made of right and wrong answers, so that it knows no difference below one example.
  public var isOfExamples: Bool { facts.answers != .none }

  /// Whether it is a number of examples over the number of all.
  public var isCountOfExamples: Bool { facts.answers == .counted }

  /// Whether it is measured only where `metrics:` asks for it.
  public var isExtra: Bool { Catalog.entry(measuring: family) != nil }

  /// Every name this version measures, with standard arguments and without those of single layers.
  public static var all: [String] {
    Part.allCases.flatMap { part in
      quantities.map { "\(part.rawValue).\($0.standardQuantity)" }
    }.filter { MetricName($0) != nil }
  }

  /// Patterns of the names that `all` does not list.
  public static let patterns = Catalog.numberedMetrics
}
