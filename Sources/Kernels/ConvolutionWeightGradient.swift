// SPDX-License-Identifier: Apache-2.0

/// dw[outputChannels, C, kH, kW] and dbias[outputChannels], added to what is there if `accumulating`.
///
/// dw[o, k] is the dot product of the output gradient of channel o with what kernel element k saw, over all pixels of
/// all images. Both lie along the pixels, so the sum runs in 16 virtual lanes over a stretch, several small images or a
/// part of a large one, and is closed by a written-out tree. Images are shared out in at most 16 groups; inside a group
/// stretches add in index order, the groups' sums are added in order: the cut depends on the shape alone.
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
  // A stretch is bounded so that its windows stay near: whole images while they fit, else a part of one, in both cases
  // in blocks of a multiple of 16 pixels.
  let fitting = max(16, windowBudget / s.windowCount / 16 &* 16)
  let block = min(roundUp(s.outputPixels, to: 16), fitting)
  let images = block < s.outputPixels ? 1 : min(perGroup, max(1, fitting / block))
  let sums = s.outputChannels &* (s.windowCount &+ 1)
  let perThread = (s.windowCount &+ s.outputChannels) &* block &* images
  let scratch = context.scratch(groups &* sums &+ context.pool.threadCount &* perThread)
  let task = WeightGradientTask(
    x: x,
    dy: dy,
    shape: s,
    perGroup: perGroup,
    block: block,
    images: images,
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

/// Floats of gathered windows of one stretch: half a second-level cache.
private let windowBudget = 1 << 17

/// The sums of one group of images.
private struct WeightGradientTask: ParallelTask {
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let shape: ConvolutionShape
  let perGroup: Int
  /// Pixels gathered of one image at a time, a multiple of 16.
  let block: Int
  /// Blocks in a stretch.
  let images: Int
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
    let slopes = windows + images &* block &* s.windowCount
    let end = min(s.batch, (index &+ 1) &* perGroup)
    var image = index &* perGroup
    while image < end {
      let count = min(images, end &- image)
      var start = 0
      while start < s.outputPixels {
        for i in 0..<count {
          gather(
            image &+ i,
            start,
            windows + i &* block &* s.windowCount,
            slopes + i &* block &* s.outputChannels,
            db
          )
        }
        addDotProducts(slopes, windows, blocks: count, dw)
        start &+= block
      }
      image &+= count
    }
  }

  /// One block of one image: windows [windowCount, block] and slopes [outputChannels, block], zeros behind the last
  /// pixel; adds the slopes' sums to the bias.
  private func gather(
    _ image: Int,
    _ start: Int,
    _ windows: UnsafeMutablePointer<Float>,
    _ slopes: UnsafeMutablePointer<Float>,
    _ db: UnsafeMutablePointer<Float>
  ) {
    let s = shape
    let count = min(block, s.outputPixels &- start)
    GridWindows(inputs: x, s).at(image: image).pack(
      into: windows,
      width: block,
      start: start,
      valid: count,
      depthStart: 0,
      depth: s.windowCount
    )
    let gradient = dy + (image &* s.outputChannels &* s.outputPixels &+ start)
    for o in 0..<s.outputChannels {
      let line = slopes + o &* block
      mapLanes(gradient + o &* s.outputPixels, line, count) { $0 }
      for i in count..<block { line[i] = 0 }
      db[o] += lineSum(line, block)
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

  /// dw[o, k] += slopes[o] · windows[k] over all blocks, four by four: 8 loads feed 16 accumulators.
  private func addDotProducts(
    _ slopes: UnsafePointer<Float>,
    _ windows: UnsafePointer<Float>,
    blocks: Int,
    _ dw: UnsafeMutablePointer<Float>
  ) {
    let columns = shape.windowCount
    var o = 0
    while o < shape.outputChannels {
      let rows = min(4, shape.outputChannels &- o)
      var k = 0
      while k < columns {
        let width = min(4, columns &- k)
        let target = dw + (o &* columns &+ k)
        if rows == 4, width == 4 {
          addFourByFour(slopes + o &* block, windows + k &* block, blocks, target)
        } else {
          for i in 0..<rows {
            for j in 0..<width {
              target[i &* columns &+ j] += dot(
                slopes + (o &+ i) &* block,
                windows + (k &+ j) &* block,
                blocks
              )
            }
          }
        }
        k &+= 4
      }
      o &+= 4
    }
  }

  private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ blocks: Int) -> Float {
    var total = Lanes.zero
    for index in 0..<blocks {
      let a = a + index &* block &* shape.outputChannels
      let b = b + index &* block &* shape.windowCount
      var i = 0
      while i < block {
        total = total.addingProduct(load(a + i), load(b + i))
        i &+= 16
      }
    }
    return treeSum(total)
  }

  private func addFourByFour(
    _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>,
    _ blocks: Int,
    _ dw: UnsafeMutablePointer<Float>
  ) {
    var r0 = FourSums()
    var r1 = FourSums()
    var r2 = FourSums()
    var r3 = FourSums()
    for index in 0..<blocks {
      let a = a + index &* block &* shape.outputChannels
      let b = b + index &* block &* shape.windowCount
      var i = 0
      while i < block {
        let b0 = load(b + i)
        let b1 = load(b + (block &+ i))
        let b2 = load(b + (2 &* block &+ i))
        let b3 = load(b + (3 &* block &+ i))
        r0.add(load(a + i), b0, b1, b2, b3)
        r1.add(load(a + (block &+ i)), b0, b1, b2, b3)
        r2.add(load(a + (2 &* block &+ i)), b0, b1, b2, b3)
        r3.add(load(a + (3 &* block &+ i)), b0, b1, b2, b3)
        i &+= 16
      }
    }
    let stride = shape.windowCount
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
