// SPDX-License-Identifier: Apache-2.0

import Codecs
package import Datasets
import Diagnostics
import Foundation
import Reports
import Subprocess

/// Where the files of a public set come from.
package enum FetchSource: Sendable {
  /// Each file's own address.
  case published
  /// The address of a folder that has them.
  case address(String)
  /// A folder of this machine.
  case folder(String)

  /// Whether the files come from elsewhere than their published addresses.
  package var isForeign: Bool { if case .published = self { false } else { true } }

  /// `--from`: an address if it begins like one, else a folder.
  package init(_ text: String?) {
    guard let text else {
      self = .published
      return
    }
    let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
    self =
      text.hasPrefix("http://") || text.hasPrefix("https://") ? .address(trimmed) : .folder(trimmed)
  }
}

/// Brings one file of a public set to its place, where it appears only whole and with the published digest.
///
/// What has come is kept in `NAME.part` beside it, so that a broken transfer goes on where it broke. Transfers are made
/// by `curl`, which every system has: with libcurl inside, each start of the program would take 15 ms longer.
package struct FileFetch {
  package let file: DatasetCatalogueEntry.File
  package let source: FetchSource
  package let destination: String

  private var part: String { destination + ".part" }

  /// Throws a `Diagnostic` if the file cannot be had or has other bytes; `tellResumption` hears how many bytes of a broken
  /// transfer are here already.
  package func perform(tellResumption: (Int) -> Void) async throws {
    switch source {
    case .folder(let folder): try copy(from: "\(folder)/\(file.name)")
    case .published:
      guard let address = file.url else {
        throw Diagnostic(
          "no address is known for `\(file.name)`",
          hints: ["`--from` names an address or a folder that has it"]
        )
      }
      try await download(from: address, tellResumption)
    case .address(let base): try await download(from: "\(base)/\(file.name)", tellResumption)
    }
    do {
      if has(destination) { try FileManager.default.removeItem(atPath: destination) }
      try FileManager.default.moveItem(atPath: part, toPath: destination)
    } catch {
      throw Diagnostic("`\(destination)` cannot be written: \(error.localizedDescription)")
    }
  }

  // MARK: - From a folder

  private func copy(from path: String) throws {
    guard has(path) else { throw Diagnostic("there is no `\(path)`") }
    do {
      if has(part) { try FileManager.default.removeItem(atPath: part) }
      try FileManager.default.copyItem(atPath: path, toPath: part)
    } catch {
      throw Diagnostic("`\(path)` cannot be copied: \(error.localizedDescription)")
    }
    guard let fault = try fault() else { return }
    try discard()
    throw Diagnostic("`\(path)` is another file: \(fault)")
  }

  // MARK: - From the network

  private func download(from address: String, _ tellResumption: (Int) -> Void) async throws {
    if size > file.byteCount { try discard() }
    let isResumed = size > 0
    if isResumed { tellResumption(size) }
    if size < file.byteCount { try await transfer(from: address) }
    guard let fault = try fault() else { return }
    try discard()
    // The part may have been of an older file: once more, from the start.
    if isResumed { return try await download(from: address, tellResumption) }
    throw Diagnostic(
      "`\(address)` is another file: \(fault)",
      hints: ["`--from` names an address or a folder that has the published one"]
    )
  }

  private func transfer(from address: String) async throws {
    let (status, words) = try await curl(address)
    // The server cannot go on in the middle.
    if status == 33 {
      try discard()
      return try await transfer(from: address)
    }
    guard status != 0 else { return }
    let kept = size
    throw Diagnostic(
      "`\(address)` could not be fetched: \(Self.reason(words, status))",
      hints: kept > 0
        ? ["the first \(grouped(kept)) bytes are kept: the same command goes on from there"]
        : ["`--from` names another address, or a folder that has `\(file.name)`"]
    )
  }

  /// `curl`'s exit code and what it said.
  private func curl(_ address: String) async throws -> (status: Int32, words: String) {
    let arguments = [
      "--silent", "--show-error", "--fail", "--location", "--max-redirs", "5", "--proto",
      "=http,https", "--proto-redir", "=http,https", "--connect-timeout", "30", "--speed-limit",
      "1", "--speed-time", "60", "--continue-at", "-", "--output", part, address,
    ]
    let result: ExecutionResult<Void, DiscardedOutput, StringOutput<UTF8>>
    do {
      result = try await Subprocess.run(
        .name("curl"),
        arguments: Arguments(arguments),
        output: .discarded,
        error: .string(limit: 1 << 16)
      )
    } catch {
      throw Diagnostic(
        "the program `curl`, which fetches files, could not be started",
        hints: ["on Debian and Ubuntu: `apt-get install curl`"]
      )
    }
    guard case .exited(let code) = result.terminationStatus else { throw CancellationError() }
    return (Int32(code), result.standardError)
  }

  /// The last line without the program's name and number.
  private static func reason(_ words: String, _ status: Int32) -> String {
    let line = words.split(separator: "\n").last.map(String.init) ?? ""
    let prefix = "curl: (\(status)) "
    let reason = line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : line
    return reason.isEmpty ? "curl ended with \(status)" : reason
  }

  // MARK: - The part

  private var size: Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: part)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  private func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func discard() throws {
    do {
      try FileManager.default.removeItem(atPath: part)
    } catch {
      throw Diagnostic("`\(part)` cannot be removed: \(error.localizedDescription)")
    }
  }

  /// How the part differs from the published file; nil if it does not.
  private func fault() throws -> String? {
    guard size == file.byteCount else {
      return "\(counted(size, "byte", shown: grouped(size))), expected \(grouped(file.byteCount))"
    }
    let digest = try SHA256.hexadecimal(ofFile: part)
    return digest == file.sha256 ? nil : "its SHA-256 is \(digest), expected \(file.sha256)"
  }
}
