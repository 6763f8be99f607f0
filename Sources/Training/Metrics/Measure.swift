// SPDX-License-Identifier: Apache-2.0

import Tensors

/// A quantity beside the loss, from sums over batches. A new one costs a file beside this, a line of `measure` and its
/// entry in the catalog.
protocol Measure: Sendable {
  /// The quantity's name, such as `mae`.
  var quantity: String { get }
  /// How many sums it keeps.
  var size: Int { get }
  /// Whether it reads which class was found for each row.
  var readsPredictions: Bool { get }
  /// Takes a batch into the sums from `place` on.
  func add(_ batch: MeasuredBatch, to sums: inout [Double], at place: Int)
  /// The value; not finite where it is not defined.
  func value(_ sums: ArraySlice<Double>) -> Double
}

extension Measure {
  var readsPredictions: Bool { false }
}

/// What measures see of a batch.
struct MeasuredBatch {
  let tape: Tape
  let output: Variable
  let targets: Targets
  /// The class found for each row, if a measure reads it.
  let predictions: Indices?
  /// The targets' rows belong to so many examples, all alike many to each unless `lengths` says how many.
  let examples: Int
  /// How many rows each example has, where these differ.
  var lengths: Indices?
}

/// A metric of a manifest that the model's targets do not have.
struct MeasureMisfit: Error, Hashable {
  var message: String
  var hint: String?
}

/// What an entry of `metrics:` measures on outputs, nil if it measures parameters; throws where the targets do not have
/// it. `classes` is the number of classes or nil, `isSequence` whether each step has one, `columns` the number of real
/// targets of an example.
func measure(
  _ quantity: String,
  classes: Int?,
  isSequence: Bool,
  columns: Int
) throws(MeasureMisfit) -> (any Measure)? {
  func real(_ measure: any Measure) throws(MeasureMisfit) -> any Measure {
    guard classes != nil else { return measure }
    throw MeasureMisfit(
      message: "`\(quantity)` needs real targets, but these are classes",
      hint: "classes have `top_k`, `precision`, `recall` and `f1`"
    )
  }
  func classified(_ make: (Int) -> any Measure) throws(MeasureMisfit) -> any Measure {
    if let classes { return make(classes) }
    throw MeasureMisfit(
      message: "`\(quantity)` needs classes, but the targets are real numbers",
      hint: "real targets have `mae`, `r2` and `log_rmse`"
    )
  }
  switch quantity {
  case "mae": return try real(AbsoluteErrorMeasure())
  case "log_rmse": return try real(LogErrorMeasure())
  case "r2": return try real(ExplainedVariance(columns: columns))
  case "precision": return try classified { ClassMeasure(.precision, classes: $0) }
  case "recall": return try classified { ClassMeasure(.recall, classes: $0) }
  case "bleu":
    guard isSequence else {
      throw MeasureMisfit(
        message: "`bleu` needs a target token at each step, but the targets are "
          + (classes == nil ? "real numbers" : "one class per example"),
        hint: classes == nil
          ? "real targets have `mae`, `r2` and `log_rmse`"
          : "classes have `top_k`, `precision`, `recall` and `f1`"
      )
    }
    return SequenceMeasure()
  case "f1": return try classified { ClassMeasure(.f1, classes: $0) }
  case "weight_norm", "gradient_norm": return nil
  default:
    guard quantity.hasPrefix("top_"), let k = Int(quantity.dropFirst(4)) else {
      preconditionFailure("no metric is called `\(quantity)`")
    }
    let top = try classified { _ in TopMeasure(k: k) }
    guard let classes, k > classes else { return top }
    throw MeasureMisfit(
      message: "`top_k: \(k)` is more than there are classes, \(classes)",
      hint: nil
    )
  }
}
