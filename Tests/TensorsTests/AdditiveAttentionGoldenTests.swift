// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tensors
import TestSupport
import Testing

// Numbers of PyTorch 2.15.0, made by this script:
//
//     import torch
//
//     def w(*shape, start):
//         i = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
//         return torch.sin(0.7 * i + start).float().reshape(shape)
//
//     def show(name, t):
//         print(name, [round(v, 7) for v in t.detach().double().flatten().tolist()])
//
//     q, k = w(2, 2, 4, start=1).requires_grad_(), w(2, 3, 4, start=2).requires_grad_()
//     v, values = w(4, start=3).requires_grad_(), w(2, 3, 2, start=4).requires_grad_()
//     behind = torch.arange(3)[None, None, :] >= torch.tensor([3, 2])[:, None, None]
//     # Bahdanau, Cho & Bengio: scores of projected queries and keys.
//     scores = torch.tanh(q[:, :, None] + k[:, None]) @ v
//     y = torch.bmm(scores.masked_fill(behind, -torch.inf).softmax(-1), values)
//     (y * w(2, 2, 2, start=5)).sum().backward()
//     for name, t in [("y", y), ("dq", q.grad), ("dk", k.grad), ("dv", v.grad), ("dvalues", values.grad)]:
//         show(name, t)

/// Additive attention, in one operation and made of several, against PyTorch.
@Suite struct AdditiveAttentionGoldenTests {
  private static let y: [Double] = [
    -0.4478285, -0.3599835, -0.4573309, -0.3594147, 0.6977125, 0.2245161, 0.7486583, 0.282482,
  ]
  private static let gradients: [[Double]] = [
    [
      0.0056588, -0.0416234, -0.1779882, 0.1346091, -0.0033018, -0.0268331, -0.11627, -0.0986993,
      0.0148401, -0.1690437, -0.2859602, -0.111147, 0.0009477, -0.0186446, -0.0388007, -0.0150531,
    ],
    [
      -0.0297722, 0.0690952, -0.2024691, -0.114842, 0.0060416, -0.0213141, -0.0360668, -0.0435723,
      0.0260875, -0.1162377, -0.0557223, 0.1943241, 0.0358973, -0.1844618, -0.3104902, -0.2195542,
      -0.0201096, -0.0032266, -0.0142708, 0.0933541, 0.0, 0.0, 0.0, 0.0,
    ],
    [-0.4321741, -0.287623, -0.2602445, -0.1122165],
    [
      -0.4722549, 0.0918227, -0.1591391, 0.0473583, -0.2109812, 0.0391024, 0.9654149, 0.2457392,
      0.2560183, 0.095212, 0.0, 0.0,
    ],
  ]

  /// sin(0.7 i + start), the script's `w`.
  private func w(_ tape: Tape, _ shape: Shape, start: Double) -> Variable {
    tape.variable(shape, (0..<shape.count).map { Float(sin(0.7 * Double($0) + start)) })
  }

  @Test(arguments: [true, false])
  func `additive attention agrees with PyTorch`(isOne: Bool) {
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let inputs = [
      w(tape, [2, 2, 4], start: 1), w(tape, [2, 3, 4], start: 2), w(tape, [4], start: 3),
      w(tape, [2, 3, 2], start: 4),
    ]
    let lengths = tape.indices([2], [3, 2])
    let y =
      isOne
      ? tape.additiveAttention(
        queries: inputs[0],
        keys: inputs[1],
        scoring: inputs[2],
        values: inputs[3],
        keyLengths: lengths
      ) : composed(tape, inputs, lengths)
    tape.seedGradient(y, (0..<8).map { Float(sin(0.7 * Double($0) + 5)) })
    tape.backward()
    func agree(_ got: [Float], _ expected: [Double]) -> String? {
      mismatch(got, expected) { _ in 2 * roundingBound(operations: 60, magnitude: 4) + 5e-8 }
    }
    #expect(agree(tape.array(of: y), Self.y) == nil)
    for (input, expected) in zip(inputs, Self.gradients) {
      #expect(agree(tape.gradientArray(of: input), expected) == nil)
    }
  }

  /// The sums of queries and keys by products with ones, then masked softmax and a product example by example.
  private func composed(_ tape: Tape, _ x: [Variable], _ lengths: Indices) -> Variable {
    let ones = tape.constant([1, 1], [1])
    var rows: [Variable] = []
    for i in 0..<2 {
      var scores: [Variable] = []
      for j in 0..<3 {
        let (query, key) = (step(tape, x[0], i), step(tape, x[1], j))
        let sums = tape.activation(tape.add(query, key), .tanh)
        scores.append(tape.linear(sums, weight: tape.reshape(x[2], [1, 4]), bias: nil))
      }
      rows.append(
        tape.linear(tape.reshape(tape.concatenate(scores), [6, 1]), weight: ones, bias: nil)
      )
    }
    let scores = tape.concatenate(rows.map { tape.reshape($0, [2, 3]) })
    let weights = tape.maskedSoftmax(tape.reshape(scores, [2, 2, 3]), lengths: lengths)
    return tape.batchedProduct(weights, x[3])
  }

  /// Step i of x [2, T, 4]: [2, 4].
  private func step(_ tape: Tape, _ x: Variable, _ i: Int) -> Variable {
    tape.lastStep(x, lengths: tape.indices([2], [Int32(i + 1), Int32(i + 1)]))
  }
}
