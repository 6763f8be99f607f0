// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Tensors

/// How a tensor's initial values are drawn.
///
/// The fans of a tensor are PyTorch's: those of a convolution count its window, those of a recurrent layer's [gates · H, D]
/// are of the whole tensor, gates stacked, for that is what `torch.nn.init` sees. Those of a bias are its layer's inputs
/// and its own length.
public enum Initializer: Hashable, Sendable {
  /// The side of a tensor whose size sets the scale.
  public enum Fan: String, Hashable, Sendable {
    /// Inputs that one output sums over: keeps the variance of the forward pass.
    case input = "in"
    /// Outputs that one input reaches: keeps that of the backward pass.
    case output = "out"
  }

  /// PyTorch's default of the layer.
  case standard
  /// All zero.
  case zeros
  /// All equal.
  case constant(Double)
  /// Normal with mean 0.
  case normal(standardDeviation: Double)
  /// Normal with mean 0, drawn again outside of ±2 standard deviations (of the normal before).
  case truncatedNormal(standardDeviation: Double)
  /// Uniform on [low, high).
  case uniform(low: Double, high: Double)
  /// Uniform on ±√(6 / (fanIn + fanOut)) (Glorot & Bengio 2010, eq. 16).
  case xavierUniform
  /// Normal with variance 2 / (fanIn + fanOut) (Glorot & Bengio 2010, eq. 12).
  case xavierNormal
  /// Uniform on ±gain · √(3 / fan) (He et al. 2015, eq. 10; √2 is ReLU's gain).
  case kaimingUniform(fan: Fan, gain: Double)
  /// Normal with standard deviation gain / √fan (He et al. 2015, eq. 10).
  case kaimingNormal(fan: Fan, gain: Double)
  /// Rows or columns, whichever are fewer, are orthogonal with length `gain` (Saxe, McClelland & Ganguli 2014).
  case orthogonal(gain: Double)

  /// Draws the values of `target`; the numbers depend on seed and the tensor's name only.
  public func fill(_ target: LayerParameter, seed: Int) {
    let stream = RandomStream(
      seed: seed,
      purpose: .initialization,
      path: target.parameter.name
    )
    var values = [Float](repeating: 0, count: target.parameter.count)
    func uniform(_ bound: Double) {
      stream.fillUniform(&values, low: -Float(bound), high: Float(bound))
    }
    func size(_ fan: Fan) -> Double { Double(fan == .input ? target.fanIn : target.fanOut) }
    switch self {
    case .zeros: break
    case .constant(let value): values = [Float](repeating: Float(value), count: values.count)
    case .normal(let deviation): stream.fillNormal(&values, standardDeviation: deviation)
    case .truncatedNormal(let deviation): Self.fillTruncated(&values, deviation, stream)
    case .uniform(let low, let high):
      stream.fillUniform(&values, low: Float(low), high: Float(high))
    case .xavierUniform:
      uniform((6 / Double(target.fanIn + target.fanOut)).squareRoot())
    case .xavierNormal:
      let variance = 2 / Double(target.fanIn + target.fanOut)
      stream.fillNormal(&values, standardDeviation: variance.squareRoot())
    case .kaimingUniform(let fan, let gain): uniform(gain * (3 / size(fan)).squareRoot())
    case .kaimingNormal(let fan, let gain):
      stream.fillNormal(&values, standardDeviation: gain / size(fan).squareRoot())
    case .orthogonal(let gain):
      let rows = target.parameter.shape[0]
      values = OrthogonalMatrix(rows: rows, columns: values.count / max(1, rows), from: stream)
        .values.map { Float(gain * $0) }
    case .standard:
      switch target.standard {
      case .normal: stream.fillNormal(&values, standardDeviation: 1)
      case .constant(let value): values = [Float](repeating: Float(value), count: values.count)
      case .uniform(let bound): uniform(bound)
      }
    }
    if let preset = target.preset {
      for index in preset.elements { values[index] = preset.value }
    }
    target.parameter.assign(values)
  }

  private static func fillTruncated(
    _ values: inout [Float],
    _ deviation: Double,
    _ stream: RandomStream
  ) {
    var stream = stream
    for i in values.indices {
      var draw = stream.nextNormal()
      while abs(draw) > 2 { draw = stream.nextNormal() }
      values[i] = Float(draw * deviation)
    }
  }
}
