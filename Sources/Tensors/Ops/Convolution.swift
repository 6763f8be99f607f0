// SPDX-License-Identifier: Apache-2.0

public import Kernels

extension Tape {
  /// Cross-correlation: x [N, C, H, W], weight [O, C, kH, kW], bias [O] → y [N, O, oH, oW], then the activation, then the
  /// batch normalisation, if any, then the pooling, if any, whose windows divide oH and oW rounded down.
  ///
  /// oH = (H + 2 · padding − kH) / stride + 1, rounded down. One FMA chain over (C, kH, kW), bias last; 3 × 3 kernels
  /// with stride 1 between 16 channels and more go by tiles, see `convolve`. With the pooling inside, the larger result
  /// before it is never in memory. A normalisation needs the whole batch while training; else it is done on the way, too.
  public func conv2d(
    _ x: Variable,
    weight: Variable,
    bias: Variable?,
    stride: (Int, Int) = (1, 1),
    padding: (Int, Int) = (0, 0),
    activation: Activation = .identity,
    normalization: BatchNormalization? = nil,
    pooling: Pooling? = nil
  ) -> Variable {
    if let normalization, isTraining {
      let y = conv2d(
        x,
        weight: weight,
        bias: bias,
        stride: stride,
        padding: padding,
        activation: activation
      )
      return batchNorm(y, normalization, pooling: pooling)
    }
    let (input, kernel) = (shape(of: x), shape(of: weight))
    precondition(
      input.rank == 4 && kernel.rank == 4 && input[1] == kernel[1],
      "conv2d: x is \(input), weight \(kernel)"
    )
    let sizes = ConvolutionShape(
      batch: input[0],
      channels: input[1],
      height: input[2],
      width: input[3],
      outputChannels: kernel[0],
      kernel: (kernel[2], kernel[3]),
      stride: stride,
      padding: padding
    )
    let (rows, columns) = (pooling?.rows ?? 1, pooling?.columns ?? 1)
    precondition(
      (1...16).contains(rows) && (1...16).contains(columns)
        && rows <= sizes.outputHeight && columns <= sizes.outputWidth,
      "conv2d: a pooling of \(rows)×\(columns) of \(sizes.outputHeight)×\(sizes.outputWidth)"
    )
    if let pooling, !ConvolutionOutput.takes(pooling, sizes) {
      let y = conv2d(
        x,
        weight: weight,
        bias: bias,
        stride: stride,
        padding: padding,
        activation: activation,
        normalization: normalization
      )
      return pool(y, pooling)
    }
    let y = result(
      Shape(input[0], kernel[0], sizes.outputHeight / rows, sizes.outputWidth / columns),
      of: x,
      weight,
      bias
    )
    var output = unsafe ConvolutionOutput(
      values: values(y),
      activation: activation,
      scaling: normalization.map { fixed($0) },
      pooling: pooling
    )
    if needsGradient(y), let pooling {
      if pooling.kind == .maximum {
        unsafe output.places = bytes(shape(of: y).count)
      } else if ConvolutionOutput.needsUnpooled(activation, pooling) {
        unsafe output.unpooled = floats(
          input[0] * kernel[0] * sizes.outputHeight * sizes.outputWidth
        )
      }
    }
    unsafe convolve(
      values(x),
      weights: values(weight),
      transformed: transformed(weight, sizes, pooling),
      bias: values(bias).map { unsafe UnsafePointer($0) },
      into: output,
      shape: sizes,
      context: context
    )
    var node = unsafe Node(backward: convolutionBackward, output: y)
    unsafe node.inputs = (x, weight, bias, nil, nil)
    unsafe node.activation = activation
    unsafe node.numbers = sizes.numbers
    if let pooling { unsafe node.numbers.note(pooling) }
    unsafe node.buffers.0 = output.unpooled
    unsafe node.bytes = output.places
    unsafe note(node)
    return y
  }

  /// The kernels of a convolution that goes by tiles, transformed, if they are so already.
  private func transformed(
    _ weight: Variable,
    _ sizes: ConvolutionShape,
    _ pooling: Pooling?
  ) -> UnsafePointer<Float>? {
    guard let kernels = TransformedKernels(sizes, pooling) else { return nil }
    return unsafe packed(weight, .tiles, count: kernels.count) { memory in
      unsafe kernels.make(values(weight), into: memory, context: context)
    }
  }

  func pool(_ x: Variable, _ pooling: Pooling) -> Variable {
    let window = (pooling.rows, pooling.columns)
    return switch pooling.kind {
    case .maximum: maxPool2d(x, kernel: window, stride: window)
    case .average: averagePool2d(x, kernel: window, stride: window)
    }
  }

