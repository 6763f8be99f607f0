// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Manifests
import Workbench

/// `schema`: the manifest's JSON Schema.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the JSON Schema of manifests, for editors.",
    discussion: """
      Examples:
        runexp schema > runexp.schema.json
        runexp schema | less

      With `# yaml-language-server: $schema=runexp.schema.json` on a manifest's
      first line, an editor completes and checks keys.
      """
  )

  func run() { Terminal.print(data: String(manifestSchema().dropLast())) }
}
