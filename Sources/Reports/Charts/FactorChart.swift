// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Vocabulary

/// What one swept parameter does: the difference of its best value to each other one, averaged and at each value of the
/// other parameters, as a forest plot.
struct FactorChart {
  /// More rows find no room on a page: then only averages are drawn.
  private static let mostRows = 40

  let name: String
  private let metric: String
  private let isLargerBetter: Bool
  /// The comparison groups that have an answer, each with the index of the parameter in it.
  private let answers: [(title: String?, answer: FactorAnswer, factor: Int)]

  /// One for each parameter that has an answer.
  static func charts(_ analysis: Analysis) -> [FactorChart] {
    let answers = analysis.groups.compactMap { group in
      FactorAnswer(group, of: analysis).map { (group.plainTitle, $0) }
    }
    var names: [String] = []
    for name in answers.flatMap({ $0.1.factors.map(\.name) }) where !names.contains(name) {
      names.append(name)
    }
    return names.map { name in
      FactorChart(
        name: name,
        metric: analysis.metric,
        isLargerBetter: analysis.experiment.reportGoal == .maximize,
        answers: answers.compactMap { title, answer in
          answer.factors.firstIndex { $0.name == name }.map { (title, answer, $0) }
        }
      )
    }
  }

  func picture(subtitle: String) -> ReportCharts.Picture? {
    let whole = answers.flatMap { lines($0.title, $0.answer, $0.factor, showsParts: true) }
    let isLong = whole.count > Self.mostRows
    let shown =
      isLong
      ? answers.flatMap { lines($0.title, $0.answer, $0.factor, showsParts: false) } : whole
    guard !shown.isEmpty, shown.count <= Self.mostRows else { return nil }
    let levels = Set(answers.map { NumberText.percent(1 - $0.answer.effects.level) }).sorted()
    let words = shown.filter(\.isAverage).map { row in
      "\(row.row.group ?? row.row.label): \(row.text)"
    }
    return ReportCharts.Picture(
      chart: DotChart(
        title: "What \(name) does to \(metric)",
        subtitle: subtitle,
        xLabel: "\(scale.differenceWord) of \(metric), "
          + "\(isLargerBetter ? "larger" : "smaller") is better",
        scale: scale == .logarithmic ? .log : .linear,
        rows: shown.map(\.row),
        references: [ReferenceLine("no difference", value: scale.value(0))],
        footnote: footnote(shown, levels)
      ),
      alternative: "Forest plot of the \(scale.differenceWord)s of \(metric) between values of "
        + "\(name): " + words.joined(separator: "; "),
      runs: []
    )
  }

  private func footnote(_ shown: [Line], _ levels: [String]) -> String {
    let parts = [
      "Dot: \(scale.meanWord) \(scale.differenceWord) at the same seeds"
        + (shown.contains { $0.row.interval != nil }
          ? "; line: its \(levels.joined(separator: " or ")) interval."
          : answers.contains { $0.answer.isChosen }
            ? ". Cells that tune chose have no interval." : "."),
      shown.contains { $0.row.note == Self.separated }
        ? "“\(Self.separated)”: a test that allows for the differences of all parameters (Holm's p) "
          + "tells the two values apart." : nil,
      shown.contains { !$0.isAverage }
        ? "Only the averages are tested; the rows below one show what it is the average of." : nil,
    ]
    return parts.compactMap(\.self).joined(separator: " ")
  }

  private static let separated = "told apart"

  /// A row of the picture with its words.
  private struct Line {
    var row: DotChart.Row
    var isAverage: Bool
    var text: String
  }

  private var scale: MetricScale { MetricScale(metric: metric) }

  private func lines(
    _ title: String?,
    _ answer: FactorAnswer,
    _ factor: Int,
    showsParts: Bool
  ) -> [Line] {
    let level = answer.effects.level
    let values = answer.factors[factor].values
    let effects: [FactorEffects.Effect] = answer.comparisonsWithBest(of: factor)
    return effects.flatMap { effect -> [Line] in
      let pair = [effect.left, effect.right].map { labelPart(name, values[$0]) }
        .joined(separator: " \(scale.differenceSign) ")
      let group = [title, pair].compactMap(\.self).joined(separator: " · ")
      let average = line(
        showsParts ? "averaged" : group,
        group: showsParts ? group : nil,
        effect.difference,
        level: answer.isChosen ? nil : level,
        note: note(effect, answer),
        color: 0
      )
      guard showsParts else { return [average] }
      return [average]
        + effect.parts.flatMap { part in
          zip(answer.factors[part.factor].values, part.differences).map { value, difference in
            line(
              labelPart(answer.factors[part.factor].name, value),
              group: group,
              difference,
              level: answer.isChosen ? nil : level,
              note: "",
              color: 1 + part.factor
            )
          }
        }
    }
  }

  /// What the report's sentence says of a pair.
  private func note(_ effect: FactorEffects.Effect, _ answer: FactorAnswer) -> String {
    guard effect.dependences.isEmpty else {
      return "depends on "
        + effect.dependences.map { answer.factors[$0.factor].name }
        .joined(separator: ", ")
    }
    return answer.isSeparated(effect) ? Self.separated : ""
  }

  private func line(
    _ label: String,
    group: String?,
    _ difference: Difference,
    level: Double?,
    note: String,
    color: Int
  ) -> Line {
    let ends = level.map { level -> (Double, Double) in
      let half = difference.halfWidth(level: level)
      return (scale.value(difference.mean - half), scale.value(difference.mean + half))
    }
    let text = DifferenceText(difference, level: level ?? LookSchedule.level, scale)
    return Line(
      row: DotChart.Row(
        label,
        group: group,
        mean: scale.value(difference.mean),
        interval: ends.flatMap { $0.isFinite && $1.isFinite ? $0...$1 : nil },
        note: note,
        color: color
      ),
      isAverage: color == 0,
      text: level == nil ? text.withoutInterval : text.withInterval
    )
  }
}
