// SPDX-License-Identifier: Apache-2.0

import DeterministicMath

/// How the learning rate changes while training: a pure function of the time, counted from 0 in epochs or in updates.
///
/// The formulas are those of PyTorch's `lr_scheduler`. Each parameter's own rate is scheduled, as between PyTorch's
/// parameter groups. With `warmUp` the rate first rises linearly; what counts from a start (`step`, `exponential`,
/// `squareRoot`) then counts from the end of the warm-up, as under PyTorch's `SequentialLR`, while milestones and ends are
/// places in the whole training.
public struct Schedule: Hashable, Sendable {
  /// The course after the warm-up.
  public enum Course: Hashable, Sendable {
    /// Always the same.
    case constant
    /// Multiplied by `gamma` every `every`: `StepLR`.
    case step(every: Int, gamma: Double)
    /// Multiplied by `gamma` at each milestone: `MultiStepLR`.
    case multiStep(milestones: [Int], gamma: Double)
    /// base · gammaᵗ, never below `minimum`: `ExponentialLR`.
    case exponential(gamma: Double, minimum: Double)
    /// base / √(t + 1).
    case squareRoot
    /// Half a cosine from the base at the warm-up's end to `minimum` at `end`, where it stays: `CosineAnnealingLR`, and
    /// Loshchilov & Hutter (2017, eq. 5) without restarts.
    case cosine(end: Int, minimum: Double)
    /// Half a cosine from base / divisor up to the base, another down to base / (divisor · finalDivisor): `OneCycleLR`.
    case oneCycle(end: Int, rise: Double, divisor: Double, finalDivisor: Double)
  }
  /// What time counts.
  public enum Unit: Hashable, Sendable {
    /// Epochs done.
    case epoch
    /// Optimizer updates done.
    case update
  }

  /// The course after the warm-up.
  public var course: Course
  /// What time counts.
  public var unit: Unit
  /// The time that the linear rise takes; 0 for none.
  public var warmUp: Int
  /// The share of the base at which the rise begins.
  public var warmUpFrom: Double

  /// A schedule.
  public init(
    _ course: Course = .constant,
    per unit: Unit = .epoch,
    warmUp: Int = 0,
    warmUpFrom: Double = 1.0 / 3
  ) {
    self.course = course
    self.unit = unit
    self.warmUp = warmUp
    self.warmUpFrom = warmUpFrom
  }

  /// The rate of a base at a time ≥ 0; the base itself, with its bits, where the schedule is constant.
  public func rate(_ base: Double, at time: Int) -> Double {
    guard time >= warmUp else {
      return base * (warmUpFrom + (1 - warmUpFrom) * (Double(time) / Double(warmUp)))
    }
    let since = time - warmUp
    switch course {
    case .constant: return base
    case .step(let every, let gamma):
      return base * Elementary.pow(gamma, Double(since / every))
    case .multiStep(let milestones, let gamma):
      return base * Elementary.pow(gamma, Double(milestones.count { $0 <= time }))
    case .exponential(let gamma, let minimum):
      return max(minimum, base * Elementary.pow(gamma, Double(since)))
    case .squareRoot: return base / Double(since + 1).squareRoot()
    case .cosine(let end, let minimum):
      return Self.cosine(from: base, to: minimum, Self.share(since, of: end - warmUp))
    case .oneCycle(let end, let rise, let divisor, let finalDivisor):
      let (first, last) = (base / divisor, base / divisor / finalDivisor)
      // PyTorch's corners: the peak is update rise · end − 1, the last one end − 1.
      let (peak, final) = (rise * Double(end) - 1, Double(end) - 1)
      let now = Double(min(time, end - 1))
      if now <= peak { return Self.cosine(from: first, to: base, peak > 0 ? now / peak : 1) }
      let share = final > peak ? (now - peak) / (final - peak) : 1
      return Self.cosine(from: base, to: last, share)
    }
  }

  private static func share(_ time: Int, of length: Int) -> Double {
    length > 0 ? min(1, Double(time) / Double(length)) : 1
  }

  /// From one rate to the other along half a cosine; the ends are exact.
  private static func cosine(from start: Double, to end: Double, _ share: Double) -> Double {
    if share <= 0 { return start }
    if share >= 1 { return end }
    return end + (start - end) * ((1 + Elementary.cos(.pi * share)) / 2)
  }
}
