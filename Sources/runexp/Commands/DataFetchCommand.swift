// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Datasets
import Diagnostics
import Foundation
import Reports

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
      let entry = try entry()
      let folder = try target(entry)
      for file in entry.files {
        let path = "\(folder)/\(file.name)"
        if try isSound(file, in: folder) {
          Terminal.say("\(path) is here already")
          continue
        }
        Terminal.say(
          "fetching \(file.name), \(counted(file.byteCount, "byte", shown: grouped(file.byteCount)))"
        )
        let source = FetchSource(from)
        try await FileFetch(file: file, source: source, destination: path).perform()
        Terminal.print(path)
      }
    }
  }

  private func entry() throws -> DatasetCatalogueEntry {
    guard let entry = DatasetLibrary.catalogue.first(where: { $0.name == name }) else {
      // It says what may have been meant.
      _ = try DatasetLibrary.standard.check(name)
      throw Diagnostic("no data set is called `\(name)`")
    }
    guard entry.folder != nil else {
      throw Diagnostic(
        entry.isOwn
          ? "`\(name)` reads your own files; there is nothing to fetch"
          : "`\(name)` is drawn by this program; there is nothing to fetch"
      )
    }
    guard from != nil || entry.files.allSatisfy({ $0.url != nil }) else {
      throw Diagnostic(
        "no address is known for `\(name)`",
        hints: ["`--from` names an address or a folder that has its files"]
      )
    }
    return entry
  }

  /// The set's folder in the user's cache, made if it is not there.
  ///
  /// Throws if another folder, which is looked at first, has some of the files but not all of them as published.
  private func target(_ entry: DatasetCatalogueEntry) throws -> String {
    guard let cache = DataLocations.cache(ProcessInfo.processInfo.environment) else {
      throw Diagnostic(
        "there is no folder for the cache",
        hints: ["set `HOME`, or `XDG_CACHE_HOME` to an absolute path"]
      )
    }
    let folder = "\(cache)/data/\(entry.folder ?? entry.name)"
    if let found = DatasetLibrary.standard.folder(of: entry), found != folder {
      let checks = try DatasetLibrary.standard.check(entry.name)
      guard checks.allSatisfy({ $0.state == .sound }) else {
        throw Diagnostic(
          "`\(found)` is looked at before the cache, and its files are not as published",
          hints: [
            "`runexp data check \(entry.name)` tells which; repair that folder or take it away"
          ]
        )
      }
      return found
    }
    do {
      try FileManager.default.createDirectory(
        atPath: folder,
        withIntermediateDirectories: true
      )
    } catch {
      throw Diagnostic("`\(folder)` cannot be made: \(error.localizedDescription)")
    }
    return folder
  }

  private func isSound(_ file: DatasetCatalogueEntry.File, in folder: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: "\(folder)/\(file.name)") else { return false }
    return try DatasetLibrary.standard.check(name).contains {
      $0.file == file && $0.state == .sound
    }
  }
}
