// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Storage
import Vocabulary
import Workbench

/// `export`: a run or a sweep for other programs.
struct ExportCommand: ParsableCommand {
  /// What is written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv
    case json
    case safetensors
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a run's curves or weights, or a sweep's runs, for other programs.",
    usage: "runexp export <run|sweep> --format <format> [options]",
    discussion: """
      Examples:
        runexp export best:quickstart --format safetensors -o best.safetensors
        runexp export quickstart --format csv -o runs.csv

      A run as csv is its curves, name,step,epoch,value, one point per line; as json
      the object of `show --json`; as safetensors its final weights with PyTorch's
      names. A sweep is one row (csv) or one object (json) for each run. Without -o
      it goes to standard output.
      """
  )

  @Argument(help: ArgumentHelp("A run or a sweep.", valueName: "run|sweep")) var target: String
  @Option(help: "One of csv, json, safetensors.") var format: Format
  @Option(name: .shortAndLong, help: ArgumentHelp("Write there.", valueName: "file"))
  var output: String?
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let bytes = try content(database.openForReading())
      if let output { return try OutputFile.write(bytes, to: output) }
      if format == .safetensors, Terminal.isOutputTerminal {
        throw Diagnostic(
          "weights are binary and not written to a terminal",
          hints: ["name a file with -o, or pipe them"]
        )
      }
      Terminal.print(bytes: bytes)
    }
  }

  private func content(_ store: RunStore) throws -> [UInt8] {
    switch try store.target(target) {
    case .run(let run): try content(of: run, store)
    case .sweep(let sweep): try content(of: try store.runs(ofSweeps: [sweep.label]))
    case .cell(let sweep, let cell):
      try content(of: try store.runs(ofSweeps: [sweep.label]).filter { $0.cell == cell })
    }
  }

  private func content(of run: RunRecord, _ store: RunStore) throws -> [UInt8] {
    switch format {
    case .csv: return Array(CSV.curves(try store.curves(ofRun: run.id)).utf8)
    case .json: return Array((try RunDetails(run, in: store).json.visibleLine + "\n").utf8)
    case .safetensors:
      guard let weights = try store.finalWeights(ofRun: run.id) else {
        throw Diagnostic(
          run.isImported
            ? "run \(run.id) was imported and has no weights here"
            : "run \(run.id) is \(run.state.rawValue) and has no final weights",
          hints: ["`--format csv` and `--format json` export what was measured"]
        )
      }
      return weights
    }
  }

  private func content(of runs: [RunRecord]) throws -> [UInt8] {
    switch format {
    case .csv: return Array(CSV.runs(runs).utf8)
    case .json: return Array(runs.map { $0.json.visibleLine + "\n" }.joined().utf8)
    case .safetensors:
      throw Diagnostic(
        "a sweep has many weights; safetensors takes one run",
        hints: ["as in `runexp export best:\(target.prefix { $0 != "#" }) --format safetensors`"]
      )
    }
  }
}
