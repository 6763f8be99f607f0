// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The elementwise functions, by the names that manifests have for them.
public enum JudgedFunction: CaseIterable, Sendable {
  /// x.
  case identity
  /// max(x, 0).
  case relu
  /// 1 / (1 + exp(−x)).
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// x above 0, 0.01 x below.
  case leakyRelu
  /// x above 0, exp x − 1 below.
  case elu
  /// x Φ(x).
  case gelu
  /// Its form with tanh.
  case geluTanh
  /// x σ(x).
  case silu
  /// log(1 + exp x).
  case softplus
  /// (x + 3) / 6, limited to 0 … 1.
  case hardSigmoid

  /// f(x).
  func value(_ x: Double) -> Double {
    switch self {
    case .identity: x
    case .relu: max(x, 0)
    case .sigmoid: Reference.sigmoid(x)
    case .tanh: Foundation.tanh(x)
    case .leakyRelu: x > 0 ? x : Double(Float(0.01)) * x
    case .elu: x > 0 ? x : expm1(x)
    case .gelu: x * normal(x)
    case .geluTanh: x * Reference.sigmoid(2 * curve(x))
    case .silu: x * Reference.sigmoid(x)
    case .softplus: x > 20 ? x : log1p(exp(x))
    case .hardSigmoid: min(max((x + 3) / 6, 0), 1)
    }
  }

  /// f′(x).
  func slope(_ x: Double) -> Double {
    switch self {
    case .identity: 1
    case .relu: x > 0 ? 1 : 0
    case .sigmoid: Reference.sigmoid(x) * Reference.sigmoid(-x)
    case .tanh: 1 - Foundation.tanh(x) * Foundation.tanh(x)
    case .leakyRelu: x > 0 ? 1 : Double(Float(0.01))
    case .elu: x > 0 ? 1 : exp(x)
    case .gelu: normal(x) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    case .geluTanh:
      Reference.sigmoid(2 * curve(x)) + x * Reference.sigmoid(2 * curve(x))
        * Reference.sigmoid(-2 * curve(x)) * 2 * curveSlope(x)
    case .silu: Reference.sigmoid(x) * (1 + x * Reference.sigmoid(-x))
    case .softplus: x > 20 ? 1 : Reference.sigmoid(x)
    case .hardSigmoid: x > -3 && x < 3 ? 1.0 / 6 : 0
    }
  }

  private func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
  private func curve(_ x: Double) -> Double {
    (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
  }
  private func curveSlope(_ x: Double) -> Double {
    (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
  }

  /// Whether it only chooses among values, and rounds nothing.
  var isExact: Bool { self == .identity || self == .relu }
}

extension JudgeTape {
  /// f of every element.
  public func activated(_ x: Judged, _ function: JudgedFunction) -> Judged {
    if function == .identity { return x }
    return map(
      x,
      rounding: function.isExact ? { _ in 0 } : nil,
      function.value,
      slope: function.slope
    )
  }

  /// The softmax of each row of `width` values.
  public func softmax(_ x: Judged) -> Judged {
    let width = x.shape.last ?? 1
    let (p, errors) = softmaxRows(x, width)
    let y = Judged(x.shape, p, errors)
    note {
      for row in stride(from: 0, to: x.count, by: width) {
        var (sum, sumError, size) = (0.0, 0.0, 0.0)
        for i in row..<row + width {
          sum += p[i] * y.gradient[i]
          size += abs(p[i] * y.gradient[i])
          sumError += (p[i] + errors[i]) * y.gradientErrors[i] + errors[i] * abs(y.gradient[i])
        }
        sumError += roundingBound(operations: width + 2, magnitude: size)
        for i in row..<row + width {
          let difference = y.gradient[i] - sum
          let error =
            errors[i] * (abs(difference) + sumError) + p[i] * (y.gradientErrors[i] + sumError)
            + 4 * roundingUnit * p[i] * (abs(y.gradient[i]) + abs(sum))
          x.receive(i, p[i] * difference, error)
        }
      }
    }
    return y
  }

  /// Probabilities, and their errors: a shift of z by its error moves p by as large a share.
  func softmaxRows(_ x: Judged, _ width: Int) -> (p: [Double], errors: [Double]) {
    var (p, errors) = (x.values, x.errors)
    for row in stride(from: 0, to: x.count, by: width) {
      let rows = row..<row + width
      let top = x.values[rows].max() ?? 0
      let sum = x.values[rows].reduce(0) { $0 + exp($1 - top) }
      let moved = expm1(2 * (x.errors[rows].max() ?? 0))
      for i in rows {
        p[i] = exp(x.values[i] - top) / sum
        let own = Double(width + 16) * roundingUnit * (1 + abs(x.values[i] - top))
        // However far z may be moved, a probability moves by 1 at most.
        let error = p[i] * (moved + own)
        errors[i] = error < 1 ? error + 0x1p-126 : 1
      }
    }
    return (p, errors)
  }

  /// Each group of values with mean 0 and variance 1, times its weight, plus its bias: `groups` are their places,
  /// `scaled(i)` the place in weight and bias of value i.
  public func normalized(
    _ x: Judged,
    _ weight: Judged,
    _ bias: Judged,
    groups: [[Int]],
    epsilon: Double,
    scaled: @escaping (Int) -> Int
  ) -> Judged {
    var group = [Int](repeating: 0, count: x.count)
    for (g, places) in groups.enumerated() { for i in places { group[i] = g } }
    func means(_ x: Judged) -> Judged {
      linear(x, [groups.count]) { body in
        for (g, places) in groups.enumerated() {
          for i in places { body(i, g, 1 / Double(places.count)) }
        }
      }
    }
    let centered = add(x, affine(means(x), -1, 0)) { group[$0] }
    let variance = affine(means(multiply(centered, centered)), 1, epsilon)
    let inverse = map(variance) {
      1 / max($0, epsilon).squareRoot()
    } slope: {
      -0.5 / (max($0, epsilon) * max($0, epsilon).squareRoot())
    }
    let normal = multiply(centered, inverse) { group[$0] }
    return add(multiply(normal, weight, scaled), bias, scaled)
  }
}
