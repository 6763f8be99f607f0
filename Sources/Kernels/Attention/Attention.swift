// SPDX-License-Identifier: Apache-2.0

// Scaled dot-product attention of several heads (Vaswani et al. 2017, eq. 1): in each head of each example
// Y = softmax(Q Kᵀ / √width) V, where a query sees only some of the keys.
//
// A head of an example is one piece of work, done by one thread from its products to its sums, so that the bits are the
// same on any number of threads. Its operands are read where they lie: the heads stand side by side in a row, as one
// linear layer makes them for all heads.

/// Queries that are multiplied at once: so many weights stay near for the softmax, and a causal block ends early.
let queriesPerBlock = 32

/// y = softmax(q kᵀ / √width) v in each head; `weights` [N, H, queries, keys] receives the softmax, and what dropout leaves
/// of it mixes the values.
///
/// A weight is 0 behind an example's keys and, if causal, behind the query's own place. A query that sees no key, and one
/// behind an example's end, has weights and results 0. What is stored behind the ends is not used.
package func attention(
  _ queries: HeadRows,
  _ keys: HeadRows,
  _ values: HeadRows,
  shape: AttentionShape,
  lengths: AttentionLengths,
  weights: AttentionWeights,
  into y: UnsafeMutablePointer<Float>,
  rowStride: Int,
  context: KernelContext
) {
  let own =
    OwnPanels.floats(columns: shape.keys, depth: shape.width)
    &+ OwnPanels.floats(columns: shape.valueWidth, depth: shape.keys)
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
  let weights: AttentionWeights
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
    let start = index &* shape.queries
    let y =
      y + (head.example &* shape.queries &* rowStride &+ head.index &* shape.valueWidth)
    let room = memory[thread]
    let turnedKeys = OwnPanels(k.transposed, columns: head.keys, depth: shape.width, into: room)
    let ownValues = OwnPanels(
      v,
      columns: shape.valueWidth,
      depth: head.keys,
      into: room + OwnPanels.floats(columns: shape.keys, depth: shape.width)
    )
    var row = 0
    while row < head.queries {
      let rows = min(queriesPerBlock, head.queries &- row)
      let visible = shape.visible(before: row &+ rows, of: head.keys)
      let block = (start &+ row) &* shape.keys
      turnedKeys.multiply(
        Matrix(q.base + (row &* q.rowStride), rowStride: q.rowStride),
        rows: rows,
        before: visible,
        steps: 0..<shape.width,
        into: weights.softmax + block,
        rowStride: shape.keys,
        continues: false
      )
      for i in 0..<rows {
        let count = shape.visible(before: row &+ i &+ 1, of: head.keys)
        weights.finish(start &+ row &+ i, count, keys: shape.keys, scale: shape.scale)
      }
      ownValues.multiply(
        Matrix(weights.mixing + block, rowStride: shape.keys),
        rows: rows,
        before: shape.valueWidth,
        steps: 0..<visible,
        into: y + (row &* rowStride),
        rowStride: rowStride,
        continues: false
      )
      row &+= rows
    }
    let rest = (shape.queries &- row) &* shape.keys
    fill(weights.softmax + (start &+ row) &* shape.keys, 0, rest)
    while row < shape.queries {
      fill(y + (row &* rowStride), 0, shape.valueWidth)
      row &+= 1
    }
  }
}