  /// The largest value of each window of x [N, C, H, W]; a NaN in a window is its result.
  public func maxPool2d(
    _ x: Variable,
    kernel: (Int, Int),
    stride: (Int, Int),
    padding: (Int, Int) = (0, 0)
  ) -> Variable {
    let (sizes, y) = pooled(x, kernel, stride, padding)
    let places = unsafe indices(shape(of: y)) { _ in }
    unsafe maxPool(
      values(x),
      into: values(y),
      indices: places.base,
      shape: sizes,
      context: context
    )
    var node = unsafe Node(backward: maxPoolBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.indices = places
    unsafe node.numbers = sizes.numbers
    unsafe note(node)
    return y
  }

  /// The mean of each window of x [N, C, H, W]; padding counts as zeros.
  public func averagePool2d(
    _ x: Variable,
    kernel: (Int, Int),
    stride: (Int, Int),
    padding: (Int, Int) = (0, 0)
  ) -> Variable {
    let (sizes, y) = pooled(x, kernel, stride, padding)
    unsafe averagePool(values(x), into: values(y), shape: sizes, context: context)
    var node = unsafe Node(backward: averagePoolBackward, output: y)
    unsafe node.inputs = (x, nil, nil, nil, nil)
    unsafe node.numbers = sizes.numbers
    unsafe note(node)
    return y
  }

  private func pooled(
    _ x: Variable,
    _ kernel: (Int, Int),
    _ stride: (Int, Int),
    _ padding: (Int, Int)
  ) -> (PoolingShape, Variable) {
    let input = shape(of: x)
    precondition(input.rank == 4, "pooling: x is \(input)")
    let sizes = PoolingShape(
      batch: input[0] * input[1],
      channels: 1,
      height: input[2],
      width: input[3],
      outputChannels: 1,
      kernel: kernel,
      stride: stride,
      padding: padding
    )
    let y = result(Shape(input[0], input[1], sizes.outputHeight, sizes.outputWidth), of: x)
    return (sizes, y)
  }
}

extension ConvolutionShape {
  /// The sizes as plain numbers for a note.
  var numbers: SIMD16<Int32> {
    var n = SIMD16<Int32>(repeating: 0)
    let all = (
      batch, channels, height, width, outputChannels, kernelHeight, kernelWidth, strideHeight,
      strideWidth, paddingHeight, paddingWidth
    )
    n.lowHalf = SIMD8(
      Int32(all.0),
      Int32(all.1),
      Int32(all.2),
      Int32(all.3),
      Int32(all.4),
      Int32(all.5),
      Int32(all.6),
      Int32(all.7)
    )
    n[8] = Int32(all.8)
    n[9] = Int32(all.9)
    n[10] = Int32(all.10)
    return n
  }

  init(_ n: SIMD16<Int32>) {
    self.init(
      batch: Int(n[0]),
      channels: Int(n[1]),
      height: Int(n[2]),
      width: Int(n[3]),
      outputChannels: Int(n[4]),
      kernel: (Int(n[5]), Int(n[6])),
      stride: (Int(n[7]), Int(n[8])),
      padding: (Int(n[9]), Int(n[10]))
    )
  }
}

extension SIMD16<Int32> {
  /// A pooling behind the sizes of its convolution.
  mutating func note(_ pooling: Pooling) {
    self[13] = pooling.kind.rawValue
    self[14] = Int32(pooling.rows)
    self[15] = Int32(pooling.columns)
  }

  /// The pooling that was noted, if any.
  var pooling: Pooling? {
    guard self[14] > 0, let kind = Pooling.Kind(rawValue: self[13]) else { return nil }
    return Pooling(kind, rows: Int(self[14]), columns: Int(self[15]))
  }
}

private func convolutionBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let x = unsafe node.inputs.0, let weight = unsafe node.inputs.1 else { return }
  let input = unsafe tape.gradientTarget(x)
  unsafe convolutionGradients(
    tape.values(x),
    weights: tape.values(weight),
    output: ConvolutionOutput(
      values: tape.values(node.output),
      activation: node.activation,
      pooling: node.numbers.pooling,
      places: node.bytes,
      unpooled: node.buffers.0
    ),
    gradient: dy,
    kernels: kernelTargets(tape, node, weight),
    input: input.map {
      unsafe InputGradientTarget(values: $0.gradient, accumulating: $0.accumulating)
    },
    shape: ConvolutionShape(node.numbers),
    context: tape.context
  )
}

/// Where the gradients of weight and bias go. The kernel writes both anew or adds to both: where one is new beside an old
/// one it starts from zeros, where only the bias is wanted the weight's goes to memory that nobody reads.
private func kernelTargets(
  _ tape: Tape,
  _ node: Node,
  _ weight: Variable
) -> KernelGradientTarget? {
  let bias = unsafe node.inputs.2
  let dw = unsafe tape.gradientTarget(weight)
  let db = unsafe bias.flatMap { unsafe tape.gradientTarget($0) }
  if unsafe dw == nil && db == nil { return nil }
  let accumulating = unsafe dw?.accumulating ?? false || db?.accumulating ?? false
  if accumulating {
    unsafe clear(tape, weight, dw)
    if let bias { unsafe clear(tape, bias, db) }
  }
  return unsafe KernelGradientTarget(
    weights: dw?.gradient ?? tape.floats(tape.shape(of: weight).count),
    bias: db?.gradient,
    accumulating: accumulating
  )
}

/// Zeros where a gradient is new.
private func clear(
  _ tape: Tape,
  _ variable: Variable,
  _ target: (gradient: UnsafeMutablePointer<Float>, accumulating: Bool)?
) {
  guard let target = unsafe target, unsafe !target.accumulating else { return }
  let count = tape.shape(of: variable).count
  unsafe fill(target.gradient, with: 0, count: count, context: tape.context)
}

private func maxPoolBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let places = unsafe node.indices,
    let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  unsafe maxPoolGradient(
    dy,
    indices: places.base,
    into: dx,
    shape: PoolingShape(node.numbers),
    accumulating: accumulating,
    context: tape.context
  )
}

private func averagePoolBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let x = unsafe node.inputs.0, let (dx, accumulating) = unsafe tape.gradientTarget(x)
  else { return }
  unsafe averagePoolGradient(
    dy,
    into: dx,
    shape: PoolingShape(node.numbers),
    accumulating: accumulating,
    context: tape.context
  )
}
