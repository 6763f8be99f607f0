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
//     for kind in [torch.nn.GRU, torch.nn.LSTM]:
//         encoder, decoder = kind(3, 2, batch_first=True), kind(2, 2, batch_first=True)
//         for start, p in enumerate([*encoder.parameters(), *decoder.parameters()], 1):
//             p.data = w(*p.shape, start=start)
//         h, c = w(1, 2, 2, start=9).requires_grad_(), w(1, 2, 2, start=10).requires_grad_()
//         x, z = w(2, 4, 3, start=11).requires_grad_(), w(2, 3, 2, start=12)
//         packed = torch.nn.utils.rnn.pack_padded_sequence(x, [4, 2], batch_first=True)
//         state = encoder(packed, (h, c) if kind is torch.nn.LSTM else h)[1]
//         y, _ = decoder(z, state)
//         (y * w(2, 3, 2, start=13)).sum().backward()
//         print(kind.__name__)
//         show("y", y)
//         show("dx", x.grad)
//         show("dh", h.grad)
//         if kind is torch.nn.LSTM: show("dc", c.grad)
//         show("dU", encoder.weight_hh_l0.grad)

/// An encoder whose last state starts a decoder, against PyTorch.
@Suite struct StateGoldenTests {
  struct Golden: CustomTestStringConvertible, Sendable {
    let cell: RecurrentCell
    let y: [Double]
    let dx: [Double]
    let dh: [Double]
    let dc: [Double]
    let dU: [Double]
    var testDescription: String { "\(cell)" }
  }

  private static let goldens = [
    Golden(
      cell: .gru,
      y: [
        -0.133571, -0.2566682, -0.2072419, -0.6602387, -0.3141002, -0.7769226, 0.0390605,
        -0.4628166, 0.1203868, -0.6477126, -0.0385478, -0.8121199,
      ],
      dx: [
        -0.0288594, -0.0665834, -0.0729922, 0.0117059, -0.0412411, -0.0747918, 0.0230635,
        -0.1305145, -0.2227095, -0.025092, -0.4406095, -0.6489014, -0.0154582, -0.0109774,
        -0.0013338, 0.0357765, -0.0300761, -0.0817835, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
      ],
      dh: [0.0443251, 0.0022618, 0.0174444, 0.0104136],
      dc: [],
      dU: [
        0.0303214, 0.0379645, 0.0070669, 0.0035893, 0.0607474, -0.0020671, -0.0119068, 0.0353245,
        0.0306353, 0.1204801, 0.0094826, 0.0125554,
      ]
    ),
    Golden(
      cell: .lstm,
      y: [
        -0.1116592, -0.1718646, -0.4171141, -0.5337524, -0.2053383, -0.6187392, -0.0005118,
        -0.1572211, 0.0040199, -0.1932984, -0.2078708, -0.444806,
      ],
      dx: [
        5.08e-05, -0.000471, -0.0007712, -0.0009348, -0.0024874, -0.0028701, 0.0042578, 0.0002453,
        -0.0038826, 0.0033918, -0.0120823, -0.0218739, 0.0011362, 0.002341, 0.0024448, 0.0358401,
        0.0203302, -0.0047413, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
      ],
      dh: [9.33e-05, -0.0003968, 0.0004934, 0.0006587],
      dc: [0.0003138, 0.000137, -0.0013144, -0.0035638],
      dU: [
        -0.0019757, -0.0005947, 0.0051916, 0.0037049, 0.0014015, -0.0009194, -0.002649, -0.0008738,
        -0.0036311, 0.0011917, 0.0265037, 0.0054628, 0.0001084, -0.0001339, 0.0009188, 0.0011619,
      ]
    ),
  ]

  /// sin(0.7 i + start), the script's `w`.
  private func w(_ tape: Tape, _ shape: Shape, start: Double) -> Variable {
    tape.variable(shape, (0..<shape.count).map { Float(sin(0.7 * Double($0) + start)) })
  }

  private func weights(_ tape: Tape, rows: Int, inputs: Int, start: Double) -> RecurrentWeights {
    RecurrentWeights(
      inputWeight: w(tape, [rows, inputs], start: start),
      hiddenWeight: w(tape, [rows, 2], start: start + 1),
      inputBias: w(tape, [rows], start: start + 2),
      hiddenBias: w(tape, [rows], start: start + 3)
    )
  }

  @Test(arguments: goldens)
  func `an encoder and a decoder agree with PyTorch`(golden: Golden) {
    let rows = golden.cell.gates * 2
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let encoder = weights(tape, rows: rows, inputs: 3, start: 1)
    let decoder = weights(tape, rows: rows, inputs: 2, start: 5)
    let start = RecurrentStateVariables(
      hidden: w(tape, [2, 2], start: 9),
      cell: golden.cell == .lstm ? w(tape, [2, 2], start: 10) : nil
    )
    let (x, z) = (w(tape, [2, 4, 3], start: 11), w(tape, [2, 3, 2], start: 12))
    let encoded = tape.recurrent(
      x,
      golden.cell,
      encoder,
      lengths: tape.indices([2], [4, 2]),
      initial: start
    )
    let y = tape.recurrent(z, golden.cell, decoder, initial: encoded.last).steps
    tape.seedGradient(y, (0..<12).map { Float(sin(0.7 * Double($0) + 13)) })
    tape.backward()
    func agree(_ got: [Float], _ expected: [Double]) -> String? {
      mismatch(got, expected) { _ in 2 * roundingBound(operations: 60, magnitude: 4) + 5e-8 }
    }
    #expect(agree(tape.array(of: y), golden.y) == nil)
    #expect(agree(tape.gradientArray(of: x), golden.dx) == nil)
    #expect(agree(tape.gradientArray(of: start.hidden), golden.dh) == nil)
    #expect(agree(start.cell.map { tape.gradientArray(of: $0) } ?? [], golden.dc) == nil)
    #expect(agree(tape.gradientArray(of: encoder.hiddenWeight), golden.dU) == nil)
  }
}
