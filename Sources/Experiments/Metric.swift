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
  public var part: Part
  /// What is measured: `loss`, `accuracy`, `rmse`, `mae`, `r2`, `perplexity`, `samples_per_second`.
  public var quantity: String

  /// The quantities this version measures, and which way each is better.
  public static let quantities: [(name: String, goal: MetricGoal, summary: String)] = [
    ("loss", .minimize, "The loss, example-weighted, without penalties."),
    ("accuracy", .maximize, "Share of examples or tokens whose largest output is the class."),
    ("rmse", .minimize, "Root of the mean squared error over all elements."),
    ("mae", .minimize, "Mean absolute error over all elements."),
    ("r2", .maximize, "Share of the targets' variance that is explained."),
    ("perplexity", .minimize, "exp of the mean cross-entropy per token."),
    (
      "samples_per_second", .maximize, "Training speed: a timing, outside every comparison of bits."
    ),
  ]

  /// The parts of a dotted name, or nil if it is not one of this version's metrics.
  public init?(_ text: String) {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count == 2, let part = Part(rawValue: String(words[0])),
      Self.quantities.contains(where: { $0.name == words[1] }),
      words[1] != "samples_per_second" || part == .train
    else { return nil }
    self.part = part
    self.quantity = String(words[1])
  }

  /// The dotted name.
  public var description: String { "\(part.rawValue).\(quantity)" }

  /// Which way it is better.
  public var goal: MetricGoal {
    Self.quantities.first { $0.name == quantity }?.goal ?? .minimize
  }

  /// Every name this version measures.
  public static var all: [String] {
    Part.allCases.flatMap { part in
      quantities.map { "\(part.rawValue).\($0.name)" }
    }.filter { MetricName($0) != nil }
  }
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
