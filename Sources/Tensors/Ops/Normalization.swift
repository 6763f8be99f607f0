// SPDX-License-Identifier: Apache-2.0

import Kernels

/// What a batch normalisation remembers of the batches before: one value for each channel.
public struct RunningStatistics {
  /// The mean; starts at 0.
  public let mean: Parameter
  /// The unbiased variance; starts at 1.
  public let variance: Parameter

  /// These buffers.
  public init(mean: Parameter, variance: Parameter) {
    self.mean = mean
    self.variance = variance
  }
}

/// A batch normalisation of a tape's values, and ReLU behind it if it rectifies.
public struct BatchNormalization {
  /// The learned factor, one for each channel.
  public let weight: Variable
  /// The learned term, one for each channel.
  public let bias: Variable
  /// What it remembers of the batches before.
  public let running: RunningStatistics
  /// The share by which `running` moves to a batch's statistics, in [0, 1].
  public let momentum: Double
  /// What the variance is increased by, above 0.
  public let epsilon: Double
  /// Whether ReLU follows.
  public let rectifies: Bool

  /// A normalisation.
  public init(
    weight: Variable,
    bias: Variable,
    running: RunningStatistics,
    momentum: Double,
    epsilon: Double,
    rectifies: Bool = false
  ) {
    self.weight = weight
    self.bias = bias
    self.running = running
    self.momentum = momentum
    self.epsilon = epsilon
    self.rectifies = rectifies
  }
}

extension Tape {
  /// Batch normalisation of x [N, D], [N, T, D] by feature or [N, C, H, W] by channel: (x − mean) / √(variance +
  /// `epsilon`) · weight + bias (Ioffe & Szegedy 2015, <https://arxiv.org/abs/1502.03167>).
  ///
  /// While training, mean and biased variance are the batch's, and `running` moves to its mean and unbiased variance by
  /// the share `momentum`; else they are `running`'s. A batch with one value for each channel has no spread: it is
  /// normalised by `running`, which it leaves alone. A `pooling` of images follows, if any, whose windows divide their
  /// rows and columns rounded down; the larger result before it is never in memory.
  public func batchNorm(
    _ x: Variable,
    _ normalization: BatchNormalization,
    pooling: Pooling? = nil
  ) -> Variable {
    let sizes = channels(of: x)
    let channels = sizes.channels
    let (weight, bias) = (normalization.weight, normalization.bias)
    let running = normalization.running
    precondition(
      shape(of: weight).count == channels && shape(of: bias).count == channels
        && running.mean.count == channels && running.variance.count == channels,
      "batchNorm: x is \(shape(of: x)), weight \(shape(of: weight))"
    )
    if let pooling, sizes.pixels == 1 { return pool(batchNorm(x, normalization), pooling) }
    let isMeasured = isTraining && sizes.perChannel > 1
    let y = result(pooled(shape(of: x), pooling), of: x, weight, bias)
    let variance = unsafe isMeasured ? floats(channels) : nil
    let scaling = isMeasured ? measured(normalization) : fixed(normalization)
    let hasPlaces = pooling?.kind == .maximum && needsGradient(y)
    let places = unsafe hasPlaces ? bytes(shape(of: y).count) : nil
    unsafe normalizeChannels(
      values(x),
      into: values(y),
      shape: sizes,
      scaling: scaling,
      variance: variance,
      epsilon: normalization.epsilon,
      pooling: pooling.map { unsafe ChannelPooling($0, of: shape(of: x), places) },
      context: context
    )
    if let variance = unsafe variance {
      let unbiased = Double(sizes.perChannel) / Double(sizes.perChannel - 1)
      let momentum = normalization.momentum
      for c in 0..<channels {
        unsafe running.mean.move(c, to: Double(scaling.mean[c]), by: momentum)
        unsafe running.variance.move(c, to: Double(variance[c]) * unbiased, by: momentum)
      }
    }
    var node = unsafe Node(backward: batchNormBackward, output: y)
    unsafe node.inputs = (x, weight, bias, nil, nil)
    unsafe node.buffers = (scaling.mean, scaling.inverse, nil, nil)
    unsafe node.numbers[0] = isMeasured ? 1 : 0
    unsafe node.numbers[1] = normalization.rectifies ? 1 : 0
    if let pooling { unsafe node.numbers.note(pooling) }
    unsafe node.bytes = places
    unsafe note(node)
    return y
  }

  /// What scales by the batch's own statistics, which are to be measured.
  private func measured(_ normalization: BatchNormalization) -> ChannelScaling {
    let channels = normalization.running.mean.count
    return unsafe ChannelScaling(
      mean: floats(channels),
      inverse: floats(channels),
      weight: values(normalization.weight),
      bias: values(normalization.bias),
      rectifies: normalization.rectifies
    )
  }

  /// What scales by the running statistics.
  func fixed(_ normalization: BatchNormalization) -> ChannelScaling {
    let scaling = measured(normalization)
    let running = normalization.running
    for c in 0..<running.mean.count {
      unsafe scaling.mean[c] = running.mean.values[c]
      unsafe scaling.inverse[c] = inverseDeviation(
        running.variance.values[c],
        normalization.epsilon
      )
    }
    return scaling
  }

