// SPDX-License-Identifier: Apache-2.0

import Numerics

/// What a loss came to over a batch.
public struct LossResult: Sendable {
  /// The sum over rows (cross-entropy) or elements (squared error).
  public var sum: Double
  /// Rows whose largest output is the target class; 0 for regression.
  public var correct: Int
}

/// Softmax cross-entropy of `rows` × `classes` logits against class indices.
///
/// The sum over rows of log Σ exp(zⱼ − z_max) − (z_target − z_max), each row's logarithm and the sum in Double. With
/// `gradient`, writes (softmax − one-hot) · `scale` per row. A row with NaN gives NaN. `predictions`, if not nil,
/// receives the first largest output's index of each row. Pieces of 64 rows, added in order.
public func softmaxCrossEntropy(
  logits: UnsafePointer<Float>,
  rows: Int,
  classes: Int,
  targets: UnsafePointer<Int32>,
  gradient: UnsafeMutablePointer<Float>?,
  scale: Float,
  predictions: UnsafeMutablePointer<Int32>?,
  context: KernelContext
) -> LossResult {
  let pieces = (rows &+ 63) / 64
  return withUnsafeTemporaryAllocation(of: LossResult.self, capacity: max(1, pieces)) { partial in
    guard let parts = partial.baseAddress else { return LossResult(sum: 0, correct: 0) }
    context.pool.run(
      pieces,
      CrossEntropyTask(
        logits: logits,
        rows: rows,
        classes: classes,
        targets: targets,
        gradient: gradient,
        scale: scale,
        predictions: predictions,
        parts: parts
      )
    )
    var result = LossResult(sum: 0, correct: 0)
    for i in 0..<pieces {
      result.sum += parts[i].sum
      result.correct += parts[i].correct
    }
    return result
  }
}

private struct CrossEntropyTask: ParallelTask {
  let logits: UnsafePointer<Float>
  let rows: Int
  let classes: Int
  let targets: UnsafePointer<Int32>
  let gradient: UnsafeMutablePointer<Float>?
  let scale: Float
  let predictions: UnsafeMutablePointer<Int32>?
  let parts: UnsafeMutablePointer<LossResult>

  func run(_ index: Int, thread: Int) {
    var result = LossResult(sum: 0, correct: 0)
    for row in index &* 64..<min(rows, index &* 64 &+ 64) {
      let z = logits + row &* classes
      let target = Int(targets[row])
      let top = largest(z)
      let sum = exponentials(z, top, target, gradient.map { $0 + row &* classes })
      result.sum += Elementary.log(Double(sum)) - (Double(z[target]) - Double(top))
      if predictions == nil && z[target] < top { continue }
      let best = place(of: top, z)
      result.correct &+= best == target ? 1 : 0
      if let predictions { predictions[row] = Int32(truncatingIfNeeded: best) }
    }
    parts[index] = result
  }

  /// The largest logit; NaN if there is one.
  @inline(__always)
  private func largest(_ z: UnsafePointer<Float>) -> Float {
    var top = Lanes(repeating: -.infinity)
    var bad = Lanes.zero
    var j = 0
    while j < classes {
      let rest = classes &- j
      let value = rest >= 16 ? load(z + j) : loadPart(z + j, rest, filler: -.infinity)
      top.replace(with: value, where: value .> top)
      bad.replace(with: value, where: value .!= value)
      j &+= 16
    }
    let lost = treeSum(bad)
    return lost == 0 ? treeMaximum(top) : lost
  }

  /// The first index of `top`, the largest logit or NaN.
  @inline(__always)
  private func place(of top: Float, _ z: UnsafePointer<Float>) -> Int {
    var j = 0
    while j < classes &- 1 && z[j] != top && !(z[j].isNaN && top.isNaN) { j &+= 1 }
    return j
  }

  /// Σ exp(zⱼ − top); `dz`, if not nil, receives the row's gradient.
  @inline(__always)
  private func exponentials(
    _ z: UnsafePointer<Float>,
    _ top: Float,
    _ target: Int,
    _ dz: UnsafeMutablePointer<Float>?
  ) -> Float {
    let whole = classes & ~15
    var total = Lanes.zero
    var j = 0
    while j < whole {
      let value = exponentialOfOpposite(top - load(z + j))
      if let dz { store(value, dz + j) }
      total += value
      j &+= 16
    }
    // The last few stay here until they are divided.
    var rest = Lanes.zero
    if whole < classes {
      rest = exponentialOfOpposite(
        top - loadPart(z + whole, classes &- whole, filler: -.infinity)
      )
      if let dz { storePart(rest, dz + whole, classes &- whole) }
      total += rest
    }
    let sum = treeSum(total)
    guard let dz else { return sum }
    let ofTarget = (dz[target] / sum - 1) * scale
    j = 0
    while j < whole {
      store(load(dz + j) / sum * scale, dz + j)
      j &+= 16
    }
    if whole < classes { storePart(rest / sum * scale, dz + whole, classes &- whole) }
    dz[target] = ofTarget
    return sum
  }
}

/// Squared error Σ (y − t)² of `count` elements in Double; `gradient`, if not nil, receives (y − t) · `scale`.
public func squaredError(
  _ y: UnsafePointer<Float>,
  targets t: UnsafePointer<Float>,
  count: Int,
  gradient: UnsafeMutablePointer<Float>?,
  scale: Float
) -> Double {
  var total = 0.0
  for index in 0..<chunks(count) {
    let (start, count) = chunkRange(index, count)
    var sum = 0.0
    for i in start..<start &+ count {
      let difference = y[i] - t[i]
      sum += Double(difference) * Double(difference)
      if let gradient { gradient[i] = difference * scale }
    }
    total += sum
  }
  return total
}

/// Writes one-hot rows: t[i, classes[i]] = 1, the rest 0.
public func writeOneHot(
  _ classes: UnsafePointer<Int32>,
  rows: Int,
  count: Int,
  into t: UnsafeMutablePointer<Float>
) {
  fill(t, 0, rows &* count)
  for i in 0..<rows { t[i &* count &+ Int(classes[i])] = 1 }
}

/// The number of rows whose first largest output is the target; `predictions`, if not nil, receives the indices.
public func countCorrect(
  _ y: UnsafePointer<Float>,
  rows: Int,
  classes: Int,
  targets: UnsafePointer<Int32>,
  predictions: UnsafeMutablePointer<Int32>?
) -> Int {
  var correct = 0
  for row in 0..<rows {
    let z = y + row &* classes
    var best = 0
    for j in 1..<max(1, classes) where z[j] > z[best] || (z[j].isNaN && !z[best].isNaN) { best = j }
    if best == Int(targets[row]) { correct &+= 1 }
    if let predictions { predictions[row] = Int32(truncatingIfNeeded: best) }
  }
  return correct
}
