// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Workbench

/// Options of the commands that train.
struct ExecutionOptions: ParsableArguments {
  // Numbers are taken as they stand, so that `--jobs -1` is told its range.
  @Option(
    name: .shortAndLong,
    parsing: .unconditional,
    help: "Runs at once. Default: as many as there are cores, but no more than open runs."
  )
  var jobs: Int?
  @Option(
    name: .shortAndLong,
    parsing: .unconditional,
    help: "Threads per run. Default: cores divided by jobs."
  )
  var threads: Int?
  @Option(
    parsing: .unconditional,
    help: "How often a run is tried again in this call after its worker died."
  )
  var maxRetries = 2
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Checkpoint and end after this time: seconds, or 90s, 30m, 8h, 2d.",
      valueName: "duration"
    ),
    transform: TimeLimit.init
  )
  var timeLimit: TimeLimit?

  func validate() throws {
    try OptionRange.check("--jobs", jobs)
    try OptionRange.check("--threads", threads)
    try OptionRange.check("--max-retries", maxRetries)
  }
}

/// A duration as one types it.
struct TimeLimit: Sendable {
  let seconds: Double

  /// Seconds, minutes, hours or days; a number alone counts seconds.
  init(_ argument: String) throws {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let factor = argument.last.flatMap { units[$0] }
    let number = Double(factor == nil ? argument[...] : argument.dropLast())
    // A century: a clock's arithmetic ends somewhere.
    guard let number, number > 0, number * (factor ?? 1) <= 3_155_760_000 else {
      throw ValidationError(
        "a time is a number above 0 of seconds, or with a unit (90s, 30m, 8h, 2d), at most 36525d"
      )
    }
    seconds = number * (factor ?? 1)
  }
}
