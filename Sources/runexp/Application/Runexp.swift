// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CProcess
import Foundation
import Workbench

/// The program: thin commands over the modules.
struct Runexp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runexp",
    abstract: "Runs, tracks and compares neural-network experiments.",
    discussion: """
      Examples:
        runexp sweep experiments/quickstart.yaml   train, write the report
        runexp runs --sort -test.accuracy          look at what is stored

      A manifest describes data, models, training and the parameters to compare;
      `runexp plan` shows what it would run. Everything goes into one SQLite file,
      reports go to ./reports/NAME/.
      """,
    version: runexpVersion,
    subcommands: [WorkerCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Training",
        subcommands: [
          InitCommand.self, PlanCommand.self, SweepCommand.self, RunCommand.self, WatchCommand.self,
          StopCommand.self, RetryCommand.self, ConfirmCommand.self, ReportCommand.self,
          VerifyCommand.self,
        ]
      ),
      CommandGroup(
        name: "Looking",
        subcommands: [
          RunsCommand.self, ShowCommand.self, CompareCommand.self, DiffCommand.self,
          WhyCommand.self, SQLCommand.self, TagCommand.self, NoteCommand.self,
        ]
      ),
      CommandGroup(
        name: "In and out",
        subcommands: [
          ExportCommand.self, PredictCommand.self, ImportCommand.self, SchemaCommand.self,
        ]
      ),
      CommandGroup(
        name: "Housekeeping",
        subcommands: [
          DataCommand.self, BackupCommand.self, CollectCommand.self, DoctorCommand.self,
          BenchCommand.self,
        ]
      ),
    ]
  )
}

/// The entry: sees to the standard streams, checks the CPU before any kernel runs, then does what was typed.
@main
enum Main {
  static func main() async {
    StandardStreams.prepare()
    runexp_end_without_memory()
    exit(Terminal.exitCode(await run()))
  }

  /// The exit code of what was typed.
  private static func run() async -> Int32 {
    do {
      try reportingFailures { try CPUCheck.run() }
      try refuseForeignOption(Array(CommandLine.arguments.dropFirst()))
      var command = try Runexp.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return 0
    } catch {
      return tell(error)
    }
  }

  /// Help, versions and completions are data; what is wrong is talk. ArgumentParser's own printing would not notice a
  /// full disk.
  private static func tell(_ error: any Error) -> Int32 {
    let code = Runexp.exitCode(for: error)
    var text = Runexp.fullMessage(for: error)
    let arguments = Array(CommandLine.arguments.dropFirst())
    if let hint = OptionHint.hint(for: Runexp.message(for: error), arguments: arguments) {
      text += "\nhint: \(hint)"
    }
    if !text.isEmpty { code.isSuccess ? Terminal.print(lines: text) : Terminal.say(text) }
    return code.rawValue
  }

  /// Answers an option that is a key of the manifest; whatever else is wrong is left to the parser.
  private static func refuseForeignOption(_ arguments: [String]) throws {
    guard let option = ForeignOption(in: arguments) else { return }
    do { _ = try Runexp.parseAsRoot(arguments) } catch {
      guard let message = option.message(for: error) else { return }
      Terminal.say(message)
      throw ExitCode.validationFailure
    }
  }
}
