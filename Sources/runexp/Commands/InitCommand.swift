// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Manifests
import Storage
import Vocabulary
import Workbench

/// `init`: a manifest to start from.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a commented manifest to start from.",
    usage: "runexp init [<file>] [--from <run|sweep.yaml>] [options]",
    discussion: """
      Examples:
        runexp init                                experiment.yaml, runs as it is
        runexp init best.yaml --from best:quickstart

      --from takes a stored run and writes the manifest that makes it again, or the
      sweep configuration of Weights & Biases (a YAML file), of which it takes over
      the search and its parameters. A file that exists is never written over.
      """
  )

  @Argument(help: ArgumentHelp("The file to write.", valueName: "file")) var file =
    "experiment.yaml"
  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("What it is made from.", valueName: "run|sweep.yaml")
  )
  var source: String?
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      try refuseExisting()
      try OutputFile.write(Array(try text().utf8), to: file, replacing: false)
      Terminal.print(file)
      let word = file.shellQuoted
      Terminal.say("`runexp plan \(word)` shows what it makes, `runexp sweep \(word)` trains it")
    }
  }

  private func refuseExisting() throws {
    if FileManager.default.fileExists(atPath: file) {
      throw Diagnostic("`\(file)` exists and is not written over", hints: ["name another file"])
    }
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else {
      throw Diagnostic("there is no folder `\(folder)`")
    }
  }

  private func text() throws -> String {
    guard let source else { return ManifestTemplate.text(name: stem) }
    let planner = ManifestPlanner(path: file, overrides: [], database: database.resolved)
    if FileManager.default.fileExists(atPath: source) {
      let text = String(
        decoding: FileManager.default.contents(atPath: source) ?? Data(),
        as: UTF8.self
      )
      let sweep = try ForeignSweep(text, file: source)
      return ConvertedSweep(sweep: sweep, name: stem, source: source)
        .text(file: file, rules: planner.pathRules)
    }
    let store = try database.openForReading()
    let run = try store.run(source)
    return try ManifestText(
      run: run,
      sweep: try run.sweep.map { try store.sweep($0) },
      name: stem
    ).checked(file: file, rules: planner.pathRules)
  }

  /// The file's name without its ending, in the letters of a manifest's name.
  private var stem: String {
    let base = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    let letters = base.map { character -> Character in
      let isFit = character.isASCII && (character.isLetter || character.isNumber)
      return isFit || "._-".contains(character) ? character : "-"
    }
    let name = String(letters).trimming { $0 == "." || $0 == "-" }
    return name.isEmpty ? "experiment" : name
  }
}
