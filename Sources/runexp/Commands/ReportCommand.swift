// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Manifests
import ModelFiles
import Reports
import Storage
import Vocabulary
import Workbench

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
    try ReportFolder(folder).check(experiment, cells, force: force)
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
      let store = try database.openForReading()
      let builder = ReportBuilder(store: store, formats: try formats())
      var texts: [String] = []
      for label in sweeps {
        let sweep = try store.sweep(label)
        if let html {
          let file = URL(fileURLWithPath: html)
          let analysis = try builder.write(sweep.label, toHTML: file, force: reports.force)
          texts += PictureTexts.all(analysis.snapshot)
          Terminal.print(ReportFolder.shown(file))
          if output == nil { continue }
        }
        let folder =
          output.map { URL(fileURLWithPath: $0, isDirectory: true) }
          ?? reports.folder(for: sweep.name)
        let analysis = try builder.write(sweep.label, to: folder, force: reports.force)
        texts += PictureTexts.all(analysis.snapshot)
        Terminal.print("\(ReportFolder.shown(folder))/index.md")
      }
      if let warning = FontWarning.text(for: texts) { Terminal.say(warning) }
    }
  }
}
