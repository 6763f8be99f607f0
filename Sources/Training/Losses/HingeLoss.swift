// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Tensors

/// Multi-class hinge loss on classes; PyTorch's `MultiMarginLoss`.
struct HingeLoss: LossFunction {
  private let margin: Float

  init(_ component: Component) { margin = Float(component["margin"].real ?? 1) }

  func check(_ output: [Int], _ target: TargetKind) throws(LossMisfit) {
    try needClasses("hinge", target)
    try checkOutput(output, target)
  }

  func callAsFunction(
    _ output: Variable,
    _ targets: Targets,
    on tape: Tape,
    predictions: Indices?
  ) -> Loss {
    tape.hinge(output, classes: targets.classes, margin: margin, predictions: predictions)
  }
}
