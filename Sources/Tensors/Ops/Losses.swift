// SPDX-License-Identifier: Apache-2.0

import Kernels

/// A loss over one batch.
public struct Loss: Sendable {
  /// The sum over examples, tokens or elements.
  public var sum: Double
  /// What the sum is divided by: examples or tokens, elements, or the sum of their weights.
  public var weight: Double
  /// Rows that have a class; 0 for real targets.
  public var rows = 0
  /// Rows of these that are right.
  public var correct = 0

  /// The mean: what is minimised.
  public var mean: Double { sum / weight }
}

extension Tape {
  /// Softmax cross-entropy of logits [..., K] against classes [...], the mean per row.
  ///
  /// While training, puts (softmax − one-hot) / rows into the logits' gradient. `weights` [K] and `smoothing` have
  /// PyTorch's meaning: the mean is divided by the sum of the weights of the rows' classes. A row with a negative class
  /// is left out. `predictions`, if given, receives the first largest output of each row.
  public func crossEntropy(
    _ logits: Variable,
    classes: Indices,
    weights: [Float]? = nil,
    smoothing: Double = 0,
    predictions: Indices? = nil
  ) -> Loss {
    guard let weights else {
      return unsafe crossEntropy(logits, classes, nil, smoothing, predictions)
    }
    precondition(
      weights.count == shape(of: logits).last,
      "crossEntropy: \(weights.count) weights of \(shape(of: logits).last) classes"
    )
    return unsafe weights.withUnsafeBufferPointer {
      unsafe crossEntropy(logits, classes, $0.baseAddress, smoothing, predictions)
    }
  }

  private func crossEntropy(
    _ logits: Variable,
    _ classes: Indices,
    _ weights: UnsafePointer<Float>?,
    _ smoothing: Double,
    _ predictions: Indices?
  ) -> Loss {
    let rows = checkRows(logits, classes, "crossEntropy")
    let weight = unsafe sumOfWeights(targets: classes.base, rows: rows, weights: weights)
    let target = unsafe seed(logits)
    let result = unsafe softmaxCrossEntropy(
      logits: values(logits),
      rows: rows,
      classes: shape(of: logits).last,
      targets: classes.base,
      gradient: target,
      scale: 1 / Float(weight),
      weights: weights,
      smoothing: smoothing,
      predictions: predictions?.base,
      context: context
    )
    return Loss(
      sum: result.sum,
      weight: weight,
      rows: unsafe countClassified(classes.base, rows: rows),
      correct: result.correct
    )
  }

  /// Multi-class hinge loss of scores [..., K] against classes [...], the mean per row; see `hinge` in Kernels.
  public func hinge(
    _ scores: Variable,
    classes: Indices,
    margin: Float,
    predictions: Indices? = nil
  ) -> Loss {
    let rows = checkRows(scores, classes, "hinge")
    let counted = unsafe countClassified(classes.base, rows: rows)
    let gradient = unsafe seed(scores)
    let sum = unsafe Kernels.hinge(
      values(scores),
      rows: rows,
      classes: shape(of: scores).last,
      targets: classes.base,
      margin: margin,
      gradient: gradient,
      scale: 1 / Float(counted)
    )
    return Loss(
      sum: sum,
      weight: Double(counted),
      rows: counted,
      correct: correct(scores, classes, predictions)
    )
  }

  /// Outputs against real targets of as many elements: the mean over all of them, times `factor`.
  ///
  /// `rowWeights` [rows] makes it a weighted mean over rows; one of weight 0 is left out. While training, the derivative
  /// is put into the outputs' gradient.
  public func elementLoss(
    _ loss: ElementLoss,
    _ y: Variable,
    targets: Variable,
    rowWeights: Variable? = nil,
    factor: Double = 1
  ) -> Loss {
    let count = shape(of: y).count
    precondition(
      count == shape(of: targets).count,
      "elementLoss: outputs are \(shape(of: y)), targets \(shape(of: targets))"
    )
    let width = rowWeights.map { count / max(1, shape(of: $0).count) } ?? 1
    var weight = Double(count)
    if let rowWeights {
      weight = 0
      for row in 0..<shape(of: rowWeights).count {
        unsafe weight += Double(values(rowWeights)[row]) * Double(width)
      }
    }
    // The slope of `squared` is half of its derivative.
    let steepness: Float = loss == .squared ? 2 : 1
    let gradient = unsafe seed(y)
    let sum = unsafe Kernels.elementLoss(
      loss,
      values(y),
      targets: values(targets),
      count: count,
      gradient: gradient,
      scale: Float(factor) * steepness / Float(weight),
      rowWeights: values(rowWeights),
      width: width
    )
    return Loss(sum: sum * factor, weight: weight)
  }

