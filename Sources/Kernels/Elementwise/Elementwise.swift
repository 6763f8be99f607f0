// SPDX-License-Identifier: Apache-2.0

package import DeterministicMath

/// Elementwise activations; each loop exists once, in `mapLanes`, and is specialised per function.
public enum Activation: Int32, Sendable {
  /// x.
  case identity
  /// max(x, 0), NaN kept.
  case relu
  /// 1 / (1 + exp(−x)).
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
}

/// One elementwise function and its derivative in terms of its result.
private protocol LaneFunction {
  static func value(_ x: Lanes) -> Lanes
  /// f′(x) as a function of y = f(x), so that only y need be kept.
  static func derivative(fromResult y: Lanes) -> Lanes
}

private enum Relu: LaneFunction {
  @inline(__always)
  static func value(_ x: Lanes) -> Lanes { rectified(x) }
  @inline(__always)
  static func derivative(fromResult y: Lanes) -> Lanes {
    // 0 where y is 0, else 1; a NaN stays NaN.
    y.replacing(with: Lanes(repeating: 1), where: y .> 0)
  }
}

private enum Sigmoid: LaneFunction {
  @inline(__always)
  static func value(_ x: Lanes) -> Lanes { Kernels.sigmoid(x) }
  @inline(__always)
  static func derivative(fromResult y: Lanes) -> Lanes { y * (1 - y) }
}

private enum Tanh: LaneFunction {
  @inline(__always)
  static func value(_ x: Lanes) -> Lanes { Kernels.tanh(x) }
  @inline(__always)
  static func derivative(fromResult y: Lanes) -> Lanes { 1 - y * y }
}

/// f(x) of 16 lanes.
@inline(__always)
func activated(_ activation: Activation, _ x: Lanes) -> Lanes {
  switch activation {
  case .identity: x
  case .relu: Relu.value(x)
  case .sigmoid: Sigmoid.value(x)
  case .tanh: Tanh.value(x)
  }
}

/// y[i] = f(x[i]) on the calling thread; `x` and `y` may be the same.
func activate(
  _ activation: Activation,
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  switch activation {
  case .identity: if x != UnsafePointer(y) { mapLanes(x, y, count) { $0 } }
  case .relu: mapLanes(x, y, count) { Relu.value($0) }
  case .sigmoid: mapLanes(x, y, count) { Sigmoid.value($0) }
  case .tanh: mapLanes(x, y, count) { Tanh.value($0) }
  }
}

/// x[i] = f(x[i]) on the calling thread.
func activate(_ activation: Activation, _ x: UnsafeMutablePointer<Float>, _ count: Int) {
  activate(activation, x, into: x, count)
}

/// y[i] = f(x[i]); `x` and `y` may be the same.
package func activate(
  _ activation: Activation,
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  count: Int,
  context: KernelContext
) {
  let task = ActivationTask(activation: activation, x: x, y: y, count: count)
  context.pool.run(chunks(count), task)
}

/// dx[i] = (dx[i] if `accumulating`) + dy[i] · f′, from the result y; `dx` and `dy` may be the same.
package func activationGradient(
  _ activation: Activation,
  result y: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  count: Int,
  accumulating: Bool,
  context: KernelContext
) {
  let task = ActivationGradientTask(
    activation: activation,
    y: y,
    dy: dy,
    dx: dx,
    count: count,
    accumulating: accumulating
  )
  context.pool.run(chunks(count), task)
}

/// Elements that one piece of elementwise work covers.
private let chunk = 1 << 15

func chunks(_ count: Int) -> Int { (count &+ chunk &- 1) / chunk }

/// The range of piece `index`.
@inline(__always)
func chunkRange(_ index: Int, _ count: Int) -> (start: Int, count: Int) {
  let start = index &* chunk
  return (start, min(chunk, count &- start))
}

private struct ActivationTask: ParallelTask {
  let activation: Activation
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let count: Int

  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    activate(activation, x + start, into: y + start, count)
  }
}

private struct ActivationGradientTask: ParallelTask {
  let activation: Activation
  let y: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let count: Int
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    let (y, dy, dx) = (y + start, dy + start, dx + start)
    if accumulating {
      mapSlopes(activation) { slope in
        zipLanes(y, dy, dx, count) { y, dy, old in old + slope(y, dy) }
      }
    } else {
      mapSlopes(activation) { slope in
        zipLanes(y, dy, dx, count) { y, dy, _ in slope(y, dy) }
      }
    }
  }
}

/// dy[i] = dy[i] · f′, from the result y, on the calling thread.
func activationGradient(
  _ activation: Activation,
  result y: UnsafePointer<Float>,
  in dy: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  if activation == .identity { return }
  mapSlopes(activation) { slope in
    zipLanes(y, y, dy, count) { y, _, dy in slope(y, dy) }
  }
}

/// ReLU; a NaN stays.
@inline(__always)
func rectified(_ x: Lanes) -> Lanes { x.replacing(with: Lanes.zero, where: x .<= 0) }

/// dy where ReLU's result or argument y is above 0, else 0; a NaN stays.
///
/// A product with 0 would turn an infinite gradient into NaN: choose instead.
@inline(__always)
func rectifiedSlope(_ y: Lanes, _ dy: Lanes) -> Lanes {
  let passed = dy.replacing(with: Lanes.zero, where: y .<= 0)
  return passed.replacing(with: y, where: y .!= y)
}

