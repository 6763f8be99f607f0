// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// Scaled dot-product attention (Vaswani et al. 2017, eq. 1) in `heads` heads side by side: queries [N, Tq, H · D],
  /// keys [N, Tk, H · D], values [N, Tk, H · E] → softmax(Q Kᵀ / √D) V of each head, [N, Tq, H · E].
  ///
  /// If causal, where Tq = Tk, query i sees the keys 0 … i. With lengths [N], each 0 … T, results and gradients behind an
  /// example's end are 0, and what is stored there does not matter. A query that sees no key has the result 0.
  /// While training, `dropout` takes weights away; `capture` receives a copy of those before.
  public func attention(
    queries: Variable,
    keys: Variable,
    values: Variable,
    heads: Int,
    isCausal: Bool = false,
    queryLengths: Indices? = nil,
    keyLengths: Indices? = nil,
    dropout: AttentionDropout? = nil,
    capture: AttentionCapture? = nil
  ) -> Variable {
    let (q, k, v) = (shape(of: queries), shape(of: keys), shape(of: values))
    precondition(
      q.rank == 3 && k.rank == 3 && v.rank == 3 && q[0] == k[0] && k[0] == v[0] && k[1] == v[1]
        && q[2] == k[2] && heads > 0 && q[2] % heads == 0 && v[2] % heads == 0
        && (!isCausal || q[1] == k[1]),
      "attention: queries \(q), keys \(k), values \(v), heads \(heads)"
    )
    return attention(
      Operands(queries: queries, keys: keys, values: values),
      AttentionShape(
        batch: q[0],
        heads: heads,
        queries: q[1],
        keys: k[1],
        width: q[2] / heads,
        valueWidth: v[2] / heads,
        isCausal: isCausal
      ),
      queryLengths,
      keyLengths,
      dropout,
      capture
    )
  }

  /// The same where one tensor [N, T, 3 · H · D] holds queries, keys and values side by side → [N, T, H · D].
  public func selfAttention(
    _ x: Variable,
    heads: Int,
    isCausal: Bool = false,
    lengths: Indices? = nil,
    dropout: AttentionDropout? = nil,
    capture: AttentionCapture? = nil
  ) -> Variable {
    let s = shape(of: x)
    precondition(
      s.rank == 3 && heads > 0 && s[2] % (3 * heads) == 0,
      "selfAttention: x is \(s), heads \(heads)"
    )
    let width = s[2] / 3
    return attention(
      Operands(queries: x, keys: x, values: x, keyOffset: width, valueOffset: 2 * width),
      AttentionShape(
        batch: s[0],
        heads: heads,
        queries: s[1],
        keys: s[1],
        width: width / heads,
        valueWidth: width / heads,
        isCausal: isCausal
      ),
      lengths,
      lengths,
      dropout,
      capture
    )
  }

  private func attention(
    _ operands: Operands,
    _ s: AttentionShape,
    _ queryLengths: Indices?,
    _ keyLengths: Indices?,
    _ dropout: AttentionDropout?,
    _ capture: AttentionCapture?
  ) -> Variable {
    if let queryLengths { check(queryLengths, Shape(s.batch, s.queries), "attention") }
    if let keyLengths { check(keyLengths, Shape(s.batch, s.keys), "attention") }
    let y = result(
      Shape(s.batch, s.queries, s.heads * s.valueWidth),
      of: operands.queries,
      operands.keys,
      operands.values
    )
    let weights = attentionWeights(s, dropout)
    unsafe Kernels.attention(
      operands.queryRows(self),
      operands.keyRows(self),
      operands.valueRows(self),
      shape: s,
      lengths: AttentionLengths(queries: queryLengths?.base, keys: keyLengths?.base),
      weights: weights,
      into: values(y),
      rowStride: s.heads * s.valueWidth,
      context: context
    )
    capture?.take(weights, s)
    var node = unsafe Node(backward: attentionBackward, output: y)
    unsafe node.inputs = (operands.queries, operands.keys, operands.values, nil, nil)
    unsafe node.indices = queryLengths
    unsafe node.lengths = keyLengths
    unsafe node.buffers.0 = weights.softmax
    unsafe node.buffers.1 = weights.left
    unsafe node.numbers[0] = Int32(s.heads)
    unsafe node.numbers[1] = s.isCausal ? 1 : 0
    unsafe node.numbers[2] = Int32(operands.keyOffset)
    unsafe node.numbers[3] = Int32(operands.valueOffset)
    unsafe node.numbers[4] = Int32(s.width)
    unsafe node.numbers[5] = Int32(s.valueWidth)
    unsafe note(node)
    return y
  }
}

/// Where queries, keys and values lie: in tensors of their own, or side by side in one.
private struct Operands {
  let queries: Variable
  let keys: Variable
  let values: Variable
  var keyOffset = 0
  var valueOffset = 0

  func queryRows(_ tape: Tape) -> HeadRows {
    unsafe HeadRows(tape.values(queries), stride: tape.shape(of: queries).last)
  }

  func keyRows(_ tape: Tape) -> HeadRows {
    unsafe HeadRows(tape.values(keys) + keyOffset, stride: tape.shape(of: keys).last)
  }

  func valueRows(_ tape: Tape) -> HeadRows {
    unsafe HeadRows(tape.values(values) + valueOffset, stride: tape.shape(of: values).last)
  }

  /// Where the gradients go; three parts of one tensor are written side by side and fill it.
  func gradients(_ tape: Tape) -> AttentionGradients {
    func moved(_ target: GradientTarget?, _ offset: Int) -> GradientTarget? {
      target.map {
        unsafe GradientTarget($0.base + offset, accumulating: $0.accumulating)
      }
    }
    let first = tape.target(queries)
    guard valueOffset == 0 else {
      return AttentionGradients(
        queries: first,
        keys: moved(first, keyOffset),
        values: moved(first, valueOffset)
      )
    }
    let second = tape.target(keys)
    return AttentionGradients(queries: first, keys: second, values: tape.target(values))
  }
}

private func attentionBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let queries = unsafe node.inputs.0, let keys = unsafe node.inputs.1,
    let values = unsafe node.inputs.2, let weights = unsafe node.buffers.0
  else { return }
  let (q, k) = (tape.shape(of: queries), tape.shape(of: keys))
  let numbers = unsafe node.numbers
  let operands = Operands(
    queries: queries,
    keys: keys,
    values: values,
    keyOffset: Int(numbers[2]),
    valueOffset: Int(numbers[3])
  )
  let s = AttentionShape(
    batch: q[0],
    heads: Int(numbers[0]),
    queries: q[1],
    keys: k[1],
    width: Int(numbers[4]),
    valueWidth: Int(numbers[5]),
    isCausal: numbers[1] == 1
  )
  unsafe attentionGradients(
    operands.queryRows(tape),
    operands.keyRows(tape),
    operands.valueRows(tape),
    shape: s,
    lengths: AttentionLengths(queries: node.indices?.base, keys: node.lengths?.base),
    weights: AttentionWeights(weights, left: node.buffers.1),
    gradient: dy,
    rowStride: s.heads * s.valueWidth,
    into: operands.gradients(tape),
    context: tape.context
  )
}