  /// Outputs [..., K] against one-hot targets of classes [...]; also counts the rows that are right.
  public func elementLoss(
    _ loss: ElementLoss,
    _ y: Variable,
    classes: Indices,
    factor: Double = 1,
    predictions: Indices? = nil
  ) -> Loss {
    let rows = checkRows(y, classes, "elementLoss")
    let width = shape(of: y).last
    let targets = unsafe constant(shape(of: y)) { memory in
      unsafe writeOneHot(classes.base, rows: rows, count: width, into: memory)
    }
    var result = elementLoss(
      loss,
      y,
      targets: targets,
      rowWeights: presence(classes),
      factor: factor
    )
    result.rows = unsafe countClassified(classes.base, rows: rows)
    result.correct = correct(y, classes, predictions)
    return result
  }

  /// Binary cross-entropy of one logit [..., 1] of the second of two classes [...]; positive means the second.
  public func binaryCrossEntropy(
    _ logits: Variable,
    secondOf classes: Indices,
    predictions: Indices? = nil
  ) -> Loss {
    let rows = checkRows(logits, classes, "binaryCrossEntropy")
    precondition(
      shape(of: logits).last == 1,
      "binaryCrossEntropy: \(shape(of: logits)) is no logit"
    )
    let targets = unsafe constant(shape(of: logits)) { memory in
      unsafe writeClasses(classes.base, rows: rows, into: memory)
    }
    var result = elementLoss(
      .binaryCrossEntropy,
      logits,
      targets: targets,
      rowWeights: presence(classes)
    )
    result.rows = unsafe countClassified(classes.base, rows: rows)
    result.correct = unsafe countCorrectSigns(
      values(logits),
      rows: rows,
      targets: classes.base,
      predictions: predictions?.base
    )
    return result
  }

  /// Squared error of outputs against targets of the same shape: the mean over all elements, halved if `halved`.
  public func squaredError(_ y: Variable, targets: Variable, halved: Bool = false) -> Loss {
    elementLoss(.squared, y, targets: targets, factor: halved ? 0.5 : 1)
  }

  /// Multiplies the gradient that a loss has put at `output`, so that the loss counts `factor` times.
  public func scaleGradient(of output: Variable, by factor: Float) {
    guard isTraining, let gradient = unsafe outputGradient(output) else { return }
    unsafe scale(gradient, by: factor, count: shape(of: output).count, context: context)
  }

  /// Puts `gradient` at `output`, for a vector–Jacobian product of one's own by `backward`.
  public func seedGradient(_ output: Variable, _ gradient: [Float]) {
    precondition(gradient.count == shape(of: output).count, "the gradient fits its output")
    guard let target = unsafe seed(output) else { return }
    for i in gradient.indices { unsafe target[i] = gradient[i] }
  }

  // MARK: - Parts

  /// The number of rows; outputs have one for each class.
  private func checkRows(_ y: Variable, _ classes: Indices, _ name: String) -> Int {
    let rows = classes.shape.count
    precondition(
      shape(of: y).count == rows * shape(of: y).last,
      "\(name): outputs are \(shape(of: y)), classes \(classes.shape)"
    )
    return rows
  }

  private func correct(_ y: Variable, _ classes: Indices, _ predictions: Indices?) -> Int {
    unsafe countCorrect(
      values(y),
      rows: classes.shape.count,
      classes: shape(of: y).last,
      targets: classes.base,
      predictions: predictions?.base
    )
  }

  /// 1 for each row that has a class, 0 for one that is left out; nil if none is.
  private func presence(_ classes: Indices) -> Variable? {
    let rows = classes.shape.count
    if unsafe countClassified(classes.base, rows: rows) == rows { return nil }
    return unsafe constant(Shape(rows)) { memory in
      unsafe writePresence(classes.base, rows: rows, into: memory)
    }
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
