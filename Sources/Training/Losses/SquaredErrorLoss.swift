// SPDX-License-Identifier: Apache-2.0

import Datasets
import Tensors

/// Squared error on real targets, or on classes as one-hot targets.
struct SquaredErrorLoss: LossFunction {
  /// ½ for `half_mse`.
  let factor: Double

  func check(_ output: [Int], _ target: TargetKind) throws(LossMisfit) {
    do { try checkOutput(output, target) } catch {
      guard case .classes(let count) = target, case .output(let wanted, _) = error else {
        throw error
      }
      // One output for whole numbers is what one writes for amounts.
      guard output == [1] || count > fewClasses else { throw error }
      throw .output(
        wanted: wanted,
        hint:
          "if the targets are amounts, use `data.task: regression`; else end the model with `- dense: \(count)`"
      )
    }
  }

  func callAsFunction(
    _ output: Variable,
    _ targets: Targets,
    on tape: Tape,
    predictions: Indices?
  ) -> Loss {
    switch targets {
    case .values(let values):
      tape.elementLoss(.squared, output, targets: values, factor: factor)
    case .classes(let classes):
      tape.elementLoss(
        .squared,
        output,
        classes: classes,
        factor: factor,
        predictions: predictions
      )
    }
  }

  var squaredErrorFactor: Double? { factor }
  var constantForm: ConstantForm? { .variance(factor: factor) }
}
