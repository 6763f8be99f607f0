// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// x [N, D] at each of `steps` steps: [N, T, D]. Its gradient is the sum over the steps, in their order.
  public func repeated(_ x: Variable, steps: Int) -> Variable {
    let s = shape(of: x)
    precondition(s.rank == 2 && steps > 0, "repeated: x is \(s), steps \(steps)")
    let y = result(Shape(s[0], steps, s[1]), of: x)
    for step in 0..<steps {
      unsafe copyLines(
        values(x),
        xStride: s[1],
        into: values(y) + step * s[1],
        yStride: steps * s[1],
        count: s[0],
        width: s[1],
        context: context
      )
    }
    var node = unsafe Node(backward: repeatedBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe note(node)
    return y
  }
}

private func repeatedBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x) else {
    return
  }
  let s = unsafe tape.shape(of: node.output)
  for step in 0..<s[1] {
    unsafe copyLines(
      dy + step * s[2],
      xStride: s[1] * s[2],
      into: dx,
      yStride: s[2],
      count: s[0],
      width: s[2],
      accumulating: accumulating || step > 0,
      context: tape.context
    )
  }
}
