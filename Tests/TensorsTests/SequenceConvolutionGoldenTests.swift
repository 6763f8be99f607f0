// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tensors
import TestSupport
import Testing

// Numbers of PyTorch 2.15.0, made by this script:
//
//     import torch
//     from torch.nn.functional import conv1d, pad, relu
//
//     def w(*shape, start):
//         i = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
//         return torch.sin(0.7 * i + start).float().reshape(shape)
//
//     def show(name, t):
//         print(name, [round(v, 7) for v in t.detach().double().flatten().tolist()])
//
//     # Sequences here are [N, T, C].
//     for stride, front, back in [(1, 2, 0), (2, 1, 2)]:
//         x, weight = w(2, 5, 3, start=1).requires_grad_(), w(2, 3, 3, start=2).requires_grad_()
//         bias = w(2, start=3).requires_grad_()
//         padded = pad(x.transpose(1, 2), (front, back))
//         y = relu(conv1d(padded, weight, bias, stride=stride)).transpose(1, 2)
//         (y * w(*y.shape, start=4)).sum().backward()
//         show("y", y)
//         show("dx", x.grad)
//         show("dw", weight.grad)
//         show("db", bias.grad)

/// Convolutions along sequences against PyTorch.
@Suite struct SequenceConvolutionGoldenTests {
  struct Golden: CustomTestStringConvertible, Sendable {
    let stride: Int
    let padding: (front: Int, back: Int)
    let y: [Double]
    let dx: [Double]
    let dw: [Double]
    let db: [Double]
    var testDescription: String { "stride \(stride), padding \(padding)" }
  }

  private static let goldens = [
    Golden(
      stride: 1,
      padding: (2, 0),
      y: [
        0.0, 0.0, 0.0, 0.0, 0.8916176, 0.2126838, 0.6622481, 0.0, 0.0, 0.0, 0.9345482, 0.2748259,
        0.0269168, 0.0, 0.0, 0.0, 0.9262499, 0.2474398, 0.622473, 0.0,
      ],
      dx: [
        1.2955332, -1.1808228, -0.1032655, 1.453145, -2.1948869, 0.763015, 0.0208716, -1.9362659,
        1.9341611, -0.2403953, -0.6637233, 0.9105516, 0.0, 0.0, 0.0, 0.3918399, 1.3989571,
        -1.804356, 0.3124125, -0.1231707, -0.188048, -0.5785329, 0.3421934, 0.2330229, -0.405079,
        0.5645581, -0.1649509, 0.198901, 0.5491588, -0.7533823,
      ],
      dw: [
        0.8665953, 0.0132931, -0.0004708, 0.8910377, -0.6385239, 0.0083864, 0.4964111, -0.9900331,
        0.0132992, 0.6253213, 0.0374828, 0.0039127, 0.7418476, -0.4521345, -0.0123661, 0.5094714,
        -0.7291059, -0.022829,
      ],
      db: [-0.0227038, -0.0148422]
    ),
    Golden(
      stride: 2,
      padding: (1, 2),
      y: [
        0.0, 0.0, 0.6622481, 0.0, 0.1156141, 0.0, 0.0269168, 0.0, 0.9262499, 0.2474398, 0.0, 0.0,
      ],
      dx: [
        0.0, 0.0, 0.0, -0.7026728, 0.6323355, 0.0642085, -0.330264, 0.7698007, -0.4469977,
        0.6467691, 0.1408949, -0.7890295, 0.2111741, -0.4922183, 0.2858148, 0.4020493, -0.9371225,
        0.544156, -1.0914948, 0.1144349, 0.9759507, -0.3908813, 0.9371621, -0.555364, 0.2531744,
        0.6554039, -0.9149307, 0.0, 0.0, 0.0,
      ],
      dw: [
        0.2383051, -0.1300085, 0.3022291, 0.7896564, -0.2456953, 0.2234492, 0.9696199, -0.2458277,
        0.0395776, -0.6595663, -0.0061132, 0.6657388, -0.7575308, 0.4898655, 0.2629175, -0.4992168,
        0.7554528, -0.263558,
      ],
      db: [0.4877526, -0.7676858]
    ),
  ]

  /// sin(0.7 i + start), the script's `w`.
  private func w(_ count: Int, start: Double) -> [Float] {
    (0..<count).map { Float(sin(0.7 * Double($0) + start)) }
  }

  @Test(arguments: goldens)
  func `a convolution along sequences agrees with PyTorch`(golden: Golden) {
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let x = tape.variable([2, 5, 3], w(30, start: 1))
    let weight = tape.variable([2, 3, 3], w(18, start: 2))
    let bias = tape.variable([2], w(2, start: 3))
    let y = tape.conv1d(
      x,
      weight: weight,
      bias: bias,
      stride: golden.stride,
      padding: golden.padding,
      activation: .relu
    )
    #expect(tape.shape(of: y) == [2, golden.y.count / 4, 2])
    tape.seedGradient(y, w(golden.y.count, start: 4))
    tape.backward()
    func agree(_ got: [Float], _ expected: [Double]) -> String? {
      mismatch(got, expected) { _ in 2 * roundingBound(operations: 30, magnitude: 8) + 5e-8 }
    }
    #expect(agree(tape.array(of: y), golden.y) == nil)
    #expect(agree(tape.gradientArray(of: x), golden.dx) == nil)
    #expect(agree(tape.gradientArray(of: weight), golden.dw) == nil)
    #expect(agree(tape.gradientArray(of: bias), golden.db) == nil)
  }
}
