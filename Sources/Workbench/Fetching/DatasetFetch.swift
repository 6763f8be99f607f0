// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Diagnostics
import Foundation

/// What happens while a set is fetched.
package enum FetchEvent {
  /// The file at this path is as published.
  case present(path: String)
  /// A file is fetched.
  case fetching(DatasetCatalogueEntry.File)
  /// A broken transfer goes on: so many bytes are here.
  case resuming(DatasetCatalogueEntry.File, byteCount: Int)
  /// The file at this path is whole and as published.
  case fetched(path: String)
}

/// Brings the files of a public set into the user's cache.
package struct DatasetFetch {
  /// The set's name.
  package let name: String
  package let source: FetchSource

  /// `from` is an address or a folder that has the files; nil for their published addresses.
  package init(name: String, from: String?) {
    self.name = name
    source = FetchSource(from)
  }

  /// Fetches what is missing; throws a `Diagnostic` if a file cannot be had or has other bytes.
  package func perform(tell: (FetchEvent) -> Void) async throws {
    let entry = try entry()
    let folder = try target(entry)
    for file in entry.files {
      let path = "\(folder)/\(file.name)"
      if try isSound(file, in: folder) {
        tell(.present(path: path))
        continue
      }
      tell(.fetching(file))
      let fetch = FileFetch(file: file, source: source, destination: path)
      try await fetch.perform { tell(.resuming(file, byteCount: $0)) }
      tell(.fetched(path: path))
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
    guard source.isForeign || entry.files.allSatisfy({ $0.url != nil }) else {
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
