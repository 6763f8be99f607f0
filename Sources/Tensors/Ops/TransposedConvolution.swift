// SPDX-License-Identifier: Apache-2.0

public import Kernels

extension Tape {
  /// Transposed convolution (Zeiler et al. 2010; Dumoulin & Visin 2016, chapter 4): x [N, C, H, W], weight
  /// [C, O, kH, kW], bias [O] → y [N, O, oH, oW], then the activation.
  ///
  /// oH = (H − 1) · stride − 2 · padding + kH, at least 1. It is the gradient of the convolution from [O, oH, oW] to
  /// [C, H, W] with the same kernels, and its own gradients are that convolution.
  public func transposedConv2d(
    _ x: Variable,
    weight: Variable,
    bias: Variable?,
    stride: (Int, Int) = (1, 1),
    padding: (Int, Int) = (0, 0),
    activation: Activation = .identity
  ) -> Variable {
    let (input, kernel) = (shape(of: x), shape(of: weight))
    precondition(
      input.rank == 4 && kernel.rank == 4 && input[1] == kernel[0],
      "transposedConv2d: x is \(input), weight \(kernel)"
    )
    let sizes = ConvolutionShape(
      batch: input[0],
      channels: kernel[1],
      height: (input[2] - 1) * stride.0 - 2 * padding.0 + kernel[2],
      width: (input[3] - 1) * stride.1 - 2 * padding.1 + kernel[3],
      outputChannels: input[1],
      kernel: (kernel[2], kernel[3]),
      stride: stride,
      padding: padding
    )
    precondition(
      sizes.height > 0 && sizes.width > 0,
      "transposedConv2d: a result of \(sizes.height)×\(sizes.width)"
    )
    let y = result(
      Shape(sizes.batch, sizes.channels, sizes.height, sizes.width),
      of: x,
      weight,
      bias
    )
    unsafe convolutionInputGradient(
      values(x),
      weights: values(weight),
      into: values(y),
      shape: sizes,
      accumulating: false,
      context: context
    )
    unsafe finishChannels(
      values(y),
      bias: values(bias).map { unsafe UnsafePointer($0) },
      activation: activation,
      batch: sizes.batch,
      channels: sizes.channels,
      pixels: sizes.height * sizes.width,
      context: context
    )
    var node = unsafe Node(backward: transposedConvolutionBackward, output: y)
    unsafe node.inputs = (x, weight, bias, nil, nil)
    unsafe node.activation = activation
    unsafe node.numbers = sizes.numbers
    unsafe note(node)
    return y
  }
}

private func transposedConvolutionBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let x = unsafe node.inputs.0, let weight = unsafe node.inputs.1 else { return }
  let sizes = unsafe ConvolutionShape(node.numbers)
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
  if let bias = unsafe node.inputs.2, let (db, accumulating) = unsafe tape.gradientTarget(bias) {
    unsafe channelSums(
      dy,
      batch: sizes.batch,
      channels: sizes.channels,
      pixels: sizes.height * sizes.width,
      into: db,
      accumulating: accumulating,
      context: tape.context
    )
  }
  if let (dw, accumulating) = unsafe tape.gradientTarget(weight) {
    unsafe convolutionWeightGradient(
      dy,
      gradient: tape.values(x),
      into: dw,
      bias: nil,
      shape: sizes,
      accumulating: accumulating,
      context: tape.context
    )
  }
  if let (dx, accumulating) = unsafe tape.gradientTarget(x) {
    let count = tape.shape(of: x).count
    let target = unsafe accumulating ? tape.floats(count) : dx
    unsafe convolve(
      dy,
      weights: tape.values(weight),
      bias: nil,
      into: target,
      shape: sizes,
      activation: .identity,
      context: tape.context
    )
    if accumulating {
      unsafe Kernels.add(target, into: dx, count: count, accumulating: true, context: tape.context)
    }
  }
}
