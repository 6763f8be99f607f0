// SPDX-License-Identifier: Apache-2.0

/// What the steps of a sequence hold of a walk from the last step to the first.
///
/// A bidirectional layer's backward half has read the whole sequence at the first step, and one step at the last.
public enum BackwardHalf: Hashable, Sendable {
  /// Nothing: no bidirectional layer stands before, or a layer behind it read all its steps.
  case absent
  /// The second half of each step, as the bidirectional layer gave it.
  case second
  /// It is mixed with the forward half.
  case mixed
}

extension Component {
  /// What the layer's result holds of a backward walk, if its input holds `input`.
  public func backwardHalf(behind input: BackwardHalf) -> BackwardHalf {
    if name == "residual" { return residualHalf(behind: input) }
    if name == "branches" { return branchesHalf(behind: input) }
    switch Catalog.layer(name)?.backwardWalk {
    case .begins: return self["bidirectional"].boolean == true ? .second : .absent
    case .goesOn: return input
    case .isMixed: return input == .absent ? .absent : .mixed
    case .ends, nil: return .absent
    }
  }

  /// A block that adds its input to a bidirectional layer's result leaves the halves where they are.
  private func residualHalf(behind input: BackwardHalf) -> BackwardHalf {
    let body = (self["body"].components ?? []).backwardHalf(behind: input)
    let other = self["shortcut"].components?.backwardHalf(behind: input) ?? input
    if body == .second, other != .mixed { return .second }
    return body == .absent && other == .absent ? .absent : .mixed
  }

  private func branchesHalf(behind input: BackwardHalf) -> BackwardHalf {
    let halves = self["paths"].namedLayers.map { $0.layers.backwardHalf(behind: input) }
    if halves.allSatisfy({ $0 == .absent }) { return .absent }
    let areEqual = halves.count == 1 || self["combine"].text == "add"
    return areEqual && halves.allSatisfy { $0 == .second } ? .second : .mixed
  }
}

extension [Component] {
  /// What the last layer's result holds of a backward walk, if the first one's input holds `input`.
  public func backwardHalf(behind input: BackwardHalf = .absent) -> BackwardHalf {
    reduce(input) { $1.backwardHalf(behind: $0) }
  }

  /// Where `last_step` takes a backward half that has read one step only: indices and keys, such as `2`, `body`, `0`.
  public func lastStepsOfBackwardHalves(behind input: BackwardHalf = .absent) -> [[String]] {
    var half = input
    var places: [[String]] = []
    for (index, layer) in enumerated() {
      places += layer.lastSteps(behind: half).map { ["\(index)"] + $0 }
      half = layer.backwardHalf(behind: half)
    }
    return places
  }
}

extension Component {
  fileprivate func lastSteps(behind input: BackwardHalf) -> [[String]] {
    func inside(_ layers: [Component], _ keys: String...) -> [[String]] {
      layers.lastStepsOfBackwardHalves(behind: input).map { keys + $0 }
    }
    switch name {
    case "last_step": return input == .absent ? [] : [[]]
    case "residual":
      return inside(self["body"].components ?? [], "body")
        + inside(self["shortcut"].components ?? [], "shortcut")
    case "branches":
      return self["paths"].namedLayers.flatMap { inside($0.layers, "paths", $0.name) }
    default: return []
    }
  }
}
