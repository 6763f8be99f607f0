// SPDX-License-Identifier: Apache-2.0

import NeuralNetworks
import Tensors
import TestSupport

/// A loss with its targets.
enum RandomLoss {
  case crossEntropy([Int32], weights: [Float]?, smoothing: Double)
  case hinge([Int32], margin: Float)
  case oneHot([Int32], isSquared: Bool)
  case secondOf([Int32])
  case squared([Float], factor: Double)
  case absolute([Float])
  case huber([Float], delta: Float)
  case binaryCrossEntropy([Float])

  /// One that takes `rows` outputs of `width` values; classes only where `hasClasses`.
  init(rows: Int, width: Int, hasClasses: Bool, _ g: inout CaseGenerator) {
    if hasClasses, width == 1, g.once(in: 3) {
      self = .secondOf(Self.classes(rows, 2, &g))
    } else if hasClasses, width > 1, !g.once(in: 3) {
      let classes = Self.classes(rows, width, &g)
      switch g.pick(0...4) {
      case 0: self = .hinge(classes, margin: g.pick([1, 0.5]))
      case 1: self = .oneHot(classes, isSquared: g.once(in: 2))
      default:
        self = .crossEntropy(
          classes,
          weights: g.once(in: 3) ? (0..<width).map { _ in 1.25 + g.unit() } : nil,
          smoothing: g.pick([0, 0, 0.1])
        )
      }
    } else {
      let targets = g.values(rows * width, scale: 2)
      switch g.pick(0...4) {
      case 0: self = .absolute(targets)
      case 1: self = .huber(targets, delta: g.pick([1, 0.25]))
      case 2: self = .binaryCrossEntropy(targets.map { ($0 + 2) / 4 })
      default: self = .squared(targets, factor: g.pick([1, 0.5]))
      }
    }
  }

  /// Classes, some left out, but never all.
  private static func classes(_ rows: Int, _ width: Int, _ g: inout CaseGenerator) -> [Int32] {
    var classes = g.indices(rows, below: width)
    guard g.once(in: 4) else { return classes }
    for row in classes.indices.dropFirst() where g.once(in: 3) { classes[row] = -1 }
    return classes
  }

  /// Puts the gradient at `y` and gives the mean.
  func mean(_ y: Variable, on tape: Tape) -> Double {
    loss(y, targets(y, tape), on: tape, predictions: nil).mean
  }

  private var loss: any LossFunction {
    switch self {
    case .crossEntropy(_, let weights, let smoothing):
      CrossEntropyLoss(smoothing: smoothing, weights: weights)
    case .hinge(_, let margin): HingeLoss(margin: margin)
    case .oneHot(_, let isSquared):
      if isSquared { SquaredErrorLoss() } else { BinaryCrossEntropyLoss() }
    case .secondOf, .binaryCrossEntropy: BinaryCrossEntropyLoss()
    case .squared(_, let factor): SquaredErrorLoss(factor: factor)
    case .absolute: DistanceLoss.absolute
    case .huber(_, let delta): DistanceLoss.huber(delta: delta)
    }
  }

  private func targets(_ y: Variable, _ tape: Tape) -> Targets {
    switch self {
    case .crossEntropy(let classes, _, _), .hinge(let classes, _), .oneHot(let classes, _),
      .secondOf(let classes):
      .classes(indices(classes, tape))
    case .squared(let targets, _), .absolute(let targets), .huber(let targets, _),
      .binaryCrossEntropy(let targets):
      .values(tape.constant(tape.shape(of: y), targets))
    }
  }

  private func indices(_ classes: [Int32], _ tape: Tape) -> Indices {
    unsafe tape.indices(Shape([classes.count])) { memory in
      for i in classes.indices { unsafe memory[i] = classes[i] }
    }
  }

  /// The same on the slow side.
  func judged(_ y: Judged, on tape: JudgeTape) -> JudgedLoss {
    switch self {
    case .crossEntropy(let classes, let weights, let smoothing):
      tape.crossEntropy(y, classes, weights: weights, smoothing: smoothing)
    case .hinge(let classes, let margin): tape.hinge(y, classes, margin: Double(margin))
    case .oneHot(let classes, let isSquared):
      tape.elementLoss(
        y,
        classes.flatMap { c in (0..<y.count / classes.count).map { $0 == Int(c) ? 1 : 0 } },
        isSquared ? .squared(1) : .binaryCrossEntropy,
        isPresent: classes.map { $0 >= 0 }
      )
    case .secondOf(let classes):
      tape.elementLoss(
        y,
        classes.map { max(0, Double($0)) },
        .binaryCrossEntropy,
        isPresent: classes.map { $0 >= 0 }
      )
    case .squared(let targets, let factor): tape.elementLoss(y, wide(targets), .squared(factor))
    case .absolute(let targets): tape.elementLoss(y, wide(targets), .absolute)
    case .huber(let targets, let delta):
      tape.elementLoss(y, wide(targets), .huber(Double(delta)))
    case .binaryCrossEntropy(let targets):
      tape.elementLoss(y, wide(targets), .binaryCrossEntropy)
    }
  }
}
