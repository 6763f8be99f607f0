// SPDX-License-Identifier: Apache-2.0

// Scaled dot-product attention of several heads (Vaswani et al. 2017, eq. 1): in each head of each example
// Y = softmax(Q Kᵀ / √width) V, where a query sees only some of the keys.
//
// A head of an example is one piece of work, done by one thread from its products to its sums, so that the bits are the
// same on any number of threads. Its operands are read where they lie: the heads stand side by side in a row, as one
// linear layer makes them for all heads.

/// Sizes of an attention, and which keys a query sees.
package struct AttentionShape {
  /// Examples N.
  package var batch: Int
  /// Heads H.
  package var heads: Int
  /// Queries of an example.
  package var queries: Int
  /// Keys and values of an example.
  package var keys: Int
  /// Elements of a head's query and key.
  package var width: Int
  /// Elements of a head's value.
  package var valueWidth: Int
  /// Whether query i sees the keys 0 … i only.
  package var isCausal: Bool

  /// Sizes.
  package init(
    batch: Int,
    heads: Int,
    queries: Int,
    keys: Int,
    width: Int,
    valueWidth: Int,
    isCausal: Bool
  ) {
    self.batch = batch
    self.heads = heads
    self.queries = queries
    self.keys = keys
    self.width = width
    self.valueWidth = valueWidth
    self.isCausal = isCausal
  }

  /// Floats of all heads' weights [N, H, queries, keys].
  package var weightCount: Int { batch &* heads &* queries &* keys }
  /// Divides by the deviation of a product of two standard normal vectors.
  fileprivate var scale: Float { 1 / Float(width).squareRoot() }
  /// Multiplications of all products.
  fileprivate var work: Int { weightCount &* (width &+ valueWidth) }

  /// Keys that the queries before `query` see of `length` ones.
  @inline(__always)
  fileprivate func visible(before query: Int, of length: Int) -> Int {
    isCausal ? min(length, query) : length
  }
}

/// Rows of heads side by side: head h of step t of example n begins at `base` + (n · steps + t) · `stride` + h · width.
package struct HeadRows {
  /// The first element.
  package var base: UnsafePointer<Float>
  /// Elements between steps.
  package var stride: Int

  /// Rows.
  package init(_ base: UnsafePointer<Float>, stride: Int) {
    self.base = base
    self.stride = stride
  }

  @inline(__always)
  fileprivate func head(_ head: Head, steps: Int, width: Int) -> Matrix {
    Matrix(base + (head.example &* steps &* stride &+ head.index &* width), rowStride: stride)
  }
}

/// Real steps of each example, [N] each 0 … steps; nil where all are real.
package struct AttentionLengths {
  package var queries: UnsafePointer<Int32>?
  package var keys: UnsafePointer<Int32>?

  /// Lengths.
  package init(queries: UnsafePointer<Int32>? = nil, keys: UnsafePointer<Int32>? = nil) {
    self.queries = queries
    self.keys = keys
  }
}

/// One head of one example, and its real steps.
private struct Head {
  let piece: Int
  let example: Int
  let index: Int
  let queries: Int
  let keys: Int

  @inline(__always)
  init(_ piece: Int, _ shape: AttentionShape, _ lengths: AttentionLengths) {
    self.piece = piece
    example = piece / shape.heads
    index = piece % shape.heads
    let example = example
    queries = lengths.queries.map { Int($0[example]) } ?? shape.queries
    keys = lengths.keys.map { Int($0[example]) } ?? shape.keys
  }
}

/// Queries that are multiplied at once: so many weights stay near for the softmax, and a causal block ends early.
private let queriesPerBlock = 32

/// y = softmax(q kᵀ / √width) v in each head; `weights` [N, H, queries, keys] receives the softmax.
///
/// A weight is 0 behind an example's keys and, if causal, behind the query's own place. A query that sees no key, and one
/// behind an example's end, has weights and results 0. What is stored behind the ends is not used.
package func attention(
  _ queries: HeadRows,
  _ keys: HeadRows,
  _ values: HeadRows,
  shape: AttentionShape,
  lengths: AttentionLengths,
  weights: UnsafeMutablePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  rowStride: Int,
  context: KernelContext
) {
  let own =
    OwnPanels.floats(columns: shape.keys, depth: shape.width)
    &+ OwnPanels.floats(columns: shape.valueWidth, depth: shape.keys)
    &+ OwnPanels.spare(depth: max(shape.width, shape.keys))
  let task = AttentionTask(
    queries: queries,
    keys: keys,
    values: values,
    shape: shape,
    lengths: lengths,
    weights: weights,
    y: y,
    rowStride: rowStride,
    memory: OwnMemory(
      context.scratch(own &* context.pool.threadCount),
      own,
      context.pool.threadCount
    )
  )
  context.pool.run(shape.batch &* shape.heads, task, multiplications: shape.work)
}

