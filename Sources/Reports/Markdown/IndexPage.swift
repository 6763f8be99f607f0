// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

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

  /// The page as Markdown.
  var text: String { blocks.markdown + "\n" }

  /// The page as values.
  var blocks: [Block] {
    let runs = RunsSection(analysis)
    let factors = FactorsSection(analysis, charts: charts)
    let parameters = ParametersSection(analysis, charts: charts)
    return heading + doubts + answer + VerdictsSection(analysis).blocks
      + ResultsSection(analysis, charts: charts).blocks
      + factors.blocks + parameters.blocks
      + NetworksSection(analysis, charts: charts).blocks + curves + closerLook
      + SampledTextSection(analysis).blocks + WrittenSection(analysis, charts: charts).blocks
      + notes
      + ColumnsSection(analysis).blocks
      + TimesSection(analysis).blocks + runs.failures + runs.blocks
      + ReproduceSection(analysis, context: context).blocks
      + ReadingSection(
        analysis.groups.flatMap(analysis.statements).compactMap(\.topic) + factors.topics
          + parameters.topics
      ).blocks
  }

  /// What the page is about, as plain text.
  var title: String { analysis.experiment.title ?? analysis.experiment.name }

  // MARK: - Top

  private var heading: [Block] {
    var blocks = [Block.heading(1, .verbatim(title))]
    if let question = analysis.experiment.summary, !question.isEmpty {
      let lines = question.split(whereSeparator: \.isNewline).map { Inline.verbatim(String($0)) }
      blocks.append(.quotation(lines))
    }
    return blocks
  }

  /// Faults of earlier programs that met some of the runs.
  private var doubts: [Block] {
    let sentences = NumericDoubt.sentences(of: analysis.snapshot.runs)
    guard !sentences.isEmpty else { return [] }
    return [
      .quotation(
        sentences.map {
          """
          \(strong: "Warning:") \(words: $0). \(code: "runexp sweep") on the manifest trains anew what is wrong.
          """
        }
      )
    ]
  }

  private var answer: [Block] {
    if let progress = analysis.progressHeading {
      return [
        .heading(2, .text(progress)),
        .paragraph("The numbers below are those of the runs that are complete so far."),
      ]
    }
    var blocks = [Block.heading(2, "Answer")]
    if let origin = analysis.confirmationSentence { blocks.append(.paragraph(origin)) }
    for group in analysis.groups {
      if let title = group.title { blocks.append(.heading(3, title)) }
      blocks += analysis.statements(group).map(\.block)
      if let factors = FactorAnswer(group, of: analysis) {
        blocks += factors.factors.indices.map { .paragraph(factors.headline(of: $0)) }
      }
    }
    if analysis.sections.count > 1 {
      blocks.append(
        .paragraph(
          "Losses of cells with different loss functions are never ranked or tested together."
        )
      )
    }
    if analysis.groups.count > analysis.sections.count {
      blocks.append(
        .paragraph(
          "Cells that are evaluated on different data are never ranked or tested together."
        )
      )
    }
    if let warning = selectionWarning { blocks.append(.quotation([warning])) }
    return blocks
  }

  private var selectionWarning: Inline? {
    let selection = analysis.experiment.metric
    let chooses =
      !analysis.experiment.tune.isEmpty || selection.moment == .best
      || analysis.experiment.confirmation != nil
    guard chooses, selection.name.hasPrefix("test.") else { return nil }
    return """
      \(strong: "Warning:") cells were chosen by \(code: selection.name): the test set took part in the \
      choice, so its numbers are too good. Choose by a \(code: "val.") metric.
      """
  }

  // MARK: - Middle

  private var curves: [Block] {
    let images = charts.filter { [.fit, .curve].contains($0.plan.kind) }
    return images.isEmpty ? [] : [.heading(2, "Curves")] + images.flatMap(\.blocks)
  }

  private var closerLook: [Block] {
    let images = charts.filter {
      [.gradients, .confusion, .filters, .errors, .agreement].contains($0.plan.kind)
    }
    return images.isEmpty ? [] : [.heading(2, "A closer look")] + images.flatMap(\.blocks)
  }

  private var notes: [Block] {
    guard let notes = context.notes?.trimmingNewlines, !notes.isEmpty else { return [] }
    return [.heading(2, "Notes"), .foreign(notes)]
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
