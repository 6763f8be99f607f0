// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Plotting
import TestSupport
import Vocabulary

@testable import Reports

extension StatisticsPicture {
  // MARK: - Choice

  static var choice: StatisticsPicture? {
    var random = SimulatedTable(seed: 31)
    let counts = [1, 2, 5, 10, 20]
    let rounds = 3000
    var best = [Double](repeating: 0, count: counts.count)
    var held = best
    for _ in 0..<rounds {
      let cells = random.normal(shifts: [Double](repeating: 0, count: 20), seeds: 5)
        .map(\.sortedBySeed)
      for (place, count) in counts.enumerated() {
        let tried = cells.prefix(count)
        best[place] += (tried.map { Sample($0).mean }.max() ?? 0) / Double(rounds)
        for seed in 0..<5 {
          let chosen = tried.max { $0.reduce(0, +) - $0[seed] < $1.reduce(0, +) - $1[seed] }
          held[place] += (chosen?[seed] ?? 0) / Double(5 * rounds)
        }
      }
    }
    func line(_ values: [Double]) -> [Point] {
      zip(counts, values).map { Point(x: Double($0), y: ($1 * 20).rounded() / 20) }
    }
    return StatisticsPicture(
      name: "choice",
      chart: LineChart(
        title: "The best of several equal candidates",
        subtitle: "mean over five seeds, in standard deviations of a seed; the truth is 0",
        xLabel: "candidates",
        yLabel: "mean that is shown",
        xScale: .log,
        series: [
          LineChart.Series("on the seeds that chose", color: 1, mean: line(best)),
          LineChart.Series("held out", color: 0, mean: line(held)),
        ],
        width: width,
        plotHeight: 180
      ),
      example:
        "the best of 20 seems better by \(number(line(best).last?.y ?? 0, 2)) deviations of a seed than each of them is. "
        + "The held-out mean is off by \(number(abs(line(held).last?.y ?? 0), 2))"
    )
  }

  // MARK: - Collapse

  static var collapse: StatisticsPicture? {
    let values = [0.90, 0.91, 0.905, 0.902, 0.10]
    let trained = Array(values.dropLast())
    guard let whole = Sample(values).interval(.share), let rest = Sample(trained).interval(.share)
    else { return nil }
    let limit = number(100 * ShareOfSeeds.upperLimit(1, of: 5), 0)
    return StatisticsPicture(
      name: "collapse",
      chart: DotChart(
        title: "One of five seeds learned nothing",
        subtitle: "accuracies of one cell with 95 % intervals",
        xLabel: "accuracy",
        rows: [
          DotChart.Row(
            "all five",
            mean: rounded(Sample(values).mean),
            interval: rounded(whole.low)...rounded(whole.high),
            values: values,
            note: "true of no network",
            color: 1
          ),
          DotChart.Row(
            "those that trained",
            mean: rounded(Sample(trained).mean),
            interval: rounded(rest.low)...rounded(rest.high),
            values: trained,
            note: "1 of 5 collapsed"
          ),
        ],
        width: width
      ),
      example:
        "The mean of all five is \(number(Sample(values).mean, 2)), which none of them has. The report shows "
        + "\(Sample(trained).text(.share)) for the four that trained, and that up to \(limit) % of seeds may collapse"
    )
  }

  // MARK: - Test examples

  static var examples: StatisticsPicture? {
    // Each errs on some 200 of 2,000 images, half of them the other's.
    func predictions(_ accuracies: [Double], first: Int) -> [TestPredictions] {
      accuracies.map { accuracy in
        let wrong = first..<(first + Int((2000 * (1 - accuracy)).rounded()))
        return TestPredictions(
          targets: [Int32](repeating: 0, count: 2000),
          predictions: (0..<2000).map { wrong.contains($0) ? 1 : 0 }
        )
      }
    }
    let left = [0.9085, 0.9100, 0.9105, 0.9095, 0.9090]
    let right = [0.9000, 0.9010, 0.9020, 0.9005, 0.9015]
    guard let pair = Difference(seeds(left), seeds(right), resolution: 1.0 / 2000),
      let crossed = CrossedDifference(predictions(left, first: 0), predictions(right, first: 100))
    else { return nil }
    let half = pair.halfWidth(level: 0.03)
    let whole = crossed.halfWidth(level: 0.03, atLeast: half)
    func row(_ label: String, _ half: Double, _ color: Int) -> DotChart.Row {
      DotChart.Row(
        label,
        mean: rounded(crossed.mean),
        interval: rounded(crossed.mean - half)...rounded(crossed.mean + half),
        note: "± \(number(half, 4))",
        color: color
      )
    }
    return StatisticsPicture(
      name: "examples",
      chart: DotChart(
        title: "What else could have been drawn",
        subtitle:
          "difference of two accuracies over five seeds and 2,000 test images, 97 % intervals",
        xLabel: "difference of the accuracies",
        rows: [row("other seeds", half, 0), row("other seeds and images", whole, 1)],
        references: [ReferenceLine("no difference", value: 0)],
        width: width
      ),
      example: "a half-width of \(number(half, 4)) for other seeds on the same images, and of "
        + "\(number(whole, 4)) if the images could be others, too"
    )
  }

