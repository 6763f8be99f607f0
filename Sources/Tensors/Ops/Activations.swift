// SPDX-License-Identifier: Apache-2.0

public import Kernels

extension Tape {
  /// y = f(x), elementwise, with the bits of the fused form.
  public func activation(_ x: Variable, _ activation: Activation) -> Variable {
    let y = result(shape(of: x), of: x)
    unsafe activate(
      activation,
      values(x),
      into: values(y),
      count: shape(of: x).count,
      context: context
    )
    var node = unsafe Node(backward: activationBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.activation = activation
    unsafe note(node)
    return y
  }

  /// y = f(x), elementwise, for functions whose slope follows from x.
  public func activation(_ x: Variable, _ function: Pointwise) -> Variable {
    let y = result(shape(of: x), of: x)
    unsafe activate(
      function,
      values(x),
      into: values(y),
      count: shape(of: x).count,
      context: context
    )
    var node = unsafe Node(backward: pointwiseBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.numbers = function.numbers
    unsafe note(node)
    return y
  }

  /// The softmax of x over its last axis.
  public func softmax(_ x: Variable) -> Variable {
    let s = shape(of: x)
    let y = result(s, of: x)
    unsafe Kernels.softmax(
      values(x),
      rows: s.count / max(1, s.last),
      width: s.last,
      into: values(y),
      context: context
    )
    var node = unsafe Node(backward: softmaxBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe note(node)
    return y
  }
}

extension Pointwise {
  /// The function as plain numbers of a note.
  fileprivate var numbers: SIMD16<Int32> {
    var numbers = SIMD16<Int32>(repeating: 0)
    numbers[0] = kind.rawValue
    numbers[1] = Int32(bitPattern: first.bitPattern)
    numbers[2] = Int32(bitPattern: second.bitPattern)
    return numbers
  }

  fileprivate init(numbers: SIMD16<Int32>) {
    guard let kind = Kind(rawValue: numbers[0]) else {
      preconditionFailure("no function has the number \(numbers[0])")
    }
    self.init(
      kind,
      Float(bitPattern: UInt32(bitPattern: numbers[1])),
      Float(bitPattern: UInt32(bitPattern: numbers[2]))
    )
  }
}

private func activationBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  unsafe activationGradient(
    node.activation,
    result: tape.values(node.output),
    gradient: dy,
    into: dx,
    count: tape.shape(of: x).count,
    accumulating: accumulating,
    context: tape.context
  )
}

private func pointwiseBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  unsafe activationGradient(
    Pointwise(numbers: node.numbers),
    argument: tape.values(x),
    gradient: dy,
    into: dx,
    count: tape.shape(of: x).count,
    accumulating: accumulating,
    context: tape.context
  )
}

private func softmaxBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  let s = tape.shape(of: x)
  unsafe softmaxGradient(
    result: tape.values(node.output),
    gradient: dy,
    rows: s.count / max(1, s.last),
    width: s.last,
    into: dx,
    accumulating: accumulating,
    context: tape.context
  )
}
