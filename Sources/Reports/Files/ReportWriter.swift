// SPDX-License-Identifier: Apache-2.0

internal import Codecs
public import Foundation

/// Why a report's folder cannot be written.
public enum ReportWriterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// These files exist but have no mark that fits, so they were not generated, or were edited
  /// since.
  case edited(paths: [String])
  /// The system refuses to write.
  case unwritable(path: String, reason: String)

  /// The whole sentence, with how to fix it.
  public var description: String {
    switch self {
    case .edited(let paths):
      """
      \(paths.map { "`\($0)`" }.joined(separator: ", ")) \(paths.count == 1 ? "was" : "were") \
      edited by hand or not made by runexp, so the report is not written over \
      \(paths.count == 1 ? "it" : "them"): the mark at the end does not fit the content
      hint: move your text to `notes.md` in the same folder, which every report includes and never changes
      hint: `--reports DIR` writes elsewhere, `--force` writes over it
      """
    case .unwritable(let path, let reason):
      "cannot write `\(path)`: \(reason)"
    }
  }
}

/// Writes the files of a report into a folder and leaves all other files alone.
public enum ReportWriter {
  /// Throws `edited` if one of the named files exists in `folder` without a mark that fits.
  ///
  /// It is called before the first run starts, so that hours of training do not end in a refusal.
  public static func check(folder: URL, names: [String]) throws(ReportWriterError) {
    let foreign = names.filter { name in
      let url = folder.appending(path: name)
      // A device is written into, and may never end when it is read.
      if isDevice(url) { return false }
      guard let data = try? Data(contentsOf: url) else { return exists(url) }
      return !GeneratedMark.isOurs(Array(data))
    }
    guard foreign.isEmpty else {
      throw .edited(paths: foreign.sorted().map { folder.appending(path: $0).relativePath })
    }
  }

  /// Writes every file under a temporary name and renames it; makes the folder if needed.
  ///
  /// Without `force`, it checks the marks again first. It removes nothing. A file that already has
  /// the same bytes is not touched.
  public static func write(
    _ files: [GeneratedFile],
    to folder: URL,
    force: Bool = false
  ) throws(ReportWriterError) {
    if !force { try check(folder: folder, names: files.map(\.name)) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: folder.relativePath, reason: error.localizedDescription)
    }
    for file in files { try replace(folder.appending(path: file.name), with: file.bytes) }
  }

  private static func replace(_ url: URL, with bytes: [UInt8]) throws(ReportWriterError) {
    if !isDevice(url), let old = try? Data(contentsOf: url), Array(old) == bytes { return }
    do {
      try ByteFile.write(bytes, to: url.path(percentEncoded: false))
    } catch {
      throw .unwritable(path: url.relativePath, reason: error.reason)
    }
  }

  /// Whether something is there that is neither a file nor a folder.
  private static func isDevice(_ url: URL) -> Bool {
    let path = url.resolvingSymlinksInPath().path(percentEncoded: false)
    let type =
      (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    return type.map { $0 != .typeRegular && $0 != .typeDirectory } ?? false
  }

  private static func exists(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.path(percentEncoded: false))
  }
}
