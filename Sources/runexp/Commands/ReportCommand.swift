// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Manifests
import Reports
import Storage
import Training

/// Where reports go.
struct ReportOptionsGroup: ParsableArguments {
  @Option(
    name: .customLong("reports"),
    help: ArgumentHelp("Folder of all reports.", valueName: "folder")
  )
  var root = "reports"
  @Flag(help: "Overwrite generated files that were edited by hand.") var force = false

  func folder(for name: String) -> URL {
    URL(fileURLWithPath: root, isDirectory: true).appendingPathComponent(name, isDirectory: true)
  }

  /// Checks before the first run starts that the report can be written.
  func check(_ folder: URL, _ experiment: Experiment, _ cells: [Cell]) throws {
    try checkWritable(folder)
    guard !force else { return }
    let record = SweepRecord(
      name: experiment.name,
      revision: 0,
      experiment: experiment,
      cells: cells,
      manifest: "",
      createdAt: "",
      version: runexpVersion
    )
    try ReportWriter.check(folder: folder, names: Report.names(for: record))
  }

  /// The nearest folder that exists on the way has to take files; nothing is made yet.
  private func checkWritable(_ folder: URL) throws {
    let files = FileManager.default
    var place = folder.standardizedFileURL
    var isFolder: ObjCBool = false
    while unsafe !files.fileExists(atPath: place.path, isDirectory: &isFolder), place.path != "/" {
      place.deleteLastPathComponent()
    }
    let path = ReportBuilder.shown(folder)
    guard isFolder.boolValue else {
      throw ReportWriterError.unwritable(path: path, reason: "`\(place.path)` is not a folder")
    }
    guard files.isWritableFile(atPath: place.path) else {
      throw ReportWriterError.unwritable(
        path: path,
        reason: "you may not write into `\(place.path)`"
      )
    }
  }
}

/// `report`: builds reports again from the database alone.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Builds a sweep's report again from the database.",
    usage: "runexp report <sweep> ... [options]",
    discussion: """
      Examples:
        runexp report quickstart            the newest plan, to ./reports/quickstart/
        runexp report quickstart@2 -o out   that plan, to ./out/
        runexp report quickstart --html q.html   one file to send or print
        runexp report quickstart --format pdf,svg   pictures for a paper

      A generated file that was edited by hand is left alone, unless --force is
      given; put your own text into notes.md beside index.md, it is included.
      """
  )

  @Argument(help: "Sweeps: NAME for the newest plan, or NAME@revision.") var sweeps: [String]
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Folder of the report (one sweep only).", valueName: "folder")
  )
  var output: String?
  @Option(
    help: ArgumentHelp(
      "Write one self-contained HTML file (one sweep only); without -o nothing else.",
      valueName: "file"
    )
  )
  var html: String?
  @Option(
    help: ArgumentHelp(
      "Write the pictures as these: png, svg, pdf. (default: the manifest's report.format)",
      valueName: "words"
    )
  )
  var format: String?
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var reports: ReportOptionsGroup

  func validate() throws {
    if sweeps.isEmpty { throw ValidationError("which sweep? `runexp runs` lists what is stored") }
    if output != nil, sweeps.count > 1 { throw ValidationError("-o takes one sweep") }
    if html != nil, sweeps.count > 1 { throw ValidationError("--html takes one sweep") }
    _ = try formats()
  }

  /// What was asked for, each once; nil for what the manifest says.
  private func formats() throws -> [PictureFormat]? {
    guard let format else { return nil }
    let names = format.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    if names.isEmpty { throw ValidationError("--format names no format") }
    let words = PictureFormat.allCases.map(\.rawValue)
    var formats: [PictureFormat] = []
    for name in names {
      guard let format = PictureFormat(rawValue: name) else {
        let nearest = nearestName(to: name, among: words).map { "did you mean `\($0)`?" }
        let known = "pictures are written as \(words.joined(separator: ", "))"
        throw ValidationError("unknown format `\(name)`\nhint: \(nearest ?? known)")
      }
      if formats.contains(format) { throw ValidationError("--format names `\(name)` twice") }
      formats.append(format)
    }
    return formats.sorted()
  }

  func run() throws {
    try reportingFailures {
      let store = try database.open(.open)
      let builder = ReportBuilder(store: store, formats: try formats())
      var texts: [String] = []
      for label in sweeps {
        let sweep = try store.sweep(label)
        if let html {
          let file = URL(fileURLWithPath: html)
          let analysis = try builder.write(sweep.label, toHTML: file, force: reports.force)
          texts += PictureTexts.all(analysis.snapshot)
          Terminal.print(ReportBuilder.shown(file))
          if output == nil { continue }
        }
        let folder =
          output.map { URL(fileURLWithPath: $0, isDirectory: true) }
          ?? reports.folder(for: sweep.name)
        let analysis = try builder.write(sweep.label, to: folder, force: reports.force)
        texts += PictureTexts.all(analysis.snapshot)
        Terminal.print("\(ReportBuilder.shown(folder))/index.md")
      }
      if let warning = FontWarning.text(for: texts) { Terminal.say(warning) }
    }
  }
}