  // MARK: - Factors

  static var factors: StatisticsPicture? {
    func chart(_ title: String, _ relu: [Double], _ tanh: [Double]) -> LineChart {
      func points(_ values: [Double]) -> [Point] {
        values.enumerated().map { Point(x: Double($0.offset + 1), y: $0.element) }
      }
      return LineChart(
        title: title,
        xLabel: "layers",
        yLabel: "accuracy",
        series: [
          LineChart.Series("relu", color: 0, mean: points(relu)),
          LineChart.Series("tanh", color: 1, mean: points(tanh)),
        ],
        width: width
      )
    }
    return StatisticsPicture(
      name: "factors",
      chart: SmallMultiples(
        title: "What an activation does over networks of several depths",
        panels: [
          chart("the same everywhere", [0.90, 0.92, 0.93], [0.88, 0.90, 0.91]),
          chart("depends on the depth", [0.90, 0.92, 0.93], [0.91, 0.90, 0.87]),
        ],
        footnote:
          "Left: one average says it all. Right: the difference turns, and an average would hide that.",
        width: width
      ),
      example:
        "On the left relu is better by 0.02 at every depth. On the right the differences are −0.01, 0.02 and 0.06"
    )
  }

  // MARK: - Importance

  static var importance: StatisticsPicture? {
    var random = TestRandom(seed: 40)
    var sweep = SyntheticSweep()
    sweep.rates = [0.001]
    sweep.tune = []
    sweep.seeds = 3
    sweep.images = 20
    let noise = random.normals(18)
    sweep.change = { run in
      let seed = 3 * (run.cell ?? 0) + run.seed
      let value =
        0.8 + (run.parameters["model"] == .text("cnn") ? 0.02 : 0)
        + (run.parameters["activation"] == .text("sigmoid") ? 0 : 0.01) + 0.008 * noise[seed]
      run.metrics["test.accuracy"] = MetricSummary(
        last: (value * 1e4).rounded() / 1e4,
        best: nil,
        bestEpoch: nil
      )
    }
    let analysis = Analysis(sweep.snapshot())
    guard let space = ParameterSpace(analysis), let found = Importance(analysis, space) else {
      return nil
    }
    let parts = found.parts
    let names = parts.map { part in
      part.names.joined(separator: " × ") + ": \(number(100 * part.share, 1)) %"
        + (part.expected.map { ", \(number(100 * $0, 1)) %" } ?? "")
    }
    guard let last = parts.last, let expected = last.expected, let first = parts.first else {
      return nil
    }
    func percent(_ value: Double?) -> Double? { value.map { ($0 * 1000).rounded() / 10 } }
    return StatisticsPicture(
      name: "importance",
      chart: BarChart(
        title: "Shares of the variance of the means",
        subtitle: "a grid of 2 models and 3 activations with three seeds each",
        yLabel: "per cent",
        categories: names,
        series: [
          BarChart.Series("share", color: 0, values: parts.map { percent($0.share) }),
          BarChart.Series("if no effect", color: 1, values: parts.map { percent($0.expected) }),
        ],
        width: width
      ),
      example:
        "`\(first.names[0])` has \(number(100 * first.share, 1)) % of the variance. `\(last.names.joined(separator: " × "))` has "
        + "\(number(100 * last.share, 1)) %, hardly more than the \(number(100 * expected, 1)) % that it would have without any effect"
    )
  }
}
