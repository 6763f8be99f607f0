// SPDX-License-Identifier: Apache-2.0

// The way back through an attention: see `Attention.swift`.

/// Where the gradients of an attention go; nil is not wanted, and `accumulating` ones are added to what is there.
///
/// Rows lie as those of the operands. Gradients that go to the same place are told apart by `accumulating`: queries come
/// first, then keys, then values.
package struct AttentionGradients {
  package var queries: GradientTarget?
  package var keys: GradientTarget?
  package var values: GradientTarget?

  /// Targets.
  package init(queries: GradientTarget?, keys: GradientTarget?, values: GradientTarget?) {
    self.queries = queries
    self.keys = keys
    self.values = values
  }
}

/// The gradients of `attention` from its result's, `dy`, which has rows of `rowStride`, and its `weights` P:
/// dP = dY Vᵀ, dS = P ∘ (dP − rows' sums of dP ∘ P) / √width, dQ = dS K, dK = dSᵀ Q, dV = Pᵀ dY. Where weights are
/// dropped, dP and dV are those of what is left of them.
package func attentionGradients(
  _ queries: HeadRows,
  _ keys: HeadRows,
  _ values: HeadRows,
  shape: AttentionShape,
  lengths: AttentionLengths,
  weights: AttentionWeights,
  gradient dy: UnsafePointer<Float>,
  rowStride: Int,
  into gradients: AttentionGradients,
  context: KernelContext
) {
  let room = AttentionGradientRoom(shape)
  let task = AttentionGradientTask(
    queries: queries,
    keys: keys,
    values: values,
    shape: shape,
    lengths: lengths,
    weights: weights,
    dy: HeadRows(dy, stride: rowStride),
    gradients: gradients,
    memory: OwnMemory(
      context.scratch(room.total &* context.pool.threadCount),
      room.total,
      context.pool.threadCount
    )
  )
  context.pool.run(shape.batch &* shape.heads, task, multiplications: 2 &* shape.work)
}

/// A thread's memory: slopes of the scores, packed columns.
private struct AttentionGradientRoom {
  let slopes: Int
  let panels: Int
  var total: Int { slopes &+ panels }

  init(_ shape: AttentionShape) {
    slopes = roundUp(shape.queries &* shape.keys, to: cacheLine)
    panels = max(
      OwnPanels.floats(columns: shape.keys, depth: shape.valueWidth),
      OwnPanels.floats(
        columns: max(shape.width, shape.valueWidth),
        depth: max(shape.queries, shape.keys)
      )
    )
  }
}

private struct AttentionGradientTask: ParallelTask {
  let queries: HeadRows
  let keys: HeadRows
  let values: HeadRows
  let shape: AttentionShape
  let lengths: AttentionLengths
  let weights: AttentionWeights
  let dy: HeadRows
  let gradients: AttentionGradients
  let memory: OwnMemory

  func run(_ index: Int, thread: Int) {
    let head = Head(index, shape, lengths)
    let room = AttentionGradientRoom(shape)
    let slopes = memory[thread]
    let panels = slopes + room.slopes
    let q = queries.head(head, steps: shape.queries, width: shape.width)
    let k = keys.head(head, steps: shape.keys, width: shape.width)
    let dy = dy.head(head, steps: shape.queries, width: shape.valueWidth)
    if gradients.queries != nil || gradients.keys != nil {
      scoreSlopes(head, dy, slopes, panels)
    }
    if let target = gradients.queries {
      let own = OwnPanels(k, columns: shape.width, depth: head.keys, into: panels)
      let dq = place(target, queries.stride, head, steps: shape.queries, width: shape.width)
      var row = 0
      while row < head.queries {
        let rows = min(queriesPerBlock, head.queries &- row)
        own.multiply(
          Matrix(slopes + (row &* shape.keys), rowStride: shape.keys),
          rows: rows,
          before: shape.width,
          steps: 0..<shape.visible(before: row &+ rows, of: head.keys),
          into: dq + (row &* queries.stride),
          rowStride: queries.stride,
          continues: target.accumulating
        )
        row &+= rows
      }
      clear(target, dq, queries.stride, rows: row..<shape.queries, width: shape.width)
    }
    if let target = gradients.keys {
      let own = OwnPanels(q, columns: shape.width, depth: head.queries, into: panels)
      let dk = place(target, keys.stride, head, steps: shape.keys, width: shape.width)
      sumOverQueries(own, slopes, head, target, dk, keys.stride, shape.width)
    }
    if let target = gradients.values {
      let own = OwnPanels(dy, columns: shape.valueWidth, depth: head.queries, into: panels)
      let dv = place(target, values.stride, head, steps: shape.keys, width: shape.valueWidth)
      let left = weights.mixing + index &* shape.queries &* shape.keys
      sumOverQueries(own, left, head, target, dv, values.stride, shape.valueWidth)
    }
  }

