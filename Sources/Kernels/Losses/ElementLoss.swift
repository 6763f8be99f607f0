// SPDX-License-Identifier: Apache-2.0

/// A loss that is a sum over elements, each of its output and its target alone.
public enum ElementLoss: Hashable, Sendable {
  /// (y − t)².
  case squared
  /// |y − t|.
  case absolute
  /// (y − t)² / 2 up to a distance of `delta`, `delta` · (|y − t| − `delta` / 2) beyond (Huber 1964).
  case huber(delta: Float)
  /// −t log σ(y) − (1 − t) log(1 − σ(y)): binary cross-entropy of a logit.
  case binaryCrossEntropy
}

/// One such loss: its value in Double and its slope.
protocol ElementLossFunction {
  func value(_ y: Float, _ t: Float) -> Double
  func slope(_ y: Float, _ t: Float) -> Float
}

/// The sum of a loss over `count` elements in Double; `gradient`, if not nil, receives slope · `scale`.
///
/// `rowWeights`, if not nil, has a factor for each row of `width` elements; a row whose factor is 0 is not looked at, so
/// that what is in it, NaN too, has no effect. Chunks of fixed size, added in order.
package func elementLoss(
  _ loss: ElementLoss,
  _ y: UnsafePointer<Float>,
  targets t: UnsafePointer<Float>,
  count: Int,
  gradient: UnsafeMutablePointer<Float>?,
  scale: Float,
  rowWeights: UnsafePointer<Float>? = nil,
  width: Int = 1
) -> Double {
  func sum(_ f: some ElementLossFunction) -> Double {
    if let rowWeights {
      return weightedSum(f, y, t, count, gradient, scale, rowWeights, width)
    }
    return plainSum(f, y, t, count, gradient, scale)
  }
  switch loss {
  case .squared: return sum(SquaredError())
  case .absolute: return sum(AbsoluteError())
  case .huber(let delta): return sum(HuberError(delta: delta))
  case .binaryCrossEntropy: return sum(BinaryCrossEntropy())
  }
}

@inline(__always)
private func plainSum(
  _ f: some ElementLossFunction,
  _ y: UnsafePointer<Float>,
  _ t: UnsafePointer<Float>,
  _ count: Int,
  _ gradient: UnsafeMutablePointer<Float>?,
  _ scale: Float
) -> Double {
  var total = 0.0
  for index in 0..<chunks(count) {
    let (start, count) = chunkRange(index, count)
    var sum = 0.0
    for i in start..<start &+ count {
      sum += f.value(y[i], t[i])
      if let gradient { gradient[i] = f.slope(y[i], t[i]) * scale }
    }
    total += sum
  }
  return total
}

@inline(__always)
private func weightedSum(
  _ f: some ElementLossFunction,
  _ y: UnsafePointer<Float>,
  _ t: UnsafePointer<Float>,
  _ count: Int,
  _ gradient: UnsafeMutablePointer<Float>?,
  _ scale: Float,
  _ rowWeights: UnsafePointer<Float>,
  _ width: Int
) -> Double {
  var total = 0.0
  for row in 0..<count / max(1, width) {
    let weight = rowWeights[row]
    let start = row &* width
    if weight == 0 {
      if let gradient { fill(gradient + start, 0, width) }
      continue
    }
    var sum = 0.0
    for i in start..<start &+ width {
      sum += f.value(y[i], t[i])
      if let gradient { gradient[i] = f.slope(y[i], t[i]) * (scale * weight) }
    }
    total += Double(weight) * sum
  }
  return total
}
