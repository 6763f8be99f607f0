// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Where a recurrent layer finds its first states: the last ones of another block's recurrent layers, or a vector.
public struct StateReference: Hashable, Sendable {
  /// What a state is.
  public enum Kind: Hashable, Sendable {
    /// The hidden state alone, of a recurrent layer or a GRU.
    case hidden
    /// The hidden state and the cell of an LSTM.
    case hiddenAndCell
    /// A vector, which becomes the hidden state of every layer.
    case vector
  }

  /// The block.
  public let block: BlockReference
  /// What its state is.
  public let kind: Kind
  /// Recurrent layers that lie on each other; 1 of a vector.
  public let layers: Int
  /// Values of one layer's hidden state, those of both directions side by side.
  public let size: Int

  /// What ends in a vector; nil of anything else.
  public init?(vector block: BlockReference) {
    guard let sizes = block.shape.sizes, sizes.count == 1 else { return nil }
    self.block = block
    (kind, layers, size) = (.vector, 1, sizes[0])
  }

  init(_ block: BlockReference, _ kind: Kind, layers: Int, size: Int) {
    self.block = block
    self.kind = kind
    self.layers = layers
    self.size = size
  }
}

/// Where a layer finds what an input of the data, or another block, gives.
public struct BlockReference: Hashable, Sendable {
  /// The block's or the input's name.
  public let name: String
  /// What it gives for one example.
  public let shape: SignalShape
  /// Its place among the network's results.
  let slot: Int
}

/// What the inputs and blocks of a network give in one pass, kept so that a step takes no memory.
final class BlockResults {
  /// What one of them gives.
  struct Entry {
    var signal: Signal
    var lengths: SequenceLengths?
  }

  private var entries: [Entry?]
  /// The last states of a block's recurrent layers, where another block begins with them.
  private var states: [[RecurrentStateVariables]]

  init(count: Int) {
    entries = Array(repeating: nil, count: count)
    states = Array(repeating: [], count: count)
  }

  subscript(slot: Int) -> Entry {
    get {
      guard let entry = entries[slot] else {
        preconditionFailure("a block is read before it is computed")
      }
      return entry
    }
    set { entries[slot] = newValue }
  }

  /// The last state of one of a block's recurrent layers.
  func state(_ slot: Int, layer: Int) -> RecurrentStateVariables { states[slot][layer] }

  /// Forgets the states of a block that is about to be computed.
  func clearStates(_ slot: Int) { states[slot].removeAll(keepingCapacity: true) }

  /// Notes the last state of a block's next recurrent layer.
  func append(_ state: RecurrentStateVariables, to slot: Int) { states[slot].append(state) }
}

extension Pass {
  /// The state with which layer number `layer` of a recurrent stack begins.
  func state(_ source: StateReference, layer: Int, hasCell: Bool) -> RecurrentStateVariables {
    guard let results else {
      preconditionFailure("`\(source.block.name)` is read outside of its network")
    }
    guard source.kind == .vector else { return results.state(source.block.slot, layer: layer) }
    let hidden = values(results[source.block.slot].signal)
    guard hasCell else { return RecurrentStateVariables(hidden: hidden) }
    return RecurrentStateVariables(hidden: hidden, cell: tape.zeros(tape.shape(of: hidden)))
  }

  /// Gives the last state of a recurrent layer to whoever begins with it.
  func give(_ state: RecurrentStateVariables) {
    guard let results, let slot else { return }
    results.append(state, to: slot)
  }

  /// What a block gives in this pass.
  func result(of block: BlockReference) -> BlockResults.Entry {
    guard let results else { preconditionFailure("`\(block.name)` is read outside of its network") }
    return results[block.slot]
  }
}
