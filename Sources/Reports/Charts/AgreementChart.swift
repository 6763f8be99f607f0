// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Plotting
import Vocabulary

extension DataSpecification {
  /// Whether targets, and so predictions and their errors, are in standard deviations.
  var hasStandardizedTargets: Bool {
    options.standardize == .both || dataset.arguments["standardized"] == .boolean(true)
  }
}

extension ReportCharts {
  /// Predicted numbers over true ones, of the first seed of the cell with the best mean.
  var agreement: Picture? {
    guard let best = analysis.picturedCell, let run = analysis.picturedRun,
      let found = analysis.snapshot.captures[.regression, run.id],
      let first = found.targets.first, !first.isEmpty
    else { return nil }
    let panels = zip(found.targets, found.predictions).enumerated().map { index, pair in
      ScatterChart.Panel(
        title: found.targets.count > 1 ? "output \(index)" : "",
        xLabel: "true",
        marks: zip(pair.0, pair.1).map { ScatterChart.Mark(x: Double($0), y: Double($1)) }
      )
    }
    let place = found.part == "test" ? "test" : "validation"
    let shown =
      first.count < found.count
      ? "\(grouped(first.count)) of the \(grouped(found.count)) \(place) examples"
      : "All \(grouped(found.count)) \(place) examples"
    let errors = zip(found.targets, found.predictions).map { targets, predictions in
      rootMeanSquare(targets, predictions)
    }
    return Picture(
      chart: ScatterChart(
        title: "What \(best.label) predicts",
        subtitle: analysis.experiment.title ?? analysis.experiment.name,
        yLabel: "predicted",
        panels: panels,
        isSquare: true,
        footnote: "\(shown), seed \(run.seed)"
          + (run.specification.data.hasStandardizedTargets
            ? ", in standard deviations of the training targets" : "")
          + ". On the dashed line a prediction is right."
      ),
      alternative: "Predictions of \(best.label), seed \(run.seed), over the true numbers of "
        + "\(first.count) \(place) examples; root mean square error "
        + errors.map { NumberText.short($0, digits: 3) }.joined(separator: ", "),
      runs: [run]
    )
  }

  private func rootMeanSquare(_ targets: [Float], _ predictions: [Float]) -> Double {
    let sum = zip(targets, predictions).reduce(0.0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
    return (sum / Double(max(1, targets.count))).squareRoot()
  }
}
