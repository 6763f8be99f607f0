// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One look at a comparison: the test of its first seeds at a level of its own.
public struct Look: Hashable, Sendable {
  /// 1 for the first.
  public var number: Int
  /// Seeds that are tested, the smallest that both cells have.
  public var seeds: Int
  /// The two-sided level of the test.
  public var level: Double

  /// A look.
  public init(number: Int, seeds: Int, level: Double) {
    self.number = number
    self.seeds = seeds
    self.level = level
  }
}

/// At which numbers of seeds two cells are compared, and at which levels, so that all looks together err in 5 %.
///
/// The first look takes the seeds of the first plan that holds both cells, at least 3; each later one 1.6 times as many
/// as the one before, rounded up: 3, 5, 8, 13, 21, 34, 55. The levels are 0.03, then 0.02/(j(j − 1)), together 0.05 by
/// Σ 1/(j(j − 1)) = 1. By the union bound the probability of any false claim is at most their sum, however the looks
/// depend on each other. Group-sequential tests spend an error in this way (Lan & DeMets 1983, Biometrika 70, with less
/// caution; Slud & Wei 1982, JASA 77).
public struct LookSchedule: Hashable, Sendable {
  /// The error of all looks together.
  public static let level = 0.05

  /// Seeds of the first look.
  public let firstCount: Int
  /// Whether there is one look only, which then has the whole level.
  public let isSingle: Bool

  /// The schedule of two cells that were first planned together with `seeds` seeds.
  public init(firstPlanned seeds: Int, isSingle: Bool = false) {
    firstCount = max(3, seeds)
    self.isSingle = isSingle
  }

  /// No look at all.
  public static let closed = LookSchedule(firstPlanned: .max, isSingle: true)

  /// The last look that `seeds` common seeds complete; nil before the first.
  public func latest(seeds: Int) -> Look? {
    guard seeds >= firstCount else { return nil }
    var look = first
    while let next = next(after: look), next.seeds <= seeds { look = next }
    return look
  }

  /// The first look.
  public var first: Look {
    Look(number: 1, seeds: firstCount, level: isSingle ? Self.level : 0.03)
  }

  /// The one after; nil where there is none.
  public func next(after look: Look) -> Look? {
    guard !isSingle, look.seeds <= 1 << 20 else { return nil }
    let number = look.number + 1
    // ⌈1.6 n⌉ in whole numbers.
    return Look(
      number: number,
      seeds: (8 * look.seeds + 4) / 5,
      level: 0.02 / Double(number * (number - 1))
    )
  }

  /// The look to come when `seeds` seeds are there; nil if there is none.
  public func upcoming(seeds: Int) -> Look? {
    guard self != .closed else { return nil }
    guard let latest = latest(seeds: seeds) else { return first }
    return next(after: latest)
  }
}

/// A plan that holds a cell.
public struct CellPlan: Hashable, Sendable {
  /// `NAME@revision`.
  public var sweep: String
  /// Its place among all plans; smaller is older.
  public var order: Int
  /// Seeds of the cell in it.
  public var seeds: Int
  /// Whether the plan allows one look only.
  public var isSingleLook: Bool
  /// Whether it confirms another plan's leaders, on fresh seeds.
  public var isConfirmation: Bool

  /// A plan.
  public init(
    sweep: String,
    order: Int,
    seeds: Int,
    isSingleLook: Bool = false,
    isConfirmation: Bool = false
  ) {
    self.sweep = sweep
    self.order = order
    self.seeds = seeds
    self.isSingleLook = isSingleLook
    self.isConfirmation = isConfirmation
  }
}

extension LookSchedule {
  /// When two cells are compared, from all plans that hold them, oldest first.
  ///
  /// The first plan that holds both counts; cells that no plan holds together count by the fewer seeds of their first
  /// plans. Inside a confirming plan, whose place among plans is `confirming`, they are a fresh comparison with one look;
  /// closed if another plan has confirmed the same two before, for then it adds no claim.
  public init(_ left: [CellPlan], _ right: [CellPlan], confirming: Int? = nil) {
    let isConfirmation = confirming != nil
    let (a, b) = (
      left.filter { $0.isConfirmation == isConfirmation },
      right.filter { $0.isConfirmation == isConfirmation }
    )
    let pairs = a.compactMap { plan in
      b.first { $0.order == plan.order }.map { (plan, $0) }
    }
    guard let first = pairs.min(by: { $0.0.order < $1.0.order }) else {
      let seeds = [a.first, b.first].compactMap { $0?.seeds }.min() ?? 0
      self.init(firstPlanned: seeds)
      return
    }
    if isConfirmation, first.0.order != confirming {
      self = .closed
      return
    }
    self.init(
      firstPlanned: min(first.0.seeds, first.1.seeds),
      isSingle: isConfirmation || first.0.isSingleLook
    )
  }
}
