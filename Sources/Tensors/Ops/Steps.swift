// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// The last step of x [N, T, D] → [N, D]; with `lengths` [N], each 0 … T, the last of an example's real steps, or zeros
  /// without one.
  public func lastStep(_ x: Variable, lengths: Indices? = nil) -> Variable {
    let s = shape(of: x)
    precondition(s.rank == 3 && s[1] > 0, "lastStep: x is \(s)")
    if let lengths { check(lengths, s, "lastStep") }
    let y = result(Shape(s[0], s[2]), of: x)
    for n in 0..<s[0] {
      let row = unsafe values(y) + n * s[2]
      if let last = place(ofLast: n, s, lengths) {
        unsafe copyLine(values(x) + last, into: row, width: s[2])
      } else {
        unsafe row.update(repeating: 0, count: s[2])
      }
    }
    var node = unsafe Node(backward: lastStepBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.lengths = lengths
    unsafe note(node)
    return y
  }

  /// The steps at which the two halves of x [N, T, 2 · H] have read all: the first half of the last step, with `lengths`
  /// [N], each 0 … T, of an example's last real step, beside the second half of the first step → [N, 2 · H]; zeros of an
  /// example without steps.
  public func finalState(_ x: Variable, lengths: Indices? = nil) -> Variable {
    let s = shape(of: x)
    precondition(s.rank == 3 && s[1] > 0 && s[2] % 2 == 0, "finalState: x is \(s)")
    if let lengths { check(lengths, s, "finalState") }
    let y = result(Shape(s[0], s[2]), of: x)
    let half = s[2] / 2
    for n in 0..<s[0] {
      let row = unsafe values(y) + n * s[2]
      if let last = place(ofLast: n, s, lengths) {
        unsafe copyLine(values(x) + last, into: row, width: half)
        unsafe copyLine(values(x) + n * s[1] * s[2] + half, into: row + half, width: half)
      } else {
        unsafe row.update(repeating: 0, count: s[2])
      }
    }
    var node = unsafe Node(backward: finalStateBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.lengths = lengths
    unsafe note(node)
    return y
  }

  /// The real steps of x [N, T, …], one behind the other: [M, …], M = Σ `lengths`, each 0 … T.
  ///
  /// What a loss makes of them is its value, and its mean's gradient, over real steps alone; the gradient behind an
  /// example's end is 0, whatever x holds there.
  public func realSteps(_ x: Variable, lengths: Indices) -> Variable {
    let s = shape(of: x)
    precondition(s.rank >= 2, "realSteps: x is \(s)")
    check(lengths, s, "realSteps")
    let (steps, width) = (s[1], s.count / max(1, s[0] * s[1]))
    let count = total(lengths)
    // As many floats whatever the lengths: a steady step takes no memory.
    let y = result(
      s.rank == 2 ? Shape(batch: count, []) : Shape(count, width),
      capacity: s.count,
      of: x
    )
    var row = 0
    for n in 0..<s[0] {
      let length = unsafe Int(lengths.base[n])
      unsafe copyLines(
        values(x) + n * steps * width,
        xStride: width,
        into: values(y) + row * width,
        yStride: width,
        count: length,
        width: width
      )
      row += length
    }
    var node = unsafe Node(backward: realStepsBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.lengths = lengths
    unsafe note(node)
    return y
  }

  /// The numbers [N, T] of real steps: [M].
  public func realSteps(_ numbers: Indices, lengths: Indices) -> Indices {
    let steps = numbers.shape[1]
    check(lengths, numbers.shape, "realSteps")
    let all = unsafe indices(numbers.shape) { memory in
      var row = 0
      for n in 0..<numbers.shape[0] {
        for t in 0..<Int(unsafe lengths.base[n]) {
          unsafe memory[row] = numbers.base[n * steps + t]
          row += 1
        }
      }
    }
    return unsafe Indices(base: all.base, shape: Shape(batch: total(lengths), []))
  }

  private func total(_ lengths: Indices) -> Int {
    var total = 0
    for n in 0..<lengths.shape.count { unsafe total += Int(lengths.base[n]) }
    return total
  }

  /// Checks that there is a length for each example of a shape [N, T, …], each 0 … T.
  func check(_ lengths: Indices, _ shape: Shape, _ name: String) {
    precondition(
      lengths.shape.count == shape[0],
      "\(name): \(lengths.shape) lengths for \(shape)"
    )
    for n in 0..<shape[0] {
      let length = unsafe Int(lengths.base[n])
      precondition((0...shape[1]).contains(length), "\(name): length \(length) of \(shape[1])")
    }
  }
}

/// Where example n's last real step begins in [N, T, D]; nil without one.
private func place(ofLast n: Int, _ s: Shape, _ lengths: Indices?) -> Int? {
  let length = lengths.map { unsafe Int($0.base[n]) } ?? s[1]
  return length == 0 ? nil : (n * s[1] + length - 1) * s[2]
}

private func copyLine(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  width: Int,
  accumulating: Bool = false
) {
  unsafe copyLines(
    x,
    xStride: width,
    into: y,
    yStride: width,
    count: 1,
    width: width,
    accumulating: accumulating
  )
}

private func lastStepBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  let s = tape.shape(of: x)
  if !accumulating { unsafe fill(dx, with: 0, count: s.count, context: tape.context) }
  for n in 0..<s[0] {
    guard let last = unsafe place(ofLast: n, s, node.lengths) else { continue }
    unsafe copyLine(dy + n * s[2], into: dx + last, width: s[2], accumulating: true)
  }
}

private func finalStateBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  let s = tape.shape(of: x)
  let half = s[2] / 2
  if !accumulating { unsafe fill(dx, with: 0, count: s.count, context: tape.context) }
  for n in 0..<s[0] {
    guard let last = unsafe place(ofLast: n, s, node.lengths) else { continue }
    let row = unsafe dy + n * s[2]
    let first = unsafe dx + n * s[1] * s[2] + half
    unsafe copyLine(row, into: dx + last, width: half, accumulating: true)
    unsafe copyLine(row + half, into: first, width: half, accumulating: true)
  }
}

private func realStepsBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let lengths = unsafe node.lengths,
    let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  let s = tape.shape(of: x)
  let (steps, width) = (s[1], s.count / max(1, s[0] * s[1]))
  if !accumulating { unsafe fill(dx, with: 0, count: s.count, context: tape.context) }
  var row = 0
  for n in 0..<s[0] {
    let length = unsafe Int(lengths.base[n])
    unsafe copyLines(
      dy + row * width,
      xStride: width,
      into: dx + n * steps * width,
      yStride: width,
      count: length,
      width: width,
      accumulating: true
    )
    row += length
  }
}
