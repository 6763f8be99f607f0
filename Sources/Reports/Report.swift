// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// What a report says beyond the database's own content.
public struct ReportContext: Hashable, Sendable {
  /// Version of runexp that writes the report.
  public var version: String
  /// Lines that describe the machine, such as `AMD EPYC 9R14, 2 cores` and `Debian 12, Swift 6.3.1`.
  public var machine: [String]
  /// The text of `notes.md` in the report's folder, if there is one.
  public var notes: String?
  /// The commands that made the runs and this report, as one would type them.
  public var commands: [String]
  /// The kinds of file that each picture is written as; nil for those of the plan.
  public var formats: [PictureFormat]?

  /// A context.
  public init(
    version: String,
    machine: [String] = [],
    notes: String? = nil,
    commands: [String] = [],
    formats: [PictureFormat]? = nil
  ) {
    self.version = version
    self.machine = machine
    self.notes = notes
    self.commands = commands
    self.formats = formats
  }
}

/// Makes a report from a snapshot: the same snapshot and context give the same bytes on one machine.
public enum Report {
  /// `index.md` and its pictures, each with its mark.
  public static func make(
    _ snapshot: SweepSnapshot,
    context: ReportContext
  ) throws -> [GeneratedFile] {
    let analysis = Analysis(snapshot)
    let formats = context.formats ?? analysis.experiment.report.pictureFormats
    let charts = try ReportCharts(analysis, context: context).files(formats)
    let index = IndexPage(analysis, context: context, charts: charts)
    return [GeneratedFile(name: "index.md", bytes: GeneratedMark.markdown(index.text))]
      + charts.flatMap(\.files)
  }

  /// The same report as one HTML file of that name, pictures and all.
  public static func html(
    _ snapshot: SweepSnapshot,
    context: ReportContext,
    name: String
  ) throws -> GeneratedFile {
    let analysis = Analysis(snapshot)
    let formats = context.formats ?? analysis.experiment.report.pictureFormats
    let charts = try ReportCharts(analysis, context: context).files([formats.embedded])
    let index = IndexPage(analysis, context: context, charts: charts)
    let page = HTMLPage(
      title: index.title,
      blocks: index.blocks,
      images: Dictionary(
        charts.flatMap(\.files).map { ($0.name, $0.bytes) },
        uniquingKeysWith: { first, _ in first }
      )
    )
    return GeneratedFile(name: name, bytes: GeneratedMark.html(page.text))
  }

  /// The names of every file that `make` may give for a plan, for the check before the first run starts.
  public static func names(for sweep: SweepRecord) -> [String] {
    let plans = ChartPlan.all(sweep)
    return ["index.md"]
      + sweep.experiment.report.pictureFormats.flatMap { format in
        plans.map { $0.fileName(format) }
      }
  }
}
