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
  /// A quantity, or a family of them such as `top_5`.
  public struct Quantity: Sendable {
    /// The name, as in the documentation.
    public var name: String
    /// Which way it is better.
    public var goal: MetricGoal
    /// One sentence.
    public var summary: String
    /// Whether it is of the training part only.
    public var isOfTraining = false
    /// Whether it is measured only where `metrics:` asks for it.
    public var isExtra = false
    /// The values it can have.
    public var range = RealRange(from: 0)
    /// Why a finished run may have no value of it, as reports say it.
    public var undefinedReason = "not finite: too large"
  }

  /// The part of the data.
  public var part: Part
  /// What is measured, such as `loss`, `top_5` or `gradient_norm.0`.
  public var quantity: String

  /// The quantities this version measures, and which way each is better.
  public static let quantities: [Quantity] =
    [
      Quantity(
        name: "loss",
        goal: .minimize,
        summary:
          "The loss, the mean over an epoch's examples, tokens or elements, without penalties; with `class_weights` each counts by its class's weight.",
        undefinedReason: "not finite: too large, or no example has a target of a weight above 0"
      ),
      Quantity(
        name: "accuracy",
        goal: .maximize,
        summary: "Share of examples or tokens whose largest output is the class.",
        range: share,
        undefinedReason: withoutTargets
      ),
      Quantity(
        name: "rmse",
        goal: .minimize,
        summary: "Root of the mean squared error over all elements."
      ),
      Quantity(
        name: "perplexity",
        goal: .minimize,
        summary:
          "exp of the mean cross-entropy per token; not with `label_smoothing` or `class_weights`, under which the loss is no cross-entropy of the data.",
        range: RealRange(from: 1),
        undefinedReason: "not finite: exp of the loss is too large"
      ),
      Quantity(
        name: "samples_per_second",
        goal: .maximize,
        summary: "Training speed: a timing, outside every comparison of bits.",
        isOfTraining: true
      ),
    ] + extras

  /// What `metrics:` adds.
  private static let extras = Catalog.definitions(.metrics).map { definition in
    Quantity(
      name: definition.name,
      goal: larger.contains(definition.name) ? .maximize : .minimize,
      summary: definition.summary,
      isOfTraining: norms.contains(definition.name),
      isExtra: true,
      range: ranges[definition.name] ?? RealRange(from: 0),
      undefinedReason: reasons[definition.name] ?? "not finite: too large"
    )
  }
  private static let withoutTargets = "undefined: no example has a target"
  /// Of those that are a quotient which may be 0 ÷ 0.
  private static let reasons: [String: String] = [
    "r2": "undefined: all targets are equal", "top_k": withoutTargets, "precision": withoutTargets,
    "recall": withoutTargets, "f1": withoutTargets, "bleu": withoutTargets,
  ]
  private static let share = RealRange(from: 0, to: 1)
  /// Of those that are no errors or norms.
  private static let ranges: [String: RealRange] = [
    "r2": RealRange(to: 1), "top_k": share, "precision": share, "recall": share, "f1": share,
    "bleu": share,
  ]
  private static let larger: Set<String> = ["r2", "top_k", "precision", "recall", "f1", "bleu"]
  /// Those that also have a value for each layer, by its number.
  private static let norms: Set<String> = ["weight_norm", "gradient_norm"]

  /// The parts of a dotted name, or nil if it is not one of this version's metrics.
  public init?(_ text: String) {
    let words = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 2 || words.count == 3, let part = Part(rawValue: words[0]),
      let definition = Self.definition(words[1]), !definition.isOfTraining || part == .train
    else { return nil }
    if words.count == 3 {
      guard Self.norms.contains(words[1]), Self.number(words[2], from: 0) != nil else { return nil }
    }
    self.part = part
    self.quantity = words.dropFirst().joined(separator: ".")
  }

  /// The quantity or family that a name without its part belongs to; `top_k` itself is no quantity.
  private static func definition(_ name: String) -> Quantity? {
    if name.hasPrefix("top_") {
      return number(name.dropFirst(4), from: 1).flatMap { _ in
        quantities.first { $0.name == "top_k" }
      }
    }
    return quantities.first { $0.name == name }
  }

  /// A number as it is printed: no sign, no leading zero.
  private static func number(_ text: some StringProtocol, from least: Int) -> Int? {
    guard let value = Int(text), value >= least, String(value) == text else { return nil }
    return value
  }

  /// The dotted name.
  public var description: String { "\(part.rawValue).\(quantity)" }

  /// The quantity without a layer's number: what an entry of `metrics:` comes to.
  public var family: String { String(quantity.prefix { $0 != "." }) }

  /// Which way it is better.
  public var goal: MetricGoal { Self.definition(family)?.goal ?? .minimize }

  /// The values it can have.
  public var range: RealRange { Self.definition(family)?.range ?? RealRange() }

  /// The loss of the same part.
  public var loss: String { "\(part.rawValue).loss" }

  /// Why a finished run may have no value of it, such as `undefined: all targets are equal`.
  public var undefinedReason: String {
    Self.definition(family)?.undefinedReason ?? "not finite: too large"
  }

  /// Whether it is a share, which counts from 0 to 1.
  public var isShare: Bool { range.minimum == 0 && range.maximum == 1 }

  /// Whether it is made of right and wrong answers, so that it knows no difference below one example.
  public var isOfExamples: Bool { isShare && family != "bleu" }

  /// Whether it is a number of examples over the number of all.
  public var isCountOfExamples: Bool { family == "accuracy" || family.hasPrefix("top_") }

  /// Whether it is measured only where `metrics:` asks for it.
  public var isExtra: Bool { Self.definition(family)?.isExtra ?? false }

  /// Every name this version measures, with the standard of `top_k` and without those of single layers.
  public static var all: [String] {
    Part.allCases.flatMap { part in
      quantities.map { "\(part.rawValue).\($0.name == "top_k" ? "top_5" : $0.name)" }
    }.filter { MetricName($0) != nil }
  }

  /// Patterns of the names that `all` does not list.
  public static let patterns = [
    "^(train|val|test)\\.top_[1-9][0-9]*$", "^train\\.(weight|gradient)_norm\\.(0|[1-9][0-9]*)$",
  ]
}

/// One point of a metric's curve.
public struct MetricPoint: Hashable, Codable, Sendable {
  /// The dotted name.
  public var name: String
  /// Optimizer updates done so far.
  public var step: Int
  /// Epochs done so far: whole at an epoch's end, with a fraction for points inside one.
  public var epoch: Double
  /// The value; nil stands for "not a finite number".
  public var value: Double?

  /// A point; a value that is not finite becomes nil.
  public init(name: String, step: Int, epoch: Double, value: Double?) {
    self.name = name
    self.step = step
    self.epoch = epoch
    self.value = value.flatMap { $0.isFinite ? $0 : nil }
  }
}

/// What a metric came to in one run.
public struct MetricSummary: Hashable, Codable, Sendable {
  /// At the last epoch; nil if not finite.
  public var last: Double?
  /// The best over epochs, by the metric's goal.
  public var best: Double?
  /// The epoch of `best`, from 1.
  public var bestEpoch: Int?

  /// A summary.
  public init(last: Double?, best: Double?, bestEpoch: Int?) {
    self.last = last
    self.best = best
    self.bestEpoch = bestEpoch
  }

  private enum CodingKeys: String, CodingKey {
    case last
    case best
    case bestEpoch = "best_epoch"
  }
}