private struct AttentionTask: ParallelTask {
  let queries: HeadRows
  let keys: HeadRows
  let values: HeadRows
  let shape: AttentionShape
  let lengths: AttentionLengths
  let weights: UnsafeMutablePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let rowStride: Int
  let memory: OwnMemory

  func run(_ index: Int, thread: Int) {
    let head = Head(index, shape, lengths)
    let (q, k) = (
      queries.head(head, steps: shape.queries, width: shape.width),
      keys.head(head, steps: shape.keys, width: shape.width)
    )
    let v = values.head(head, steps: shape.keys, width: shape.valueWidth)
    let weights = weights + (index &* shape.queries &* shape.keys)
    let y =
      y + (head.example &* shape.queries &* rowStride &+ head.index &* shape.valueWidth)
    var room = memory[thread]
    let turnedKeys = OwnPanels(k.transposed, columns: head.keys, depth: shape.width, into: room)
    room += OwnPanels.floats(columns: shape.keys, depth: shape.width)
    let ownValues = OwnPanels(v, columns: shape.valueWidth, depth: head.keys, into: room)
    room += OwnPanels.floats(columns: shape.valueWidth, depth: shape.keys)
    var row = 0
    while row < head.queries {
      let rows = min(queriesPerBlock, head.queries &- row)
      let visible = shape.visible(before: row &+ rows, of: head.keys)
      let block = weights + (row &* shape.keys)
      turnedKeys.multiply(
        Matrix(q.base + (row &* q.rowStride), rowStride: q.rowStride),
        rows: rows,
        before: visible,
        steps: 0..<shape.width,
        into: block,
        rowStride: shape.keys,
        continues: false,
        spare: room
      )
      for i in 0..<rows {
        let count = shape.visible(before: row &+ i &+ 1, of: head.keys)
        let line = block + (i &* shape.keys)
        scaledSoftmax(line, count, shape.scale)
        fill(line + count, 0, shape.keys &- count)
      }
      ownValues.multiply(
        Matrix(block, rowStride: shape.keys),
        rows: rows,
        before: shape.valueWidth,
        steps: 0..<visible,
        into: y + (row &* rowStride),
        rowStride: rowStride,
        continues: false,
        spare: room
      )
      row &+= rows
    }
    fill(weights + (row &* shape.keys), 0, (shape.queries &- row) &* shape.keys)
    while row < shape.queries {
      fill(y + (row &* rowStride), 0, shape.valueWidth)
      row &+= 1
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

// MARK: - Gradients

/// Where the gradients of an attention go; nil is not wanted, and `accumulating` ones are added to what is there.
///
/// Rows lie as those of the operands. Gradients that go to the same place are told apart by `accumulating`: queries come
/// first, then keys, then values.
package struct AttentionGradients {
  /// One operand's.
  package struct Target {
    package var base: UnsafeMutablePointer<Float>
    package var accumulating: Bool

    /// A target.
    package init(_ base: UnsafeMutablePointer<Float>, accumulating: Bool) {
      self.base = base
      self.accumulating = accumulating
    }
  }

  package var queries: Target?
  package var keys: Target?
  package var values: Target?

  /// Targets.
  package init(queries: Target?, keys: Target?, values: Target?) {
    self.queries = queries
    self.keys = keys
    self.values = values
  }
}

/// The gradients of `attention` from its result's, `dy`, which has rows of `rowStride`, and its `weights` P:
/// dP = dY Vᵀ, dS = P ∘ (dP − rows' sums of dP ∘ P) / √width, dQ = dS K, dK = dSᵀ Q, dV = Pᵀ dY.
package func attentionGradients(
  _ queries: HeadRows,
  _ keys: HeadRows,
  _ values: HeadRows,
  shape: AttentionShape,
  lengths: AttentionLengths,
  weights: UnsafePointer<Float>,
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

/// A thread's memory: slopes of the scores, packed columns, a last few rows.
private struct AttentionGradientRoom {
  let slopes: Int
  let panels: Int
  let spare: Int
  var total: Int { slopes &+ panels &+ spare }

  init(_ shape: AttentionShape) {
    slopes = roundUp(shape.queries &* shape.keys, to: cacheLine)
    panels = max(
      OwnPanels.floats(columns: shape.keys, depth: shape.valueWidth),
      OwnPanels.floats(
        columns: max(shape.width, shape.valueWidth),
        depth: max(shape.queries, shape.keys)
      )
    )
    spare = OwnPanels.spare(
      depth: max(max(shape.queries, shape.keys), max(shape.width, shape.valueWidth))
    )
  }
}

private struct AttentionGradientTask: ParallelTask {
  let queries: HeadRows
  let keys: HeadRows
  let values: HeadRows
  let shape: AttentionShape
  let lengths: AttentionLengths
  let weights: UnsafePointer<Float>
  let dy: HeadRows
  let gradients: AttentionGradients
  let memory: OwnMemory

  func run(_ index: Int, thread: Int) {
    let head = Head(index, shape, lengths)
    let room = AttentionGradientRoom(shape)
    let slopes = memory[thread]
    let (panels, spare) = (slopes + room.slopes, slopes + (room.slopes &+ room.panels))
    let weights = weights + (index &* shape.queries &* shape.keys)
    let q = queries.head(head, steps: shape.queries, width: shape.width)
    let k = keys.head(head, steps: shape.keys, width: shape.width)
    let dy = dy.head(head, steps: shape.queries, width: shape.valueWidth)
    if gradients.queries != nil || gradients.keys != nil {
      scoreSlopes(head, weights, dy, slopes, panels, spare)
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
          continues: target.accumulating,
          spare: spare
        )
        row &+= rows
      }
      clear(target, dq, queries.stride, rows: row..<shape.queries, width: shape.width)
    }
    if let target = gradients.keys {
      let own = OwnPanels(q, columns: shape.width, depth: head.queries, into: panels)
      let dk = place(target, keys.stride, head, steps: shape.keys, width: shape.width)
      sumOverQueries(own, slopes, head, target, dk, keys.stride, shape.width, spare)
    }
    if let target = gradients.values {
      let own = OwnPanels(dy, columns: shape.valueWidth, depth: head.queries, into: panels)
      let dv = place(target, values.stride, head, steps: shape.keys, width: shape.valueWidth)
      sumOverQueries(own, weights, head, target, dv, values.stride, shape.valueWidth, spare)
    }
  }

  /// dS of the head [queries, keys]; what no query sees is 0 within the block that a product reads.
  @inline(__always)
  private func scoreSlopes(
    _ head: Head,
    _ weights: UnsafePointer<Float>,
    _ dy: Matrix,
    _ slopes: UnsafeMutablePointer<Float>,
    _ panels: UnsafeMutablePointer<Float>,
    _ spare: UnsafeMutablePointer<Float>
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
        continues: false,
        spare: spare
      )
      for i in row..<row &+ rows {
        let count = shape.visible(before: i &+ 1, of: head.keys)
        let (line, p) = (slopes + (i &* shape.keys), weights + (i &* shape.keys))
        var total = Lanes.zero
        eachSixteen(count) { j, width in
          total = total.addingProduct(loadUpTo16(line + j, width), loadUpTo16(p + j, width))
        }
        let (mean, scale) = (treeSum(total), shape.scale)
        zipLanes(p, line, line, count) { p, dp, _ in p * (dp - mean) * scale }
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
    _ target: AttentionGradients.Target,
    _ result: UnsafeMutablePointer<Float>,
    _ stride: Int,
    _ width: Int,
    _ spare: UnsafeMutablePointer<Float>
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
        continues: target.accumulating,
        spare: spare
      )
      row &+= rows
    }
    clear(target, result, stride, rows: row..<shape.keys, width: width)
  }

  @inline(__always)
  private func place(
    _ target: AttentionGradients.Target,
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
    _ target: AttentionGradients.Target,
    _ base: UnsafeMutablePointer<Float>,
    _ stride: Int,
    rows: Range<Int>,
    width: Int
  ) {
    if target.accumulating { return }
    for row in rows { fill(base + (row &* stride), 0, width) }
  }
}
