// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tensors
import TestSupport
import Testing

/// Losses of all kinds: PyTorch's numbers, central differences, rows that are left out, NaN.
@Suite struct LossFormsTests {
  /// A loss of outputs [rows, width] on a tape, and its mean in `Double`.
  private struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let loss: @Sendable (Tape, Variable, _ rows: Int, _ width: Int) -> Loss
    let mean: @Sendable ([Double], _ rows: Int, _ width: Int) -> Double
    /// PyTorch's mean and gradient of the script's 4 × 3 outputs.
    let golden: Double
    let gradient: [Double]
  }

  private static func classes(_ rows: Int, _ width: Int) -> [Int32] {
    rows == 4 && width == 3 ? [2, 0, 1, 2] : awkwardIndices(rows, below: width)
  }

  private static func targets(_ rows: Int, _ width: Int) -> [Float] {
    (0..<rows * width).map { Float(sin(0.7 * Double($0) + 1)) }
  }

  private static func shares(_ rows: Int, _ width: Int) -> [Float] {
    (0..<rows * width).map { Float(0.5 + 0.5 * sin(0.7 * Double($0) + 1)) }
  }

  private static func weights(_ width: Int) -> [Float] {
    (0..<width).map { [0.5, 2, 1.25][$0 % 3] }
  }

  /// −log softmax of a row.
  private static func surprise(_ z: ArraySlice<Double>) -> [Double] {
    let log = Foundation.log(z.reduce(0) { $0 + Foundation.exp($1) })
    return z.map { log - $0 }
  }

  private static func crossEntropy(
    _ z: [Double],
    _ rows: Int,
    _ width: Int,
    _ weights: [Float]?,
    _ smoothing: Double
  ) -> Double {
    let factors = weights.map { wide($0) } ?? [Double](repeating: 1, count: width)
    var (sum, total) = (0.0, 0.0)
    for (row, target) in classes(rows, width).enumerated() {
      let losses = surprise(z[row * width..<(row + 1) * width])
      sum += (1 - smoothing) * factors[Int(target)] * losses[Int(target)]
      for c in 0..<width { sum += smoothing / Double(width) * factors[c] * losses[c] }
      total += factors[Int(target)]
    }
    return sum / total
  }

  private static func binary(_ z: Double, _ t: Double) -> Double {
    -t * Foundation.log(1 / (1 + Foundation.exp(-z)))
      - (1 - t) * Foundation.log(1 / (1 + Foundation.exp(z)))
  }

  private static func mean(
    _ y: [Double],
    _ t: [Float],
    _ loss: (Double, Double) -> Double
  ) -> Double {
    zip(y, t).reduce(0) { $0 + loss($1.0, Double($1.1)) } / Double(y.count)
  }

  // Made by PyTorch 2.15:
  //
  //   import math, torch, torch.nn.functional as F
  //   torch.set_default_dtype(torch.float64)
  //   f32 = lambda v: torch.tensor(v, dtype=torch.float32).double()
  //   z = f32([2 * math.sin(0.7 * i) for i in range(12)]).view(4, 3)
  //   t = torch.tensor([2, 0, 1, 2])
  //   y = f32([math.sin(0.7 * i + 1) for i in range(12)]).view(4, 3)
  //   p = f32([0.5 + 0.5 * math.sin(0.7 * i + 1) for i in range(12)]).view(4, 3)
  //   w = f32([0.5, 2, 1.25])
  //   def show(f):
  //     v = z.clone().requires_grad_(True)
  //     l = f(v); l.backward()
  //     print(round(float(l), 7), [round(float(a), 7) for a in v.grad.view(-1)])
  //   show(lambda v: F.cross_entropy(v, t, label_smoothing=0.1))
  //   show(lambda v: F.cross_entropy(v, t, weight=w))
  //   show(lambda v: F.cross_entropy(v, t, weight=w, label_smoothing=0.25))
  //   show(lambda v: F.binary_cross_entropy_with_logits(v, p))
  //   show(lambda v: F.binary_cross_entropy_with_logits(v, F.one_hot(t, 3).double()))
  //   show(lambda v: F.l1_loss(v, y)); show(lambda v: F.huber_loss(v, y, delta=0.75))
  //   show(lambda v: F.multi_margin_loss(v, t, margin=1.5))
  private static let all = [
    Case(
      testDescription: "label smoothing",
      loss: { $0.crossEntropy($1, classes: $0.indices([$2], classes($2, $3)), smoothing: 0.1) },
      mean: { crossEntropy($0, $1, $2, nil, 0.1) },
      golden: 0.7692564,
      gradient: [
        0.0128455, 0.0684846, -0.0813301, -0.0592271, 0.0522018, 0.0070253, 0.0648049, -0.1747414,
        0.1099365, 0.013264, 0.0693713, -0.0826353,
      ]
    ),
    Case(
      testDescription: "class weights",
      loss: {
        $0.crossEntropy($1, classes: $0.indices([$2], classes($2, $3)), weights: weights($3))
      },
      mean: { crossEntropy($0, $1, $2, weights($2), 0) },
      golden: 0.8674605,
      gradient: [
        0.0211788, 0.0768179, -0.0979967, -0.0303575, 0.024214, 0.0061435, 0.1170211, -0.3062529,
        0.1892318, 0.0215973, 0.0777046, -0.099302,
      ]
    ),
    Case(
      testDescription: "class weights and label smoothing",
      loss: {
        $0.crossEntropy(
          $1,
          classes: $0.indices([$2], classes($2, $3)),
          weights: weights($3),
          smoothing: 0.25
        )
      },
      mean: { crossEntropy($0, $1, $2, weights($2), 0.25) },
      golden: 0.9733785,
      gradient: [
        0.0128455, 0.0434846, -0.0563301, 0.0124251, -3.9e-05, -0.0123861, 0.0977171, -0.248375,
        0.150658, 0.013264, 0.0443713, -0.0576353,
      ]
    ),
    Case(
      testDescription: "binary cross-entropy",
      loss: {
        $0.elementLoss(.binaryCrossEntropy, $1, targets: $0.constant([$2, $3], shares($2, $3)))
      },
      mean: { mean($0, shares($1, $2), binary) },
      golden: 0.6016782,
      gradient: [
        -0.0350613, -0.0176625, 0.0033313, 0.027347, 0.0389522, 0.0266858, 0.0075534, -0.0158437,
        -0.0362694, -0.0347343, -0.0172085, 0.0039005,
      ]
    ),
    Case(
      testDescription: "binary cross-entropy of one-hot classes",
      loss: {
        $0.elementLoss(.binaryCrossEntropy, $1, classes: $0.indices([$2], classes($2, $3)))
      },
      mean: { mean($0, Reference.oneHot(classes($1, $2), count: $2), binary) },
      golden: 0.7419603,
      gradient: [
        0.0416667, 0.0653235, -0.010191, -0.0125872, 0.0551248, 0.0276221, 0.0124094, -0.0730886,
        0.0183782, 0.0423672, 0.0656814, -0.0101425,
      ]
    ),
    Case(
      testDescription: "mae",
      loss: { $0.elementLoss(.absolute, $1, targets: $0.constant([$2, $3], targets($2, $3))) },
      mean: { mean($0, targets($1, $2)) { abs($0 - $1) } },
      golden: 1.0129921,
      gradient: [
        -0.0833333, 0.0833333, 0.0833333, 0.0833333, 0.0833333, 0.0833333, -0.0833333, -0.0833333,
        -0.0833333, -0.0833333, 0.0833333, 0.0833333,
      ]
    ),
    Case(
      testDescription: "huber",
      loss: {
        $0.elementLoss(.huber(delta: 0.75), $1, targets: $0.constant([$2, $3], targets($2, $3)))
      },
      mean: {
        mean($0, targets($1, $2)) {
          let distance = abs($0 - $1)
          return distance <= 0.75 ? distance * distance / 2 : 0.75 * (distance - 0.375)
        }
      },
      golden: 0.5039557,
      gradient: [
        -0.0625, 0.0247309, 0.0625, 0.0625, 0.0625, 0.022997, -0.0625, -0.0625, -0.0625, -0.0625,
        0.0270512, 0.0625,
      ]
    ),
    Case(
      testDescription: "hinge",
      loss: { $0.hinge($1, classes: $0.indices([$2], classes($2, $3)), margin: 1.5) },
      mean: { z, rows, width in
        var sum = 0.0
        for (row, target) in classes(rows, width).enumerated() {
          let own = z[row * width + Int(target)]
          for j in 0..<width where j != Int(target) {
            sum += max(0, 1.5 - own + z[row * width + j])
          }
        }
        return sum / Double(rows * width)
      },
      golden: 0.5019047,
      gradient: [
        0, 0.0833333, -0.0833333, -0.0833333, 0.0833333, 0, 0.0833333, -0.1666667, 0.0833333, 0,
        0.0833333, -0.0833333,
      ]
    ),
  ]

  @Test(arguments: all)
  private func `loss and gradient are PyTorch's`(subject: Case) {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let y = tape.variable([4, 3], (0..<12).map { Float(2 * sin(0.7 * Double($0))) })
    let loss = subject.loss(tape, y, 4, 3)
    let bound = 5e-8 + roundingBound(operations: 12, magnitude: 0.5)
    #expect(abs(loss.mean - subject.golden) <= bound)
    #expect(mismatch(tape.gradientArray(of: y), subject.gradient) { _ in bound } == nil)
  }

  @Test(arguments: all, [(1, 1), (3, 7), (65, 17)])
  private func `the gradient is that of central differences, with the bits of one thread`(
    subject: Case,
    size: (Int, Int)
  ) {
    let (rows, width) = size
    let values = awkward(rows * width, start: 5, scale: 3)
    var first: (sum: Double, gradient: [Float])?
    for threads in [1, 3] {
      let tape = Tape(threadCount: threads)
      tape.reset(training: true)
      let y = tape.variable(Shape(rows, width), values)
      let loss = subject.loss(tape, y, rows, width)
      let gradient = tape.gradientArray(of: y)
      if let first {
        #expect(loss.sum == first.sum)
        #expect(bitMismatch(gradient, first.gradient) == nil)
      }
      first = (loss.sum, gradient)
      let bound = roundingBound(operations: width + 12, magnitude: 4) + 1e-8
      #expect(abs(loss.mean - subject.mean(wide(values), rows, width)) <= bound)
      let expected = centralDifferences(wide(values)) { subject.mean($0, rows, width) }
      #expect(mismatch(gradient, expected) { _ in bound } == nil)
    }
  }

  @Test(arguments: all)
  private func `NaN is kept`(subject: Case) {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let y = tape.variable([4, 3], [.nan] + awkward(11))
    #expect(subject.loss(tape, y, 4, 3).sum.isNaN)
    #expect(tape.gradientArray(of: y)[0].isNaN)
    #expect(tape.gradientArray(of: y)[3...].allSatisfy { $0.isFinite })
  }

  @Test func `a row with a negative class is left out of every loss of classes`() {
    let kept = awkward(6, start: 1, scale: 2)
    let losses: [(Tape, Variable, Indices) -> Loss] = [
      { $0.crossEntropy($1, classes: $2) },
      { $0.crossEntropy($1, classes: $2, weights: [2, 1, 0.5], smoothing: 0.1) },
      { $0.hinge($1, classes: $2, margin: 1) },
      { $0.elementLoss(.squared, $1, classes: $2, factor: 0.5) },
      { $0.elementLoss(.binaryCrossEntropy, $1, classes: $2) },
    ]
    for loss in losses {
      let tape = Tape(threadCount: 1)
      tape.reset(training: true)
      let all = tape.variable([4, 3], [.nan, 1, .nan] + kept + [5, .infinity, 0])
      let masked = loss(tape, all, tape.indices([4], [-1, 2, 0, -1]))
      let some = tape.variable([2, 3], kept)
      let plain = loss(tape, some, tape.indices([2], [2, 0]))
      #expect(abs(masked.sum - plain.sum) < 1e-12)
      #expect(masked.weight == plain.weight && masked.correct == plain.correct)
      #expect(masked.rows == 2)
      let gradient = tape.gradientArray(of: all)
      #expect(gradient[..<3] == [0, 0, 0] && gradient[9...] == [0, 0, 0])
      #expect(
        mismatch(Array(gradient[3..<9]), wide(tape.gradientArray(of: some))) { _ in 1e-7 } == nil
      )
    }
  }

  @Test func `weights of rows make a weighted mean of elements`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let y = tape.variable([3, 2], [1, 2, .nan, 4, 5, 6])
    let t = tape.constant([3, 2], [0, 0, 0, 0, 3, 3])
    let weights = tape.constant([3], [1, 0, 3])
    let loss = tape.elementLoss(.squared, y, targets: t, rowWeights: weights)
    // (1 + 4 + 3 · (4 + 9)) / (4 rows of 2)
    #expect(loss.mean == 44.0 / 8)
    #expect(tape.gradientArray(of: y) == [0.25, 0.5, 0, 0, 1.5, 2.25])
  }

  @Test func `one logit tells two classes apart`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let z: [Float] = [2, -1, 0.5, -40]
    let y = tape.variable([4, 1], z)
    let predictions = unsafe tape.indices([4]) { _ in }
    let loss = tape.binaryCrossEntropy(
      y,
      secondOf: tape.indices([4], [1, 1, 0, 0]),
      predictions: predictions
    )
    let expected = zip(z, [1.0, 1, 0, 0]).reduce(0) { $0 + Self.binary(Double($1.0), $1.1) }
    #expect(abs(loss.sum - expected) < 1e-12)
    #expect(loss.weight == 4 && loss.rows == 4 && loss.correct == 2)
    #expect(predictions.array == [1, 0, 1, 0])
  }

  @Test func `binary cross-entropy keeps the digits of losses near 0 and never overflows`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    func loss(_ z: Float, _ t: Float) -> Double {
      let y = tape.constant([1, 1], [z])
      return tape.elementLoss(.binaryCrossEntropy, y, targets: tape.constant([1, 1], [t])).sum
    }
    #expect(abs(loss(60, 1) / Foundation.exp(-60) - 1) < 1e-12)
    #expect(abs(loss(-25, 0) / Foundation.log1p(Foundation.exp(-25)) - 1) < 1e-12)
    #expect(loss(3e38, 0) == Double(Float(3e38)) && loss(-3e38, 0) == 0)
  }
}
