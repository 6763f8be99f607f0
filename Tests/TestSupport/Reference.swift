// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The naive forms of all operations, in `Double` and plain loops: what the fast ones are measured by.
public enum Reference {
  /// The elementwise functions.
  public enum Activation: CaseIterable, Sendable {
    /// x.
    case identity
    /// max(x, 0).
    case relu
    /// 1 / (1 + exp(−x)).
    case sigmoid
    /// The hyperbolic tangent.
    case tanh
  }

  /// f(x).
  public static func activate(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .identity: x
    case .relu: x <= 0 ? 0 : x
    case .sigmoid: sigmoid(x)
    case .tanh: Foundation.tanh(x)
    }
  }

  /// f of every element.
  public static func activate(_ activation: Activation, _ x: [Double]) -> [Double] {
    x.map { activate(activation, $0) }
  }

  static func sigmoid(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }

  /// a [m, k] · b [k, n] → [m, n].
  public static func product(m: Int, n: Int, k: Int, _ a: [Double], _ b: [Double]) -> [Double] {
    var c = [Double](repeating: 0, count: m * n)
    for i in 0..<m {
      for p in 0..<k {
        let factor = a[i * k + p]
        for j in 0..<n { c[i * n + j] += factor * b[p * n + j] }
      }
    }
    return c
  }

  /// x [rows, inputs], weight [units, inputs], bias [units] → [rows, units].
  public static func linear(
    _ x: [Double],
    _ weight: [Double],
    _ bias: [Double]?,
    inputs: Int,
    units: Int,
    rows: Int? = nil
  ) -> [Double] {
    let rows = rows ?? (inputs == 0 ? 0 : x.count / inputs)
    var y = [Double](repeating: 0, count: rows * units)
    for i in 0..<rows {
      for j in 0..<units {
        var sum = bias?[j] ?? 0
        for p in 0..<inputs { sum += x[i * inputs + p] * weight[j * inputs + p] }
        y[i * units + j] = sum
      }
    }
    return y
  }

  /// Rows `tokens` of table [vocabulary, size].
  public static func embedding(_ tokens: [Int32], _ table: [Double], size: Int) -> [Double] {
    tokens.flatMap { table[Int($0) * size..<(Int($0) + 1) * size] }
  }

  /// One-hot rows [tokens, count].
  public static func oneHot(_ tokens: [Int32], count: Int) -> [Float] {
    tokens.flatMap { token in (0..<count).map { $0 == Int(token) ? 1 : 0 } }
  }

  /// Σ over rows of log Σ exp z − z_target, for logits [rows, classes].
  public static func crossEntropy(_ logits: [Double], _ targets: [Int32], classes: Int) -> Double {
    var total = 0.0
    for (row, target) in targets.enumerated() {
      let z = logits[row * classes..<(row + 1) * classes]
      let top = z.max() ?? 0
      let sum = z.reduce(0) { $0 + Foundation.exp($1 - top) }
      total += Foundation.log(sum) - (logits[row * classes + Int(target)] - top)
    }
    return total
  }

  /// softmax − one-hot of each row.
  public static func crossEntropyGradient(
    _ logits: [Double],
    _ targets: [Int32],
    classes: Int
  ) -> [Double] {
    var gradient = logits
    for (row, target) in targets.enumerated() {
      let z = logits[row * classes..<(row + 1) * classes]
      let top = z.max() ?? 0
      let sum = z.reduce(0) { $0 + Foundation.exp($1 - top) }
      for j in 0..<classes {
        let i = row * classes + j
        gradient[i] = Foundation.exp(logits[i] - top) / sum - (j == Int(target) ? 1 : 0)
      }
    }
    return gradient
  }

  /// Σ (y − t)².
  public static func squaredError(_ y: [Double], _ targets: [Double]) -> Double {
    zip(y, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
