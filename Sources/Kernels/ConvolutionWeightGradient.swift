// SPDX-License-Identifier: Apache-2.0

/// dw[outputChannels, C, kH, kW] and dbias[outputChannels], added to what is there if `accumulating`.
///
/// dw[o, k] is the dot product of the output gradient of channel o with what kernel element k saw, over all pixels of
/// all images. Both lie along the pixels, so the sum runs in 16 virtual lanes over stretches of one image, each closed
/// by a written-out tree. Images are shared out in at most 16 groups; inside a group stretches add in index order, the
/// groups' sums are added in order: the cut depends on the shape alone.
public func convolutionWeightGradient(
  _ x: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  into dw: UnsafeMutablePointer<Float>,
  bias db: UnsafeMutablePointer<Float>?,
  shape s: ConvolutionShape,
  accumulating: Bool,
  context: KernelContext
) {
  let perGroup = max(1, (s.batch &+ 15) / 16)
  let groups = (s.batch &+ perGroup &- 1) / perGroup
  // The stretch is bounded so that its windows stay near; a multiple of 16 pixels.
  let stretch = min(
    roundUp(s.outputPixels, to: 16),
    max(16, windowBudget / s.windowCount / 16 &* 16)
  )
  let sums = s.outputChannels &* (s.windowCount &+ 1)
  let perThread = (s.windowCount &+ s.outputChannels) &* stretch
  let scratch = context.scratch(groups &* sums &+ context.pool.threadCount &* perThread)
  let task = WeightGradientTask(
    x: x,
    dy: dy,
    shape: s,
    perGroup: perGroup,
    stretch: stretch,
    sums: scratch,
    sumCount: sums,
    areas: scratch + groups &* sums,
    areaCount: perThread
  )
  context.pool.run(groups, task)
  context.pool.run(
    s.outputChannels,
    GroupSumTask(
      sums: scratch,
      sumCount: sums,
      groups: groups,
      channels: s.outputChannels,
      windowCount: s.windowCount,
      dw: dw,
      db: db,
      accumulating: accumulating
    )
  )
}

private let windowBudget = 1 << 15

/// The sums of one group of images.
private struct WeightGradientTask: ParallelTask {
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let shape: ConvolutionShape
  let perGroup: Int
  let stretch: Int
  let sums: UnsafeMutablePointer<Float>
  let sumCount: Int
  let areas: UnsafeMutablePointer<Float>
  let areaCount: Int

  func run(_ index: Int, thread: Int) {
    let s = shape
    let dw = sums + index &* sumCount
    let db = dw + s.outputChannels &* s.windowCount
    fill(dw, 0, sumCount)
    let windows = areas + thread &* areaCount
    let slopes = windows + s.windowCount &* stretch
    for image in index &* perGroup..<min(s.batch, index &* perGroup &+ perGroup) {
      let source = ForwardWindows(image: x, shape: s).at(image: image)
      let gradient = dy + image &* s.outputChannels &* s.outputPixels
      var start = 0
      while start < s.outputPixels {
        let count = min(stretch, s.outputPixels &- start)
        let padded = roundUp(count, to: 16)
        // Width = padded: one line of pixels per kernel element, zeros behind the last.
        source.pack(
          into: windows,
          width: padded,
          start: start,
          valid: count,
          depthStart: 0,
          depth: s.windowCount
        )
        for o in 0..<s.outputChannels {
          let line = slopes + o &* padded
          copyRun(
            gradient + o &* s.outputPixels,
            from: start,
            step: 1,
            limit: s.outputPixels,
            into: line,
            count: count
          )
          for i in count..<padded { line[i] = 0 }
          db[o] += lineSum(line, padded)
        }
        addDotProducts(slopes, windows, padded, dw)
        start &+= count
      }
    }
  }

