// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// What the networks of text write by themselves: of each cell the first seed that has it.
struct SampledTextSection {
  let analysis: Analysis

  init(_ analysis: Analysis) { self.analysis = analysis }

  /// Empty without captured text.
  var blocks: [Block] {
    let samples = analysis.cells.compactMap { cell in
      sample(of: cell).map { (cell, $0.seed, $0.text) }
    }
    guard let prefix = samples.first?.2.prefix else { return [] }
    let table = Block.table(
      [("Cell", .left), ("Seed", .right), ("Likeliest tokens", .left), ("Drawn tokens", .left)],
      samples.map { cell, seed, text in
        [.verbatim(cell.label), "\(seed)", .code(text.likeliest), .code(text.drawn)]
      }
    )
    return [
      .heading(2, "Sampled text"),
      .paragraph(
        """
        The networks were given \(code: prefix) and wrote on by themselves when their runs ended: taking the \
        likeliest token each time, and drawing each token with its probability.
        """
      ),
      table,
    ]
  }

  private func sample(of cell: ComparedCell) -> (seed: Int, text: SampledText)? {
    for run in cell.runs.sorted(by: { $0.seed < $1.seed }) {
      if let text = analysis.snapshot.captures[.sampledText, run.id] { return (run.seed, text) }
    }
    return nil
  }
}
