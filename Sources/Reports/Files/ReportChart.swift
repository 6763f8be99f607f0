// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Plotting
internal import Vocabulary

/// A picture of the report with the words around it, as a file in each wished format.
struct ReportChart {
  var plan: ChartPlan
  /// One for each format, PNG first.
  var files: [GeneratedFile]
  /// For those who do not see it.
  var alternative: String
  /// Its title and footnote where the picture itself has none; nil where it has them.
  var caption: String?

  /// The file that a page shows with the others as links beside it, and below it the caption.
  var blocks: [Block] {
    let shown = files.first { !$0.name.hasSuffix(".pdf") }
    let others = files.filter { $0.name != shown?.name }.map(\.name)
    let image = Block.image(shown?.name, alternative: alternative, others: others)
    return [image] + (caption.map { [.paragraph(.emphasis(.verbatim($0)))] } ?? [])
  }
}

extension ChartPlan {
  /// The file of this picture in a format.
  func fileName(_ format: PictureFormat) -> String {
    let stem = fileName.hasSuffix(".png") ? fileName.dropLast(4) : fileName[...]
    return "\(stem).\(format.rawValue)"
  }
}

extension ReportOptions {
  /// The kinds of file that each picture is written as.
  var pictureFormats: [PictureFormat] { formats ?? [.png] }
}

extension [PictureFormat] {
  /// The one that is put into an HTML page, which cannot show a PDF.
  var embedded: PictureFormat { contains(.svg) && !contains(.png) ? .svg : .png }
}

extension ReportCharts.Picture {
  /// The picture as a file of a format, with its mark.
  func file(
    _ format: PictureFormat,
    of plan: ChartPlan,
    provenance: [String: String],
    hasTitles: Bool
  ) throws -> GeneratedFile {
    let chart = hasTitles ? chart : chart.untitled()
    let bytes: [UInt8]
    switch format {
    case .png:
      let texts = provenance.merging(["Description": alternative]) { $1 }
      bytes = try GeneratedMark.png(try chart.png(provenance: texts))
    case .svg: bytes = GeneratedMark.svg(chart.drawing().svg(words(provenance)))
    case .pdf: bytes = GeneratedMark.pdf(chart.drawing().pdf(words(provenance)))
    }
    return GeneratedFile(name: plan.fileName(format), bytes: bytes)
  }

  /// A file has its title even if the picture does not show it.
  private func words(_ provenance: [String: String]) -> Drawing.Words {
    Drawing.Words(title: chart.title, description: alternative, facts: provenance)
  }
}