  @inline(__always)
  private func lineSum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var total = Lanes.zero
    var i = 0
    while i < count {
      total += load(x + i)
      i &+= 16
    }
    return treeSum(total)
  }

  /// dw[o, k] += slopes[o] · windows[k], four by four: 8 loads feed 16 accumulators.
  private func addDotProducts(
    _ slopes: UnsafePointer<Float>,
    _ windows: UnsafePointer<Float>,
    _ count: Int,
    _ dw: UnsafeMutablePointer<Float>
  ) {
    let columns = shape.windowCount
    var o = 0
    while o < shape.outputChannels {
      let rows = min(4, shape.outputChannels &- o)
      var k = 0
      while k < columns {
        let width = min(4, columns &- k)
        if rows == 4, width == 4 {
          addFourByFour(
            slopes + o &* count,
            windows + k &* count,
            count,
            dw + (o &* columns &+ k),
            columns
          )
        } else {
          for i in 0..<rows {
            for j in 0..<width {
              dw[(o &+ i) &* columns &+ k &+ j] += dot(
                slopes + (o &+ i) &* count,
                windows + (k &+ j) &* count,
                count
              )
            }
          }
        }
        k &+= 4
      }
      o &+= 4
    }
  }

  @inline(__always)
  private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
    var total = Lanes.zero
    var i = 0
    while i < count {
      total = total.addingProduct(load(a + i), load(b + i))
      i &+= 16
    }
    return treeSum(total)
  }

  private func addFourByFour(
    _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>,
    _ count: Int,
    _ dw: UnsafeMutablePointer<Float>,
    _ stride: Int
  ) {
    var r0 = FourSums()
    var r1 = FourSums()
    var r2 = FourSums()
    var r3 = FourSums()
    var i = 0
    while i < count {
      let b0 = load(b + i)
      let b1 = load(b + (count &+ i))
      let b2 = load(b + (2 &* count &+ i))
      let b3 = load(b + (3 &* count &+ i))
      r0.add(load(a + i), b0, b1, b2, b3)
      r1.add(load(a + (count &+ i)), b0, b1, b2, b3)
      r2.add(load(a + (2 &* count &+ i)), b0, b1, b2, b3)
      r3.add(load(a + (3 &* count &+ i)), b0, b1, b2, b3)
      i &+= 16
    }
    r0.close(dw)
    r1.close(dw + stride)
    r2.close(dw + 2 &* stride)
    r3.close(dw + 3 &* stride)
  }
}

/// Four running dot products that share one factor.
private struct FourSums {
  var s0 = Lanes.zero
  var s1 = Lanes.zero
  var s2 = Lanes.zero
  var s3 = Lanes.zero

  @inline(__always)
  mutating func add(_ a: Lanes, _ b0: Lanes, _ b1: Lanes, _ b2: Lanes, _ b3: Lanes) {
    s0 = s0.addingProduct(a, b0)
    s1 = s1.addingProduct(a, b1)
    s2 = s2.addingProduct(a, b2)
    s3 = s3.addingProduct(a, b3)
  }

  @inline(__always)
  func close(_ dw: UnsafeMutablePointer<Float>) {
    dw[0] += treeSum(s0)
    dw[1] += treeSum(s1)
    dw[2] += treeSum(s2)
    dw[3] += treeSum(s3)
  }
}

/// Adds the groups' sums in order, one output channel a piece.
private struct GroupSumTask: ParallelTask {
  let sums: UnsafePointer<Float>
  let sumCount: Int
  let groups: Int
  let channels: Int
  let windowCount: Int
  let dw: UnsafeMutablePointer<Float>
  let db: UnsafeMutablePointer<Float>?
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let line = dw + index &* windowCount
    if !accumulating { fill(line, 0, windowCount) }
    for group in 0..<groups {
      addLine(line, sums + (group &* sumCount &+ index &* windowCount), windowCount)
    }
    guard let db else { return }
    var total = accumulating ? db[index] : 0
    for group in 0..<groups { total += sums[group &* sumCount &+ channels &* windowCount &+ index] }
    db[index] = total
  }
}