  /// dS of the head [queries, keys]; what no query sees is 0 within the block that a product reads.
  @inline(__always)
  private func scoreSlopes(
    _ head: Head,
    _ dy: Matrix,
    _ slopes: UnsafeMutablePointer<Float>,
    _ panels: UnsafeMutablePointer<Float>
  ) {
    let v = values.head(head, steps: shape.keys, width: shape.valueWidth)
    let turned = OwnPanels(
      v.transposed,
      columns: head.keys,
      depth: shape.valueWidth,
      into: panels
    )
    var row = 0
    while row < head.queries {
      let rows = min(queriesPerBlock, head.queries &- row)
      turned.multiply(
        Matrix(dy.base + (row &* dy.rowStride), rowStride: dy.rowStride),
        rows: rows,
        before: shape.visible(before: row &+ rows, of: head.keys),
        steps: 0..<shape.valueWidth,
        into: slopes + (row &* shape.keys),
        rowStride: shape.keys,
        continues: false
      )
      for i in row..<row &+ rows {
        let count = shape.visible(before: i &+ 1, of: head.keys)
        let line = slopes + (i &* shape.keys)
        let place = head.piece &* shape.queries &+ i
        weights.turnIntoSlopes(line, place, count, keys: shape.keys, scale: shape.scale)
        fill(line + count, 0, head.keys &- count)
      }
      row &+= rows
    }
  }

  /// target[j] = Σ over queries i of factors[i, j] · B[i], for the real keys j; others get nothing.
  @inline(__always)
  private func sumOverQueries(
    _ own: OwnPanels,
    _ factors: UnsafePointer<Float>,
    _ head: Head,
    _ target: GradientTarget,
    _ result: UnsafeMutablePointer<Float>,
    _ stride: Int,
    _ width: Int
  ) {
    var row = 0
    while row < head.keys {
      let rows = min(queriesPerBlock, head.keys &- row)
      // Queries before the first key of the block do not see it.
      let first = shape.isCausal ? min(row, head.queries) : 0
      own.multiply(
        Matrix(factors + row, rowStride: 1, columnStride: shape.keys),
        rows: rows,
        before: width,
        steps: first..<head.queries,
        into: result + (row &* stride),
        rowStride: stride,
        continues: target.accumulating
      )
      row &+= rows
    }
    clear(target, result, stride, rows: row..<shape.keys, width: width)
  }

  @inline(__always)
  private func place(
    _ target: GradientTarget,
    _ stride: Int,
    _ head: Head,
    steps: Int,
    width: Int
  ) -> UnsafeMutablePointer<Float> {
    target.base + (head.example &* steps &* stride &+ head.index &* width)
  }

  /// Writes zeros, unless they would be added.
  @inline(__always)
  private func clear(
    _ target: GradientTarget,
    _ base: UnsafeMutablePointer<Float>,
    _ stride: Int,
    rows: Range<Int>,
    width: Int
  ) {
    if target.accumulating { return }
    for row in rows { fill(base + (row &* stride), 0, width) }
  }
}
