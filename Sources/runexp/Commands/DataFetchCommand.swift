// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Datasets
import Diagnostics
import Workbench

/// `data fetch`: downloads a public set; the only thing that touches the network.
struct DataFetchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Downloads a public data set into the user's cache and checks it.",
    discussion: """
      Examples:
        runexp data fetch fashion_mnist
        runexp data fetch mnist --from https://example.org/mnist
        runexp data fetch airfoil --from ~/Downloads

      Each file must have the published size and SHA-256. A broken transfer goes
      on where it broke when the command is called again. This is the only
      command that uses the network, through the program `curl`.
      """
  )

  @Argument(help: "The data set.") var name: String
  @Option(
    help: ArgumentHelp("An address or a folder that has the files.", valueName: "URL|DIR")
  ) var from: String?

  func run() async throws {
    try await reportingFailures {
      try await DatasetFetch(name: name, from: from).perform { event in
        switch event {
        case .present(let path): Terminal.say("\(path) is here already")
        case .fetching(let file):
          Terminal.say("fetching \(file.name), \(Self.size(file.byteCount))")
        case .resuming(let file, let count):
          Terminal.say("  \(grouped(count)) of \(Self.size(file.byteCount)) are here already")
        case .fetched(let path): Terminal.print(path)
        }
      }
    }
  }

  private static func size(_ count: Int) -> String {
    counted(count, "byte", shown: grouped(count))
  }
}
