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
      throw .misfit("`reshape`", needs: "values", got: input)
    }
    guard (1...3).contains(sizes.count) else {
      throw LayerError(
        "`reshape` takes one to three sizes, got \(sizes)",
        hint: "write [D], [T, D] or [C, H, W]; the batch axis is not counted"
      )
    }
    guard sizes.allSatisfy({ $0 > 0 || $0 == -1 }), sizes.count(where: { $0 == -1 }) < 2 else {
      throw LayerError("`reshape` takes sizes of at least 1, one of which may be -1, got \(sizes)")
    }
    let count = old.reduce(1, *)
    let known = sizes.reduce(1) { $0 * max($1, 1) }
    let isOpen = sizes.contains(-1)
    guard isOpen ? count % known == 0 : count == known else {
      let needed = isOpen ? "a multiple of \(known)" : "\(known)"
      throw LayerError("`reshape` to \(sizes) needs \(needed) values, got \(count) in \(input)")
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
