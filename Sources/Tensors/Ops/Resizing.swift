// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// The mean of each channel of images: x [N, C, H, W] → [N, C].
  public func globalAveragePool2d(_ x: Variable) -> Variable {
    let s = shape(of: x)
    precondition(s.rank == 4, "globalAveragePool2d: x is \(s)")
    let y = result(Shape(s[0], s[1]), of: x)
    unsafe lineMeans(
      values(x),
      lines: s[0] * s[1],
      width: s[2] * s[3],
      into: values(y),
      context: context
    )
    var node = unsafe Node(backward: globalAveragePoolBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe note(node)
    return y
  }

  /// Images of another size: x [N, C, h, w] → [N, C, height, width].
  public func resize2d(
    _ x: Variable,
    height: Int,
    width: Int,
    _ interpolation: Interpolation
  ) -> Variable {
    let s = shape(of: x)
    precondition(
      s.rank == 4 && s[2] > 0 && s[3] > 0 && height > 0 && width > 0,
      "resize2d: x is \(s), wanted \(height)×\(width)"
    )
    let y = result(Shape(s[0], s[1], height, width), of: x)
    unsafe resize(
      values(x),
      into: values(y),
      shape: ResizingShape(s, shape(of: y)),
      interpolation,
      context: context
    )
    var node = unsafe Node(backward: resizeBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.numbers[0] = interpolation.rawValue
    unsafe note(node)
    return y
  }
}

extension ResizingShape {
  fileprivate init(_ input: Shape, _ output: Shape) {
    self.init(
      planes: input[0] * input[1],
      input: (input[2], input[3]),
      output: (output[2], output[3])
    )
  }
}

private func globalAveragePoolBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  let s = tape.shape(of: x)
  unsafe lineMeansGradient(
    dy,
    lines: s[0] * s[1],
    width: s[2] * s[3],
    into: dx,
    accumulating: accumulating,
    context: tape.context
  )
}

private func resizeBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x),
    let interpolation = unsafe Interpolation(rawValue: node.numbers[0])
  else { return }
  unsafe resizeGradient(
    dy,
    into: dx,
    shape: ResizingShape(tape.shape(of: x), tape.shape(of: node.output)),
    interpolation,
    accumulating: accumulating,
    context: tape.context
  )
}
