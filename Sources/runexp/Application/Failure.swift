// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Codecs
import Datasets
import Diagnostics
import Foundation
import Reports
import Storage
import Training
import Workbench

/// Exit codes that scripts rely on; bad usage is ArgumentParser's 64.
enum Exit {
  /// A run failed, or an expectation is not met.
  static let unmet = ExitCode(1)
  /// Bad manifest, data or database.
  static let badInput = ExitCode(2)
  /// Storage refuses writes.
  static let storageRefuses = ExitCode(3)
  /// Interrupted after a checkpoint.
  static let interrupted = ExitCode(130)
}

/// Runs a command's body; a failure becomes its sentence on standard error and its exit code.
func reportingFailures<Value>(_ body: () throws -> Value) throws -> Value {
  do { return try body() } catch { throw exitCode(for: error) }
}

/// The same for asynchronous bodies.
func reportingFailures<Value>(_ body: () async throws -> Value) async throws -> Value {
  do { return try await body() } catch { throw exitCode(for: error) }
}

/// Prints what went wrong and gives the exit code for it.
private func exitCode(for error: any Error) -> any Error {
  switch error {
  case is ExitCode, is CleanExit, is ValidationError: return error
  case let list as DiagnosticList:
    Terminal.say(list.rendered)
    let count = list.diagnostics.count { $0.severity == .error }
    if count > 1 { Terminal.say("\n\(count) errors") }
    return Exit.badInput
  case let diagnostic as Diagnostic:
    Terminal.say(diagnostic.rendered)
    return Exit.badInput
  case let storage as StorageError:
    Terminal.say("error: \(storage.advised)")
    return storage.isRefusal ? Exit.storageRefuses : Exit.badInput
  case let displaced as DisplacedDatabase:
    Terminal.say(displaced.text)
    return Exit.storageRefuses
  case is CancellationError: return Exit.interrupted
  case let file as FileWritingError:
    Terminal.say("error: \(file)")
    return Exit.storageRefuses
  case let report as ReportWriterError:
    Terminal.say("error: \(report)")
    if case .unwritable = report { return Exit.storageRefuses }
    return Exit.badInput
  case let data as DatasetError:
    Terminal.say(data.advised.rendered)
    return Exit.badInput
  default:
    Terminal.say("error: \(error)")
    return Exit.badInput
  }
}

extension DisplacedDatabase {
  /// What became of the file, and where its data are.
  fileprivate var text: String {
    let fate =
      switch displacement {
      case .moved: "was moved"
      case .deleted: "was deleted"
      case .replaced: "was replaced by another file"
      }
    let sentence = "the database `\(path)` \(fate) while it was in use"
    guard let place else {
      let reason = failure.map { ": \($0)" } ?? ""
      return "error: \(sentence), and its data could not be saved\(reason)"
    }
    return Diagnostic(
      "\(sentence): all that it held is in `\(place)`",
      hints: ["`--db \(place.shellQuoted)` goes on from there, or move it back first"]
    ).rendered
  }
}
