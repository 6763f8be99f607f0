// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting

/// The activations that a plan compares, each with its derivative.
struct ActivationChart {
  /// Half of the interval that is drawn, and the steps in it.
  private static let (reach, steps) = (4.0, 320)

  /// In the order of the manifest.
  let functions: [ActivationFunction]

  /// Nil unless a swept parameter has nothing but activations, two of them with a curve: a softmax of a vector has none.
  init?(_ experiment: Experiment, _ cells: [Cell]) {
    let found = experiment.parameters.lazy.compactMap { parameter -> [ActivationFunction]? in
      let occurring = Set(cells.compactMap { $0.assignment[parameter.name]?.description })
      let names = parameter.values.map(\.description).filter(occurring.contains)
      guard names.allSatisfy({ Catalog.definition($0, in: .activations) != nil }) else {
        return nil
      }
      let functions = names.compactMap(ActivationFunction.init)
      return functions.count >= 2 ? functions : nil
    }
    guard let functions = found.first else { return nil }
    self.functions = functions
  }

  /// The function on the left, its derivative on the right.
  func picture(subtitle: String) -> ReportCharts.Picture {
    let names = functions.map(\.rawValue)
    let chart = SmallMultiples(
      title: "The activations",
      subtitle: subtitle,
      panels: [
        panel("f(x)") { $0.value($1) }, panel("f′(x)") { $0.derivative($1) },
      ],
      columns: 2,
      footnote: "From their formulas, without any run.",
      plotHeight: 190
    )
    return ReportCharts.Picture(
      chart: chart,
      alternative: "Curves of \(names.joined(separator: ", ")) and of their derivatives from "
        + "x = −\(Int(Self.reach)) to \(Int(Self.reach))",
      runs: []
    )
  }

  private func panel(
    _ title: String,
    _ value: (ActivationFunction, Double) -> Double
  ) -> LineChart {
    LineChart(
      title: title,
      xLabel: "x",
      series: functions.enumerated().map { index, function in
        LineChart.Series(
          function.rawValue,
          color: index,
          lines: [places(function).map { Point(x: $0, y: value(function, $0)) }]
        )
      }
    )
  }

  /// Even steps, and both sides of every kink, so that a jump is upright.
  private func places(_ function: ActivationFunction) -> [Double] {
    let even = (0...Self.steps).map { step in
      Self.reach * (2 * Double(step) / Double(Self.steps) - 1)
    }
    return (even + function.kinks.flatMap { [$0, $0.nextUp] }).sorted()
  }
}
