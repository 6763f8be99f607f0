// SPDX-License-Identifier: Apache-2.0

import Kernels

/// A loss over one batch.
public struct Loss: Sendable {
  /// The sum over `count`.
  public var sum: Double
  /// Examples or tokens (cross-entropy), or elements (squared error).
  public var count: Int
  /// Rows whose largest output is the class; 0 for real targets.
  public var correct: Int

  /// The mean: what is minimised.
  public var mean: Double { sum / Double(count) }
}

extension Tape {
  /// Softmax cross-entropy of logits [..., K] against classes [...], the mean per row.
  ///
  /// While training, puts (softmax − one-hot) / rows into the logits' gradient. `predictions`, if given, receives the
  /// first largest output of each row.
  public func crossEntropy(
    _ logits: Variable,
    classes: Indices,
    predictions: UnsafeMutablePointer<Int32>? = nil
  ) -> Loss {
    let count = shape(of: logits).last
    let rows = classes.shape.count
    precondition(
      shape(of: logits).count == rows * count,
      "crossEntropy: logits are \(shape(of: logits)), classes \(classes.shape)"
    )
    let target = unsafe seed(logits)
    let result = unsafe softmaxCrossEntropy(
      logits: values(logits),
      rows: rows,
      classes: count,
      targets: classes.base,
      gradient: target,
      scale: 1 / Float(rows),
      predictions: predictions,
      context: context
    )
    return Loss(sum: result.sum, count: rows, correct: result.correct)
  }

  /// Squared error of outputs against targets of the same shape: the mean over all elements, halved if `halved`.
  ///
  /// While training, puts 2 (y − t) / count, or half of it, into the outputs' gradient.
  public func squaredError(_ y: Variable, targets: Variable, halved: Bool = false) -> Loss {
    let count = shape(of: y).count
    precondition(
      count == shape(of: targets).count,
      "squaredError: outputs are \(shape(of: y)), targets \(shape(of: targets))"
    )
    let gradient = unsafe seed(y)
    let sum = unsafe Kernels.squaredError(
      values(y),
      targets: values(targets),
      count: count,
      gradient: gradient,
      scale: (halved ? 1 : 2) / Float(count)
    )
    return Loss(sum: halved ? sum / 2 : sum, count: count, correct: 0)
  }

  /// Squared error against one-hot targets of classes [...]; also counts the rows that are right.
  public func squaredError(
    _ y: Variable,
    classes: Indices,
    halved: Bool = false,
    predictions: UnsafeMutablePointer<Int32>? = nil
  ) -> Loss {
    let width = shape(of: y).last
    let targets = unsafe constant(shape(of: y)) { memory in
      unsafe writeOneHot(classes.base, rows: classes.shape.count, count: width, into: memory)
    }
    var loss = squaredError(y, targets: targets, halved: halved)
    loss.correct = unsafe countCorrect(
      values(y),
      rows: classes.shape.count,
      classes: width,
      targets: classes.base,
      predictions: predictions
    )
    return loss
  }

  /// Puts `gradient` at `output`, for a vector–Jacobian product of one's own by `backward`.
  public func seedGradient(_ output: Variable, _ gradient: [Float]) {
    precondition(gradient.count == shape(of: output).count, "the gradient fits its output")
    guard let target = unsafe seed(output) else { return }
    for i in gradient.indices { unsafe target[i] = gradient[i] }
  }

  /// Where a loss writes its gradient; nil unless training. A second loss on the same output is refused.
  private func seed(_ output: Variable) -> UnsafeMutablePointer<Float>? {
    guard isTraining, let (gradient, accumulating) = unsafe gradientTarget(output) else {
      return nil
    }
    precondition(!accumulating, "one loss per output")
    return unsafe gradient
  }
}
