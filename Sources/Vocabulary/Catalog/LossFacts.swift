// SPDX-License-Identifier: Apache-2.0

/// What is known of a loss: what it is defined on, and what it does itself.
public struct LossFacts: Sendable {
  /// The targets that it needs.
  public var targets: TargetNeed
  /// The numbers that real targets may be; nil stands for all.
  public var targetRange: RealRange?
  /// The activations that the loss applies to outputs itself, or in whose place it stands: none of them may come before.
  public var replaces: [String]
  /// Whether outputs are predictions of real targets, in the targets' unit.
  public var predictsTargets: Bool

  /// The facts of a loss; those that are left out do not hold.
  public init(
    of targets: TargetNeed,
    in targetRange: RealRange? = nil,
    replacing replaces: [String] = [],
    predictsTargets: Bool = false
  ) {
    self.targets = targets
    self.targetRange = targetRange
    self.replaces = replaces
    self.predictsTargets = predictsTargets
  }
}
