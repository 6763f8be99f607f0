// SPDX-License-Identifier: Apache-2.0

package import Experiments
package import Foundation
import Reports
import Storage
import Vocabulary

/// Where a report goes.
package struct ReportFolder {
  package let url: URL

  package init(_ url: URL) { self.url = url }

  /// Checks before the first run starts that the report can be written: the folder takes files, and none of those that
  /// would be written over was edited by hand, unless `force` allows that. Throws a `ReportWriterError`.
  package func check(_ experiment: Experiment, _ cells: [Cell], force: Bool) throws {
    try checkWritable()
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
    try ReportWriter.check(folder: url, names: Report.names(for: record))
  }

  /// The nearest folder that exists on the way has to take files; nothing is made yet.
  private func checkWritable() throws {
    let files = FileManager.default
    var place = url.standardizedFileURL
    var isFolder: ObjCBool = false
    while unsafe !files.fileExists(atPath: place.path, isDirectory: &isFolder), place.path != "/" {
      place.deleteLastPathComponent()
    }
    let path = Self.shown(url)
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

  /// A path relative to the current folder, where it lies below.
  package static func shown(_ place: URL) -> String {
    let current = FileManager.default.currentDirectoryPath + "/"
    let path = place.standardizedFileURL.path
    return path.hasPrefix(current) ? String(path.dropFirst(current.count)) : path
  }
}
