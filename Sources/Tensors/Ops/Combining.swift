// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// f(a + b) of equal shapes; both may be the same variable.
  public func add(
    _ a: Variable,
    _ b: Variable,
    activation: Activation = .identity
  ) -> Variable {
    precondition(shape(of: a) == shape(of: b), "add: a is \(shape(of: a)), b \(shape(of: b))")
    let y = result(shape(of: a), of: a, b)
    unsafe Kernels.add(
      values(a),
      values(b),
      into: values(y),
      count: shape(of: a).count,
      activation: activation,
      context: context
    )
    var node = unsafe Node(backward: addBackward, output: y)
    unsafe node.inputs = (a, b, nil, nil, nil)
    unsafe node.activation = activation
    unsafe note(node)
    return y
  }

  /// The values of x under a gradient of its own, which is added to that of x: so a result may have a loss and readers.
  public func copied(_ x: Variable) -> Variable {
    let y = result(shape(of: x), of: x)
    let count = shape(of: x).count
    unsafe copyLines(
      values(x),
      xStride: count,
      into: values(y),
      yStride: count,
      count: 1,
      width: count,
      context: context
    )
    var node = unsafe Node(backward: addBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe note(node)
    return y
  }

  /// x [N, …] with b […] added to each example.
  public func addToEach(_ x: Variable, _ b: Variable) -> Variable {
    let s = shape(of: x)
    let size = shape(of: b).count
    precondition(
      s.rank == shape(of: b).rank + 1 && s.count == s[0] * size,
      "addToEach: x is \(s), b \(shape(of: b))"
    )
    let y = result(s, of: x, b)
    for n in 0..<s[0] {
      unsafe Kernels.add(
        values(x) + n * size,
        values(b),
        into: values(y) + n * size,
        count: size,
        context: context
      )
    }
    var node = unsafe Node(backward: addToEachBackward, output: y)
    unsafe node.inputs = (x, b, nil, nil, nil)
    unsafe note(node)
    return y
  }

  /// All parts side by side: along the channels of images [N, C, H, W], along the last axis of all else. There is at
  /// least one part; all other axes are equal.
  public func concatenate(_ parts: [Variable]) -> Variable {
    precondition(!parts.isEmpty, "concatenate: there are no parts")
    let first = shape(of: parts[0])
    let axis = first.rank == 4 ? 1 : first.rank - 1
    var size = 0
    for part in parts {
      let s = shape(of: part)
      precondition(
        s.rank == first.rank && s.replacing(axis, 0) == first.replacing(axis, 0),
        "concatenate: \(s) beside \(first)"
      )
      size += s[axis]
    }
    let y = unsafe constant(first.replacing(axis, size)) { _ in }
    let rows = axis == 1 ? first[0] : first.count / max(1, first.last)
    let width = shape(of: y).count / max(1, rows)
    var offset = 0
    for part in parts {
      let partWidth = shape(of: part).count / max(1, rows)
      unsafe copyLines(
        values(part),
        xStride: partWidth,
        into: values(y) + offset,
        yStride: width,
        count: rows,
        width: partWidth,
        context: context
      )
      // A node for each part, all with the same output: a list of inputs would be on the heap.
      if isTraining, needsGradient(part) {
        askForGradient(y)
        var node = unsafe Node(backward: concatenateBackward, output: y)
        unsafe node.inputs = (part, nil, nil, nil, nil)
        unsafe node.numbers[0] = Int32(offset)
        unsafe node.numbers[1] = Int32(rows)
        unsafe note(node)
      }
      offset += partWidth
    }
    return y
  }
}

private func addBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  if unsafe node.activation != .identity {
    unsafe activationGradient(
      node.activation,
      result: tape.values(node.output),
      gradient: dy,
      into: dy,
      count: tape.shape(of: node.output).count,
      accumulating: false,
      context: tape.context
    )
  }
  unsafe pass(dy, to: node.inputs.1, tape)
  if let a = unsafe node.inputs.0, unsafe !tape.takeOver(dy, a) {
    unsafe pass(dy, to: a, tape)
  }
}

private func addToEachBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  unsafe pass(dy, to: node.inputs.0, tape)
  guard let b = unsafe node.inputs.1, let (db, accumulating) = unsafe tape.gradientTarget(b)
  else { return }
  let size = tape.shape(of: b).count
  unsafe columnSums(
    dy,
    rows: tape.shape(of: node.output)[0],
    columns: size,
    rowStride: size,
    into: db,
    accumulating: accumulating,
    context: tape.context
  )
}

private func pass(_ dy: UnsafeMutablePointer<Float>, to input: Variable?, _ tape: Tape) {
  guard let input, let (gradient, accumulating) = unsafe tape.gradientTarget(input) else { return }
  unsafe Kernels.add(
    dy,
    into: gradient,
    count: tape.shape(of: input).count,
    accumulating: accumulating,
    context: tape.context
  )
}

private func concatenateBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let part = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(part)
  else { return }
  let rows = unsafe Int(node.numbers[1])
  let width = tape.shape(of: part).count / max(1, rows)
  unsafe copyLines(
    dy + Int(node.numbers[0]),
    xStride: tape.shape(of: node.output).count / max(1, rows),
    into: dx,
    yStride: width,
    count: rows,
    width: width,
    accumulating: accumulating,
    context: tape.context
  )
}