  /// The shape of images behind a pooling.
  private func pooled(_ shape: Shape, _ pooling: Pooling?) -> Shape {
    guard let pooling else { return shape }
    precondition(
      shape.rank == 4 && (1...16).contains(pooling.rows) && (1...16).contains(pooling.columns)
        && pooling.rows <= shape[2] && pooling.columns <= shape[3],
      "batchNorm: a pooling of \(pooling.rows)×\(pooling.columns) of \(shape)"
    )
    return Shape(shape[0], shape[1], shape[2] / pooling.rows, shape[3] / pooling.columns)
  }

  /// Layer normalisation of each example's (or step's) last axes, as many as `weight` and `bias` have: x [N, D],
  /// [N, T, D] with weight [D], x [N, C, H, W] with weight [C, H, W]
  /// (Ba, Kiros & Hinton 2016, <https://arxiv.org/abs/1607.06450>).
  public func layerNorm(_ x: Variable, weight: Variable, bias: Variable, epsilon: Double)
    -> Variable
  {
    let width = shape(of: weight).count
    let rows = shape(of: x).count / max(1, width)
    precondition(
      width > 0 && rows * width == shape(of: x).count && shape(of: bias).count == width,
      "layerNorm: x is \(shape(of: x)), weight \(shape(of: weight))"
    )
    let y = result(shape(of: x), of: x, weight, bias)
    let (mean, inverse) = unsafe (floats(rows), floats(rows))
    unsafe normalizeRows(
      values(x),
      rows: rows,
      width: width,
      into: values(y),
      scaling: ChannelScaling(
        mean: mean,
        inverse: inverse,
        weight: values(weight),
        bias: values(bias)
      ),
      epsilon: epsilon,
      context: context
    )
    var node = unsafe Node(backward: layerNormBackward, output: y)
    unsafe node.inputs = (x, weight, bias, nil, nil)
    unsafe node.buffers = (mean, inverse, nil, nil)
    unsafe note(node)
    return y
  }

  /// Channels are axis 1 of images, the last axis of all else.
  fileprivate func channels(of x: Variable) -> ChannelShape {
    let s = shape(of: x)
    precondition(s.rank >= 2, "batchNorm: x is \(s)")
    if s.rank == 4 { return ChannelShape(batch: s[0], channels: s[1], pixels: s[2] * s[3]) }
    return ChannelShape(batch: s.count / max(1, s.last), channels: s.last, pixels: 1)
  }

  /// Where the gradients of x, weight and bias go.
  fileprivate func normalizationGradients(
    _ inputs: (Variable?, Variable?, Variable?, Variable?, Variable?)
  ) -> NormalizationGradients {
    func target(_ variable: Variable?) -> (UnsafeMutablePointer<Float>, accumulating: Bool)? {
      guard let variable, let found = unsafe gradientTarget(variable) else { return nil }
      return unsafe (found.gradient, accumulating: found.accumulating)
    }
    return unsafe NormalizationGradients(
      x: target(inputs.0),
      weight: target(inputs.1),
      bias: target(inputs.2)
    )
  }
}

extension ChannelPooling {
  /// A pooling of images of this shape.
  fileprivate init(_ pooling: Pooling, of shape: Shape, _ places: UnsafeMutablePointer<UInt8>?) {
    unsafe self.init(pooling, height: shape[2], width: shape[3], places: places)
  }
}

extension Parameter {
  /// Moves value `i` by the share `momentum` of the way to `target`.
  fileprivate func move(_ i: Int, to target: Double, by momentum: Double) {
    forgetPacked()
    unsafe values[i] = Float((1 - momentum) * Double(values[i]) + momentum * target)
  }
}

private func batchNormBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let (x, scaling) = unsafe scaling(tape, node) else { return }
  let shape = tape.shape(of: x)
  unsafe normalizeChannelsGradient(
    tape.values(x),
    gradient: dy,
    shape: tape.channels(of: x),
    scaling: scaling,
    isMeasured: node.numbers[0] == 1,
    pooling: node.numbers.pooling.map { unsafe ChannelPooling($0, of: shape, node.bytes) },
    into: tape.normalizationGradients(node.inputs),
    context: tape.context
  )
}

private func layerNormBackward(_ tape: Tape, _ node: Node, _ dy: UnsafeMutablePointer<Float>) {
  guard let (x, scaling) = unsafe scaling(tape, node), let weight = unsafe node.inputs.1 else {
    return
  }
  let width = tape.shape(of: weight).count
  unsafe normalizeRowsGradient(
    tape.values(x),
    gradient: dy,
    rows: tape.shape(of: x).count / width,
    width: width,
    scaling: scaling,
    into: tape.normalizationGradients(node.inputs),
    context: tape.context
  )
}

/// A normalisation's input and what it was scaled with.
@unsafe
private func scaling(_ tape: Tape, _ node: Node) -> (x: Variable, scaling: ChannelScaling)? {
  guard let x = unsafe node.inputs.0, let weight = unsafe node.inputs.1,
    let bias = unsafe node.inputs.2, let mean = unsafe node.buffers.0,
    let inverse = unsafe node.buffers.1
  else { return nil }
  return unsafe (
    x,
    ChannelScaling(
      mean: mean,
      inverse: inverse,
      weight: tape.values(weight),
      bias: tape.values(bias),
      rectifies: node.numbers[1] == 1
    )
  )
}
