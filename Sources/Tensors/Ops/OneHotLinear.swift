// SPDX-License-Identifier: Apache-2.0

public import Kernels

extension Tape {
  /// `linear` of one-hot vectors, without making them: tokens [...], weight [units, vocabulary] → y [..., units].
  ///
  /// Each result is a column of the weight plus the bias: the bits of the product with the one-hot vector.
  public func oneHotLinear(
    _ tokens: Indices,
    weight: Variable,
    bias: Variable?,
    activation: Activation = .identity
  ) -> Variable {
    let y = result(tokens.shape.appending(shape(of: weight)[0]), of: weight, bias)
    unsafe gatherColumns(
      weight,
      tokens,
      bias: values(bias).map { unsafe UnsafePointer($0) },
      into: values(y)
    )
    if activation != .identity {
      unsafe activate(
        activation,
        values(y),
        into: values(y),
        count: shape(of: y).count,
        context: context
      )
    }
    var node = unsafe Node(backward: oneHotLinearBackward, output: y)
    unsafe node.inputs = (weight, bias, nil, nil, nil)
    unsafe node.indices = tokens
    unsafe node.activation = activation
    unsafe note(node)
    return y
  }

  /// Rows of a table: tokens [...], table [vocabulary, size] → y [..., size].
  public func embedding(_ tokens: Indices, table: Variable) -> Variable {
    let size = shape(of: table)[1]
    let y = result(tokens.shape.appending(size), of: table)
    unsafe gatherRows(
      values(table),
      tokens: tokens.base,
      count: tokens.shape.count,
      width: size,
      bias: nil,
      into: values(y),
      context: context
    )
    var node = unsafe Node(backward: embeddingBackward, output: y)
    unsafe node.inputs = (table, nil, nil, nil, nil)
    unsafe node.indices = tokens
    unsafe note(node)
    return y
  }

  /// y[i] = weight[:, tokens[i]] + bias, through a transposed table.
  func gatherColumns(
    _ weight: Variable,
    _ tokens: Indices,
    bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>
  ) {
    let (units, vocabulary) = (shape(of: weight)[0], shape(of: weight)[1])
    let table = unsafe floats(units * vocabulary)
    unsafe transpose(
      values(weight),
      rows: units,
      columns: vocabulary,
      into: table,
      rowStride: units,
      context: context
    )
    unsafe gatherRows(
      table,
      tokens: tokens.base,
      count: tokens.shape.count,
      width: units,
      bias: bias,
      into: y,
      context: context
    )
  }

  /// dweight[:, tokens[i]] += dy[i] in token order, through a transposed table.
  func scatterColumns(
    _ dy: UnsafePointer<Float>,
    _ tokens: Indices,
    into weight: Variable
  ) {
    guard let (dw, accumulating) = unsafe gradientTarget(weight) else { return }
    let (units, vocabulary) = (shape(of: weight)[0], shape(of: weight)[1])
    let table = unsafe floats(units * vocabulary)
    unsafe fill(table, with: 0, count: units * vocabulary, context: context)
    unsafe scatterRows(
      dy,
      rowStride: units,
      tokens: tokens.base,
      count: tokens.shape.count,
      width: units,
      into: table,
      context: context
    )
    unsafe transpose(
      table,
      rows: vocabulary,
      columns: units,
      into: dw,
      rowStride: vocabulary,
      accumulating: accumulating,
      context: context
    )
  }
}

private func oneHotLinearBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let weight = unsafe node.inputs.0, let tokens = unsafe node.indices else { return }
  let units = tape.shape(of: weight)[0]
  if unsafe node.activation != .identity {
    unsafe activationGradient(
      node.activation,
      result: tape.values(node.output),
      gradient: dy,
      into: dy,
      count: tokens.shape.count * units,
      accumulating: false,
      context: tape.context
    )
  }
  if let bias = unsafe node.inputs.1, let (db, accumulating) = unsafe tape.gradientTarget(bias) {
    unsafe columnSums(
      dy,
      rows: tokens.shape.count,
      columns: units,
      rowStride: units,
      into: db,
      accumulating: accumulating,
      context: tape.context
    )
  }
  unsafe tape.scatterColumns(dy, tokens, into: weight)
}

private func embeddingBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let table = unsafe node.inputs.0, let tokens = unsafe node.indices,
    let (gradient, accumulating) = unsafe tape.gradientTarget(table)
  else { return }
  let shape = tape.shape(of: table)
  if !accumulating {
    unsafe fill(gradient, with: 0, count: shape.count, context: tape.context)
  }
  unsafe scatterRows(
    dy,
    rowStride: shape[1],
    tokens: tokens.base,
    count: tokens.shape.count,
    width: shape[1],
    into: gradient,
    context: tape.context
  )
}
