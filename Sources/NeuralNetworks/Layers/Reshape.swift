// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// The same values, row-major, under another shape: [D], [T, D] or [C, H, W] for each example.
public final class Reshape: Layer {
  /// The result's shape.
  public let output: SignalShape
  private let sizes: [Int]

  /// Takes values of shape `input`; one of the one to three `sizes` may be −1, which stands for what is left.
  public init(input: SignalShape, sizes: [Int]) throws(LayerError) {
    guard let old = input.sizes else {
      throw LayerError(Reshape.self, .input(input, needs: .values))
    }
    guard (1...3).contains(sizes.count) else {
      throw LayerError(Reshape.self, .sizeCount(sizes))
    }
    guard sizes.allSatisfy({ $0 > 0 || $0 == -1 }), sizes.count(where: { $0 == -1 }) < 2 else {
      throw LayerError(Reshape.self, .openSizes(sizes))
    }
    let count = old.reduce(1, *)
    let known = sizes.reduce(1) { $0 * max($1, 1) }
    let isOpen = sizes.contains(-1)
    guard isOpen ? count % known == 0 : count == known else {
      throw LayerError(
        Reshape.self,
        .valueCount(
          needed: isOpen ? .multiple(of: known) : .exactly(known),
          sizes: sizes,
          input: input
        )
      )
    }
    self.sizes = sizes.map { $0 == -1 ? count / known : $0 }
    output = .values(self.sizes)
  }

  /// x [N, …] → [N, sizes].
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let x = values(input)
    return .values(pass.tape.reshape(x, Shape(batch: pass.tape.shape(of: x)[0], sizes)))
  }
}
