// SPDX-License-Identifier: Apache-2.0

// Additive attention (Bahdanau, Cho & Bengio 2015, appendix A.1.2): a score is v · tanh(q + k), where queries q and keys k
// have already been multiplied by their weights. Nothing of [queries, keys, H] is kept: the way back computes the tanh
// again, which is cheaper than to write and read so much memory.

/// y = softmax(scores) v of each example, score[i, j] = Σ over h of `scoring`[h] · tanh(q[i, h] + k[j, h]); `weights`
/// [N, queries, keys] receives the softmax, and what dropout leaves of it mixes the values.
///
/// `shape` has one head and is not causal; its width is H. Weights are 0 behind an example's keys. A query that sees no key,
/// and one behind an example's end, has weights and results 0. What is stored behind the ends is not used. A score is
/// summed in 16 lanes over h.
package func additiveAttention(
  _ queries: HeadRows,
  _ keys: HeadRows,
  scoring: UnsafePointer<Float>,
  _ values: HeadRows,
  shape: AttentionShape,
  lengths: AttentionLengths,
  weights: AttentionWeights,
  into y: UnsafeMutablePointer<Float>,
  context: KernelContext
) {
  let own = OwnPanels.floats(columns: shape.valueWidth, depth: shape.keys)
  let blocks = (shape.queries &+ queriesPerBlock &- 1) / queriesPerBlock
  let task = AdditiveAttentionTask(
    queries: queries,
    keys: keys,
    scoring: scoring,
    values: values,
    shape: shape,
    lengths: lengths,
    weights: weights,
    y: y,
    blocks: blocks,
    memory: OwnMemory(
      context.scratch(own &* context.pool.threadCount),
      own,
      context.pool.threadCount
    )
  )
  context.pool.run(shape.batch &* blocks, task, multiplications: shape.additiveWork)
}

/// Multiplications that take about as long as a tanh.
private let tanhWork = 16

extension AttentionShape {
  /// The work of additive scores and of the mixture, in multiplications.
  var additiveWork: Int { weightCount &* (tanhWork &* width &+ valueWidth) }
}

/// One block of an example's queries.
private struct AdditiveAttentionTask: ParallelTask {
  let queries: HeadRows
  let keys: HeadRows
  let scoring: UnsafePointer<Float>
  let values: HeadRows
  let shape: AttentionShape
  let lengths: AttentionLengths
  let weights: AttentionWeights
  let y: UnsafeMutablePointer<Float>
  let blocks: Int
  let memory: OwnMemory

  func run(_ index: Int, thread: Int) {
    let head = Head(index / blocks, shape, lengths)
    let first = index % blocks &* queriesPerBlock
    let all = min(queriesPerBlock, shape.queries &- first)
    let rows = max(0, min(all, head.queries &- first))
    let row = head.example &* shape.queries &+ first
    let y = y + row &* shape.valueWidth
    let q = queries.head(head, steps: shape.queries, width: shape.width)
    let k = keys.head(head, steps: shape.keys, width: shape.width)
    for i in 0..<rows {
      let line = weights.softmax + (row &+ i) &* shape.keys
      let query = q.base + (first &+ i) &* q.rowStride
      for j in 0..<head.keys { line[j] = score(query, k.base + j &* k.rowStride) }
      weights.finish(row &+ i, head.keys, keys: shape.keys, scale: 1)
    }
    if rows > 0 {
      let v = values.head(head, steps: shape.keys, width: shape.valueWidth)
      let room = memory[thread]
      let own = OwnPanels(v, columns: shape.valueWidth, depth: head.keys, into: room)
      own.multiply(
        Matrix(weights.mixing + row &* shape.keys, rowStride: shape.keys),
        rows: rows,
        before: shape.valueWidth,
        steps: 0..<head.keys,
        into: y,
        rowStride: shape.valueWidth,
        continues: false
      )
    }
    fill(weights.softmax + (row &+ rows) &* shape.keys, 0, (all &- rows) &* shape.keys)
    fill(y + rows &* shape.valueWidth, 0, (all &- rows) &* shape.valueWidth)
  }

  @inline(__always)
  private func score(_ query: UnsafePointer<Float>, _ key: UnsafePointer<Float>) -> Float {
    var total = Lanes.zero
    eachSixteen(shape.width) { h, width in
      let sum = loadUpTo16(query + h, width) + loadUpTo16(key + h, width)
      total = total.addingProduct(loadUpTo16(scoring + h, width), tanh(sum))
    }
    return treeSum(total)
  }
}
