// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Experiments
import NeuralNetworks
import Tensors
package import Vocabulary

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
package enum MeasureMisfit: Error, Hashable, Sendable {
  /// It is measured on other targets; `areReal` says whether these are real numbers or classes.
  case targets(metric: String, needs: TargetNeed, areReal: Bool)
  /// It is of what the network writes by itself, but the network does not read what it has written before.
  case unread(metric: String)
  /// The target among the k most probable classes, but there are fewer.
  case topCount(Int, classes: Int)
}

/// What an entry of `metrics:` measures on outputs, nil if it measures parameters; throws where the targets do not have
/// it.
func measure(_ quantity: String, _ target: TargetShape) throws(MeasureMisfit) -> (any Measure)? {
  guard let entry = Catalog.entry(measuring: quantity),
    let need = Catalog.definition(entry.name, in: .metrics)?.metric?.targets
  else { preconditionFailure("no metric is called `\(quantity)`") }
  guard target.has(need) else {
    throw MeasureMisfit.targets(
      metric: quantity,
      needs: need,
      areReal: target.classCount == nil
    )
  }
  let classes = target.classCount ?? 0
  switch entry.name {
  case "mae": return AbsoluteErrorMeasure()
  case "log_rmse": return LogErrorMeasure()
  case "r2": return ExplainedVariance(columns: target.columnCount)
  case "precision": return ClassMeasure(.precision, classes: classes)
  case "recall": return ClassMeasure(.recall, classes: classes)
  case "f1": return ClassMeasure(.f1, classes: classes)
  case "bleu": return target.has(.sequences) ? nil : SequenceMeasure()
  case "weight_norm", "gradient_norm", "exact_match": return nil
  case "top_k":
    let k = entry["k"].integer ?? 1
    guard k > classes else { return TopMeasure(k: k) }
    throw MeasureMisfit.topCount(k, classes: classes)
  default: preconditionFailure("no measure is called `\(entry.name)`")
  }
}

/// What an entry of `metrics:` measures on sequences that the network writes by itself; nil if it measures something else.
func writingMeasure(_ quantity: String, _ target: TargetShape) -> (any WritingMeasure)? {
  guard target.has(.sequences) else { return nil }
  return switch Catalog.entry(measuring: quantity)?.name {
  case "bleu": WrittenBLEU()
  case "exact_match": ExactMatch()
  default: nil
  }
}

extension RunSpecification {
  /// Forward passes that an evaluation takes to let the network write, at most: one for each token; 0 where no metric
  /// needs it.
  package func writtenSteps(_ description: DatasetDescription) -> Int {
    let isMeasured = metrics.contains { writingMeasure($0, description.target) != nil }
    return isMeasured ? description.writing?.steps ?? 0 : 0
  }
}

extension TargetShape {
  /// Whether these are targets that a metric needs.
  func has(_ need: TargetNeed) -> Bool {
    switch (need, self) {
    case (.any, _), (.classes, .classes), (.classes, .steps), (.classes, .sequence),
      (.tokens, .steps), (.tokens, .sequence), (.sequences, .sequence), (.values, .values):
      true
    case (.sequences, .classes), (.sequences, .steps), (.sequences, .values), (.classes, .values),
      (.tokens, .classes), (.tokens, .values), (.values, .classes),
      (.values, .steps), (.values, .sequence):
      false
    }
  }

  /// How many classes there are; nil of real targets.
  var classCount: Int? {
    switch self {
    case .classes(let count), .steps(let count), .sequence(let count, _): count
    case .values: nil
    }
  }

  /// How many real targets an example has; 1 where it has a class.
  var columnCount: Int { if case .values(let shape) = self { shape.reduce(1, *) } else { 1 } }
}
