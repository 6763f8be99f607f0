// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
public import Tensors

/// Inverted dropout (Srivastava et al. 2014): acts while training only.
public final class Dropout: Layer {
  /// The input's shape.
  public let output: SignalShape
  private let path: LayerPath
  private let probability: Double

  /// Zeroes values of shape `input` with `probability` in [0, 1); `path` and the step choose the mask.
  public init(path: LayerPath, input: SignalShape, probability: Double) throws(LayerError) {
    guard case .values = input else {
      throw LayerError(Dropout.self, .input(input, needs: .values))
    }
    output = input
    self.path = path
    self.probability = probability
  }

  /// x with some values zero and the rest scaled by 1 / (1 − p).
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    .values(
      pass.tape.dropout(
        values(input),
        probability: probability,
        stream: RandomStream(
          seed: pass.seed,
          purpose: .dropout,
          path: path.description,
          step: pass.step
        )
      )
    )
  }
}
