// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Storage
import Testing

/// A temporary folder in which the built program is run, with nothing of the caller's environment but what it needs.
///
/// Its HOME is inside, and a `.git` stops the search for databases, so that tests never see one another's.
final class Sandbox: Sendable {
  /// The folder.
  let folder: URL

  /// An empty folder; it is removed with the sandbox.
  init() throws {
    folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("runexp-e2e-\(UUID().uuidString)", isDirectory: true)
    for name in [".git", "home"] {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(name),
        withIntermediateDirectories: true
      )
    }
  }

  deinit {
    // What a test leaves behind is the system's temporary folder's matter.
    _ = try? FileManager.default.removeItem(at: folder)
  }

  /// A place in the folder.
  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Writes a file, making its folder.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> Sandbox {
    let url = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: url)
    return self
  }

  /// Writes `m.yaml`.
  @discardableResult
  func manifest(_ text: String) throws -> Sandbox { try write("m.yaml", text) }

  /// The bytes of a file.
  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(name))
  }

  /// The files of a folder by name.
  func files(in name: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: path(name))
    return try Dictionary(uniqueKeysWithValues: names.map { ($0, try bytes("\(name)/\($0)")) })
  }

  /// Whether a file or folder is there.
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  // MARK: - Running

  /// Starts the program and waits for its end.
  func run(
    _ arguments: String...,
    environment: [String: String] = [:],
    in subfolder: String = ".",
    prefix: [String] = []
  ) async throws -> Finished {
    let running = try start(arguments, environment: environment, in: subfolder, prefix: prefix)
    return try await running.finished()
  }

  /// Starts the program in a process group of its own.
  ///
  /// `prefix` is a program that starts it, such as a shell, with its arguments.
  func start(
    _ arguments: [String],
    environment: [String: String] = [:],
    in subfolder: String = ".",
    prefix: [String] = [],
    program: String = Program.path
  ) throws -> Running {
    var variables = ["HOME": path("home"), "TERM": "dumb"]
    for name in ["PATH", "LD_LIBRARY_PATH", "TMPDIR", "RUNEXP_MEMORY_FILL"] {
      variables[name] = ProcessInfo.processInfo.environment[name]
    }
    variables.merge(environment) { _, new in new }
    return try Running(
      command: prefix + [program] + arguments,
      folder: folder.appendingPathComponent(subfolder),
      environment: variables,
      output: folder.appendingPathComponent("home/\(UUID().uuidString)"),
      sandbox: self
    )
  }

  // MARK: - The database

  /// The store, for reading.
  func store(_ name: String = "runexp.db") throws -> RunStore {
    do {
      return try RunStore(path: path(name), mode: .readOnly)
    } catch StorageError.olderSchema {
      return try RunStore(path: path(name))
    }
  }

  /// Changes a database from outside, as only tests do.
  func tamper(_ name: String = "runexp.db", _ sql: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    let queue = try DatabaseQueue(path: path(name), configuration: configuration)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  /// What the runs of a plan came to.
  func bits(_ sweep: String, _ name: String = "runexp.db") throws -> Bits {
    try Bits(store(name).snapshot(ofSweep: sweep))
  }
}

/// The program under test.
enum Program {
  private final class Marker {}

  /// `runexp`, beside the test bundle.
  static let path: String = {
    #if os(macOS)
      let folder = Bundle(for: Marker.self).bundleURL.deletingLastPathComponent()
    #else
      let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      let folder = own.deletingLastPathComponent()
    #endif
    return folder.appendingPathComponent("runexp").path
  }()
}
