// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
internal import Foundation
internal import GRDB

/// Which file a path leads to, whatever it is called: its device and its number there.
public struct FileMark: Hashable, Sendable, CustomStringConvertible {
  var device: UInt64
  var number: UInt64

  /// The file at a path, behind links; nil where none is.
  public init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(truncatingIfNeeded: status.st_ino)
  }

  /// `2049:131`.
  public var description: String { "\(device):\(number)" }
}

/// What became of a database's file while it was open.
public enum Displacement: Hashable, Sendable {
  /// It has another name now.
  case moved(to: String)
  /// Its name is gone, and so is the file once it is closed.
  case deleted
  /// Another file has its name; the open one has none, as far as is known.
  case replaced
}

extension RunStore {
  /// What became of the file since it was opened; nil while its path still leads to it.
  ///
  /// Where the system does not tell, as over a network that is away, nothing has become of it.
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
  /// A moved file gets everything that was committed; of one without a name a copy is made: beside its old place, or at
  /// home, or among temporary files where there is no such folder.
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
