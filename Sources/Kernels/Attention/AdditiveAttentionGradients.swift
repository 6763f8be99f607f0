// SPDX-License-Identifier: Apache-2.0

// The way back through an additive attention: see `AdditiveAttention.swift`. The slopes of the scores come first, example
// by example; then the units h, which never meet, are shared out in blocks.

/// Where the gradients of an additive attention go; nil is not wanted. Operands may be the same: values come first, then
/// queries, then keys.
package struct AdditiveAttentionGradients {
  package var values: GradientTarget?
  package var queries: GradientTarget?
  package var keys: GradientTarget?
  package var scoring: GradientTarget?

  /// Targets.
  package init(
    values: GradientTarget?,
    queries: GradientTarget?,
    keys: GradientTarget?,
    scoring: GradientTarget?
  ) {
    self.values = values
    self.queries = queries
    self.keys = keys
    self.scoring = scoring
  }
}

/// The gradients of `additiveAttention` from its result's, `dy` [N, queries, E], and its `weights` P: dP = dY Vᵀ,
/// dS = P ∘ (dP − rows' sums of dP ∘ P), dV = Pᵀ dY; with t = tanh(q + k), a pair (i, j) adds dS v (1 − t²) to dq[i] and
/// dk[j], and dS t to the gradient of v.
///
/// Queries and keys add up in order, example by example; the examples' shares of the gradient of v add up in order, too.
package func additiveAttentionGradients(
  _ queries: HeadRows,
  _ keys: HeadRows,
  scoring: UnsafePointer<Float>,
  _ values: HeadRows,
  shape: AttentionShape,
  lengths: AttentionLengths,
  weights: AttentionWeights,
  gradient dy: UnsafePointer<Float>,
  into gradients: AdditiveAttentionGradients,
  context: KernelContext
) {
  let threads = context.pool.threadCount
  let slopeCount = roundUp(shape.weightCount, to: cacheLine)
  let shareCount = roundUp(shape.batch &* shape.width, to: cacheLine)
  let room = panelFloats(shape)
  let slopes = context.scratch(slopeCount &+ shareCount &+ room &* threads)
  let shares = slopes + slopeCount
  let first = AdditiveSlopeTask(
    values: values,
    shape: shape,
    lengths: lengths,
    weights: weights,
    dy: HeadRows(dy, stride: shape.valueWidth),
    needsSlopes: gradients.queries != nil || gradients.keys != nil || gradients.scoring != nil,
    target: gradients.values,
    slopes: slopes,
    memory: OwnMemory(shares + shareCount, room, threads)
  )
  context.pool.run(shape.batch, first, multiplications: slopeWork(shape))
  if !first.needsSlopes { return }
  let blocks = (shape.width &+ unitsPerBlock &- 1) / unitsPerBlock
  let second = AdditiveUnitTask(
    queries: queries,
    keys: keys,
    scoring: scoring,
    shape: shape,
    lengths: lengths,
    slopes: slopes,
    shares: shares,
    gradients: gradients,
    blocks: blocks
  )
  context.pool.run(shape.batch &* blocks, second, multiplications: shape.additiveWork)
  if let target = gradients.scoring {
    columnSums(
      shares,
      rows: shape.batch,
      columns: shape.width,
      rowStride: shape.width,
      into: target.base,
      accumulating: target.accumulating,
      context: context
    )
  }
}

/// The work of dP and dV, in multiplications: of few queries most of it is packing.
private func slopeWork(_ shape: AttentionShape) -> Int {
  (2 &* shape.queries &+ packingWork) &* shape.batch &* shape.keys &* shape.valueWidth
}

/// Multiplications that take about as long as packing a value.
private let packingWork = 16

/// Units that one piece takes: whole cache lines, so that threads write apart.
private let unitsPerBlock = 64

/// Floats of packed columns that a thread takes.
private func panelFloats(_ shape: AttentionShape) -> Int {
  max(
    OwnPanels.floats(columns: shape.keys, depth: shape.valueWidth),
    OwnPanels.floats(columns: shape.valueWidth, depth: shape.queries)
  )
}

/// Of one example: dS and dV.
private struct AdditiveSlopeTask: ParallelTask {
  let values: HeadRows
  let shape: AttentionShape
  let lengths: AttentionLengths
  let weights: AttentionWeights
  let dy: HeadRows
  let needsSlopes: Bool
  let target: GradientTarget?
  let slopes: UnsafeMutablePointer<Float>
  let memory: OwnMemory

