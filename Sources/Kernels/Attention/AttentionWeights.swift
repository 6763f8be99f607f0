// SPDX-License-Identifier: Apache-2.0

package import DeterministicMath

// The weights of an attention: softmax and dropout of one query's line at a time, and the way back through both.

/// The weights [N, H, queries, keys] of an attention.
package struct AttentionWeights {
  /// The softmax of the scores.
  package var softmax: UnsafeMutablePointer<Float>
  /// What is left of it and mixes the values, where some are dropped.
  package var left: UnsafeMutablePointer<Float>?
  /// Which ones are dropped; the way back needs to know only what is left.
  package var dropout: WeightDropout?

  /// Weights; nothing is dropped unless given.
  package init(
    _ softmax: UnsafeMutablePointer<Float>,
    left: UnsafeMutablePointer<Float>? = nil,
    dropout: WeightDropout? = nil
  ) {
    self.softmax = softmax
    self.left = left
    self.dropout = dropout
  }

  /// What mixes the values.
  var mixing: UnsafeMutablePointer<Float> { left ?? softmax }

  /// Makes weights of the `count` scores in a line of `keys`, which is that of query `row` of all; 0 behind them.
  @inline(__always)
  func finish(_ row: Int, _ count: Int, keys: Int, scale: Float) {
    let line = softmax + row &* keys
    scaledSoftmax(line, count, scale)
    fill(line + count, 0, keys &- count)
    if let dropout, let left {
      let start = row &* keys
      dropout.drop(line, start, count, into: left + start)
      fill(left + (start &+ count), 0, keys &- count)
    }
  }

  /// dS of query `row` of all in the place of the gradient dP of its `count` weights: p (dP − Σ dP p) `scale`.
  ///
  /// Where weights are dropped, dP is that of what is left, l: (l dP − p Σ dP l) `scale`.
  @inline(__always)
  func turnIntoSlopes(
    _ line: UnsafeMutablePointer<Float>,
    _ row: Int,
    _ count: Int,
    keys: Int,
    scale: Float
  ) {
    let p = softmax + row &* keys
    let left = mixing + row &* keys
    var total = Lanes.zero
    eachSixteen(count) { j, width in
      total = total.addingProduct(loadUpTo16(line + j, width), loadUpTo16(left + j, width))
    }
    let mean = treeSum(total)
    if self.left == nil {
      zipLanes(p, line, line, count) { p, dp, _ in p * (dp - mean) * scale }
    } else {
      eachSixteen(count) { j, width in
        let change = loadUpTo16(left + j, width) * loadUpTo16(line + j, width)
        let slope = (change - loadUpTo16(p + j, width) * mean) * scale
        storeUpTo16(slope, line + j, width)
      }
    }
  }
}

/// Inverted dropout of weights: element i of [N, H, queries, keys] takes word i of a stream, as in `dropout`.
package struct WeightDropout {
  private let threshold: UInt32
  private let factor: Float
  private let stream: RandomStream

  /// Zeroes each weight with `probability` in (0, 1) and divides the rest by 1 − probability.
  package init(probability: Double, stream: RandomStream) {
    threshold = dropoutThreshold(probability)
    factor = Float(1 / (1 - probability))
    self.stream = stream
  }

  /// Of `count` weights, the first of which is element `start`.
  func drop(
    _ line: UnsafePointer<Float>,
    _ start: Int,
    _ count: Int,
    into left: UnsafeMutablePointer<Float>
  ) {
    var i = start
    while i < start &+ count {
      let words = stream.block(UInt64(i / 4))
      let end = min(start &+ count, (i / 4 &+ 1) &* 4)
      while i < end {
        let value = line[i &- start]
        left[i &- start] = words[i % 4] >= threshold ? value * factor : (value.isNaN ? value : 0)
        i &+= 1
      }
    }
  }
}

/// x[j] = exp(scale (x[j] − max x)) / Σ; a row with NaN is all NaN.
@inline(__always)
private func scaledSoftmax(_ x: UnsafeMutablePointer<Float>, _ count: Int, _ scale: Float) {
  let top = largestOrNaN(x, count)
  var total = Lanes.zero
  eachSixteen(count) { j, width in
    let some = width == 16 ? load(x + j) : loadPart(x + j, width, filler: -.infinity)
    let value = exponentialOfOpposite(scale * (top - some))
    storeUpTo16(value, x + j, width)
    total += value
  }
  let sum = treeSum(total)
  mapLanes(x, x, count) { $0 / sum }
}
