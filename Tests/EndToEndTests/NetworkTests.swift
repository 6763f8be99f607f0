// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Workbench
@testable import runexp

/// Networks of blocks from the plan to the report: who reads whom, what is written, what attention looks at.
@Suite(.inTurns) struct NetworkTests {
  private static let manifest = """
    name: backwards
    data: { dataset: reversal, symbols: 4, shortest: 2, longest: 5, train: 60, test: 12 }
    models:
      state:
        encoder: { from: source, layers: [embedding: 6, gru: 8] }
        decoder:
          from: previous
          layers: [embedding: 6, gru: { hidden_size: 8, state: encoder }, dense: 8]
      looking:
        encoder: { from: source, layers: [embedding: 6, gru: "${units}"] }
        words: { from: previous, layers: [embedding: 6, gru: { hidden_size: "${units}", state: encoder }] }
        found: { from: words, layers: [attention: { memory: encoder }] }
        decoder: { from: [words, found], layers: [dense: 8] }
    loss: cross_entropy
    optimizer: { name: adam, learning_rate: 0.01 }
    train: { epochs: 1, batch_size: 20 }
    parameters: { model: [state, looking], units: [8, 12] }
    report: { metric: test.accuracy, rows: model, columns: units }
    """

  @Test func `plan shows each network once, and a list of layers as before`() async throws {
    let box = try Sandbox().manifest(Self.manifest)
    let plan = try await box.run("plan", "m.yaml").expectExit(0)
      .expectOutput("network of cell 0 (1 more cell with the same blocks and other numbers):\n")
      .expectOutput("network of cell 2 (1 more cell with the same blocks and other numbers):\n")
      .expectOutput("\n  decoder   words, found")
    #expect(plan.output.split(separator: "network of cell").count == 3)
    let objects = try await box.run("plan", "m.yaml", "--json").expectExit(0).output
      .split(separator: "\n")
    #expect(objects.count == 4)
    #expect(objects.allSatisfy { $0.contains("\"network\":{\"blocks\":[") })
    #expect(objects.last?.contains("\"states\":[\"encoder\"]") == true)
    let list = try await Sandbox().manifest(Sample.tiny()).run("plan", "m.yaml").expectExit(0)
    #expect(!list.output.contains("network"))
  }

  @Test func `a report and show have what the runs left`() async throws {
    let box = try Sandbox().manifest(Self.manifest)
    try await box.run("sweep", "m.yaml").expectExit(0)
    let files = try box.files(in: "reports/backwards")
    for name in ["network-state.png", "network-looking.png", "attention-maps-looking.png"] {
      #expect(files[name] != nil, "\(name)")
    }
    #expect(files["attention-maps-state.png"] == nil)
    let page = String(decoding: try box.bytes("reports/backwards/index.md"), as: UTF8.self)
    for word in ["## Networks", "## Written sequences", "](attention-maps-looking.png)"] {
      #expect(page.contains(word), "\(word)")
    }
    let shown = try await box.run("show", "best:backwards").expectExit(0)
      .expectOutput("\nnetwork\n  block ")
    #expect(shown.output.contains("state of encoder"))
    try await box.run("show", "best:backwards", "--json").expectExit(0)
      .expectOutput("\"network\":{\"inputs\":[{\"name\":\"source\"")
    // A run of an earlier version left nothing of it, and reads as it did.
    let kinds = "('network', 'written_sequences', 'attention_maps')"
    try box.tamper("runexp.db", "DELETE FROM capture WHERE kind IN \(kinds)")
    try await box.run("report", "backwards", "-o", "old").expectExit(0)
    let old = String(decoding: try box.bytes("old/index.md"), as: UTF8.self)
    for word in ["## Networks", "## Written sequences", "attention-"] {
      #expect(!old.contains(word), "\(word)")
    }
    try await box.run("show", "best:backwards").expectExit(0).expectOutput("\nmodel:")
  }
}
