// SPDX-License-Identifier: Apache-2.0

import Numerics
import Tensors

/// How a tensor's initial values are drawn.
public enum Initializer: Hashable, Sendable {
  /// PyTorch's default of the layer.
  case standard
  /// All zero.
  case zeros
  /// Normal with mean 0.
  case normal(standardDeviation: Double)
  /// Uniform on [low, high).
  case uniform(low: Double, high: Double)
  /// Uniform on ±√(6 / (fanIn + fanOut)) (Glorot & Bengio 2010, eq. 16).
  case xavierUniform

  /// Draws the values of `target`; the numbers depend on seed and the tensor's name only.
  public func fill(_ target: LayerParameter, seed: Int) {
    let stream = RandomStream(
      seed: seed,
      purpose: .initialization,
      path: target.parameter.name
    )
    var values = [Float](repeating: 0, count: target.parameter.count)
    switch self {
    case .zeros: break
    case .normal(let deviation): stream.fillNormal(&values, standardDeviation: deviation)
    case .uniform(let low, let high):
      stream.fillUniform(&values, low: Float(low), high: Float(high))
    case .xavierUniform:
      let bound = Float((6 / Double(target.fanIn + target.fanOut)).squareRoot())
      stream.fillUniform(&values, low: -bound, high: bound)
    case .standard:
      switch target.standard {
      case .normal: stream.fillNormal(&values, standardDeviation: 1)
      case .constant(let value): for i in values.indices { values[i] = Float(value) }
      case .uniform(let bound):
        stream.fillUniform(&values, low: -Float(bound), high: Float(bound))
      }
    }
    target.parameter.assign(values)
  }
}
