// SPDX-License-Identifier: Apache-2.0

/// What is known of a layer before it is built.
public struct LayerFacts: Sendable {
  /// What of its input a layer hands on.
  public enum Passing: Sendable {
    /// Other values.
    case none
    /// Some of the values, as they are.
    case some
    /// All values, as they are: the layer keeps none of its own.
    case all
  }

  /// What a layer's result holds of a bidirectional layer before it.
  public enum BackwardWalk: Sendable {
    /// Nothing: each result follows from all steps.
    case ends
    /// What its input holds.
    case goesOn
    /// Both halves in one.
    case isMixed
    /// The layer itself walks backwards where its argument `bidirectional` says so.
    case begins
  }

  /// What it hands on.
  public var passes: Passing
  /// What becomes of a backward walk.
  public var backwardWalk: BackwardWalk
  /// Whether its weights are filters of images, which can be looked at.
  public var hasFilters: Bool
  /// Whether it pools images, so that a convolution before it need not keep its result.
  public var isPooling: Bool

  /// The facts of a layer; those that are left out do not hold.
  public init(
    passing passes: Passing = .none,
    backwardWalk: BackwardWalk = .ends,
    hasFilters: Bool = false,
    isPooling: Bool = false
  ) {
    self.passes = passes
    self.backwardWalk = backwardWalk
    self.hasFilters = hasFilters
    self.isPooling = isPooling
  }
}
