// SPDX-License-Identifier: Apache-2.0

public import DeterministicMath
import Kernels

extension Tape {
  /// While training, zeroes each element with `probability` and divides the rest by 1 − probability; else x itself.
  ///
  /// Element i takes word i of `stream`, so the mask is a function of seed, layer and step, on any number of threads.
  public func dropout(_ x: Variable, probability: Double, stream: RandomStream) -> Variable {
    if !isTraining || probability == 0 { return x }
    let y = result(shape(of: x), of: x)
    let count = shape(of: x).count
    unsafe Kernels.dropout(
      values(x),
      into: values(y),
      count: count,
      probability: probability,
      stream: stream,
      accumulating: false,
      context: context
    )
    var node = unsafe Node(backward: dropoutBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.numbers = dropoutNumbers(probability, stream)
    unsafe note(node)
    return y
  }

  /// x under another shape with as many elements; no copy.
  public func reshape(_ x: Variable, _ shape: Shape) -> Variable { view(x, shape) }

  /// Rows of an image as steps: x [N, C, H, W] → [N, H, C · W], channels side by side.
  public func rowsAsSequence(_ x: Variable) -> Variable {
    let s = shape(of: x)
    precondition(s.rank == 4, "rowsAsSequence: x is \(s)")
    if s[1] == 1 { return view(x, Shape(s[0], s[2], s[3])) }
    let y = result(Shape(s[0], s[2], s[1] * s[3]), of: x)
    for n in 0..<s[0] {
      let offset = n * s[1] * s[2] * s[3]
      unsafe exchangeAxes(
        values(x) + offset,
        first: s[1],
        second: s[2],
        width: s[3],
        into: values(y) + offset,
        context: context
      )
    }
    var node = unsafe Node(backward: rowsAsSequenceBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe note(node)
    return y
  }
}

/// Probability, key and step of a dropout as plain numbers.
private func dropoutNumbers(_ probability: Double, _ stream: RandomStream) -> SIMD16<Int32> {
  var n = SIMD16<Int32>(repeating: 0)
  n[0] = Int32(truncatingIfNeeded: probability.bitPattern)
  n[1] = Int32(truncatingIfNeeded: probability.bitPattern >> 32)
  n[2] = Int32(bitPattern: stream.philox.key.x)
  n[3] = Int32(bitPattern: stream.philox.key.y)
  n[4] = Int32(truncatingIfNeeded: stream.step)
  n[5] = Int32(truncatingIfNeeded: stream.step >> 32)
  return n
}

private func dropoutBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  let n = unsafe node.numbers
  func word(_ low: Int) -> UInt64 {
    UInt64(UInt32(bitPattern: n[low])) | UInt64(UInt32(bitPattern: n[low + 1])) << 32
  }
  let stream = RandomStream(
    philox: Philox(key: SIMD2(UInt32(bitPattern: n[2]), UInt32(bitPattern: n[3]))),
    step: word(4)
  )
  unsafe Kernels.dropout(
    dy,
    into: dx,
    count: tape.shape(of: x).count,
    probability: Double(bitPattern: word(0)),
    stream: stream,
    accumulating: accumulating,
    context: tape.context
  )
}

private func rowsAsSequenceBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  let s = tape.shape(of: x)
  for n in 0..<s[0] {
    let offset = n * s[1] * s[2] * s[3]
    unsafe exchangeAxes(
      dy + offset,
      first: s[2],
      second: s[1],
      width: s[3],
      into: dx + offset,
      accumulating: accumulating,
      context: tape.context
    )
  }
}
