// SPDX-License-Identifier: Apache-2.0

import Experiments

/// The text of `index.md`: the answer first, then what it rests on, then how to get it again.
struct IndexPage {
  let analysis: Analysis
  let context: ReportContext
  let charts: [ReportChart]

  init(_ analysis: Analysis, context: ReportContext, charts: [ReportChart]) {
    self.analysis = analysis
    self.context = context
    self.charts = charts
  }

  var text: String {
    let runs = RunsSection(analysis)
    let parts: [String?] = [
      heading,
      answer,
      VerdictsSection(analysis).text,
      ResultsSection(analysis, charts: charts).text,
      curves,
      SampledTextSection(analysis).text,
      notes,
      TimesSection(analysis).text,
      runs.failures,
      runs.text,
      ReproduceSection(analysis, context: context).text,
    ]
    return parts.compactMap(\.self).joined(separator: "\n\n") + "\n"
  }

  // MARK: - Top

  private var heading: String {
    let experiment = analysis.experiment
    let title = experiment.title ?? experiment.name
    var text = "# " + Markdown.escaped(title)
    if let question = experiment.summary, !question.isEmpty {
      let lines = question.split(whereSeparator: \.isNewline).map { Markdown.escaped(String($0)) }
      text += "\n\n> " + lines.joined(separator: "\n> ")
    }
    return text
  }

  private var answer: String {
    if let progress = analysis.progressHeading {
      return "## \(progress)\n\nThe numbers below are those of the runs that are complete so far."
    }
    var parts = ["## Answer"]
    for group in analysis.groups {
      if let loss = group.loss { parts.append("### Loss \(Markdown.code(loss.name))") }
      parts.append(analysis.answer(group).joined(separator: "\n\n"))
    }
    if analysis.groups.count > 1 {
      parts.append(
        "Losses of cells with different loss functions are never ranked, tested or drawn together."
      )
    }
    if let warning = selectionWarning { parts.append(warning) }
    return parts.joined(separator: "\n\n")
  }

  private var selectionWarning: String? {
    let selection = analysis.experiment.metric
    let chooses = !analysis.experiment.tune.isEmpty || selection.moment == .best
    guard chooses, selection.name.hasPrefix("test.") else { return nil }
    return "> **Warning:** cells were chosen by `\(selection.name)`: the test set took part in the "
      + "choice, so its numbers are too good. Choose by a `val.` metric."
  }

  // MARK: - Middle

  private var curves: String? {
    let images = charts.filter { $0.plan.kind == .curve }
    guard !images.isEmpty else { return nil }
    return (["## Curves"] + images.map(\.markdown)).joined(separator: "\n\n")
  }

  private var notes: String? {
    guard let notes = context.notes?.trimmingNewlines, !notes.isEmpty else { return nil }
    return "## Notes\n\n" + notes
  }
}

extension String {
  /// Without line feeds at both ends.
  fileprivate var trimmingNewlines: String {
    var text = Substring(self)
    while text.first?.isNewline == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
