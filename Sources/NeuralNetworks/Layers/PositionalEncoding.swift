// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
public import Tensors

/// Adds to each step of a sequence [T, D] a vector that tells its place: a given one or a learned one.
public final class PositionalEncoding: InitializableLayer {
  /// Where the vectors come from.
  public enum Kind: Sendable {
    /// Sines and cosines of falling frequencies (Vaswani et al. 2017, section 3.5).
    case sinusoidal
    /// A tensor, standard normal at first as an embedding is.
    case learned
  }

  /// The input's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases; there are none.
  public var biasInitializer: Initializer?
  private let weight: Parameter?
  private let shape: Shape
  private lazy var waves = Self.waves(steps: shape[0], width: shape[1])

  /// A layer for sequences of shape `input`, with a tensor `path`.weight [T, D] if it is learned; throws on anything else.
  public init(path: LayerPath, input: SignalShape, kind: Kind) throws(LayerError) {
    guard let sizes = input.sizes, sizes.count == 2 else {
      throw LayerError(PositionalEncoding.self, .input(input, needs: .sequence))
    }
    output = input
    shape = Shape(sizes)
    weight = kind == .learned ? path.tensor("weight", shape) : nil
  }

  /// The learned vectors; none where they are given.
  public var parameters: [LayerParameter] {
    withOwnInitializers(
      (weight.map { [.weight($0, fanIn: shape[0], fanOut: shape[1], standard: .normal)] }) ?? []
    )
  }

  /// x plus the vectors.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let tape = pass.tape
    let vectors = weight.map { tape.parameter($0) } ?? tape.constant(shape, waves)
    return .values(tape.addToEach(values(input), vectors))
  }

  /// sin(t / 10000^(2 i / D)) at 2 i and the cosine behind it, in Double and rounded.
  static func waves(steps: Int, width: Int) -> [Float] {
    let rates = (0..<(width + 1) / 2).map { i in
      Elementary.exp(-Elementary.log(10_000) * Double(2 * i) / Double(width))
    }
    return (0..<steps).flatMap { step in
      (0..<width).map { place in
        let angle = Double(step) * rates[place / 2]
        return Float(place % 2 == 0 ? Elementary.sin(angle) : Elementary.cos(angle))
      }
    }
  }
}
