// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@Suite struct ConvolutionTests {
  static let windows: [Reference.Windows] = [
    .init((1, 1, 1, 1), kernel: (1, 1)),
    .init((2, 2, 5, 4), to: 3, kernel: (3, 2), stride: (1, 1), padding: (1, 0)),
    .init((3, 1, 6, 7), to: 5, kernel: (2, 3), stride: (2, 3), padding: (0, 1)),
    .init((1, 3, 4, 4), to: 2, kernel: (4, 4), padding: (3, 3)),
  ]

  @Test(arguments: windows, [Reference.Activation.identity, .tanh])
  func `values and gradients match the reference`(
    s: Reference.Windows,
    activation: Reference.Activation
  ) {
    checkGradients(
      [
        Input([s.image.batch, s.image.channels, s.image.height, s.image.width]),
        Input([s.outputChannels, s.image.channels, s.kernel.0, s.kernel.1], start: 2),
        Input([s.outputChannels], start: 3),
      ],
      operations: 2 * (s.weightCount + s.outputCount) + 12,
      magnitude: 16
    ) { tape, x in
      tape.conv2d(
        x[0],
        weight: x[1],
        bias: x[2],
        stride: s.stride,
        padding: s.padding,
        activation: activation.kernel
      )
    } reference: { x in
      Reference.activate(activation, Reference.conv2d(x[0], x[1], x[2], s))
    }
  }

  @Test func `a kernel without a bias matches the reference`() {
    let s = Self.windows[1]
    checkGradients(
      [Input([2, 2, 5, 4]), Input([3, 2, 3, 2], start: 2)],
      operations: 100,
      magnitude: 16
    ) { tape, x in
      tape.conv2d(x[0], weight: x[1], bias: nil, padding: s.padding)
    } reference: { x in
      Reference.conv2d(x[0], x[1], nil, s)
    }
  }

  /// The bias shifts all outputs: its gradient is the sum of the seeds, whatever the weight is used for elsewhere.
  @Test(arguments: [true, false])
  func `a bias has its gradient beside a weight that is shared or constant`(isShared: Bool) {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let x = tape.variable([1, 1, 2, 2], [1, 2, 3, 4])
    let weight =
      isShared
      ? tape.variable([1, 1, 1, 1], [2]) : tape.constant([1, 1, 1, 1], [2])
    let bias = tape.variable([1], [0.5])
    let biased = tape.conv2d(x, weight: weight, bias: bias)
    let bare = tape.conv2d(x, weight: weight, bias: nil)
    let again = tape.conv2d(x, weight: tape.constant([1, 1, 1, 1], [2]), bias: bias)
    tape.seedGradient(biased, [1, 1, 1, 1])
    tape.seedGradient(bare, [10, 10, 10, 10])
    tape.seedGradient(again, [100, 100, 100, 100])
    tape.backward()
    #expect(tape.gradientArray(of: bias) == [404])
    #expect(tape.gradientArray(of: weight) == [isShared ? 110 : 0])
    #expect(tape.gradientArray(of: x) == [222, 222, 222, 222])
  }

  @Test(arguments: [Activation.relu, .sigmoid, .tanh])
  func `a fused activation has the bits of its own layer`(activation: Activation) {
    func run(isFused: Bool) -> (values: [Float], gradients: [[Float]]) {
      let tape = Tape(threadCount: 2)
      tape.reset(training: true)
      let x = tape.variable([2, 3, 7, 6], awkward(252, start: 1))
      let weight = tape.variable([5, 3, 3, 3], awkward(135, start: 2))
      let bias = tape.variable([5], awkward(5, start: 3))
      var y = tape.conv2d(
        x,
        weight: weight,
        bias: bias,
        padding: (1, 1),
        activation: isFused ? activation : .identity
      )
      if !isFused { y = tape.activation(y, activation) }
      tape.seedGradient(y, awkward(420, start: 4))
      tape.backward()
      return (tape.array(of: y), [x, weight, bias].map { tape.gradientArray(of: $0) })
    }
    let (fused, separate) = (run(isFused: true), run(isFused: false))
    #expect(bitMismatch(fused.values, separate.values) == nil)
    for i in 0..<3 { #expect(bitMismatch(fused.gradients[i], separate.gradients[i]) == nil) }
  }

  static let poolings: [Reference.Windows] = [
    .init((2, 3, 4, 6), kernel: (2, 2), stride: (2, 2)),
    .init((1, 2, 5, 7), kernel: (3, 2), stride: (2, 1), padding: (1, 1)),
  ]

  @Test(arguments: poolings)
  func `poolings match the reference`(s: Reference.Windows) {
    let shape: Shape = [s.image.batch, s.image.channels, s.image.height, s.image.width]
    let input = Input(shape, separated(shape.count))
    checkGradients([input], operations: 30) { tape, x in
      tape.maxPool2d(x[0], kernel: s.kernel, stride: s.stride, padding: s.padding)
    } reference: { x in
      Reference.maxPool(x[0], s)
    }
    checkGradients([input], operations: 30) { tape, x in
      tape.averagePool2d(x[0], kernel: s.kernel, stride: s.stride, padding: s.padding)
    } reference: { x in
      Reference.averagePool(x[0], s)
    }
  }

  /// Sizes that a pooling divides and that leave rows and columns over; small and larger than a vector of windows.
  static let pooled: [(Reference.Windows, Int, Int)] = [
    (.init((3, 2, 8, 9), to: 5, kernel: (3, 2)), 2, 2),
    (.init((2, 1, 20, 38), to: 3, kernel: (3, 3), padding: (1, 0)), 2, 2),
    (.init((1, 3, 13, 13), to: 4, kernel: (3, 3)), 2, 2),
    (.init((2, 2, 11, 31), to: 3, kernel: (1, 2), stride: (1, 2), padding: (0, 2)), 3, 5),
    (.init((1, 2, 4, 30), to: 2, kernel: (2, 2)), 3, 1),
    (.init((3, 16, 9, 11), to: 17, kernel: (3, 3)), 2, 2),
    (.init((2, 18, 8, 7), to: 16, kernel: (3, 3), padding: (1, 1)), 2, 3),
    (.init((1, 16, 9, 8), to: 16, kernel: (3, 3), padding: (0, 1)), 3, 2),
  ]

  @Test(arguments: pooled, [Activation.identity, .relu, .sigmoid, .tanh])
  func `a pooling inside has the values of its own operation and its gradients`(
    sizes: (Reference.Windows, Int, Int),
    activation: Activation
  ) {
    let (s, rows, columns) = sizes
    for kind in [Pooling.Kind.maximum, .average] {
      func run(isFused: Bool, threads: Int) -> (values: [Float], gradients: [[Float]]) {
        let tape = Tape(threadCount: threads)
        tape.reset(training: true)
        let image: Shape = [s.image.batch, s.image.channels, s.image.height, s.image.width]
        let x = tape.variable(image, awkward(image.count, start: 1))
        let kernel: Shape = [s.outputChannels, s.image.channels, s.kernel.0, s.kernel.1]
        let weight = tape.variable(kernel, awkward(kernel.count, start: 2))
        let bias = tape.variable([kernel[0]], awkward(kernel[0], start: 3))
        var y = tape.conv2d(
          x,
          weight: weight,
          bias: bias,
          stride: s.stride,
          padding: s.padding,
          activation: activation,
          pooling: isFused ? Pooling(kind, rows: rows, columns: columns) : nil
        )
        if !isFused {
          let window = (rows, columns)
          y =
            kind == .maximum
            ? tape.maxPool2d(y, kernel: window, stride: window)
            : tape.averagePool2d(y, kernel: window, stride: window)
        }
        tape.seedGradient(y, awkward(tape.shape(of: y).count, start: 4))
        tape.backward()
        return (tape.array(of: y), [x, weight, bias].map { tape.gradientArray(of: $0) })
      }
      let separate = run(isFused: false, threads: 1)
      let fused = run(isFused: true, threads: 1)
      #expect(bitMismatch(fused.values, separate.values) == nil)
      let bound = roundingBound(operations: s.outputCount + s.weightCount, magnitude: 64)
      for i in 0..<3 {
        let found = mismatch(fused.gradients[i], wide(separate.gradients[i])) { _ in bound }
        #expect(found == nil, "\(kind), gradient \(i)")
      }
      for threads in 2...3 {
        let other = run(isFused: true, threads: threads)
        #expect(bitMismatch(other.values, fused.values) == nil)
        for i in 0..<3 {
          #expect(bitMismatch(other.gradients[i], fused.gradients[i]) == nil)
        }
      }
    }
  }

  @Test(arguments: pooled, [Activation.identity, .relu, .tanh])
  func `a normalisation inside has the bits of its own operation, pooled or not`(
    sizes: (Reference.Windows, Int, Int),
    activation: Activation
  ) {
    let (s, rows, columns) = sizes
    let image: Shape = [s.image.batch, s.image.channels, s.image.height, s.image.width]
    let kernel: Shape = [s.outputChannels, s.image.channels, s.kernel.0, s.kernel.1]
    let channels = kernel[0]
    func run(isFused: Bool, training: Bool, rectifies: Bool, _ pooling: Pooling?, threads: Int)
      -> [[Float]]
    {
      let tape = Tape(threadCount: threads)
      tape.reset(training: training)
      let inputs = [
        tape.variable(image, awkward(image.count, start: 1)),
        tape.variable(kernel, awkward(kernel.count, start: 2)),
        tape.variable([channels], awkward(channels, start: 3)),
        tape.variable([channels], awkward(channels, start: 5)),
        tape.variable([channels], awkward(channels, start: 6)),
      ]
      let running = RunningStatistics(
        mean: Parameter(name: "m", shape: [channels]),
        variance: Parameter(name: "v", shape: [channels])
      )
      running.mean.assign(awkward(channels, start: 7))
      running.variance.assign([Float](repeating: 1.5, count: channels))
      let normalization = BatchNormalization(
        weight: inputs[3],
        bias: inputs[4],
        running: running,
        momentum: 0.1,
        epsilon: 1e-3,
        rectifies: rectifies
      )
      var y = tape.conv2d(
        inputs[0],
        weight: inputs[1],
        bias: inputs[2],
        stride: s.stride,
        padding: s.padding,
        activation: activation,
        normalization: isFused ? normalization : nil,
        pooling: isFused ? pooling : nil
      )
      if !isFused { y = tape.batchNorm(y, normalization, pooling: pooling) }
      let results = [tape.array(of: y), running.mean.array, running.variance.array]
      if !training { return results }
      tape.seedGradient(y, awkward(tape.shape(of: y).count, start: 4))
      tape.backward()
      return results + inputs.map { tape.gradientArray(of: $0) }
    }
    let poolings = [
      nil, Pooling(.maximum, rows: rows, columns: columns),
      Pooling(.average, rows: rows, columns: columns),
    ]
    for (training, pooling) in [false, true].flatMap({ isOn in poolings.map { (isOn, $0) } }) {
      for rectifies in [false, true] {
        let separate = run(
          isFused: false,
          training: training,
          rectifies: rectifies,
          pooling,
          threads: 1
        )
        for threads in 1...3 {
          let fused = run(
            isFused: true,
            training: training,
            rectifies: rectifies,
            pooling,
            threads: threads
          )
          for (one, other) in zip(fused, separate) { #expect(bitMismatch(one, other) == nil) }
        }
      }
    }
  }

  @Test func `what is not trained is pooled alike`() {
    func run(training: Bool) -> [Float] {
      let tape = Tape(threadCount: 1)
      tape.reset(training: training)
      let x = tape.variable([2, 1, 9, 9], awkward(162))
      let weight = tape.variable([3, 1, 2, 2], awkward(12, start: 1))
      let y = [Pooling.Kind.maximum, .average].map { kind in
        tape.conv2d(
          x,
          weight: weight,
          bias: nil,
          activation: .tanh,
          pooling: Pooling(kind, rows: 2, columns: 2)
        )
      }
      return y.flatMap { tape.array(of: $0) }
    }
    #expect(run(training: true) == run(training: false))
  }
}
