// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Workbench
@testable import runexp

/// What the program tells of itself with `--experimental-dump-help`.
private struct HelpDump: Decodable {
  struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        var kind: String
        var name: String

        /// As one types it.
        var typed: String { (kind == "long" ? "--" : "-") + name }
      }
      var kind: String
      var names: [Name]?
      var abstract: String?
    }
    var commandName: String
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [Command]?

    /// This command and all below it, each by its path.
    func all(_ path: [String] = []) -> [(path: String, command: Command)] {
      let own = path + [commandName]
      return [(own.joined(separator: " "), self)]
        + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.all(own) }
    }
  }
  var command: Command
}

@Suite(.inTurns) struct DocumentationTests {
  private static let page = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs/commands.md")

  private func commands() async throws -> [(path: String, command: HelpDump.Command)] {
    let dump = try await Sandbox().run("--experimental-dump-help").expectExit(0)
    return try JSONDecoder().decode(HelpDump.self, from: Data(dump.output.utf8)).command.all()
  }

  /// The sections of the page by heading; that of a subcommand is its parent's.
  private func sections() throws -> [String: String] {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    var sections: [String: String] = [:]
    var heading = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("## ") || line.hasPrefix("### ") {
        heading = String(line.drop { $0 == "#" }.dropFirst())
      }
      sections[heading, default: ""] += line + "\n"
    }
    return sections
  }

  @Test func `every command and every option is documented in its section`() async throws {
    let sections = try sections()
    let commands = try await commands()
    #expect(commands.count > 20)
    for (path, command) in commands where path != "runexp" {
      let heading = path.split(separator: " ").prefix(2).joined(separator: " ")
      let section = try #require(sections[heading], "docs/commands.md has no section `\(heading)`")
      #expect(section.contains(path), "`\(path)` is not mentioned in its section")
      let names = (command.arguments ?? []).flatMap { $0.names ?? [] }.map(\.typed)
      for name in names where !["--help", "-h", "--version"].contains(name) {
        let found = section.contains("`\(name)`") || section.contains("`\(name) ")
        #expect(found, "`\(path)`: `\(name)` is not documented")
      }
    }
  }

  @Test func `the page documents nothing that is not there`() async throws {
    let known = Set(try await commands().map(\.path))
    for heading in try sections().keys where heading.hasPrefix("runexp ") {
      #expect(known.contains(heading), "`\(heading)` is documented, but there is no such command")
    }
  }

  @Test func `every command's help begins with two examples and fits 80 columns`() async throws {
    for (path, command) in try await commands() {
      let lines = (command.discussion ?? "").split(
        separator: "\n",
        omittingEmptySubsequences: false
      )
      #expect(lines.first == "Examples:", "\(path)")
      let examples = lines.dropFirst().prefix { $0.hasPrefix("  ") }
      #expect(examples.count { $0.hasPrefix("  runexp ") } >= 2, "\(path)")
      for line in lines { #expect(line.count <= 80, "\(path): \(line)") }
      for argument in command.arguments ?? [] where argument.kind != "positional" {
        let isOwn = argument.names?.allSatisfy { !["help", "version"].contains($0.name) } ?? true
        if isOwn { #expect(argument.abstract?.isEmpty == false, "\(path): \(argument)") }
      }
    }
  }
}
