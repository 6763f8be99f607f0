// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments

/// The sequences that networks write by themselves: of each cell the first seed that has them.
struct WrittenSection {
  /// Cells whose tables are open; with more, all are folded.
  private static let openCells = 3
  /// Tokens of a sequence that are shown.
  private static let shownTokens = 60

  let analysis: Analysis
  let charts: [ReportChart]

  init(_ analysis: Analysis, charts: [ReportChart]) {
    self.analysis = analysis
    self.charts = charts
  }

  private struct Found {
    var cell: ComparedCell
    var seed: Int
    var sequences: WrittenSequences
  }

  /// Empty without captured sequences.
  var blocks: [Block] {
    let found = analysis.cells.compactMap(written)
    guard !found.isEmpty else { return [] }
    var blocks = [Block.heading(2, "Written sequences")]
    let shown = found.filter { !$0.sequences.examples.isEmpty }
    if let first = shown.first { blocks.append(.paragraph(introduction(first.sequences))) }
    for found in shown {
      let title: Inline = """
        \(Inline.verbatim(found.cell.label)), seed \(found.seed): \(words: rightCount(found.sequences))
        """
      if shown.count > Self.openCells {
        blocks.append(.folded(title, [table(found.sequences)]))
      } else {
        blocks += [.paragraph(title), table(found.sequences)]
      }
    }
    let seeing = found.filter { !$0.sequences.isCausal }.map { Inline.verbatim($0.cell.label) }
    if !seeing.isEmpty {
      blocks.append(
        .paragraph(
          """
          \(seeing.listed): the network sees what it is to write, so that no sequence of its own is shown. \
          A layer that reads \(code: "previous") from both ends is a usual cause.
          """
        )
      )
    }
    return blocks + charts.filter(\.plan.isOfAttention).flatMap(\.blocks)
  }

  private func written(_ cell: ComparedCell) -> Found? {
    for run in cell.runs.sorted(by: { $0.seed < $1.seed }) {
      if let sequences = analysis.snapshot.captures[.written, run.id] {
        return Found(cell: cell, seed: run.seed, sequences: sequences)
      }
    }
    return nil
  }

  private func introduction(_ sequences: WrittenSequences) -> Inline {
    let part = sequences.part == "val" ? "validation" : sequences.part
    return """
      What the networks wrote by themselves for the first \(words: part) examples when their runs ended. Greedy \
      takes the likeliest token each time; the beam goes on with the best \(sequences.beamWidth) sequences. \
      A \(strong: "bold") token is not the wanted one, and \(strong: "∅") stands where a token is missing.
      """
  }

  private func rightCount(_ sequences: WrittenSequences) -> String {
    let right = sequences.examples.count { $0.greedy == $0.wanted }
    return "\(right) of \(counted(sequences.examples.count, "sequence")) greedily without a mistake"
  }

  private func table(_ sequences: WrittenSequences) -> Block {
    .table(
      [("Read", .left), ("Wanted", .left), ("Greedy", .left), ("Beam", .left)],
      sequences.examples.map { example in
        [
          Self.tokens(example.source.map { ($0, false) }),
          Self.tokens(example.wanted.map { ($0, false) }),
          Self.tokens(Self.compared(example.greedy, with: example.wanted)),
          Self.tokens(Self.compared(example.beam, with: example.wanted)),
        ]
      }
    )
  }

  private static func tokens(_ tokens: [(text: String?, isWrong: Bool)]) -> Inline {
    let shown = tokens.prefix(shownTokens).map { token -> Inline in
      let text = token.text.map(visibleToken) ?? "∅"
      return token.isWrong ? .strong(text) : text
    }
    let rest = tokens.count - shown.count
    return (shown + (rest > 0 ? ["… and \(rest) more"] : [])).joined(" ")
  }

  /// A token as it is; one of spaces alone would not be seen.
  private static func visibleToken(_ token: String) -> Inline {
    token.allSatisfy(\.isWhitespace) ? "␣" : .verbatim(token)
  }

  /// The tokens of a sequence, each with whether it is wrong, and nil for each that is missing: by the fewest changes that
  /// make the wanted one of it (Levenshtein 1966).
  static func compared(
    _ written: [String],
    with wanted: [String]
  ) -> [(text: String?, isWrong: Bool)] {
    let (rows, columns) = (written.count, wanted.count)
    // changes[i][j]: of what stands from i on to what stands from j on.
    var changes = (0...rows).map { row in (0...columns).map { rows - row + columns - $0 } }
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() {
        let isRight = written[row] == wanted[column]
        changes[row][column] = min(
          changes[row + 1][column + 1] + (isRight ? 0 : 1),
          min(changes[row + 1][column], changes[row][column + 1]) + 1
        )
      }
    }
    var result: [(text: String?, isWrong: Bool)] = []
    var (row, column) = (0, 0)
    while row < rows || column < columns {
      let isRight = row < rows && column < columns && written[row] == wanted[column]
      if row < rows, column < columns,
        changes[row][column] == changes[row + 1][column + 1] + (isRight ? 0 : 1)
      {
        result.append((written[row], !isRight))
        (row, column) = (row + 1, column + 1)
      } else if row < rows, changes[row][column] == changes[row + 1][column] + 1 {
        result.append((written[row], true))
        row += 1
      } else {
        result.append((nil, true))
        column += 1
      }
    }
    return result
  }
}

extension ChartPlan {
  /// Whether it is a picture of what attentions look at.
  var isOfAttention: Bool { if case .attention = kind { true } else { false } }
}
