// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// Facts of a report that are not in the database.
public struct ReportContext: Hashable, Sendable {
  /// The version of runexp that writes the report.
  public var version: String
  /// Lines that describe the machine, such as `AMD EPYC 9R14, 2 cores` and `Debian 12, Swift 6.3.1`.
  public var machine: [String]
  /// The text of `notes.md` in the report's folder, if there is one.
  public var notes: String?
  /// The commands that made the runs and this report, as a user types them.
  public var commands: [String]
  /// The formats in which each picture is written; nil takes those of the plan.
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

/// Makes a report from a snapshot; the same snapshot and context give the same bytes on one
/// machine.
public enum Report {
  /// `index.md` and its pictures, each with its own mark.
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

  /// The same report as one HTML file of that name, including its pictures.
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

  /// The names of all files that `make` may return for a plan; they are checked before the first
  /// run starts.
  public static func names(for sweep: SweepRecord) -> [String] {
    let plans = ChartPlan.all(sweep)
    return ["index.md"]
      + sweep.experiment.report.pictureFormats.flatMap { format in
        plans.map { $0.fileName(format) }
      }
  }
}
