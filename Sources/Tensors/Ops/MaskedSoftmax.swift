// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// The softmax of the first values of each row of x [N, K] or [N, M, K], as many as `lengths` says: zeros behind them.
  ///
  /// One length, 0 … K, for all rows of an example [N], or one for each row [N, M]. What x holds behind it does not matter,
  /// and its gradient is 0 there. A row of length 0 is all zeros.
  public func maskedSoftmax(_ x: Variable, lengths: Indices) -> Variable {
    let s = shape(of: x)
    let rows = s.count / max(1, s.last)
    let given = lengths.shape
    precondition(
      (s.rank == 2 || s.rank == 3) && given.rank < s.rank
        && (0..<given.rank).allSatisfy { given[$0] == s[$0] },
      "maskedSoftmax: \(given) lengths for \(s)"
    )
    for i in 0..<given.count {
      let length = unsafe Int(lengths.base[i])
      precondition((0...s.last).contains(length), "maskedSoftmax: length \(length) of \(s.last)")
    }
    let y = result(s, of: x)
    unsafe Kernels.softmax(
      values(x),
      rows: rows,
      width: s.last,
      lengths: rowLengths(lengths, rows),
      into: values(y),
      context: context
    )
    var node = unsafe Node(backward: maskedSoftmaxBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.lengths = lengths
    unsafe note(node)
    return y
  }
}

/// Lengths for `rows` rows, each for equally many.
private func rowLengths(_ lengths: Indices, _ rows: Int) -> RowLengths {
  unsafe RowLengths(lengths.base, rows: max(1, rows / max(1, lengths.shape.count)))
}

private func maskedSoftmaxBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let lengths = unsafe node.lengths,
    let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  let s = tape.shape(of: x)
  let rows = s.count / max(1, s.last)
  unsafe softmaxGradient(
    result: tape.values(node.output),
    gradient: dy,
    rows: rows,
    width: s.last,
    lengths: rowLengths(lengths, rows),
    into: dx,
    accumulating: accumulating,
    context: tape.context
  )
}
