// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// What flows between layers: values, or whole numbers where no layer has made values of them yet.
public enum Signal {
  /// Real values [N, …].
  case values(Variable)
  /// Tokens [N, T] or [N], below the shape's vocabulary.
  case tokens(Indices)
}

/// How many steps of each example of a batch are real, where sequences are of several lengths.
public struct SequenceLengths {
  /// [N], each 0 … `steps`; the real steps are the first ones.
  public let values: Indices
  /// Steps T of the data's sequences, real or not.
  public let steps: Int

  /// Lengths of sequences that all take `steps` steps.
  public init(_ values: Indices, steps: Int) {
    self.values = values
    self.steps = steps
  }
}

/// One forward pass: the tape, what random layers draw from, and how long sequences are.
public struct Pass {
  /// The tape.
  public let tape: Tape
  /// The run's seed.
  public let seed: Int
  /// Optimizer updates done before this pass.
  public let step: UInt64
  /// The lengths of the sequences that go in; nil where all steps are real.
  public internal(set) var lengths: SequenceLengths?
  /// Receives what attentions look at; nil if nobody wants to know.
  public var record: AttentionRecord?
  /// What other blocks of the network have made; nil outside of one.
  var results: BlockResults?
  /// The place of the block that is computed; nil outside of one.
  var slot: Int?

  /// A pass.
  public init(tape: Tape, seed: Int = 0, step: UInt64 = 0, lengths: SequenceLengths? = nil) {
    self.tape = tape
    self.seed = seed
    self.step = step
    self.lengths = lengths
  }

  /// The lengths of a sequence of `steps` steps: nil unless these are the data's steps.
  func lengths(steps: Int) -> Indices? {
    guard let lengths, lengths.steps == steps else { return nil }
    return lengths.values
  }
}
