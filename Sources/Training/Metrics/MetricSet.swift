// SPDX-License-Identifier: Apache-2.0

import Datasets
import DeterministicMath
import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

/// Which quantities a run has, and their values from sums.
struct MetricSet {
  private let loss: any LossFunction
  private let hasClasses: Bool
  private let hasTokens: Bool
  private let measures: [any Measure]
  /// Of sequences that the network writes by itself.
  private let writings: [any WritingMeasure]
  /// Where their sums begin: of each the sum of its scores and their number.
  private let writingPlace: Int
  /// Where each measure's sums begin.
  private let places: [Int]
  private let parameters: [Tensors.Parameter]
  private let norms: Norms
  /// Where the gradients' norms begin; nil if they are not asked for.
  private let gradientPlace: Int?
  private let hasWeightNorm: Bool
  private let sumCount: Int
  /// Whether a measure reads which class was found for each row.
  let readsPredictions: Bool

  /// The quantities of a loss on targets, and those that `names` adds; throws where the targets do not have one.
  init(
    loss: any LossFunction,
    target: TargetShape,
    names: [String],
    parameters: [Tensors.Parameter]
  ) throws(MeasureMisfit) {
    self.loss = loss
    self.parameters = parameters
    hasClasses = target.has(.classes)
    hasTokens = target.has(.tokens)
    var measures: [any Measure] = []
    // Under another loss than a squared one the root needs sums of its own.
    if !hasClasses, loss.squaredErrorFactor == nil { measures.append(SquaredErrorMeasure()) }
    for name in names {
      if let found = try measure(name, target) { measures.append(found) }
    }
    var places: [Int] = []
    var count = 0
    for measure in measures {
      places.append(count)
      count += measure.size
    }
    writings = names.compactMap { writingMeasure($0, target) }
    writingPlace = count
    count += 2 * writings.count
    norms = Norms(parameters)
    gradientPlace = names.contains("gradient_norm") ? count : nil
    hasWeightNorm = names.contains("weight_norm")
    sumCount = count + (gradientPlace == nil ? 0 : norms.size)
    readsPredictions = measures.contains { $0.readsPredictions }
    self.measures = measures
    self.places = places
  }

  /// Sums of nothing.
  var empty: MetricSums { MetricSums(measures: sumCount) }

  /// Takes a batch into the sums.
  func add(_ batch: MeasuredBatch, _ result: Loss, to sums: inout MetricSums) {
    sums.add(result, examples: batch.examples)
    for index in measures.indices {
      measures[index].add(batch, to: &sums.measures, at: places[index])
    }
  }

  /// Whether a measure reads what the network writes by itself.
  var readsWritings: Bool { !writings.isEmpty }

  /// Takes written sequences and the wanted ones into the sums.
  func add(_ written: [[Int32]], labels: [[Int32]], to sums: inout MetricSums) {
    for (index, measure) in writings.enumerated() {
      let place = writingPlace + 2 * index
      for (own, label) in zip(written, labels) {
        sums.measures[place] += measure.score(own, label: label)
        sums.measures[place + 1] += 1
      }
    }
  }

  /// Takes the gradients of a step, not clipped yet, if they are asked for.
  func addGradients(to sums: inout MetricSums) {
    guard let gradientPlace else { return }
    norms.addGradients(parameters, to: &sums.measures, at: gradientPlace)
  }

  /// The quantities of a part, the loss first.
  func values(
    _ part: MetricName.Part,
    _ sums: MetricSums
  ) -> [(quantity: String, value: Double)] {
    var values: [(quantity: String, value: Double)] = [("loss", sums.meanLoss)]
    if hasClasses { values.append(("accuracy", Double(sums.correct) / Double(sums.rows))) }
    if hasTokens, loss.hasPerplexity {
      values.append(("perplexity", Elementary.exp(sums.meanLoss)))
    }
    if !hasClasses, let factor = loss.squaredErrorFactor {
      values.append(("rmse", (sums.meanLoss / factor).squareRoot()))
    }
    for (measure, place) in zip(measures, places) {
      let own = sums.measures[place..<place + measure.size]
      values.append((measure.quantity, measure.value(own)))
    }
    guard part == .train else {
      for (index, measure) in writings.enumerated() {
        let place = writingPlace + 2 * index
        values.append((measure.quantity, sums.measures[place] / sums.measures[place + 1]))
      }
      return values
    }
    if let gradientPlace {
      let own = sums.measures[gradientPlace..<gradientPlace + norms.size]
      let steps = own[gradientPlace]
      values += norms.named("gradient_norm", own.dropFirst().map { $0 / steps })
    }
    if hasWeightNorm { values += norms.named("weight_norm", norms.values(parameters)) }
    return values
  }
}