/// Brings a sweep from the store to a folder of Markdown and pictures.
struct ReportBuilder {
  let store: RunStore
  /// The kinds of file that each picture is written as; nil for those of the plan.
  var formats: [PictureFormat]?

  /// Writes the report of the plan `label`; returns the analysis it shows.
  func write(
    _ label: String,
    to folder: URL,
    force: Bool
  ) throws -> Analysis {
    let snapshot = try snapshot(label)
    let files = try Report.make(snapshot, context: context(snapshot, folder))
    try ReportWriter.write(files, to: folder, force: force)
    return Analysis(snapshot)
  }

  /// Writes the report of the plan `label` as one HTML file; notes are those beside it.
  func write(_ label: String, toHTML file: URL, force: Bool) throws -> Analysis {
    let snapshot = try snapshot(label)
    let folder = file.deletingLastPathComponent()
    let page = try Report.html(
      snapshot,
      context: context(snapshot, folder),
      name: file.lastPathComponent
    )
    try ReportWriter.write([page], to: folder, force: force)
    return Analysis(snapshot)
  }

  /// The plan with all that its report shows, filters and errors of the cell it looks at included.
  private func snapshot(_ label: String) throws -> SweepSnapshot {
    var snapshot = try store.snapshot(ofSweep: label)
    guard let run = Analysis(snapshot).picturedRun else { return snapshot }
    snapshot.worstErrors[run.id] = try store.worstErrors(ofRun: run.id)
    snapshot.regressions[run.id] = try store.regression(ofRun: run.id)
    guard let layer = run.specification.model.firstIndex(where: { $0.name == "conv2d" }),
      let bytes = try store.finalWeights(ofRun: run.id),
      let entry = try SafeTensors(decoding: bytes)["\(layer).weight"], entry.shape.count == 4
    else { return snapshot }
    snapshot.filters[run.id] = FilterBank(
      count: entry.shape[0],
      channels: entry.shape[1],
      height: entry.shape[2],
      width: entry.shape[3],
      values: entry.values
    )
    return snapshot
  }

  private func context(_ snapshot: SweepSnapshot, _ folder: URL) -> ReportContext {
    ReportContext(
      version: runexpVersion,
      machine: ["\(Machine.cpuName), \(counted(Machine.usableCores, "core"))", Machine.systemName],
      notes: try? String(contentsOf: folder.appendingPathComponent("notes.md"), encoding: .utf8),
      commands: Self.origin(snapshot) + ["runexp report \(snapshot.sweep.label)\(formatOption)"],
      formats: formats
    )
  }

  private var formatOption: String {
    formats.map { " --format \($0.map(\.rawValue).joined(separator: ","))" } ?? ""
  }

  /// The command that trained a plan's runs, as one would type it.
  private static func origin(_ snapshot: SweepSnapshot) -> [String] {
    let sweep = snapshot.sweep
    if snapshot.runs.allSatisfy(\.isImported) {
      // The store keeps the file's text, not its name.
      return ["runexp import FILE.csv --as \(sweep.name)"]
    }
    if let confirmation = sweep.experiment.confirmation {
      return [
        "runexp confirm \(confirmation.sweep) --top \(sweep.cells.count) "
          + "--repeat \(sweep.experiment.repeats)"
      ]
    }
    return [
      (["runexp sweep", "\(sweep.name).yaml"] + sweep.overrides.map(\.shellQuoted)).joined(
        separator: " "
      )
    ]
  }

  /// A folder's path relative to the current one, where it lies below.
  static func shown(_ folder: URL) -> String {
    let current = FileManager.default.currentDirectoryPath + "/"
    let path = folder.standardizedFileURL.path
    return path.hasPrefix(current) ? String(path.dropFirst(current.count)) : path
  }
}
