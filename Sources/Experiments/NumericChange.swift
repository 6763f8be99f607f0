// SPDX-License-Identifier: Apache-2.0

public import Vocabulary

/// A change of the numbers: the runs that it affects train to other bits than before.
///
/// A run's numeric version is that of the newest change that affects it, so runs that train to the same bits as before
/// keep their version, their content key and their results. A change that alters the bits of a training costs a case
/// here with its rule; golden hashes of tiny trainings fail until it stands.
public enum NumericChange: Int, CaseIterable, Sendable {
  /// Rows below the last window of a strided convolution get no gradient; before, they got whatever memory held.
  case stridedInputGradient = 4
  /// Standardised values are computed in Double and then rounded; before, they were rounded first.
  case doubleStandardization = 5
  /// Rates, decays and freezing of an attention layer mean all its maps; before, the last map followed the optimizer.
  case wholeAttention = 6

  /// The numeric version that begins with this change.
  public var version: Int { rawValue }

  /// What the change is, as a clause.
  public var summary: String {
    switch self {
    case .stridedInputGradient:
      "rows below the last window of a strided convolution get no gradient"
    case .doubleStandardization:
      "inputs and targets are standardised in Double before they are rounded"
    case .wholeAttention:
      "`learning_rate`, `weight_decay` and `frozen` of `attention` mean its last map, too"
    }
  }

  /// The summary with the version, as a clause.
  public var announcement: String { "since version \(version) \(summary)" }

  /// What was wrong before the change, as a clause; nil where the bits are others, but the older ones are no less right.
  public var fault: String? {
    switch self {
    case .stridedInputGradient:
      "the input gradient of a strided convolution held values of unwritten memory"
    case .doubleStandardization: nil
    case .wholeAttention:
      "the last map of an attention layer was trained as if the layer said nothing"
    }
  }

  /// Whether the change alters the bits of runs of this specification.
  ///
  /// `inputShape` is the shape of an example of the data, where they are known and real numbers; without it, it is taken
  /// from the specification, which does not always tell.
  public func effect(on specification: RunSpecification, inputShape: [Int]?) -> Effect {
    switch self {
    case .stridedInputGradient:
      StridedWindows(
        inputShape: inputShape ?? specification.data.inputShape,
        imageRows: inputShape == nil ? specification.data.imageRows : nil
      ).effect(on: specification.model.layers ?? [])
    case .doubleStandardization: specification.data.standardize == .none ? .none : .certain
    case .wholeAttention:
      specification.model.parts.contains { $0.layers.contains(where: \.trainsAttentionApart) }
        ? .certain : .none
    }
  }

  /// How sure it is that a change alters a run's bits.
  public enum Effect: Int, Comparable, Sendable {
    /// The bits stay.
    case none
    /// It depends on the size of the images, which is not known.
    case possible
    /// The bits change.
    case certain

    /// The surer one is larger.
    public static func < (left: Effect, right: Effect) -> Bool { left.rawValue < right.rawValue }
  }
}

extension Component {
  /// Whether this is an attention layer with a training of its own, or one is inside.
  fileprivate var trainsAttentionApart: Bool {
    if name == "attention" {
      let isFrozen = arguments["frozen"]?.boolean == true
      return isFrozen || ["learning_rate", "weight_decay"].contains { arguments[$0]?.real != nil }
    }
    return arguments.values.contains { value in
      let inner = [value.components ?? []] + value.namedLayers.map(\.layers)
      return inner.joined().contains(where: \.trainsAttentionApart)
    }
  }
}

/// The numeric version of runs that no change affects.
public let oldestNumericVersion = 3

/// The newest numeric version that a run of this program can have.
public var newestNumericVersion: Int {
  NumericChange.allCases.map(\.version).max() ?? oldestNumericVersion
}

extension RunSpecification {
  /// The numeric version of a run of this specification, trained by this program.
  ///
  /// `inputShape` is the shape of an example that it is trained on, nil where it takes tokens.
  public func numericVersion(inputShape: [Int]?) -> Int {
    NumericChange.allCases
      .filter { $0.effect(on: self, inputShape: inputShape) != .none }
      .map(\.version).max() ?? oldestNumericVersion
  }
}

extension RunSpecification {
  /// Whether a run of that version is certainly trained to other bits by this program, from the specification alone.
  ///
  /// `checked` is the newest version of a program that knew the data and found the run's own version to be right.
  public func isOutdated(version: Int, checked: Int?) -> Bool {
    let known = max(version, checked ?? 0)
    return NumericChange.allCases.contains { change in
      change.version > known && change.effect(on: self, inputShape: nil) == .certain
    }
  }
}

/// Why the numbers of a stored run are in doubt: a fault of the program that trained it.
public struct NumericDoubt: Hashable, Sendable {
  /// The change that mended the fault.
  public var change: NumericChange
  /// Whether the fault certainly met this run, not only possibly.
  public var isCertain: Bool

  /// `wrong gradient` or `may be wrong`: the mark beside a run.
  public var mark: String { isCertain ? "wrong gradient" : "may be wrong" }

  /// One sentence without its full stop.
  public var sentence: String {
    let fault = change.fault ?? "other bits"
    return isCertain
      ? "its weights are wrong: before numeric version \(change.version), \(fault)"
      : "its weights may be wrong: before numeric version \(change.version), \(fault) "
        + "where rows of the image lie below the last window"
  }
}

extension NumericDoubt {
  /// One sentence without its full stop for each fault that met some of the runs: how many, and what was wrong.
  public static func sentences(of runs: [RunRecord]) -> [String] {
    let doubts = runs.compactMap(\.doubt)
    return NumericChange.allCases.flatMap { change in
      [true, false].compactMap { isCertain in
        let count = doubts.count { $0.change == change && $0.isCertain == isCertain }
        return count == 0 ? nil : sentence(count, change, isCertain: isCertain)
      }
    }
  }

  private static func sentence(_ count: Int, _ change: NumericChange, isCertain: Bool) -> String {
    let subject = count == 1 ? "1 run" : "\(count) runs"
    let verb = isCertain ? (count == 1 ? "has" : "have") : "may have"
    return "\(subject) \(verb) wrong weights: before numeric version \(change.version), "
      + (change.fault ?? "")
      + (isCertain ? "" : " where rows of the image lie below the last window")
  }
}

extension RunRecord {
  /// Whether this program trains such a run to other bits than it was planned for, so that no worker takes it.
  ///
  /// Its manifest has to be planned again. Runs whose images are not known count as well, until that was done once.
  public var needsNewPlan: Bool {
    let version = specification.numericVersion(inputShape: nil)
    return version != numericVersion && version > checkedNumericVersion ?? 0
  }

  /// Why this run's numbers are in doubt; nil if no known fault met it, it has no numbers, or another program trained it.
  ///
  /// A program that knows the data, when it trains the run or plans it again, settles what the specification leaves open.
  public var doubt: NumericDoubt? {
    let isTrained = epochs > 0 || weightsSHA256 != nil || reason?.hasPrefix("diverged:") == true
    guard !isImported, isTrained else { return nil }
    let version = max(numericVersion, checkedNumericVersion ?? 0)
    for change in NumericChange.allCases where change.fault != nil && version < change.version {
      let effect = change.effect(on: specification, inputShape: nil)
      guard effect != .none else { continue }
      return NumericDoubt(change: change, isCertain: effect == .certain)
    }
    return nil
  }
}
