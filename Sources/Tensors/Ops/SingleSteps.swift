// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// Step `t` of x [N, T, D]: [N, 1, D]. The gradient of all other steps is 0, or what others add to it.
  public func step(_ t: Int, of x: Variable) -> Variable {
    let s = shape(of: x)
    precondition(s.rank == 3 && (0..<s[1]).contains(t), "step: x is \(s), step \(t)")
    let y = result(Shape(s[0], 1, s[2]), of: x)
    unsafe copyLines(
      values(x) + t * s[2],
      xStride: s[1] * s[2],
      into: values(y),
      yStride: s[2],
      count: s[0],
      width: s[2],
      context: context
    )
    var node = unsafe Node(backward: stepBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.numbers[0] = Int32(t)
    unsafe note(node)
    return y
  }

  /// Steps [N, 1, D], one behind the other: [N, T, D]. There is at least one.
  public func sequence(_ steps: [Variable]) -> Variable {
    precondition(!steps.isEmpty, "sequence: there are no steps")
    let s = shape(of: steps[0])
    precondition(
      s.rank == 3 && s[1] == 1 && steps.allSatisfy { shape(of: $0) == s },
      "sequence: steps of \(s)"
    )
    let y = unsafe constant(Shape(s[0], steps.count, s[2])) { _ in }
    for (t, step) in steps.enumerated() {
      unsafe copyLines(
        values(step),
        xStride: s[2],
        into: values(y) + t * s[2],
        yStride: steps.count * s[2],
        count: s[0],
        width: s[2],
        context: context
      )
      // A node for each step, all with the same output: a list of inputs would be on the heap.
      guard isTraining, needsGradient(step) else { continue }
      askForGradient(y)
      var node = unsafe Node(backward: sequenceBackward, output: y)
      unsafe node.inputs = (step, nil, nil, nil, nil)
      unsafe node.numbers[0] = Int32(t)
      unsafe note(node)
    }
    return y
  }

  /// x [N, D] as the only step of a sequence [N, 1, D]; no copy.
  public func sequence(ofOne x: Variable) -> Variable {
    let s = shape(of: x)
    precondition(s.rank == 2, "sequence: x is \(s)")
    return view(x, Shape(s[0], 1, s[1]))
  }

  /// Zeros of this shape.
  public func zeros(_ shape: Shape) -> Variable {
    unsafe constant(shape) { unsafe $0.update(repeating: 0, count: shape.count) }
  }

  /// Of sequences with `lengths` [N] how many steps are real from step `t` on, of one step: [N], each 0 or 1.
  public func lengths(_ lengths: Indices, ofStep t: Int) -> Indices {
    unsafe indices(lengths.shape) { memory in
      for n in 0..<lengths.shape.count { unsafe memory[n] = lengths.base[n] > t ? 1 : 0 }
    }
  }
}

private func stepBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x) else {
    return
  }
  let s = tape.shape(of: x)
  if !accumulating { unsafe dx.update(repeating: 0, count: s.count) }
  unsafe copyLines(
    dy,
    xStride: s[2],
    into: dx + Int(node.numbers[0]) * s[2],
    yStride: s[1] * s[2],
    count: s[0],
    width: s[2],
    accumulating: accumulating,
    context: tape.context
  )
}

private func sequenceBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let step = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(step)
  else { return }
  let s = unsafe tape.shape(of: node.output)
  unsafe copyLines(
    dy + Int(node.numbers[0]) * s[2],
    xStride: s[1] * s[2],
    into: dx,
    yStride: s[2],
    count: s[0],
    width: s[2],
    accumulating: accumulating,
    context: tape.context
  )
}
