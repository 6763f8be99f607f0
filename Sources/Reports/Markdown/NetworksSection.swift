// SPDX-License-Identifier: Apache-2.0

import Experiments

/// The networks of blocks: who reads whom in words, and a picture of each.
struct NetworksSection {
  let analysis: Analysis
  let charts: [ReportChart]

  init(_ analysis: Analysis, charts: [ReportChart]) {
    self.analysis = analysis
    self.charts = charts
  }

  /// Empty where all models are lists of layers, or no run has ended.
  var blocks: [Block] {
    let pictures = NetworkPictures(analysis)
    let blocks = charts.flatMap { chart -> [Block] in
      guard let drawn = pictures.drawn(chart.plan) else { return [] }
      let words: Inline = """
        \(strong: .verbatim(drawn.name)): \(NetworkPictures.sentences(drawn.outline))
        """
      return [.paragraph(words)] + chart.blocks
    }
    return blocks.isEmpty ? [] : [.heading(2, "Networks")] + blocks
  }
}
