// SPDX-License-Identifier: Apache-2.0

import Numerics

/// An activation by its formula, for pictures: the function and its derivative in Double.
///
/// Arguments have the standard values of the catalog (leaky ReLU 0.01, ELU 1), GELU is the exact one, hard sigmoid is
/// clamp(x / 6 + 1 / 2).
enum ActivationFunction: String, CaseIterable {
  case relu
  case sigmoid
  case tanh
  case leakyReLU = "leaky_relu"
  case elu
  case selu
  case gelu
  case silu
  case softplus
  case hardSigmoid = "hard_sigmoid"
  case identity

  /// λ and α of Klambauer et al. (2017), <https://arxiv.org/abs/1706.02515>.
  private static let seluConstants = (scale: 1.0507009873554805, alpha: 1.6732632423543772)

  /// Where the derivative jumps.
  var kinks: [Double] {
    switch self {
    case .relu, .leakyReLU, .selu: [0]
    case .hardSigmoid: [-3, 3]
    case .sigmoid, .tanh, .elu, .gelu, .silu, .softplus, .identity: []
    }
  }

  /// The value at `x`.
  func value(_ x: Double) -> Double {
    switch self {
    case .relu: return x > 0 ? x : 0
    case .sigmoid: return Self.logistic(x)
    case .tanh: return Elementary.tanh(x)
    case .leakyReLU: return x > 0 ? x : 0.01 * x
    case .elu: return x > 0 ? x : Elementary.exp(x) - 1
    case .selu:
      return Self.seluConstants.scale
        * (x > 0 ? x : Self.seluConstants.alpha * (Elementary.exp(x) - 1))
    case .gelu: return x * Self.normalShare(x)
    case .silu: return x * Self.logistic(x)
    case .softplus:
      return x > 0
        ? x + Elementary.log(1 + Elementary.exp(-x)) : Elementary.log(1 + Elementary.exp(x))
    case .hardSigmoid: return min(1, max(0, x / 6 + 0.5))
    case .identity: return x
    }
  }

  /// The derivative at `x`; at a kink that from the left.
  func derivative(_ x: Double) -> Double {
    switch self {
    case .relu: return x > 0 ? 1 : 0
    case .sigmoid: return Self.logistic(x) * (1 - Self.logistic(x))
    case .tanh:
      let value = Elementary.tanh(x)
      return 1 - value * value
    case .leakyReLU: return x > 0 ? 1 : 0.01
    case .elu: return x > 0 ? 1 : Elementary.exp(x)
    case .selu:
      return Self.seluConstants.scale * (x > 0 ? 1 : Self.seluConstants.alpha * Elementary.exp(x))
    case .gelu:
      // φ(x) = exp(−x² / 2) / √(2π).
      let density = Elementary.exp(-x * x / 2) * 0.3989422804014327
      return Self.normalShare(x) + x * density
    case .silu:
      let share = Self.logistic(x)
      return share + x * share * (1 - share)
    case .softplus: return Self.logistic(x)
    case .hardSigmoid: return x > -3 && x <= 3 ? 1.0 / 6 : 0
    case .identity: return 1
    }
  }

  private static func logistic(_ x: Double) -> Double { 1 / (1 + Elementary.exp(-x)) }

  /// Φ(x), the share of a standard normal below `x`, by the series ½ + φ(x) Σ x^(2n+1) / (1·3·5 … (2n+1)), whose terms all have one
  /// sign (Abramowitz & Stegun 26.2.11); exact to rounding for the |x| ≤ 6 of a picture.
  private static func normalShare(_ x: Double) -> Double {
    var (term, sum, factor) = (x, x, 1.0)
    while abs(term) > 1e-17 * abs(sum), factor < 400 {
      factor += 2
      term *= x * x / factor
      sum += term
    }
    return 0.5 + sum * Elementary.exp(-x * x / 2) * 0.3989422804014327
  }
}
