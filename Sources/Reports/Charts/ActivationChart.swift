// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Vocabulary

/// The activations that a plan compares, each with its derivative.
struct ActivationChart {
  /// Half of the interval that is drawn, and the steps in it.
  private static let (reach, steps) = (4.0, 320)

  /// An activation and its formula, with the standard values of its arguments.
  struct Function {
    let name: String
    let formula: ActivationFormula

    /// Nil of a softmax: a vector has no curve.
    init?(_ name: String) {
      guard let facts = Catalog.definition(name, in: .activations)?.activation else { return nil }
      self.name = name
      formula = facts.formula(Component(name))
    }
  }

  /// In the order of the manifest.
  let functions: [Function]

  /// Nil unless a swept parameter has nothing but activations, two of them with a curve.
  init?(_ experiment: Experiment, _ cells: [Cell]) {
    let found = experiment.parameters.lazy.compactMap { parameter -> [Function]? in
      let occurring = Set(cells.compactMap { $0.assignment[parameter.name]?.description })
      let names = parameter.values.map(\.description).filter(occurring.contains)
      guard names.allSatisfy({ Catalog.definition($0, in: .activations) != nil }) else {
        return nil
      }
      let functions = names.compactMap(Function.init)
      return functions.count >= 2 ? functions : nil
    }
    guard let functions = found.first else { return nil }
    self.functions = functions
  }

  /// More curves than this in one panel hide each other: then each function has a panel of its own.
  private static let sharedLimit = 4

  func picture(subtitle: String) -> ReportCharts.Picture {
    let names = functions.map(\.name)
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

  private typealias Curve = KeyPath<ActivationFormula, @Sendable (Double) -> Double>

  /// All functions on the left, their derivatives on the right.
  private var shared: [LineChart] {
    let both: [(String, Curve)] = [("f(x)", \.value), ("f′(x)", \.slope)]
    return both.map { title, value in
      LineChart(
        title: title,
        xLabel: "x",
        series: functions.enumerated().map { index, function in
          line(function.name, color: index, function, value)
        }
      )
    }
  }

  /// One function with its derivative.
  private func own(_ function: Function) -> LineChart {
    LineChart(
      title: function.name,
      xLabel: "x",
      series: [
        line("f(x)", color: 0, function, \.value),
        line("f′(x)", color: 1, function, \.slope),
      ]
    )
  }

  private func line(
    _ label: String,
    color: Int,
    _ function: Function,
    _ value: Curve
  ) -> LineChart.Series {
    let curve = function.formula[keyPath: value]
    return LineChart.Series(
      label,
      color: color,
      lines: [places(function).map { Point(x: $0, y: curve($0)) }]
    )
  }

  /// Even steps, and both sides of every kink, so that a jump is upright.
  private func places(_ function: Function) -> [Double] {
    let even = (0...Self.steps).map { step in
      Self.reach * (2 * Double(step) / Double(Self.steps) - 1)
    }
    return (even + function.formula.kinks.flatMap { [$0, $0.nextUp] }).sorted()
  }
}
