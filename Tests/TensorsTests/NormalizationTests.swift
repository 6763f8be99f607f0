// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@Suite struct NormalizationTests {
  private func statistics(_ channels: Int, mean: Float = 0, variance: Float = 1)
    -> RunningStatistics
  {
    let found = RunningStatistics(
      mean: Parameter(name: "m", shape: [channels]),
      variance: Parameter(name: "v", shape: [channels])
    )
    found.mean.assign([Float](repeating: mean, count: channels))
    found.variance.assign([Float](repeating: variance, count: channels))
    return found
  }

  private func batchNorm(_ tape: Tape, _ x: [Variable], _ running: RunningStatistics) -> Variable {
    tape.batchNorm(
      x[0],
      BatchNormalization(
        weight: x[1],
        bias: x[2],
        running: running,
        momentum: 0.1,
        epsilon: 1e-3
      )
    )
  }

  // MARK: - Batches

  @Test(arguments: [[2, 1], [5, 3], [9, 17], [33, 40], [4, 3, 5], [300, 2]])
  func `features of vectors and sequences match the reference, with gradients`(sizes: [Int]) {
    let shape = Shape(sizes)
    let features = shape.last
    let running = statistics(features)
    checkGradients(
      [Input(shape), Input([features], start: 2), Input([features], start: 3)],
      operations: 40,
      magnitude: 40
    ) { tape, x in
      batchNorm(tape, x, running)
    } reference: { x in
      Reference.batchNorm(x[0], x[1], x[2], pixels: 1, epsilon: 1e-3)
    }
  }

  @Test(arguments: [[33, 40], [4, 3, 5], [3, 3, 9, 7], [2, 5, 70, 65]], 1...3)
  func `ReLU on the way has the bits of its own layer, forward and backward`(
    sizes: [Int],
    threads: Int
  ) {
    let shape = Shape(sizes)
    let channels = sizes.count == 4 ? sizes[1] : shape.last
    var dy = awkward(shape.count, start: 4)
    (dy[0], dy[shape.count - 1]) = (.infinity, -.infinity)
    func run(rectifies: Bool) -> [[Float]] {
      let tape = Tape(threadCount: threads)
      let running = statistics(channels)
      tape.reset(training: true)
      let x = [
        tape.variable(shape, awkward(shape.count)),
        tape.variable([channels], awkward(channels, start: 2)),
        tape.variable([channels], awkward(channels, start: 3)),
      ]
      func layer() -> Variable {
        let y = tape.batchNorm(
          x[0],
          BatchNormalization(
            weight: x[1],
            bias: x[2],
            running: running,
            momentum: 0.1,
            epsilon: 1e-3,
            rectifies: rectifies
          )
        )
        return rectifies ? y : tape.activation(y, .relu)
      }
      let y = layer()
      tape.seedGradient(y, dy)
      tape.backward()
      let trained = [tape.array(of: y)] + x.map { tape.gradientArray(of: $0) }
      tape.reset(training: false)
      var broken = awkward(shape.count)
      broken[1] = .nan
      let input = tape.constant(shape, broken)
      let evaluated = tape.batchNorm(
        input,
        BatchNormalization(
          weight: tape.constant([channels], awkward(channels, start: 2)),
          bias: tape.constant([channels], awkward(channels, start: 3)),
          running: running,
          momentum: 0.1,
          epsilon: 1e-3,
          rectifies: rectifies
        )
      )
      return trained
        + [tape.array(of: rectifies ? evaluated : tape.activation(evaluated, .relu))]
    }
    for (fused, separate) in zip(run(rectifies: true), run(rectifies: false)) {
      #expect(bitMismatch(fused, separate) == nil)
    }
  }

  @Test(arguments: [[1, 1, 1, 2], [2, 3, 4, 5], [3, 17, 1, 1], [2, 5, 7, 5]])
  func `channels of images match the reference, with gradients`(sizes: [Int]) {
    let shape = Shape(sizes)
    let running = statistics(sizes[1])
    checkGradients(
      [Input(shape), Input([sizes[1]], start: 2), Input([sizes[1]], start: 3)],
      operations: 40,
      magnitude: 40
    ) { tape, x in
      batchNorm(tape, x, running)
    } reference: { x in
      Reference.batchNorm(x[0], x[1], x[2], pixels: sizes[2] * sizes[3], epsilon: 1e-3)
    }
  }

  @Test func `a batch without spread gives the bias, finite, and no gradient to its input`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let x = tape.variable([4, 2], [3, -5, 3, -5, 3, -5, 3, -5])
    let weight = tape.variable([2], [2, 3])
    let bias = tape.variable([2], [0.5, 0.25])
    let y = batchNorm(tape, [x, weight, bias], statistics(2))
    #expect(tape.array(of: y) == [0.5, 0.25, 0.5, 0.25, 0.5, 0.25, 0.5, 0.25])
    tape.seedGradient(y, [1, 2, 1, 2, 1, 2, 1, 2])
    tape.backward()
    #expect(tape.gradientArray(of: x) == [0, 0, 0, 0, 0, 0, 0, 0])
    #expect(tape.gradientArray(of: weight) == [0, 0])
    #expect(tape.gradientArray(of: bias) == [4, 8])
  }

  /// Sizes that a pooling divides and that leave rows and columns over; small and larger than a vector of windows.
  static let pooled: [(sizes: [Int], rows: Int, columns: Int)] = [
    ([2, 3, 8, 8], 2, 2), ([3, 5, 9, 23], 2, 2), ([1, 2, 7, 40], 3, 5), ([4, 17, 4, 4], 4, 4),
    ([2, 2, 5, 3], 2, 1), ([5, 3, 1, 2], 1, 2), ([3, 2, 1, 1], 1, 1), ([2, 1, 80, 70], 2, 2),
  ]

  @Test(arguments: pooled, [Pooling.Kind.maximum, .average])
  func `a pooling inside has the bits of its own operation, forward and backward`(
    images: (sizes: [Int], rows: Int, columns: Int),
    kind: Pooling.Kind
  ) {
    let shape = Shape(images.sizes)
    let channels = shape[1]
    let pooling = Pooling(kind, rows: images.rows, columns: images.columns)
    func run(isFused: Bool, rectifies: Bool, training: Bool, threads: Int) -> [[Float]] {
      let tape = Tape(threadCount: threads)
      tape.reset(training: training)
      var values = awkward(shape.count)
      if !training { values[1] = .nan }
      let inputs = [
        tape.variable(shape, values), tape.variable([channels], awkward(channels, start: 2)),
        tape.variable([channels], awkward(channels, start: 3)),
      ]
      let running = statistics(channels, mean: 0.2, variance: 1.7)
      var y = tape.batchNorm(
        inputs[0],
        BatchNormalization(
          weight: inputs[1],
          bias: inputs[2],
          running: running,
          momentum: 0.1,
          epsilon: 1e-3,
          rectifies: rectifies
        ),
        pooling: isFused ? pooling : nil
      )
      if !isFused {
        let window = (images.rows, images.columns)
        y =
          kind == .maximum
          ? tape.maxPool2d(y, kernel: window, stride: window)
          : tape.averagePool2d(y, kernel: window, stride: window)
      }
      let results = [tape.array(of: y), running.mean.array, running.variance.array]
      if !training { return results }
      tape.seedGradient(y, awkward(tape.shape(of: y).count, start: 4))
      tape.backward()
      return results + inputs.map { tape.gradientArray(of: $0) }
    }
    for rectifies in [false, true] {
      for training in [false, true] {
        let separate = run(isFused: false, rectifies: rectifies, training: training, threads: 1)
        for threads in 1...3 {
          let fused = run(isFused: true, rectifies: rectifies, training: training, threads: threads)
          for (one, other) in zip(fused, separate) { #expect(bitMismatch(one, other) == nil) }
        }
      }
    }
  }

  @Test func `training moves the running statistics, evaluation uses and keeps them`() {
    let tape = Tape(threadCount: 1)
    let running = statistics(1)
    func pass(training: Bool) -> [Float] {
      tape.reset(training: training)
      let x = tape.variable([4, 1], [1, 2, 3, 6])
      let y = tape.batchNorm(
        x,
        BatchNormalization(
          weight: tape.constant([1], [2]),
          bias: tape.constant([1], [1]),
          running: running,
          momentum: 0.25,
          epsilon: 0
        )
      )
      return tape.array(of: y)
    }
    // Mean 3, biased variance 14 / 4, unbiased 14 / 3.
    let deviation = 3.5.squareRoot()
    let expected = [-2.0, -1, 0, 3].map { 2 * $0 / deviation + 1 }
    #expect(mismatch(pass(training: true), expected) { _ in 1e-6 } == nil)
    #expect(running.mean.array == [0.75])
    #expect(running.variance.array == [Float(0.75 + 0.25 * 14 / 3)])
    let used = Double(running.variance.array[0]).squareRoot()
    let evaluated = [1.0, 2, 3, 6].map { 2 * ($0 - 0.75) / used + 1 }
    #expect(mismatch(pass(training: false), evaluated) { _ in 1e-6 } == nil)
    #expect(running.mean.array == [0.75])
  }

  @Test func `a batch of one value for each channel is normalised by the running statistics`() {
    let running = statistics(3, mean: 0.5, variance: 4)
    checkGradients(
      [Input([1, 3]), Input([3], start: 2), Input([3], start: 3)],
      operations: 30
    ) { tape, x in
      batchNorm(tape, x, running)
    } reference: { x in
      let deviation = 4.001.squareRoot()
      return (0..<3).map { (c: Int) -> Double in
        let value = (x[0][c] - 0.5) / deviation
        return value * x[1][c] + x[2][c]
      }
    }
    #expect(running.mean.array == [0.5, 0.5, 0.5])
    #expect(running.variance.array == [4, 4, 4])
  }

  @Test func `a NaN spoils its channel alone, forward and backward`() {
    for shape in [Shape(3, 20), Shape(3, 20, 1, 2)] {
      let tape = Tape(threadCount: 2)
      tape.reset(training: true)
      var values = awkward(shape.count)
      let pixels = shape.count / 60
      values[(20 + 18) * pixels] = .nan
      let x = tape.variable(shape, values)
      let running = statistics(20)
      let y = batchNorm(
        tape,
        [x, tape.variable([20], awkward(20)), tape.variable([20], awkward(20))],
        running
      )
      tape.seedGradient(y, awkward(shape.count, start: 4))
      tape.backward()
      let isNaN = (0..<shape.count).map { $0 / pixels % 20 == 18 }
      #expect(tape.array(of: y).map(\.isNaN) == isNaN)
      #expect(tape.gradientArray(of: x).map(\.isNaN) == isNaN)
      let isNaNChannel = (0..<20).map { $0 == 18 }
      #expect(running.mean.array.map(\.isNaN) == isNaNChannel)
      #expect(running.variance.array.map(\.isNaN) == isNaNChannel)
    }
  }

  @Test func `large values with a small spread keep their variance`() {
    // In one pass, E[x²] − E[x]² of these would be nothing but rounding.
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let values = (0..<10_000).map { Float(4096 + ($0 % 2 == 0 ? 0.25 : -0.25)) }
    let running = statistics(1)
    for shape in [Shape(10_000, 1), Shape(10, 1, 10, 100)] {
      let y = tape.batchNorm(
        tape.variable(shape, values),
        BatchNormalization(
          weight: tape.constant([1], [1]),
          bias: tape.constant([1], [0]),
          running: running,
          momentum: 1,
          epsilon: 1e-12
        )
      )
      let signs = values.map { $0 > 4096 ? 1.0 : -1.0 }
      #expect(mismatch(tape.array(of: y), signs) { _ in 1e-3 } == nil)
      #expect(running.mean.array == [4096])
      #expect(abs(running.variance.array[0] - 0.0625) < 1e-4)
    }
  }

  // MARK: - Layers

  @Test(arguments: [
    ([3, 1], [1]), ([5, 7], [7]), ([2, 3, 17], [17]), ([3, 2, 3, 4], [2, 3, 4]), ([2, 40], [40]),
  ])
  func `layer normalisation matches the reference, with gradients`(
    sizes: [Int],
    normalized: [Int]
  ) {
    let width = Shape(normalized)
    checkGradients(
      [Input(Shape(sizes)), Input(width, start: 2), Input(width, start: 3)],
      operations: 40,
      magnitude: 40
    ) { tape, x in
      tape.layerNorm(x[0], weight: x[1], bias: x[2], epsilon: 1e-3)
    } reference: { x in
      Reference.layerNorm(x[0], x[1], x[2], epsilon: 1e-3)
    }
  }

  @Test func `a NaN spoils its row alone`() {
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    var values = awkward(5 * 33)
    values[2 * 33 + 32] = .nan
    let x = tape.variable([5, 33], values)
    let weight = tape.variable([33], awkward(33))
    let y = tape.layerNorm(x, weight: weight, bias: weight, epsilon: 1e-5)
    tape.seedGradient(y, awkward(5 * 33, start: 4))
    tape.backward()
    let isNaN = (0..<5 * 33).map { $0 / 33 == 2 }
    #expect(tape.array(of: y).map(\.isNaN) == isNaN)
    #expect(tape.gradientArray(of: x).map(\.isNaN) == isNaN)
    #expect(tape.gradientArray(of: weight).map(\.isNaN) == [Bool](repeating: true, count: 33))
  }

  // MARK: - Threads

  @Test(arguments: [[700, 70], [70, 30, 40], [24, 18, 15, 17]])
  func `work large enough to be shared has the same bits on any number of threads`(sizes: [Int]) {
    let shape = Shape(sizes)
    let channels = sizes.count == 4 ? sizes[1] : shape.last
    let row = sizes.count == 4 ? shape.count / sizes[0] : shape.last
    func run(_ threads: Int) -> [[Float]] {
      let tape = Tape(threadCount: threads)
      tape.reset(training: true)
      let x = tape.variable(shape, awkward(shape.count))
      let inner = tape.variable([channels], awkward(channels, start: 1))
      let outer = tape.variable([row], awkward(row, start: 2))
      let y = batchNorm(tape, [x, inner, inner], statistics(channels))
      let z = tape.layerNorm(y, weight: outer, bias: outer, epsilon: 1e-5)
      tape.seedGradient(z, awkward(shape.count, start: 3))
      tape.backward()
      return [tape.array(of: y), tape.array(of: z)]
        + [x, inner, outer].map { tape.gradientArray(of: $0) }
    }
    let one = run(1)
    for threads in [2, 3] {
      for (got, expected) in zip(run(threads), one) { #expect(bitMismatch(got, expected) == nil) }
    }
    let reference = Reference.batchNorm(
      wide(awkward(shape.count)),
      wide(awkward(channels, start: 1)),
      wide(awkward(channels, start: 1)),
      pixels: sizes.count == 4 ? sizes[2] * sizes[3] : 1,
      epsilon: 1e-3
    )
    #expect(mismatch(one[0], reference) { _ in 1e-5 } == nil)
  }
}
