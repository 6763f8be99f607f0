// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Storage
import Training
import Workbench

/// `verify`: the same bits again.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Trains a completed run again and compares the bits of its weights.",
    discussion: """
      Examples:
        runexp verify last
        runexp verify best:quickstart --threads 1

      Nothing is stored. The exit code is 0 for the same bits, 1 for others; then
      the first metric and the tensors that differ are named.
      """
  )

  @Argument(help: ArgumentHelp("The run.", valueName: "run")) var target: String
  @Option(
    name: .shortAndLong,
    parsing: .unconditional,
    help: "Threads. Default: as many as there are cores."
  )
  var threads: Int?
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    try OptionRange.check("--threads", threads)
  }

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      let verification = try Verification(of: store.run(target), in: store, library: .standard)
      let verdict = try verification.perform(threads: max(1, threads ?? Machine.usableCores)) {
        Terminal.say($0.line)
      }
      for line in verification.lines(verdict) { Terminal.print(line) }
      if !verdict.isSame { throw Exit.unmet }
    }
  }
}
