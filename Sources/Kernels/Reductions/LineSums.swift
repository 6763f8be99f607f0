// SPDX-License-Identifier: Apache-2.0

// Sums over whole lines of memory: Float in 16 lanes over stretches of a fixed length, the stretches in Double and in
// order, so that the bits depend on the length alone and long lines lose nothing.

/// Elements that are summed in Float before Double takes over.
private let stretch = 1 << 12

/// Rows that are summed in Float before Double takes over.
private let rowBlock = 1 << 8

/// Σ f(x[i]); lanes behind the end see `filler`, of which f must be 0.
@inline(__always)
func lineSum(
  _ x: UnsafePointer<Float>,
  _ count: Int,
  filler: Float = 0,
  _ f: (Lanes) -> Lanes
) -> Double {
  var total = 0.0
  var first = 0
  while first < count {
    var lanes = Lanes.zero
    eachSixteen(min(stretch, count &- first)) { i, width in
      let p = x + (first &+ i)
      lanes += f(width == 16 ? load(p) : loadPart(p, width, filler: filler))
    }
    total += Double(treeSum(lanes))
    first &+= stretch
  }
  return total
}

/// Σ f(x[i], y[i]) of two results at once; lanes behind the end see the fillers, of which f must be 0.
@inline(__always)
func lineSums(
  _ x: UnsafePointer<Float>,
  _ y: UnsafePointer<Float>,
  _ count: Int,
  filler: Float,
  secondFiller: Float = 0,
  _ f: (_ x: Lanes, _ y: Lanes, _ i: Int, _ width: Int) -> (Lanes, Lanes)
) -> (Double, Double) {
  var total = (0.0, 0.0)
  var first = 0
  while first < count {
    var (a, b) = (Lanes.zero, Lanes.zero)
    eachSixteen(min(stretch, count &- first)) { i, width in
      let place = first &+ i
      let more = f(
        width == 16 ? load(x + place) : loadPart(x + place, width, filler: filler),
        width == 16 ? load(y + place) : loadPart(y + place, width, filler: secondFiller),
        place,
        width
      )
      a += more.0
      b += more.1
    }
    total.0 += Double(treeSum(a))
    total.1 += Double(treeSum(b))
    first &+= stretch
  }
  return total
}

/// Σ over rows of f(row), each lane a column of its own.
@inline(__always)
func rowSum(_ rows: Int, _ f: (Int) -> Lanes) -> SIMD16<Double> {
  var total = SIMD16<Double>.zero
  var first = 0
  while first < rows {
    var lanes = Lanes.zero
    for row in first..<min(rows, first &+ rowBlock) { lanes += f(row) }
    total += SIMD16<Double>(lanes)
    first &+= rowBlock
  }
  return total
}

/// Σ over rows of f(row) of two results at once.
@inline(__always)
func rowSums(_ rows: Int, _ f: (Int) -> (Lanes, Lanes)) -> (SIMD16<Double>, SIMD16<Double>) {
  var total = (SIMD16<Double>.zero, SIMD16<Double>.zero)
  var first = 0
  while first < rows {
    var (a, b) = (Lanes.zero, Lanes.zero)
    for row in first..<min(rows, first &+ rowBlock) {
      let more = f(row)
      a += more.0
      b += more.1
    }
    total.0 += SIMD16<Double>(a)
    total.1 += SIMD16<Double>(b)
    first &+= rowBlock
  }
  return total
}
