// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// Cross-correlation along sequences: x [N, T, C], weight [O, C, K], bias [O] → y [N, oT, O], then the activation.
  ///
  /// oT = (T + front + back − K) / stride + 1, rounded down. `padding` is in steps; (K − 1, 0) makes it causal. One FMA
  /// chain over (K, C), bias last. With `lengths` [N], each 0 … T, an example has the results that it has alone: zeros
  /// count behind its end, whatever x holds there, and results behind its own oT are 0; so are gradients. An example
  /// without steps has no results. Weights are those of PyTorch's Conv1d, whose sequences are [N, C, T], though.
  public func conv1d(
    _ x: Variable,
    weight: Variable,
    bias: Variable?,
    stride: Int = 1,
    padding: (front: Int, back: Int) = (0, 0),
    activation: Activation = .identity,
    lengths: Indices? = nil
  ) -> Variable {
    let (input, kernel) = (shape(of: x), shape(of: weight))
    precondition(
      input.rank == 3 && kernel.rank == 3 && input[2] == kernel[1] && stride > 0
        && padding.front >= 0 && padding.back >= 0,
      "conv1d: x is \(input), weight \(kernel), stride \(stride), padding \(padding)"
    )
    if let lengths { check(lengths, input, "conv1d") }
    let sizes = SequenceShape(
      batch: input[0],
      steps: input[1],
      channels: input[2],
      outputChannels: kernel[0],
      kernel: kernel[2],
      stride: stride,
      padding: padding
    )
    let y = result(Shape(input[0], sizes.outputSteps, kernel[0]), of: x, weight, bias)
    unsafe convolve(
      values(x),
      weights: values(weight),
      bias: values(bias).map { unsafe UnsafePointer($0) },
      activation: activation,
      into: values(y),
      shape: sizes,
      lengths: lengths.map { unsafe UnsafePointer($0.base) },
      context: context
    )
    var node = unsafe Node(backward: sequenceConvolutionBackward, output: y)
    unsafe node.inputs = (x, weight, bias, nil, nil)
    unsafe node.activation = activation
    unsafe node.lengths = lengths
    unsafe node.numbers[0] = Int32(stride)
    unsafe node.numbers[1] = Int32(padding.front)
    unsafe node.numbers[2] = Int32(padding.back)
    unsafe note(node)
    return y
  }

  /// How many results of `conv1d` each example has: [N], for what follows.
  public func conv1dLengths(
    _ lengths: Indices,
    kernel: Int,
    stride: Int = 1,
    padding: (front: Int, back: Int) = (0, 0)
  ) -> Indices {
    let sizes = SequenceShape(
      batch: lengths.shape.count,
      steps: 0,
      channels: 0,
      outputChannels: 0,
      kernel: kernel,
      stride: stride,
      padding: padding
    )
    return unsafe indices(lengths.shape) { memory in
      for n in 0..<lengths.shape.count {
        unsafe memory[n] = Int32(sizes.windows(of: Int(lengths.base[n])))
      }
    }
  }
}

private func sequenceConvolutionBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let x = unsafe node.inputs.0, let weight = unsafe node.inputs.1 else { return }
  let (input, kernel) = (tape.shape(of: x), tape.shape(of: weight))
  let numbers = unsafe node.numbers
  let sizes = SequenceShape(
    batch: input[0],
    steps: input[1],
    channels: input[2],
    outputChannels: kernel[0],
    kernel: kernel[2],
    stride: Int(numbers[0]),
    padding: (Int(numbers[1]), Int(numbers[2]))
  )
  let lengths = unsafe node.lengths.map { unsafe UnsafePointer($0.base) }
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
  unsafe clearEnds(dy, sizes, lengths, tape.context)
  if let bias = unsafe node.inputs.2, let (db, accumulating) = unsafe tape.gradientTarget(bias) {
    unsafe columnSums(
      dy,
      rows: input[0] * sizes.outputSteps,
      columns: kernel[0],
      rowStride: kernel[0],
      into: db,
      accumulating: accumulating,
      context: tape.context
    )
  }
  if let (dw, accumulating) = unsafe tape.gradientTarget(weight) {
    unsafe convolutionKernelGradient(
      tape.values(x),
      gradient: dy,
      into: dw,
      accumulating: accumulating,
      shape: sizes,
      lengths: lengths,
      space: tape.floats(sizes.kernelGradientSpace),
      context: tape.context
    )
  }
  if let (dx, accumulating) = unsafe tape.gradientTarget(x) {
    unsafe convolutionInputGradient(
      dy,
      weights: tape.values(weight),
      into: dx,
      accumulating: accumulating,
      shape: sizes,
      lengths: lengths,
      context: tape.context
    )
  }
}
