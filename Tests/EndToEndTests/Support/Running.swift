// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

/// A started program.
final class Running: Sendable {
  /// Its process number, which is its group's too.
  let pid: Int32
  private let output: URL
  private let ending = Mutex<Int32?>(nil)
  private let process: Process
  // The folder lives as long as what runs in it.
  private let sandbox: Sandbox

  init(
    command: [String],
    folder: URL,
    environment: [String: String],
    output: URL,
    sandbox: Sandbox
  ) throws {
    self.output = output
    self.sandbox = sandbox
    process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = folder
    process.environment = environment
    for suffix in ["out", "err"] {
      try Data().write(to: URL(fileURLWithPath: output.path + suffix))
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(
      forWritingTo: URL(fileURLWithPath: output.path + "out")
    )
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: output.path + "err"))
    try process.run()
    pid = process.processIdentifier
  }

  /// Whether it has not ended.
  var isRunning: Bool { process.isRunning }

  /// What it said so far.
  var talk: String { text("err") }

  /// Processes it started that have not ended.
  var children: [Int32] { Processes.children(of: pid) }

  /// Sends a signal to the process alone.
  func signal(_ number: Int32) { kill(pid, number) }

  /// Ends it and its workers at once, as a power failure does: no one has time to react to another's end.
  func killTree() {
    kill(-pid, SIGSTOP)
    let workers = children
    for worker in workers { kill(-worker, SIGSTOP) }
    for group in [pid] + workers { kill(-group, SIGKILL) }
  }

  /// Waits for its end.
  func finished() async throws -> Finished {
    try await eventually("\(process.arguments ?? []) ends") { !self.process.isRunning }
    return Finished(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: text("out"),
      talk: text("err")
    )
  }

  private func text(_ suffix: String) -> String {
    let data = FileManager.default.contents(atPath: output.path + suffix) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}

/// Something took longer than a test waits for.
struct WaitedTooLong: Error, CustomStringConvertible {
  let description: String
}

/// Looks again and again until `condition` holds; the limit is only for what hangs.
func eventually(
  _ what: String,
  within limit: Duration = .seconds(240),
  _ condition: () throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try !condition() {
    guard ContinuousClock.now < end else { throw WaitedTooLong(description: "waited for: \(what)") }
    try await Task.sleep(for: .milliseconds(10))
  }
}

/// A look at the system's processes.
enum Processes {
  /// Living processes with that parent.
  static func children(of parent: Int32) -> [Int32] {
    #if os(Linux)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return names.compactMap(Int32.init).filter {
        fields($0).map { $0[1] == "\(parent)" } ?? false
      }
    #else
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/pgrep")
      process.arguments = ["-P", "\(parent)"]
      process.standardOutput = pipe
      guard (try? process.run()) != nil else { return [] }
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { Int32($0) }
    #endif
  }

  /// Whether a process runs; a zombie does not.
  static func isAlive(_ pid: Int32) -> Bool {
    #if os(Linux)
      return fields(pid) != nil
    #else
      return kill(pid, 0) == 0
    #endif
  }

  #if os(Linux)
    /// State, parent and so on, from `/proc/PID/stat`; nil for what is dead.
    private static func fields(_ pid: Int32) -> [Substring]? {
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let nameEnd = text.lastIndex(of: ")")
      else { return nil }
      let fields = text[text.index(after: nameEnd)...].split(separator: " ")
      return fields.count > 2 && fields[0] != "Z" && fields[0] != "X" ? fields : nil
    }
  #endif
}