/// Calls `body` with the function (y, dy) → dy · f′.
@inline(__always)
private func mapSlopes(_ activation: Activation, _ body: ((Lanes, Lanes) -> Lanes) -> Void) {
  switch activation {
  case .identity: body { _, dy in dy }
  case .relu: body { y, dy in rectifiedSlope(y, dy) }
  case .sigmoid: body { y, dy in dy * Sigmoid.derivative(fromResult: y) }
  case .tanh: body { y, dy in dy * Tanh.derivative(fromResult: y) }
  }
}

// MARK: - The loops

@inline(__always)
func mapLanes(
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ f: (Lanes) -> Lanes
) {
  var i = 0
  while i &+ 16 <= count {
    store(f(load(x + i)), y + i)
    i &+= 16
  }
  if i < count { storePart(f(loadPart(x + i, count &- i)), y + i, count &- i) }
}

/// z = f(x, y, z); elementwise, in place in z.
@inline(__always)
func zipLanes(
  _ x: UnsafePointer<Float>,
  _ y: UnsafePointer<Float>,
  _ z: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ f: (Lanes, Lanes, Lanes) -> Lanes
) {
  var i = 0
  while i &+ 16 <= count {
    store(f(load(x + i), load(y + i), load(z + i)), z + i)
    i &+= 16
  }
  let rest = count &- i
  if rest > 0 {
    let value = f(
      loadPart(x + i, rest),
      loadPart(y + i, rest),
      loadPart(UnsafePointer(z) + i, rest)
    )
    storePart(value, z + i, rest)
  }
}

// MARK: - Small helpers

func fill(_ x: UnsafeMutablePointer<Float>, _ value: Float, _ count: Int) {
  for i in 0..<count { x[i] = value }
}

func addScalar(_ x: UnsafeMutablePointer<Float>, _ value: Float, _ count: Int) {
  mapLanes(x, x, count) { $0 + value }
}

func addLine(_ x: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) {
  zipLanes(y, y, x, count) { y, _, x in x + y }
}

/// y[i] = x[i].
func copyLine(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
  mapLanes(x, y, count) { $0 }
}

/// x[i] = `value`, in pieces on the pool.
package func fill(
  _ x: UnsafeMutablePointer<Float>,
  with value: Float,
  count: Int,
  context: KernelContext
) {
  context.pool.run(chunks(count), FillTask(x: x, value: value, count: count))
}

private struct FillTask: ParallelTask {
  let x: UnsafeMutablePointer<Float>
  let value: Float
  let count: Int
  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    fill(x + start, value, count)
  }
}

/// y[i] += x[i], or y[i] = x[i] without `accumulating`.
package func add(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  count: Int,
  accumulating: Bool,
  context: KernelContext
) {
  context.pool.run(chunks(count), AddTask(x: x, y: y, count: count, accumulating: accumulating))
}

private struct AddTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let count: Int
  let accumulating: Bool
  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    if accumulating {
      addLine(y + start, x + start, count)
    } else {
      mapLanes(x + start, y + start, count) { $0 }
    }
  }
}

/// x[i] *= `factor`.
package func scale(
  _ x: UnsafeMutablePointer<Float>,
  by factor: Float,
  count: Int,
  context: KernelContext
) {
  context.pool.run(chunks(count), ScaleTask(x: x, factor: factor, count: count))
}

private struct ScaleTask: ParallelTask {
  let x: UnsafeMutablePointer<Float>
  let factor: Float
  let count: Int
  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    mapLanes(x + start, x + start, count) { $0 * factor }
  }
}

/// x[i] limited to ±`limit`; NaN stays NaN.
package func clamp(
  _ x: UnsafeMutablePointer<Float>,
  to limit: Float,
  count: Int,
  context: KernelContext
) {
  context.pool.run(chunks(count), ClampTask(x: x, limit: limit, count: count))
}

private struct ClampTask: ParallelTask {
  let x: UnsafeMutablePointer<Float>
  let limit: Float
  let count: Int
  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    mapLanes(x + start, x + start, count) {
      let low = $0.replacing(with: Lanes(repeating: -limit), where: $0 .< -limit)
      return low.replacing(with: Lanes(repeating: limit), where: low .> limit)
    }
  }
}

/// Inverted dropout with mask words from Philox: y = x / (1 − p) where word ≥ p · 2³², else 0.
///
/// Forward and backward are the same map, so the mask is drawn again instead of stored. Element 4j + lane uses word
/// `lane` of block j of `stream`.
package func dropout(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  count: Int,
  probability: Double,
  stream: RandomStream,
  accumulating: Bool,
  context: KernelContext
) {
  let threshold = dropoutThreshold(probability)
  let factor = Float(1 / (1 - probability))
  context.pool.run(
    chunks(count),
    DropoutTask(
      x: x,
      y: y,
      count: count,
      threshold: threshold,
      factor: factor,
      stream: stream,
      accumulating: accumulating
    )
  )
}

/// The least word that leaves an element as it is.
func dropoutThreshold(_ probability: Double) -> UInt32 {
  UInt32(min(probability * 0x1p32, 4_294_967_295))
}

private struct DropoutTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let count: Int
  let threshold: UInt32
  let factor: Float
  let stream: RandomStream
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    var i = start
    while i < start &+ count {
      let block = stream.block(UInt64(i / 4))
      for lane in 0..<min(4, start &+ count &- i) {
        // Choosing, not multiplying by a mask, keeps the zero a zero; NaN inputs stay NaN.
        let value = x[i &+ lane]
        let kept = block[lane] >= threshold ? value * factor : (value.isNaN ? value : 0)
        y[i &+ lane] = accumulating ? y[i &+ lane] + kept : kept
      }
      i &+= 4
    }
  }
}
