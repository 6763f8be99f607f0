// SPDX-License-Identifier: Apache-2.0

import DeterministicMath

/// Softmax cross-entropy of `rows` × `classes` logits against class indices.
///
/// The sum over rows of log Σ exp(zⱼ − z_max) − (z_target − z_max), each row's logarithm and the sum in Double. With
/// `gradient`, writes (softmax − one-hot) · `scale` per row. A row with NaN gives NaN. `predictions`, if not nil,
/// receives the first largest output's index of each row. Pieces of 64 rows, added in order.
///
/// With `smoothing` ε or `weights` w of the classes a row's loss is (1 − ε) w_t ℓ_t + ε / K · Σ w_c ℓ_c, where
/// ℓ_c = −log softmax_c, as in PyTorch. A row with a negative target is left out: no loss, no gradient, not correct.
package func softmaxCrossEntropy(
  logits: UnsafePointer<Float>,
  rows: Int,
  classes: Int,
  targets: UnsafePointer<Int32>,
  gradient: UnsafeMutablePointer<Float>?,
  scale: Float,
  weights: UnsafePointer<Float>? = nil,
  smoothing: Double = 0,
  predictions: UnsafeMutablePointer<Int32>?,
  context: KernelContext
) -> LossResult {
  let balance =
    weights == nil && smoothing == 0
    ? nil : ClassBalance(weights: weights, smoothing: smoothing, classes: classes)
  let pieces = (rows &+ 63) / 64
  return withUnsafeTemporaryAllocation(of: LossResult.self, capacity: max(1, pieces)) { partial in
    guard let parts = partial.baseAddress else { return LossResult(sum: 0, correct: 0) }
    context.fill?.write(to: UnsafeMutableRawBufferPointer(partial))
    context.pool.run(
      pieces,
      CrossEntropyTask(
        logits: logits,
        rows: rows,
        classes: classes,
        targets: targets,
        gradient: gradient,
        scale: scale,
        balance: balance,
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
  let balance: ClassBalance?
  let predictions: UnsafeMutablePointer<Int32>?
  let parts: UnsafeMutablePointer<LossResult>

  func run(_ index: Int, thread: Int) {
    var result = LossResult(sum: 0, correct: 0)
    for row in index &* 64..<min(rows, index &* 64 &+ 64) {
      let z = logits + row &* classes
      let target = Int(targets[row])
      let top = largestOrNaN(z, classes)
      let dz = gradient.map { $0 + row &* classes }
      if target < 0 {
        if let dz { fill(dz, 0, classes) }
        if let predictions { predictions[row] = Int32(truncatingIfNeeded: place(of: top, z)) }
        continue
      }
      if let balance {
        result.sum += balance.loss(z, classes, top, target, dz, scale)
      } else {
        let sum = exponentials(z, top, target, dz)
        result.sum += Elementary.log(Double(sum)) - (Double(z[target]) - Double(top))
      }
      if predictions == nil && z[target] < top { continue }
      let best = place(of: top, z)
      result.correct &+= best == target ? 1 : 0
      if let predictions { predictions[row] = Int32(truncatingIfNeeded: best) }
    }
    parts[index] = result
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
