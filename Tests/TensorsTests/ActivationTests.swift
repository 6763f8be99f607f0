// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tensors
import TestSupport
import Testing

/// Activations behind a layer: gradients against central differences, and PyTorch's numbers.
@Suite struct ActivationTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let function: Pointwise
    let value: @Sendable (Double) -> Double
    let y: [Double]
    let gradient: [Double]
  }

  private static let all = [
    Case(
      testDescription: "leaky_relu",
      function: Pointwise(.leakyRelu, 0.2),
      value: { $0 <= 0 ? Double(Float(0.2)) * $0 : $0 },
      y: [
        0, 1.9326531, 2.9563491, 2.589628, 1.0049645, -0.2104699, -0.5229455, -0.5894716,
      ],
      gradient: [0.2, 2, 3, 4, 5, 1.2, 1.4, 1.6]
    ),
    Case(
      testDescription: "elu",
      function: Pointwise(.elu, 0.5, 1),
      value: { $0 < 0 ? 0.5 * Foundation.expm1($0) : $0 },
      y: [0, 1.9326531, 2.9563491, 2.589628, 1.0049645, -0.3254418, -0.4634061, -0.4737609],
      gradient: [0.5, 2, 3, 4, 5, 1.0473494, 0.2561571, 0.2099127]
    ),
    Case(
      testDescription: "selu",
      function: Pointwise(.elu, 1.7580993408473766, 1.0507009873554805),
      value: {
        $0 < 0 ? 1.7580993408473766 * Foundation.expm1($0) : 1.0507009873554805 * $0
      },
      y: [
        0, 2.0306405, 3.106239, 2.7209247, 1.0559172, -1.1443179, -1.629428, -1.6658375,
      ],
      gradient: [
        1.7580993, 2.101402, 3.152103, 4.2028039, 5.2535049, 3.6826886, 0.9006993, 0.7380948,
      ]
    ),
    Case(
      testDescription: "gelu",
      function: Pointwise(.gelu),
      value: { $0 * Foundation.erfc(-$0 / 2.0.squareRoot()) / 2 },
      y: [
        0, 1.8811682, 2.9517475, 2.5771874, 0.8467258, -0.1539794, -0.0116746, -0.0047232,
      ],
      gradient: [
        0.5, 2.1849623, 3.0400935, 4.1253215, 5.422539, -0.5700003, -0.2079903, -0.1093859,
      ]
    ),
    Case(
      testDescription: "gelu by tanh",
      function: Pointwise(.geluTanh),
      value: {
        let u = (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)
        return 0.5 * $0 * (1 + Foundation.tanh(u))
      },
      y: [
        0, 1.8812083, 2.9521748, 2.5776508, 0.8465713, -0.1541502, -0.0112072, -0.0042929,
      ],
      gradient: [
        0.5, 2.1866569, 3.0391158, 4.1260548, 5.4207867, -0.567983, -0.2089696, -0.1068433,
      ]
    ),
    Case(
      testDescription: "silu",
      function: Pointwise(.silu),
      value: { $0 / (1 + Foundation.exp(-$0)) },
      y: [
        0, 1.6882551, 2.8101952, 2.4088488, 0.7356677, -0.2723209, -0.1783155, -0.1469598,
      ],
      gradient: [
        0.5, 2.1740697, 3.2684734, 4.3934009, 4.645839, 0.3415372, -0.6857087, -0.7181649,
      ]
    ),
    Case(
      testDescription: "softplus",
      function: Pointwise(.softplus, 2, 3),
      value: { 2 * $0 > 3 ? $0 : Foundation.log1p(Foundation.exp(2 * $0)) / 2 },
      y: [
        0.3465736, 1.9326531, 2.9563491, 2.589628, 1.0678393, 0.057504, 0.0026711, 0.0013751,
      ],
      gradient: [0.5, 2, 3, 4, 4.4091781, 0.6518454, 0.0372954, 0.0219712]
    ),
    Case(
      testDescription: "hard_sigmoid",
      function: Pointwise(.hardSigmoid),
      value: { min(max($0 + 3, 0), 6) / 6 },
      y: [
        0.5, 0.8221088, 0.9927249, 0.9316047, 0.6674941, 0.3246084, 0.0642121, 0.0087737,
      ],
      gradient: [
        0.1666667, 0.3333333, 0.5, 0.6666667, 0.8333334, 1, 1.1666667, 1.3333334,
      ]
    ),
  ]

  @Test(arguments: all, [1, 7, 33])
  private func `gradients are those of central differences`(subject: Case, count: Int) {
    // Multiples of 1/16 and a 32nd keep away from every kink.
    let x = separated(count, gap: 1.0 / 16)
    checkGradients([Input([count, 1], x)], operations: 12) { tape, x in
      tape.activation(x[0], subject.function)
    } reference: {
      $0[0].map(subject.value)
    }
  }

  @Test(arguments: [(1, 1), (3, 5), (2, 17)])
  func `softmax has the gradient of central differences`(rows: Int, width: Int) {
    checkGradients([Input(Shape(rows, width), scale: 2)], operations: width + 8) { tape, x in
      tape.softmax(x[0])
    } reference: { inputs in
      stride(from: 0, to: rows * width, by: width).flatMap { start in
        let powers = inputs[0][start..<start + width].map { Foundation.exp($0) }
        return powers.map { $0 / powers.reduce(0, +) }
      }
    }
  }

  // Made by PyTorch 2.15:
  //
  //   import math, torch, torch.nn.functional as F
  //   torch.set_default_dtype(torch.float64)
  //   x = torch.tensor([3 * math.sin(0.7 * i) for i in range(8)], dtype=torch.float32).double()
  //   def show(f):
  //     v = x.clone().requires_grad_(True)
  //     y = f(v)
  //     (y * torch.arange(1, 9)).sum().backward()
  //     print([round(float(a), 7) for a in y.detach()], [round(float(a), 7) for a in v.grad])
  //   show(lambda v: F.leaky_relu(v, 0.2)); show(lambda v: F.elu(v, 0.5)); show(F.selu); show(F.gelu)
  //   show(lambda v: F.gelu(v, approximate="tanh")); show(F.silu); show(lambda v: F.softplus(v, 2, 3))
  //   show(F.hardsigmoid); show(lambda v: F.softmax(v.view(2, 4), -1).view(-1))
  @Test(arguments: all)
  private func `values and gradients are PyTorch's`(subject: Case) {
    check(subject.y, subject.gradient) { $0.activation($1, subject.function) }
  }

  @Test func `softmax is PyTorch's`() {
    check(
      [
        0.0247156, 0.1707308, 0.4752228, 0.3293308, 0.8519355, 0.1088746, 0.0228241, 0.0163657,
      ],
      [
        -0.0521294, -0.1893692, -0.0518795, 0.2933781, -0.1734711, 0.0867055, 0.0410008, 0.0457648,
      ]
    ) { $0.softmax($1) }
  }

  private func check(
    _ y: [Double],
    _ gradient: [Double],
    sourceLocation: SourceLocation = #_sourceLocation,
    _ operation: (Tape, Variable) -> Variable
  ) {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let x = tape.variable([2, 4], (0..<8).map { Float(3 * sin(0.7 * Double($0))) })
    let result = operation(tape, x)
    tape.seedGradient(result, (1...8).map { Float($0) })
    tape.backward()
    // Half a unit of the seventh decimal, and a few roundings.
    let bound = 5e-8 + roundingBound(operations: 8, magnitude: 8)
    let values = mismatch(tape.array(of: result), y) { _ in bound }
    #expect(values == nil, sourceLocation: sourceLocation)
    let found = mismatch(tape.gradientArray(of: x), gradient) { _ in bound }
    #expect(found == nil, sourceLocation: sourceLocation)
  }
}
