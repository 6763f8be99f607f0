// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The identity of the file that a path leads to, independent of its name: its device and inode
/// number.
public struct FileMark: Hashable, Sendable, CustomStringConvertible {
  var device: UInt64
  var number: UInt64

  /// The file at a path, following links; nil if there is none.
  public init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(truncatingIfNeeded: status.st_ino)
  }

  /// `2049:131`.
  public var description: String { "\(device):\(number)" }
}

/// What happened to a database's file while it was open.
public enum Displacement: Hashable, Sendable {
  /// The file now has another path.
  case moved(to: String)
  /// The path is gone; the file is lost when it is closed.
  case deleted
  /// Another file has the path; the open file has no known path.
  case replaced
}

extension RunStore {
  /// What happened to the file since it was opened; nil while its path still leads to it.
  ///
  /// If the system cannot tell, as with a network that is away, the result is nil.
  public func displacement() -> Displacement? {
    guard let mark else { return nil }
    let now = FileMark(path: path)
    if now == mark { return nil }
    if now == nil, errno != ENOENT, errno != ENOTDIR { return nil }
    if let place = currentName(of: mark) { return .moved(to: place) }
    return now == nil ? .deleted : .replaced
  }

  /// Throws if the path no longer leads to the open file.
  public func checkPlace() throws {
    if displacement() != nil { throw StorageError.displaced(path: path) }
  }

  /// Makes the data of a displaced file reachable, and says where they are.
  ///
  /// A moved file gets everything that was committed. If the open file has no path, a copy is made
  /// beside its old place. If that folder is gone, the copy goes to the home folder or among
  /// temporary files.
  public func rescue() throws -> String {
    let mark = mark
    return try DatabaseFile(path: path).translatingErrors {
      try pool.writeWithoutTransaction { database in
        // Only this connection is sure to be open on the file, and not on what has its name now.
        _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        if let place = mark.flatMap(currentName) { return place }
        return try copy(database)
      }
    }
  }

  private func copy(_ database: Database) throws -> String {
    let name = URL(fileURLWithPath: path).lastPathComponent
    let home = ProcessInfo.processInfo.environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let folders = [
      folder, home ?? FileManager.default.homeDirectoryForCurrentUser.path,
      FileManager.default.temporaryDirectory.path,
    ].filter { FileManager.default.isWritableFile(atPath: $0) }
    var failure: any Error = StorageError.refusesWrites(
      path: path,
      detail: "no folder takes a copy"
    )
    for folder in folders {
      let place = free("\(folder)/\(name).rescued")
      do {
        try database.execute(sql: "VACUUM INTO ?", arguments: [place])
        return place
      } catch { failure = error }
    }
    throw failure
  }

  /// The name, with a number where it is taken.
  private func free(_ name: String) -> String {
    var (place, count) = (name, 1)
    while FileManager.default.fileExists(atPath: place) {
      count += 1
      place = "\(name)-\(count)"
    }
    return place
  }

  /// Under which name the open file is known now; nil if it has none, or the system does not tell.
  private func currentName(of mark: FileMark) -> String? {
    let own = "/proc/self/fd"
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: own)) ?? []
    for descriptor in descriptors where FileMark(path: "\(own)/\(descriptor)") == mark {
      let link = "\(own)/\(descriptor)"
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link) else {
        continue
      }
      if FileMark(path: target) == mark { return target }
    }
    return nil
  }
}
