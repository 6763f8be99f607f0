// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Tensors
import TestSupport
import Testing

@Suite struct TapeTests {
  @Test func `a view shares values and gradient with what it views`() {
    checkGradients([Input([2, 3, 4]), Input([5, 6], start: 2)], operations: 30) { tape, x in
      let flat = tape.reshape(tape.reshape(x[0], [24]), [4, 6])
      #expect(tape.shape(of: flat) == [4, 6])
      return tape.linear(flat, weight: x[1], bias: nil)
    } reference: { x in
      Reference.linear(x[0], x[1], nil, inputs: 6, units: 5)
    }
  }

  @Test func `gradients of a value and of its views add up`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let x = tape.variable([2, 2], [1, -2, 3, 4])
    let y = tape.activation(x, .identity)
    let both = [tape.activation(tape.reshape(y, [4]), .relu), tape.activation(y, .relu)]
    tape.seedGradient(both[0], [1, 1, 1, 1])
    tape.seedGradient(both[1], [10, 10, 10, 10])
    tape.backward()
    #expect(tape.gradientArray(of: x) == [11, 0, 11, 11])
  }

  @Test func `a view of a parameter adds to the parameter`() {
    let parameter = Parameter(name: "p", shape: [2, 3])
    parameter.assign([1, 2, 3, 4, 5, 6])
    let tape = Tape(threadCount: 1)
    for _ in 0..<2 {
      tape.reset(training: true)
      let y = tape.activation(tape.reshape(tape.parameter(parameter), [6]), .identity)
      tape.seedGradient(y, [1, 2, 3, 4, 5, 6])
      tape.backward()
    }
    #expect(parameter.gradientArray == [2, 4, 6, 8, 10, 12])
    parameter.clearGradient()
    #expect(parameter.gradientArray == [0, 0, 0, 0, 0, 0])
  }

  @Test(arguments: [1, 3])
  func `the last step and rows as a sequence match the reference`(channels: Int) {
    checkGradients([Input([2, 3, 5])], operations: 4) { tape, x in
      tape.lastStep(x[0])
    } reference: { x in
      (0..<2).flatMap { x[0][($0 * 3 + 2) * 5..<($0 * 3 + 3) * 5] }
    }
    checkGradients([Input([2, channels, 4, 5])], operations: 4) { tape, x in
      // A view's gradient is its source's, so an operation stands between to be seeded twice.
      let y = tape.activation(tape.rowsAsSequence(x[0]), .identity)
      #expect(tape.shape(of: y) == [2, 4, channels * 5])
      return y
    } reference: { x in
      (0..<2 * 4 * channels * 5).map { i in
        let (n, row, channel) = (i / (20 * channels), i / (5 * channels) % 4, i / 5 % channels)
        return x[0][((n * channels + channel) * 4 + row) * 5 + i % 5]
      }
    }
  }

  @Test func `dropout is a function of its stream and keeps the expectation`() {
    let count = 20_000
    let stream = RandomStream(seed: 1, purpose: .dropout, path: "2", step: 5)
    func run(_ stream: RandomStream, threads: Int) -> (y: [Float], dx: [Float]) {
      let tape = Tape(threadCount: threads)
      tape.reset(training: true)
      let x = tape.variable([count], [Float](repeating: 3, count: count))
      let y = tape.dropout(x, probability: 0.25, stream: stream)
      tape.seedGradient(y, [Float](repeating: 1, count: count))
      tape.backward()
      return (tape.array(of: y), tape.gradientArray(of: x))
    }
    let one = run(stream, threads: 1)
    #expect(run(stream, threads: 3).y == one.y)
    let other = RandomStream(seed: 1, purpose: .dropout, path: "2", step: 6)
    #expect(run(other, threads: 1).y != one.y)
    #expect(zip(one.y, one.dx).allSatisfy { $0 == 3 * $1 && ($1 == 0 || $1 == Float(1 / 0.75)) })
    // The share of zeros: four standard deviations of a binomial count.
    let zeros = Double(one.y.filter { $0 == 0 }.count)
    let deviation = (Double(count) * 0.25 * 0.75).squareRoot()
    #expect(abs(zeros - 0.25 * Double(count)) < 4 * deviation)
  }

  @Test func `dropout's gradient passes twice through the same mask`() {
    let stream = RandomStream(seed: -7, purpose: .dropout, path: "x", step: 1 << 40)
    let ones = RandomStream(seed: -7, purpose: .dropout, path: "x", step: 1 << 40)
    let threshold = UInt32(0.9 * 0x1p32)
    checkGradients([Input([37])], operations: 4) { tape, x in
      tape.dropout(x[0], probability: 0.9, stream: stream)
    } reference: { x in
      x[0].indices.map {
        ones.block(UInt64($0 / 4))[$0 % 4] >= threshold ? x[0][$0] / (1 - 0.9) : 0
      }
    }
  }

  @Test func `dropout does nothing in evaluation or with probability 0`() {
    let tape = Tape(threadCount: 1)
    let stream = RandomStream(seed: 1, purpose: .dropout)
    for (training, probability) in [(false, 0.5), (true, 0)] {
      tape.reset(training: training)
      let x = tape.variable([3], [1, 2, 3])
      #expect(tape.dropout(x, probability: probability, stream: stream) == x)
    }
  }

  @Test func `nothing is noted in evaluation`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let parameter = Parameter(name: "w", shape: [1, 2])
    let x = tape.constant([1, 2], [1, 2])
    let y = tape.linear(x, weight: tape.parameter(parameter), bias: nil)
    tape.seedGradient(y, [1])
    tape.backward()
    #expect(parameter.gradientArray == [0, 0])
  }

  @Test func `a second step of the same shape takes no memory`() {
    let tape = Tape(threadCount: 2)
    let weight = Parameter(name: "w", shape: [400, 300])
    let kernel = Parameter(name: "k", shape: [8, 3, 3, 3])
    func step() {
      tape.reset(training: true)
      let image = tape.constant([20, 3, 30, 30], awkward(54_000))
      let y = tape.conv2d(image, weight: tape.parameter(kernel), bias: nil, activation: .relu)
      let pooled = tape.maxPool2d(y, kernel: (2, 2), stride: (2, 2))
      let x = tape.reshape(pooled, [20, 1568])
      tape.seedGradient(x, [Float](repeating: 1, count: 20 * 1568))
      let wide = tape.linear(
        tape.constant([700, 300], [Float](repeating: 1, count: 210_000)),
        weight: tape.parameter(weight),
        bias: nil
      )
      tape.seedGradient(wide, [Float](repeating: 1, count: 280_000))
      tape.backward()
    }
    step()
    let first = tape.memoryBytes
    #expect(first > 1 << 20)
    for _ in 0..<3 {
      step()
      #expect(tape.memoryBytes == first)
    }
    tape.reset(training: true)
    #expect(tape.memoryBytes == first)
  }
}
