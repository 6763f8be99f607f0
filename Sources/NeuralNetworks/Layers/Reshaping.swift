// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Everything after the batch axis becomes one axis, in C, H, W order.
public final class Flatten: Layer {
  /// The result's shape.
  public let output: SignalShape
  private let count: Int

  /// Flattens values of shape `input`; throws on tokens.
  public init(input: SignalShape) throws(LayerError) {
    guard case .values(let sizes) = input else {
      throw LayerError(Flatten.self, .input(input, needs: .values))
    }
    count = sizes.reduce(1, *)
    output = .values([count])
  }

  /// x [N, …] → [N, D].
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let x = values(input)
    return .values(pass.tape.reshape(x, Shape(pass.tape.shape(of: x)[0], count)))
  }
}

/// The last step of a sequence, the last real one of a shorter example: x [N, T, D] → [N, D].
public final class LastStep: Layer {
  /// The result's shape.
  public let output: SignalShape
  private let steps: Int

  /// Takes sequences of shape `input`.
  public init(input: SignalShape) throws(LayerError) {
    guard case .values(let sizes) = input, sizes.count == 2 else {
      throw LayerError(LastStep.self, .input(input, needs: .sequence))
    }
    output = .values([sizes[1]])
    steps = sizes[0]
  }

  /// x [N, T, D] → [N, D].
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    .values(pass.tape.lastStep(values(input), lengths: pass.lengths(steps: steps)))
  }
}

/// What each direction of a bidirectional layer ends in: x [N, T, 2 · H], forward | reverse, → [N, 2 · H].
///
/// The forward half is that of the last step, of the last real one of a shorter example; the reverse half is that of the
/// first step, where the walk from the end arrives.
public final class FinalState: Layer {
  /// The result's shape.
  public let output: SignalShape
  private let steps: Int

  /// Takes sequences of shape `input` whose steps have two halves.
  public init(input: SignalShape) throws(LayerError) {
    guard case .values(let sizes) = input, sizes.count == 2, sizes[1] % 2 == 0 else {
      throw LayerError(FinalState.self, .input(input, needs: .directions))
    }
    output = .values([sizes[1]])
    steps = sizes[0]
  }

  /// x [N, T, 2 · H] → [N, 2 · H].
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    .values(pass.tape.finalState(values(input), lengths: pass.lengths(steps: steps)))
  }
}

/// Each row of an image is a step: x [N, C, H, W] → [N, H, C · W].
public final class RowsAsSequence: Layer {
  /// The result's shape.
  public let output: SignalShape

  /// Takes images of shape `input`.
  public init(input: SignalShape) throws(LayerError) {
    let sizes = try image(input, for: RowsAsSequence.self)
    output = .values([sizes[1], sizes[0] * sizes[2]])
  }

  /// x [N, C, H, W] → [N, H, C · W].
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    .values(pass.tape.rowsAsSequence(values(input)))
  }
}
