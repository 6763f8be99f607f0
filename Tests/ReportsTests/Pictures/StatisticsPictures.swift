// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Plotting
import TestSupport
import Vocabulary

@testable import Reports

/// The pictures of docs/statistics.md, each with the sentence of the page that its numbers are from.
struct StatisticsPicture {
  var name: String
  var chart: any Chart
  /// What the page says of it, numbers and all.
  var example: String

  var file: String { "statistics-\(name).png" }

  /// Labels and numbers that are drawn, as text.
  var numbers: String { ([name] + Self.numbers(chart)).joined(separator: "\n") }

  private static func numbers(_ chart: any Chart) -> [String] {
    switch chart {
    case let chart as DotChart:
      chart.rows.map { row in
        let ends = row.interval.map { "\($0.lowerBound) \($0.upperBound)" } ?? "-"
        return "\(row.label) \(row.mean ?? .nan) \(ends) \(row.values) \(row.note)"
      }
    case let chart as LineChart:
      chart.series.map { series in
        let points = (series.mean ?? []).map { "\($0.x) \($0.y)" }
        return "\(series.label) " + points.joined(separator: " ")
      }
    case let chart as BarChart:
      chart.categories
        + chart.series.map { series in
          "\(series.label) \(series.values.map { $0 ?? .nan })"
        }
    case let chart as SmallMultiples:
      chart.panels.flatMap { numbers($0) }
    default: []
    }
  }

  static let all: [StatisticsPicture] = [
    steps, perplexities, looks, confidenceSet, power, choice, collapse, examples, factors,
    importance,
  ].compactMap(\.self)

  static let width = 640.0

  static func number(_ value: Double, _ decimals: Int) -> String {
    NumberText.fixed(value, decimals: decimals)
  }

