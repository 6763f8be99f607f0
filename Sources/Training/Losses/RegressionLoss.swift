// SPDX-License-Identifier: Apache-2.0

import Datasets
import Tensors

/// A loss of distances, on real targets only: `mae` and `huber`.
struct RegressionLoss: LossFunction {
  let name: String
  let loss: ElementLoss

  func check(_ output: [Int], _ target: TargetKind) throws(LossMisfit) {
    try needValues(name, target)
    try checkOutput(output, target)
  }

  func callAsFunction(
    _ output: Variable,
    _ targets: Targets,
    on tape: Tape,
    predictions: Indices?
  ) -> Loss {
    tape.elementLoss(loss, output, targets: targets.values)
  }

  var constantForm: ConstantForm? {
    if case .absolute = loss { .medianDistance } else { nil }
  }
}
