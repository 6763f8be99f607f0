// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@Suite struct ResizingTests {
  @Test(arguments: [
    ((1, 1), (3, 4)), ((4, 5), (4, 5)), ((5, 4), (9, 11)), ((7, 8), (3, 2)), ((3, 6), (6, 3)),
    ((2, 9), (1, 1)),
  ])
  func `values between pixels match the reference, with gradients`(
    input: (Int, Int),
    output: (Int, Int)
  ) {
    for interpolation in [Interpolation.bilinear, .nearest] {
      checkGradients([Input([2, 3, input.0, input.1])], operations: 12 + 4 * output.0) { tape, x in
        let y = tape.resize2d(x[0], height: output.0, width: output.1, interpolation)
        #expect(tape.shape(of: y) == [2, 3, output.0, output.1])
        return y
      } reference: { x in
        Reference.resize(x[0], from: input, to: output, isBilinear: interpolation == .bilinear)
      }
    }
  }

  @Test func `PyTorch's numbers`() {
    // x = torch.arange(6.).reshape(1, 1, 2, 3)
    // torch.nn.functional.interpolate(x, size=(3, 4), mode="bilinear"), mode="nearest"
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let x = tape.constant([1, 1, 2, 3], [0, 1, 2, 3, 4, 5])
    let between = tape.array(of: tape.resize2d(x, height: 3, width: 4, .bilinear))
    #expect(
      mismatch(
        between,
        [0, 0.625, 1.375, 2, 1.5, 2.125, 2.875, 3.5, 3, 3.625, 4.375, 5]
      ) { _ in 1e-6 } == nil
    )
    let nearest = tape.array(of: tape.resize2d(x, height: 3, width: 4, .nearest))
    #expect(nearest == [0, 0, 1, 2, 0, 0, 1, 2, 3, 3, 4, 5])
  }

  @Test func `the same size keeps NaN and infinity to themselves`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let values: [Float] = [.nan, 1, .infinity, 2, -.infinity, 3]
    let x = tape.constant([1, 1, 2, 3], values)
    for interpolation in [Interpolation.bilinear, .nearest] {
      let y = tape.array(of: tape.resize2d(x, height: 2, width: 3, interpolation))
      #expect(bitMismatch(y, values) == nil)
    }
    // Where it has a share, it decides.
    let wide = tape.array(of: tape.resize2d(x, height: 2, width: 6, .bilinear))
    #expect(
      wide.map(\.isNaN) == [true, true, true, false, false, false]
        + [Bool](repeating: false, count: 6)
    )
  }

  @Test(arguments: [(1, 1), (3, 5), (7, 7), (1, 90)])
  func `a global mean matches the reference, with gradients`(height: Int, width: Int) {
    checkGradients(
      [Input([3, 7, height, width])],
      operations: height * width + 4
    ) { tape, x in
      let y = tape.globalAveragePool2d(x[0])
      #expect(tape.shape(of: y) == [3, 7])
      return y
    } reference: { x in
      Reference.lineMeans(x[0], width: height * width)
    }
  }

  @Test func `a NaN is the mean of its channel alone`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    var values = awkward(2 * 3 * 17)
    values[4 * 17 + 16] = .nan
    let y = tape.array(of: tape.globalAveragePool2d(tape.constant([2, 3, 1, 17], values)))
    #expect(y.map(\.isNaN) == [false, false, false, false, true, false])
  }

  @Test func `work large enough to be shared has the same bits on any number of threads`() {
    func run(_ threads: Int) -> [[Float]] {
      let tape = Tape(threadCount: threads)
      tape.reset(training: true)
      let x = tape.variable([9, 17, 20, 23], awkward(9 * 17 * 460))
      let y = tape.globalAveragePool2d(tape.resize2d(x, height: 31, width: 30, .bilinear))
      tape.seedGradient(y, awkward(9 * 17, start: 2))
      tape.backward()
      return [tape.array(of: y), tape.gradientArray(of: x)]
    }
    let (one, three) = (run(1), run(3))
    for i in 0..<2 { #expect(bitMismatch(one[i], three[i]) == nil) }
  }
}
