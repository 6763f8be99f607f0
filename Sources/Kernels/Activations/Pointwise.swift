// SPDX-License-Identifier: Apache-2.0

/// An elementwise function that runs behind a layer, with a slope that follows from its argument.
///
/// Unlike those of `Activation`, none is part of a product's epilogue. A new one costs a file with its
/// `PointwiseFunction`, a kind and a line of `apply` here.
public struct Pointwise: Hashable, Sendable {
  /// Which function.
  public enum Kind: Int32, Sendable, CaseIterable {
    /// max(x, 0) + first · min(x, 0).
    case leakyRelu
    /// second · x above 0, first · (exp x − 1) below.
    case elu
    /// x Φ(x).
    case gelu
    /// `gelu` with Φ by a hyperbolic tangent.
    case geluTanh
    /// x / (1 + exp(−x)).
    case silu
    /// log(1 + exp(first · x)) / first; x where first · x is above second.
    case softplus
    /// x / 6 + ½, limited to 0 … 1.
    case hardSigmoid
  }

  /// Which function.
  public let kind: Kind
  /// Its first number.
  public let first: Float
  /// Its second number.
  public let second: Float

  /// A function with its numbers, as `Kind` says.
  public init(_ kind: Kind, _ first: Float = 0, _ second: Float = 0) {
    self.kind = kind
    self.first = first
    self.second = second
  }
}

/// A function of 16 lanes and what its slope makes of a gradient.
protocol PointwiseFunction {
  /// f(x).
  func value(_ x: Lanes) -> Lanes
  /// dy · f′(x); NaN where x is.
  func gradient(_ x: Lanes, _ dy: Lanes) -> Lanes
}

/// y[i] = f(x[i]); `x` and `y` may be the same.
package func activate(
  _ function: Pointwise,
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  count: Int,
  context: KernelContext
) {
  apply(function, x, nil, y, count, accumulating: false, context)
}

/// dx[i] = (dx[i] if `accumulating`) + dy[i] · f′(x[i]).
package func activationGradient(
  _ function: Pointwise,
  argument x: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  count: Int,
  accumulating: Bool,
  context: KernelContext
) {
  apply(function, x, dy, dx, count, accumulating: accumulating, context)
}

/// Chooses the function once for all elements.
private func apply(
  _ function: Pointwise,
  _ x: UnsafePointer<Float>,
  _ dy: UnsafePointer<Float>?,
  _ result: UnsafeMutablePointer<Float>,
  _ count: Int,
  accumulating: Bool,
  _ context: KernelContext
) {
  func run(_ f: some PointwiseFunction) {
    context.pool.run(
      chunks(count),
      PointwiseTask(f: f, x: x, dy: dy, result: result, count: count, accumulating: accumulating)
    )
  }
  switch function.kind {
  case .leakyRelu: run(LeakyRelu(slope: function.first))
  case .elu: run(ELU(low: function.first, high: function.second))
  case .gelu: run(GELU())
  case .geluTanh: run(GELUTanh())
  case .silu: run(SiLU())
  case .softplus: run(Softplus(beta: function.first, threshold: function.second))
  case .hardSigmoid: run(HardSigmoid())
  }
}

/// Values without `dy`, gradients with it.
private struct PointwiseTask<Function: PointwiseFunction>: ParallelTask {
  let f: Function
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>?
  let result: UnsafeMutablePointer<Float>
  let count: Int
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    let (f, x, result) = (f, x + start, result + start)
    guard let dy else { return mapLanes(x, result, count) { f.value($0) } }
    if accumulating {
      zipLanes(x, dy + start, result, count) { x, dy, old in old + f.gradient(x, dy) }
    } else {
      zipLanes(x, dy + start, result, count) { x, dy, _ in f.gradient(x, dy) }
    }
  }
}
