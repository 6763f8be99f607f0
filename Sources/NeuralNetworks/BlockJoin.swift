// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
public import Tensors

/// How what a block reads becomes one signal.
///
/// Several results stand side by side or are added. Beside sequences a vector stands at every step.
public final class BlockJoin {
  /// What is read, in order.
  public let sources: [BlockReference]
  /// What becomes of it for one example.
  public let output: SignalShape
  private let combination: Branches.Combination
  /// Steps at which vectors stand; nil if all are alike.
  private let steps: Int?
  /// The parts of the pass in progress, kept so that a step takes no memory.
  private var parts: [Variable] = []

  /// Reads at least one source; throws if several cannot be combined.
  public init(_ sources: [BlockReference], _ combination: Branches.Combination) throws(LayerError) {
    precondition(!sources.isEmpty, "a block reads something")
    self.sources = sources
    self.combination = combination
    guard sources.count > 1 else {
      (output, steps) = (sources[0].shape, nil)
      return
    }
    var sizes: [[Int]] = []
    for source in sources {
      guard let found = source.shape.sizes else {
        throw LayerError(BlockJoin.self, .tokens(source.shape, branch: source.name))
      }
      sizes.append(found)
    }
    let repeats = sizes.first { $0.count == 2 }.map { $0[0] }
    let areVectors = sizes.allSatisfy { $0.count == 1 }
    steps = areVectors ? nil : repeats
    if let repeats { sizes = sizes.map { $0.count == 1 ? [repeats] + $0 : $0 } }
    let axis = sizes[0].count == 3 ? 0 : sizes[0].count - 1
    for (source, found) in zip(sources, sizes)
    where !Branches.fit(found, sizes[0], combination, axis) {
      let first = LayerMisfit.BranchEnd(name: sources[0].name, shape: sources[0].shape)
      let other = LayerMisfit.BranchEnd(name: source.name, shape: source.shape)
      throw LayerError(
        BlockJoin.self,
        combination == .add
          ? .sum(first, other) : .concatenation(first, other, alongChannels: axis == 0)
      )
    }
    var combined = sizes[0]
    if combination == .concat { combined[axis] = sizes.reduce(0) { $0.saturatingSum($1[axis]) } }
    output = .values(combined)
  }

  /// Values that it makes of one example.
  var valuesPerExample: Int {
    guard sources.count > 1, let sizes = output.sizes else { return 0 }
    let repeated = sources.compactMap(\.shape.sizes).filter { steps != nil && $0.count == 1 }
      .reduce(0) { $0.saturatingSum($1[0].saturatingProduct(steps ?? 0)) }
    return sizes.saturatingProduct.saturatingSum(repeated)
  }

  /// What the sources gave as one, with the lengths of the first sequence that has some.
  func callAsFunction(_ tape: Tape, _ results: BlockResults) -> BlockResults.Entry {
    guard sources.count > 1 else { return results[sources[0].slot] }
    parts.removeAll(keepingCapacity: true)
    var lengths: SequenceLengths?
    for source in sources {
      let entry = results[source.slot]
      let x = values(entry.signal)
      lengths = lengths ?? entry.lengths
      let isVector = source.shape.sizes?.count == 1
      parts.append(isVector ? steps.map { tape.repeated(x, steps: $0) } ?? x : x)
    }
    guard combination == .add else {
      return BlockResults.Entry(signal: .values(tape.concatenate(parts)), lengths: lengths)
    }
    var sum = parts[0]
    for part in parts.dropFirst() { sum = tape.add(sum, part) }
    return BlockResults.Entry(signal: .values(sum), lengths: lengths)
  }
}
