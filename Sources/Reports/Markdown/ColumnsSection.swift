// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// What the columns of the tables are that the runs were trained on.
struct ColumnsSection {
  let analysis: Analysis

  /// More columns are counted.
  private static let shown = 50

  init(_ analysis: Analysis) { self.analysis = analysis }

  /// Empty where no run was trained on a table, or before the first one is complete.
  var blocks: [Block] {
    let tables = tables
    guard !tables.isEmpty else { return [] }
    var blocks = [
      Block.heading(2, "Columns"),
      .paragraph(
        "The columns of the table, as the runs read them. Ranges and missing shares are those of the training file."
      ),
    ]
    for (columns, cells) in tables {
      if tables.count > 1 {
        let names = cells.prefix(5).map(Inline.verbatim).joined("; ")
        blocks.append(.heading(3, "\(names)\(words: cells.count > 5 ? "; …" : "")"))
      }
      blocks += ColumnsTable(columns, shown: Self.shown).blocks
    }
    return blocks
  }

  /// Each list of columns that occurs, with the labels of its cells, in the order of the cells.
  private var tables: [(columns: DataColumns, cells: [String])] {
    var tables: [(columns: DataColumns, cells: [String])] = []
    for cell in analysis.cells {
      let columns = cell.runs.sorted { $0.seed < $1.seed }
        .compactMap { analysis.snapshot.captures[.columns, $0.id] }.first
      guard let columns else { continue }
      if let place = tables.firstIndex(where: { $0.columns == columns }) {
        tables[place].cells.append(cell.label)
      } else {
        tables.append((columns, [cell.label]))
      }
    }
    return tables
  }
}
