// SPDX-License-Identifier: Apache-2.0

/// What is known of a metric: which way it is better, which numbers it can have and how they are compared and drawn.
public struct MetricFacts: Sendable {
  /// The numbers that it can have, and how they lie.
  public enum Scale: Sendable {
    /// From 0 to 1.
    case share
    /// From 0 on, and ratios mean something: a picture may have a log axis.
    case ratio
    /// As `ratio`, and good networks differ by orders of magnitude.
    case norm
    /// From 0 on.
    case nonNegative
    /// exp of the loss, from 1 on: its statistics are those of the loss.
    case exponential
    /// At most 1, and without a lower end.
    case atMostOne
  }

  /// What the metric counts.
  public enum Answers: Sendable {
    /// No answers.
    case none
    /// Right and wrong answers in some form, so that it knows no difference below one example.
    case some
    /// The right answers over all.
    case counted
  }

  /// Which way it is better.
  public var goal: MetricGoal
  /// The numbers that it can have.
  public var scale: Scale
  /// The targets that have it.
  public var targets: TargetNeed
  /// What it counts.
  public var answers: Answers
  /// Whether it is in the targets' own unit.
  public var hasTargetUnit: Bool
  /// Whether it is of the training part only.
  public var isOfTraining: Bool
  /// Whether each layer has a value, too, by its number: `gradient_norm.0`.
  public var isOfLayers: Bool
  /// Whether it has no value where all targets are equal.
  public var needsUnequalTargets: Bool
  /// The argument whose value stands in the name instead of the argument's own: `top_5` for `top_k: 5`.
  public var numberedBy: String?
  /// Why a finished run may have no value of it, as reports say it.
  public var undefinedReason: String

  /// The facts of a metric; those that are left out do not hold.
  public init(
    _ goal: MetricGoal,
    _ scale: Scale,
    of targets: TargetNeed = .any,
    answers: Answers = .none,
    hasTargetUnit: Bool = false,
    isOfTraining: Bool = false,
    isOfLayers: Bool = false,
    needsUnequalTargets: Bool = false,
    numberedBy: String? = nil,
    undefinedReason: String = "not finite: too large"
  ) {
    self.goal = goal
    self.scale = scale
    self.targets = targets
    self.answers = answers
    self.hasTargetUnit = hasTargetUnit
    self.isOfTraining = isOfTraining
    self.isOfLayers = isOfLayers
    self.needsUnequalTargets = needsUnequalTargets
    self.numberedBy = numberedBy
    self.undefinedReason = undefinedReason
  }

  /// Those of a metric by its dotted name, or by its quantity alone; nil if it is not one of this version's.
  public init?(metric name: String) {
    let quantity = name.split(separator: ".").dropFirst().first.map(String.init) ?? name
    guard let facts = Catalog.definition(ofQuantity: quantity)?.metric else { return nil }
    self = facts
  }

  /// The values it can have.
  public var range: RealRange {
    switch scale {
    case .share: RealRange(from: 0, to: 1)
    case .ratio, .norm, .nonNegative: RealRange(from: 0)
    case .exponential: RealRange(from: 1)
    case .atMostOne: RealRange(to: 1)
    }
  }
}