  func run(_ index: Int, thread: Int) {
    let head = Head(index, shape, lengths)
    let panels = memory[thread]
    let place = index &* shape.queries &* shape.keys
    let slopes = slopes + place
    let dy = dy.head(head, steps: shape.queries, width: shape.valueWidth)
    if needsSlopes {
      let v = values.head(head, steps: shape.keys, width: shape.valueWidth)
      let turned = OwnPanels(
        v.transposed,
        columns: head.keys,
        depth: shape.valueWidth,
        into: panels
      )
      turned.multiply(
        dy,
        rows: head.queries,
        before: head.keys,
        steps: 0..<shape.valueWidth,
        into: slopes,
        rowStride: shape.keys,
        continues: false
      )
      for i in 0..<head.queries {
        let row = index &* shape.queries &+ i
        weights.turnIntoSlopes(
          slopes + i &* shape.keys,
          row,
          head.keys,
          keys: shape.keys,
          scale: 1
        )
      }
    }
    guard let target else { return }
    let dv = target.base + index &* shape.keys &* values.stride
    let own = OwnPanels(dy, columns: shape.valueWidth, depth: head.queries, into: panels)
    own.multiply(
      Matrix(weights.mixing + place, rowStride: 1, columnStride: shape.keys),
      rows: head.keys,
      before: shape.valueWidth,
      steps: 0..<head.queries,
      into: dv,
      rowStride: values.stride,
      continues: target.accumulating
    )
    if target.accumulating { return }
    for j in head.keys..<shape.keys { fill(dv + j &* values.stride, 0, shape.valueWidth) }
  }
}

/// A block of units of one example: their dq, dk and share of the gradient of v.
private struct AdditiveUnitTask: ParallelTask {
  let queries: HeadRows
  let keys: HeadRows
  let scoring: UnsafePointer<Float>
  let shape: AttentionShape
  let lengths: AttentionLengths
  let slopes: UnsafePointer<Float>
  let shares: UnsafeMutablePointer<Float>
  let gradients: AdditiveAttentionGradients
  let blocks: Int

  func run(_ index: Int, thread: Int) {
    let head = Head(index / blocks, shape, lengths)
    let first = index % blocks &* unitsPerBlock
    eachSixteen(min(unitsPerBlock, shape.width &- first)) { h, width in
      run(head, first &+ h, width)
    }
  }

  /// Units h ..< h + `width`, at most 16.
  @inline(__always)
  private func run(_ head: Head, _ h: Int, _ width: Int) {
    let q = queries.head(head, steps: shape.queries, width: shape.width).base + h
    let k = keys.head(head, steps: shape.keys, width: shape.width).base + h
    let slopes = slopes + head.example &* shape.queries &* shape.keys
    let dq = place(gradients.queries, queries, head, shape.queries, h, width)
    let dk = place(gradients.keys, keys, head, shape.keys, h, width)
    let v = loadUpTo16(scoring + h, width)
    var share = Lanes.zero
    for i in 0..<head.queries {
      let query = loadUpTo16(q + i &* queries.stride, width)
      var sum = Lanes.zero
      for j in 0..<head.keys {
        let t = tanh(query + loadUpTo16(k + j &* keys.stride, width))
        let slope = Lanes(repeating: slopes[i &* shape.keys &+ j])
        share = share.addingProduct(slope, t)
        let change = slope * v * (1 - t * t)
        sum += change
        if let dk { addUpTo16(change, dk + j &* keys.stride, width) }
      }
      if let dq { addUpTo16(sum, dq + i &* queries.stride, width) }
    }
    storeUpTo16(share, shares + (head.example &* shape.width &+ h), width)
  }

  /// Where the example's gradient of these units goes, cleared unless old values are added to.
  @inline(__always)
  private func place(
    _ target: GradientTarget?,
    _ rows: HeadRows,
    _ head: Head,
    _ steps: Int,
    _ h: Int,
    _ width: Int
  ) -> UnsafeMutablePointer<Float>? {
    guard let target else { return nil }
    let first = target.base + (head.example &* steps &* rows.stride &+ h)
    if !target.accumulating {
      for i in 0..<steps { storeUpTo16(Lanes.zero, first + i &* rows.stride, width) }
    }
    return first
  }
}

@inline(__always)
private func addUpTo16(_ value: Lanes, _ p: UnsafeMutablePointer<Float>, _ count: Int) {
  storeUpTo16(loadUpTo16(p, count) + value, p, count)
}
