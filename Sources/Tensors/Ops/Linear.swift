// SPDX-License-Identifier: Apache-2.0

public import Kernels

extension Tape {
  /// y = f(x · wᵀ + b): x [..., inputs], weight [units, inputs], bias [units] → y [..., units].
  ///
  /// One FMA chain over the inputs per element, bias last, then the activation.
  public func linear(
    _ x: Variable,
    weight: Variable,
    bias: Variable?,
    activation: Activation = .identity
  ) -> Variable {
    let (inputs, units) = (shape(of: weight)[1], shape(of: weight)[0])
    precondition(
      shape(of: x).last == inputs,
      "linear: x is \(shape(of: x)), weight \(shape(of: weight))"
    )
    let y = result(shape(of: x).replacingLast(units), of: x, weight, bias)
    let rows = shape(of: y).count / max(1, units)
    let turned = unsafe Matrix(values(weight), rowStride: inputs).transposed
    let epilogue = unsafe Epilogue(
      columnBias: values(bias).map { unsafe UnsafePointer($0) },
      activation: activation
    )
    if rows > 0, units > 0, inputs > 0, let panels = unsafe panels(weight, turned) {
      unsafe multiply(
        m: rows,
        Matrix(values(x), rowStride: inputs),
        PackedMatrix(panels, columns: units, depth: inputs),
        into: values(y),
        rowStride: units,
        epilogue: epilogue,
        context: context
      )
    } else {
      unsafe multiply(
        m: rows,
        n: units,
        k: inputs,
        Matrix(values(x), rowStride: inputs),
        turned,
        into: values(y),
        rowStride: units,
        epilogue: epilogue,
        context: context
      )
    }
    var node = unsafe Node(backward: linearBackward, output: y)
    unsafe node.inputs = (x, weight, bias, nil, nil)
    unsafe node.activation = activation
    unsafe note(node)
    return y
  }

  /// The panels of a weight's transpose, if there are any.
  private func panels(_ weight: Variable, _ turned: Matrix) -> UnsafePointer<Float>? {
    let (inputs, units) = (shape(of: weight)[1], shape(of: weight)[0])
    let count = PackedMatrix.floats(columns: units, depth: inputs)
    return unsafe packed(weight, .panels, count: count) { memory in
      unsafe PackedMatrix.pack(
        turned,
        columns: units,
        depth: inputs,
        into: memory,
        context: context
      )
    }
  }
}

private func linearBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let x = unsafe node.inputs.0, let weight = unsafe node.inputs.1 else { return }
  let (inputs, units) = (tape.shape(of: weight)[1], tape.shape(of: weight)[0])
  let count = unsafe tape.shape(of: node.output).count
  let rows = count / max(1, units)
  if unsafe node.activation != .identity {
    unsafe activationGradient(
      node.activation,
      result: tape.values(node.output),
      gradient: dy,
      into: dy,
      count: count,
      accumulating: false,
      context: tape.context
    )
  }
  if let bias = unsafe node.inputs.2, let (db, accumulating) = unsafe tape.gradientTarget(bias) {
    unsafe columnSums(
      dy,
      rows: rows,
      columns: units,
      rowStride: units,
      into: db,
      accumulating: accumulating,
      context: tape.context
    )
  }
  if let (dw, accumulating) = unsafe tape.gradientTarget(weight) {
    unsafe multiply(
      m: units,
      n: inputs,
      k: rows,
      Matrix(dy, rowStride: units).transposed,
      Matrix(tape.values(x), rowStride: inputs),
      into: dw,
      rowStride: inputs,
      accumulating: accumulating,
      context: tape.context
    )
  }
  if let (dx, accumulating) = unsafe tape.gradientTarget(x) {
    unsafe multiply(
      m: rows,
      n: inputs,
      k: units,
      Matrix(dy, rowStride: units),
      Matrix(tape.values(weight), rowStride: inputs),
      into: dx,
      rowStride: inputs,
      accumulating: accumulating,
      context: tape.context
    )
  }
}
