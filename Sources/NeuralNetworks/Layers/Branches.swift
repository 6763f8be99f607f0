// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
public import Tensors

/// Several ways from one input, whose results are put side by side or added.
public final class Branches: Layer {
  /// How results become one.
  public enum Combination: Sendable {
    /// Side by side in the order of the branches: channels of images, the last axis of all else.
    case concat
    /// Their sum; all have the same shape.
    case add
  }

  /// One way.
  public struct Branch {
    /// Its name, which is part of its tensors' names.
    public var name: String
    /// Its layers; nil gives the input itself.
    public var layers: Sequential?

    /// A branch.
    public init(_ name: String, _ layers: Sequential?) {
      self.name = name
      self.layers = layers
    }
  }

  /// The combined shape.
  public let output: SignalShape
  private let branches: [Branch]
  private let combination: Combination
  /// The results of the pass in progress, kept so that a step takes no memory.
  private var results: [Variable] = []

  /// At least one branch on an input of shape `input`; throws if the results cannot be combined.
  public init(
    input: SignalShape,
    branches: [Branch],
    combination: Combination
  ) throws(LayerError) {
    precondition(!branches.isEmpty, "there is at least one branch")
    let shapes = branches.map { $0.layers?.output ?? input }
    var sizes: [[Int]] = []
    for (branch, shape) in zip(branches, shapes) {
      guard let found = shape.sizes else {
        throw LayerError(Branches.self, .tokens(shape, branch: branch.name))
      }
      sizes.append(found)
    }
    let axis = sizes[0].count == 3 ? 0 : sizes[0].count - 1
    for (branch, found) in zip(branches, sizes) where !Self.fit(found, sizes[0], combination, axis)
    {
      let first = LayerMisfit.BranchEnd(name: branches[0].name, shape: shapes[0])
      let other = LayerMisfit.BranchEnd(name: branch.name, shape: .values(found))
      throw LayerError(
        Branches.self,
        combination == .add
          ? .sum(first, other)
          : .concatenation(first, other, alongChannels: axis == 0 && found.count == 3)
      )
    }
    var combined = sizes[0]
    if combination == .concat { combined[axis] = sizes.reduce(0) { $0.saturatingSum($1[axis]) } }
    output = .values(combined)
    self.branches = branches
    self.combination = combination
  }

  static func fit(_ a: [Int], _ b: [Int], _ combination: Combination, _ axis: Int) -> Bool {
    guard combination == .concat, a.count == b.count else { return a == b }
    return a.indices.allSatisfy { $0 == axis || a[$0] == b[$0] }
  }

  /// The branches that have layers.
  public var children: [Sequential] { branches.compactMap(\.layers) }

  /// All results as one.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    results.removeAll(keepingCapacity: true)
    for branch in branches {
      results.append(branch.layers.map { $0(input, pass) } ?? values(input))
    }
    guard combination == .add else { return .values(pass.tape.concatenate(results)) }
    var sum = results[0]
    for result in results.dropFirst() { sum = pass.tape.add(sum, result) }
    return .values(sum)
  }
}
