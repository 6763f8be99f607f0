// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Vocabulary
import NeuralNetworks
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
/// it.
func measure(_ quantity: String, _ target: TargetShape) throws(MeasureMisfit) -> (any Measure)? {
  guard let entry = Catalog.entry(measuring: quantity),
    let need = Catalog.definition(entry.name, in: .metrics)?.metric?.targets
  else { preconditionFailure("no metric is called `\(quantity)`") }
  guard target.has(need) else { throw MeasureMisfit(quantity, need, target) }
  let classes = target.classCount ?? 0
  switch entry.name {
  case "mae": return AbsoluteErrorMeasure()
  case "log_rmse": return LogErrorMeasure()
  case "r2": return ExplainedVariance(columns: target.columnCount)
  case "precision": return ClassMeasure(.precision, classes: classes)
  case "recall": return ClassMeasure(.recall, classes: classes)
  case "f1": return ClassMeasure(.f1, classes: classes)
  case "bleu": return SequenceMeasure()
  case "weight_norm", "gradient_norm": return nil
  case "top_k":
    let k = entry["k"].integer ?? 1
    guard k > classes else { return TopMeasure(k: k) }
    throw MeasureMisfit(
      message: "`top_k: \(k)` is more than there are classes, \(classes)",
      hint: nil
    )
  default: preconditionFailure("no measure is called `\(entry.name)`")
  }
}

extension MeasureMisfit {
  /// A metric on targets that do not have it.
  fileprivate init(_ quantity: String, _ need: TargetNeed, _ target: TargetShape) {
    let areReal = target.classCount == nil
    switch need {
    case .tokens:
      message =
        "`\(quantity)` needs a target token at each step, but the targets are "
        + (areReal ? "real numbers" : "one class per example")
    case .classes: message = "`\(quantity)` needs classes, but the targets are real numbers"
    case .values, .any: message = "`\(quantity)` needs real targets, but these are classes"
    }
    hint =
      areReal
      ? "real targets have \(Self.metrics(of: .values))"
      : "classes have \(Self.metrics(of: .classes))"
  }

  /// All extra metrics of such targets, in backquotes.
  private static func metrics(of need: TargetNeed) -> String {
    let names = Catalog.definitions(.metrics).filter { $0.metric?.targets == need }
      .map { "`\($0.name)`" }
    return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
  }
}

extension TargetShape {
  /// Whether these are targets that a metric needs.
  func has(_ need: TargetNeed) -> Bool {
    switch (need, self) {
    case (.any, _), (.classes, .classes), (.classes, .steps), (.tokens, .steps),
      (.values, .values):
      true
    case (.classes, .values), (.tokens, .classes), (.tokens, .values), (.values, .classes),
      (.values, .steps):
      false
    }
  }

  /// How many classes there are; nil of real targets.
  var classCount: Int? {
    switch self {
    case .classes(let count), .steps(let count): count
    case .values: nil
    }
  }

  /// How many real targets an example has; 1 where it has a class.
  var columnCount: Int { if case .values(let shape) = self { shape.reduce(1, *) } else { 1 } }
}
