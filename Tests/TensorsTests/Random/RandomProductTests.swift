// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

/// Products example by example and masked softmax of random shapes, against the slow side.
@Suite struct RandomProductTests {
  private static func size(_ g: inout CaseGenerator) -> Int {
    g.once(in: 5) ? 1 : g.once(in: 4) ? g.pick(20...70) : g.pick(1...9)
  }

  @Test(arguments: RandomCases.seeds(80, exhaustive: 2_000))
  func `batched products and their gradients are the reference's`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    var sizes = [Self.size(&g), Self.size(&g), Self.size(&g)]
    // Some are large enough for all threads.
    if g.once(in: 20) { sizes = [g.pick(102...110), g.pick(102...110), g.pick(102...110)] }
    let (m, k, l) = (sizes[0], sizes[1], sizes[2])
    let batch = max(1, min(g.pick(1...5), 100_000 / (m * k * l)))
    let isTransposed = g.once(in: 2)
    let inputs = [
      Input(random: [batch, m, k], &g),
      Input(random: isTransposed ? [batch, l, k] : [batch, k, l], &g),
    ]
    let run = OperationCase(inputs, results: [batch * m * l], &g) { tape, x in
      [tape.batchedProduct(x[0], x[1], transposed: isTransposed)]
    }
    let misfit = run.misfit { tape, x in
      [
        tape.product(x[0], x[1], [batch, m, l]) { body in
          for n in 0..<batch {
            for i in 0..<m {
              for j in 0..<l {
                for e in 0..<k {
                  let right = isTransposed ? (n * l + j) * k + e : (n * k + e) * l + j
                  body((n * m + i) * k + e, right, (n * m + i) * l + j)
                }
              }
            }
          }
        }
      ]
    }
    #expect(
      misfit == nil,
      """
      N \(batch), M \(m), K \(k), L \(l), transposed \(isTransposed). \
      Repeat with: \(RandomCases.command(seed, Self.self))
      """
    )
  }

  @Test func `one tensor may be both factors`() {
    var g = CaseGenerator(seed: 3)
    let run = OperationCase([Input(random: [2, 4, 5], &g)], results: [32], &g) { tape, x in
      [tape.batchedProduct(x[0], x[0], transposed: true)]
    }
    let misfit = run.misfit { tape, x in
      [
        tape.product(x[0], x[0], [2, 4, 4]) { body in
          for i in 0..<32 {
            for e in 0..<5 { body(i / 4 * 5 + e, (i / 16 * 4 + i % 4) * 5 + e, i) }
          }
        }
      ]
    }
    #expect(misfit == nil)
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 1_500))
  func `masked softmax and its gradient are the reference's`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (batch, width) = (g.pick(1...5), Self.size(&g))
    let rows = g.once(in: 3) ? g.pick(50...150) : g.pick(1...5)
    let isFlat = g.once(in: 3)
    let hasLengthOfRows = !isFlat && g.once(in: 2)
    let perExample = isFlat ? 1 : rows
    let given = (0..<(hasLengthOfRows ? batch * rows : batch)).map { _ in
      Int32(g.pick(0...width))
    }
    let lengths = (0..<batch * perExample).map {
      Int(given[hasLengthOfRows ? $0 : $0 / perExample])
    }
    var x = Input(
      random: isFlat ? [batch, width] : [batch, rows, width],
      scale: 4,
      &g
    )
    x = Input(
      x.shape,
      x.values.indices.map { $0 % width < lengths[$0 / width] ? x.values[$0] : .nan }
    )
    let run = OperationCase([x], results: [x.values.count], &g) { tape, x in
      let shape: Shape = hasLengthOfRows ? [batch, rows] : [batch]
      return [tape.maskedSoftmax(x[0], lengths: tape.indices(shape, given))]
    }
    let misfit = run.misfit { tape, x in
      let parts = lengths.enumerated().filter { $0.element > 0 }.map { row, length in
        tape.softmax(tape.taken(x[0], [length], (0..<length).map { row * width + $0 }))
      }
      let all = parts.isEmpty ? tape.constant([0], []) : tape.concatenated(parts, axis: 0)
      return [
        tape.linear(all, x[0].shape) { body in
          var next = 0
          for (row, length) in lengths.enumerated() {
            for j in 0..<length {
              body(next, row * width + j, 1)
              next += 1
            }
          }
        }
      ]
    }
    #expect(
      misfit == nil,
      "\(x.shape), lengths \(given). Repeat with: \(RandomCases.command(seed, Self.self))"
    )
  }

  @Test func `without a mask it has the bits of softmax`() {
    let tape = Tape(threadCount: 2)
    tape.reset(training: false)
    let x = tape.constant([3, 4, 21], awkward(252, scale: 3))
    let masked = tape.maskedSoftmax(x, lengths: tape.indices([3], [21, 21, 21]))
    #expect(bitMismatch(tape.array(of: masked), tape.array(of: tape.softmax(x))) == nil)
  }
}
