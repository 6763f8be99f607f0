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

  /// More curves than this in one panel hide each other: then each function has a panel of its own.
  private static let sharedLimit = 4

  func picture(subtitle: String) -> ReportCharts.Picture {
    let names = functions.map(\.rawValue)
    let isShared = functions.count <= Self.sharedLimit
    let chart = SmallMultiples(
      title: "The activations",
      subtitle: subtitle,
      panels: isShared ? shared : functions.map(own),
      columns: isShared ? 2 : min(4, functions.count),
      footnote: "From their formulas, without any run.",
      plotHeight: isShared ? 190 : 110
    )
    return ReportCharts.Picture(
      chart: chart,
      alternative: "Curves of \(names.joined(separator: ", ")) and of their derivatives from "
        + "x = −\(Int(Self.reach)) to \(Int(Self.reach))",
      runs: []
    )
  }

  /// All functions on the left, their derivatives on the right.
  private var shared: [LineChart] {
    [("f(x)", ActivationFunction.value), ("f′(x)", ActivationFunction.derivative)].map {
      title,
      value in
      LineChart(
        title: title,
        xLabel: "x",
        series: functions.enumerated().map { index, function in
          line(function.rawValue, color: index, function, value)
        }
      )
    }
  }

  /// One function with its derivative.
  private func own(_ function: ActivationFunction) -> LineChart {
    LineChart(
      title: function.rawValue,
      xLabel: "x",
      series: [
        line("f(x)", color: 0, function, ActivationFunction.value),
        line("f′(x)", color: 1, function, ActivationFunction.derivative),
      ]
    )
  }

  private func line(
    _ label: String,
    color: Int,
    _ function: ActivationFunction,
    _ value: (ActivationFunction) -> (Double) -> Double
  ) -> LineChart.Series {
    LineChart.Series(
      label,
      color: color,
      lines: [places(function).map { Point(x: $0, y: value(function)($0)) }]
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