  /// So that a picture's numbers are the same on every machine.
  static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }

  static func seeds(_ values: [Double]) -> SeededValues {
    SeededValues(uniqueKeysWithValues: values.enumerated().map { ($0.offset, $0.element) })
  }

  // MARK: - Equal differences

  private static var steps: StatisticsPicture? {
    let (left, right) = (seeds([0.964, 0.962, 0.966]), seeds([0.962, 0.960, 0.964]))
    guard let bare = Difference(left, right), let found = Difference(left, right, resolution: 0.002)
    else { return nil }
    let half = found.halfWidth(level: 0.03)
    return StatisticsPicture(
      name: "steps",
      chart: DotChart(
        title: "Three seeds, each right on one image more",
        subtitle: "differences of two accuracies on 500 test images, 97 % intervals",
        xLabel: "difference of the accuracies",
        rows: [
          DotChart.Row(
            "as they are",
            mean: 0.002,
            interval: 0.002...0.002,
            values: [0.002, 0.002, 0.002],
            note: "p = \(number(bare.p, 0))"
          ),
          DotChart.Row(
            "with the step of an image",
            mean: 0.002,
            interval: rounded(found.mean - half)...rounded(found.mean + half),
            values: [0.002, 0.002, 0.002],
            note: "p = \(NumberText.p(found.p))",
            color: 1
          ),
        ],
        references: [ReferenceLine("no difference", value: 0)],
        width: width
      ),
      example:
        "the test would give p = \(number(bare.p, 0)); with the step of one image it gives p = \(NumberText.p(found.p))"
    )
  }

  // MARK: - Perplexities

  private static var perplexities: StatisticsPicture? {
    let losses = [4.58, 4.60, 4.61, 4.62, 8.0]
    let plain = Sample(losses.map { exp($0) })
    let sample = MetricSample(scaled: Sample(losses), .logarithmic)
    guard let interval = sample.interval, let linear = plain.interval() else { return nil }
    let values = plain.values.map(rounded)
    return StatisticsPicture(
      name: "perplexities",
      chart: DotChart(
        title: "One seed of five has a large loss",
        subtitle: "perplexities of one cell with 95 % intervals",
        xLabel: "perplexity",
        rows: [
          DotChart.Row(
            "mean of perplexities",
            mean: rounded(plain.mean),
            interval: rounded(linear.low)...rounded(linear.high),
            values: values,
            note: "\(number(plain.mean, 0))"
          ),
          DotChart.Row(
            "mean of losses",
            mean: rounded(sample.mean),
            interval: rounded(interval.low)...rounded(interval.high),
            values: values,
            note: "\(number(sample.mean, 0)), geometric",
            color: 1
          ),
        ],
        width: width
      ),
      example: "an arithmetic mean of \(number(plain.mean, 0)) and a deviation of "
        + "\(number(plain.standardDeviation ?? 0, 0)) describe no network. The geometric mean is \(number(sample.mean, 0))"
    )
  }

  // MARK: - Looks

  private static var looks: StatisticsPicture? {
    let schedule = LookSchedule(firstPlanned: 3)
    var all = [schedule.first]
    while all.count < 7, let next = all.last.flatMap(schedule.next) { all.append(next) }
    var random = SimulatedTable(seed: 12)
    let rounds = 4000
    var naive = [Int](repeating: 0, count: all.count)
    var counted = naive
    for _ in 0..<rounds {
      let cells = random.normal(shifts: [0, 0], seeds: 55)
      var (isNaive, isCounted) = (false, false)
      for (place, look) in all.enumerated() {
        guard let found = Difference(cells[0], cells[1], seeds: look.seeds) else { continue }
        isNaive = isNaive || found.p <= 0.05
        isCounted = isCounted || found.p <= look.level
        if isNaive { naive[place] += 1 }
        if isCounted { counted[place] += 1 }
      }
    }
    func line(_ counts: [Int]) -> [Point] {
      zip(all, counts).map { look, count in
        Point(x: Double(look.seeds), y: (100 * Double(count) / Double(rounds)).rounded())
      }
    }
    return StatisticsPicture(
      name: "looks",
      chart: LineChart(
        title: "Two equal cells, looked at again and again",
        subtitle: "tables in which one was named better at any look so far",
        xLabel: "seeds",
        yLabel: "per cent of tables",
        xScale: .log,
        series: [
          LineChart.Series("5 % at each look", color: 1, mean: line(naive)),
          LineChart.Series("looks that share 5 %", color: 0, mean: line(counted)),
        ],
        references: [ReferenceLine("5 %", value: 5)],
        width: width,
        plotHeight: 200
      ),
      example:
        "names one of them better in \(Int(line(naive).last?.y ?? 0)) of 100 tables. With shared levels it is "
        + "\(Int(line(counted).last?.y ?? 0)) of 100"
    )
  }

  // MARK: - The set

  private static var confidenceSet: StatisticsPicture? {
    let values = [
      [0.912, 0.905, 0.915, 0.908, 0.911], [0.908, 0.906, 0.909, 0.910, 0.905],
      [0.905, 0.907, 0.912, 0.903, 0.908], [0.893, 0.889, 0.897, 0.890, 0.894],
      [0.871, 0.866, 0.874, 0.869, 0.873],
    ]
    let ranking = Ranking(
      values.map(seeds),
      goal: .maximize,
      rules: RuleSimulations.rules(seeds: 5, resolution: 0)
    )
    let names = ["A", "B", "C", "D", "E"]
    let set = ranking.confidenceSet.map { names[$0] }
    return StatisticsPicture(
      name: "set",
      chart: DotChart(
        title: "The best cell is among \(set.joined(separator: ", "))",
        subtitle: "five cells, five seeds each, 95 % intervals",
        xLabel: "accuracy",
        rows: values.enumerated().compactMap { index, values in
          Sample(values).interval().map { interval in
            DotChart.Row(
              names[index],
              mean: rounded(Sample(values).mean),
              interval: rounded(interval.low)...rounded(interval.high),
              values: values,
              note: set.contains(names[index]) ? "may be best" : "",
              color: set.contains(names[index]) ? 0 : 1
            )
          }
        },
        width: width
      ),
      example: "the best cell is among \(set.joined(separator: ", ")) (95 %)"
    )
  }

  // MARK: - Power

  private static var power: StatisticsPicture? {
    func deviations(_ look: Look) -> Double {
      SampleSize.separableDifference(seeds: look.seeds, deviation: 1, level: look.level) ?? .nan
    }
    let schedule = LookSchedule(firstPlanned: 3)
    var all = [schedule.first]
    while all.count < 6, let next = all.last.flatMap(schedule.next) { all.append(next) }
    let fresh = (3...34).map { LookSchedule(firstPlanned: $0).first }
    func line(_ looks: [Look]) -> [Point] {
      looks.map { Point(x: Double($0.seeds), y: rounded(deviations($0))) }
    }
    let five = LookSchedule(firstPlanned: 5).first
    let eight = all[2]
    return StatisticsPicture(
      name: "power",
      chart: LineChart(
        title: "Which difference so many seeds find",
        subtitle: "in 80 of 100 cases, in standard deviations of one seed's difference",
        xLabel: "seeds",
        yLabel: "difference, in deviations",
        xScale: .log,
        yScale: .log,
        series: [
          LineChart.Series("looks at 3, 5, 8, 13 …", color: 0, mean: line(all)),
          LineChart.Series("first look", color: 1, mean: line(fresh)),
        ],
        width: width,
        plotHeight: 200
      ),
      example:
        "five seeds find a difference of \(number(deviations(five), 1)) deviations at a first look; eight seeds find "
        + "\(number(deviations(eight), 1)) as the third look after 3 and 5"
    )
  }
}
