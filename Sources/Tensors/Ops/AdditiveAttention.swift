// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// Additive attention (Bahdanau, Cho & Bengio 2015, appendix A.1.2) of projected queries [N, Tq, H] and keys [N, Tk, H]
  /// to values [N, Tk, E] → [N, Tq, E]: a mixture of the values by softmax(v · tanh(q + k)), where v [H] is `scoring`.
  ///
  /// With lengths [N], each 0 … T, no query sees a key behind an example's end. Results and gradients behind the end of its
  /// queries are 0, and what is stored behind ends does not matter. A query that sees no key has the result 0. While
  /// training, `dropout` takes weights away; `capture` receives a copy of those before.
  public func additiveAttention(
    queries: Variable,
    keys: Variable,
    scoring: Variable,
    values: Variable,
    queryLengths: Indices? = nil,
    keyLengths: Indices? = nil,
    dropout: AttentionDropout? = nil,
    capture: AttentionCapture? = nil
  ) -> Variable {
    let s = additiveShape(queries, keys, scoring, values)
    if let queryLengths { check(queryLengths, shape(of: queries), "additiveAttention") }
    if let keyLengths { check(keyLengths, shape(of: keys), "additiveAttention") }
    let y = result(
      Shape(s.batch, s.queries, s.valueWidth),
      of: queries,
      keys,
      scoring,
      values
    )
    let weights = attentionWeights(s, dropout)
    unsafe Kernels.additiveAttention(
      rows(queries),
      rows(keys),
      scoring: self.values(scoring),
      rows(values),
      shape: s,
      lengths: AttentionLengths(queries: queryLengths?.base, keys: keyLengths?.base),
      weights: weights,
      into: self.values(y),
      context: context
    )
    capture?.take(weights, s)
    var node = unsafe Node(backward: additiveAttentionBackward, output: y)
    unsafe node.inputs = (queries, keys, scoring, values, nil)
    unsafe node.indices = queryLengths
    unsafe node.lengths = keyLengths
    unsafe node.buffers.0 = weights.softmax
    unsafe node.buffers.1 = weights.left
    unsafe note(node)
    return y
  }

  fileprivate func rows(_ x: Variable) -> HeadRows {
    unsafe HeadRows(values(x), stride: shape(of: x).last)
  }

  fileprivate func additiveShape(
    _ queries: Variable,
    _ keys: Variable,
    _ scoring: Variable,
    _ values: Variable
  ) -> AttentionShape {
    let (q, k, v) = (shape(of: queries), shape(of: keys), shape(of: values))
    precondition(
      q.rank == 3 && k.rank == 3 && v.rank == 3 && q[0] == k[0] && k[0] == v[0] && k[1] == v[1]
        && q[2] == k[2] && shape(of: scoring) == Shape(q[2]),
      "additiveAttention: queries \(q), keys \(k), values \(v), scoring \(shape(of: scoring))"
    )
    return AttentionShape(
      batch: q[0],
      heads: 1,
      queries: q[1],
      keys: k[1],
      width: q[2],
      valueWidth: v[2],
      isCausal: false
    )
  }
}

private func additiveAttentionBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let queries = unsafe node.inputs.0, let keys = unsafe node.inputs.1,
    let scoring = unsafe node.inputs.2, let values = unsafe node.inputs.3,
    let weights = unsafe node.buffers.0
  else { return }
  // In this order: an operand may be another one, too.
  let valueTarget = tape.target(values)
  let queryTarget = tape.target(queries)
  let keyTarget = tape.target(keys)
  unsafe additiveAttentionGradients(
    tape.rows(queries),
    tape.rows(keys),
    scoring: tape.values(scoring),
    tape.rows(values),
    shape: tape.additiveShape(queries, keys, scoring, values),
    lengths: AttentionLengths(queries: node.indices?.base, keys: node.lengths?.base),
    weights: AttentionWeights(weights, left: node.buffers.1),
    gradient: dy,
    into: AdditiveAttentionGradients(
      values: valueTarget,
      queries: queryTarget,
      keys: keyTarget,
      scoring: tape.target(scoring)
    ),
    context: tape.context
  )
}
