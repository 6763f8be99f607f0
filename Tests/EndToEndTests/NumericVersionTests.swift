// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Foundation
import GRDB
import Storage
import Testing
import Vocabulary

/// Runs of a program whose strided convolutions had a wrong input gradient.
@Suite(.inTurns) struct NumericVersionTests {
  /// One cell with a strided convolution that leaves a row below its last window, and one without.
  private static let manifest = """
    name: strided
    data: { dataset: glyphs, train: 64, test: 32 }
    models:
      strided: [{ conv2d: { channels: 4, kernel_size: 3, padding: 1 } }, { conv2d: { channels: 4, kernel_size: 3, stride: 2 } }, flatten, { dense: 10 }]
      plain: [flatten, { dense: 10 }]
    loss: cross_entropy
    optimizer: { name: sgd, learning_rate: 0.01 }
    train: { epochs: 1, batch_size: 32 }
    parameters: { model: [strided, plain] }

    """

  /// A database in which both runs are of numeric version 3; their ids.
  private func sandbox() async throws -> (Sandbox, strided: String, plain: String) {
    let sandbox = try Sandbox().manifest(Self.manifest)
    try await sandbox.run("sweep", "m.yaml").expectExit(0)
    let ids = try await DatabaseQueue(path: sandbox.path("runexp.db")).write { database in
      // Only a program of today knows that a version is right.
      try database.execute(sql: "DELETE FROM capture WHERE kind = 'numerics'")
      try database.execute(sql: "UPDATE sweep SET plan_key = replace(hex(zeroblob(32)), '0', 'a')")
      return try Row.fetchAll(database, sql: "SELECT id, content FROM run ORDER BY id").map { row in
        let content: String = row["content"]
        let old = content.replacing(#""numeric_version":4"#, with: #""numeric_version":3"#)
        let key = SHA256.hexadecimal(of: old)
        try database.execute(
          sql: """
            UPDATE run SET content = ?, content_key = ?, code = ?, numeric_version = 3 WHERE id = ?
            """,
          arguments: [old, key, String(key.prefix(12)), row["id"]]
        )
        return String(key.prefix(12))
      }
    }
    return (sandbox, ids[0], ids[1])
  }

  @Test func `only the affected run is trained anew, and plan and sweep say why`() async throws {
    let (sandbox, strided, plain) = try await sandbox()
    let sentence =
      "1 stored run is trained anew under another id: since version 4 rows below the last window of a strided convolution get no gradient"
    try await sandbox.run("plan", "m.yaml").expectExit(0)
      .expectOutput("with this database: 1 new, 1 reused").expectOutput(sentence)
    try await sandbox.run("sweep", "m.yaml").expectExit(0).expectTalk("1 new").expectTalk(sentence)
    let runs = try await sandbox.run("runs", "strided", "--json").expectExit(0).output
    #expect(runs.contains(plain) && !runs.contains(strided))
    let new = try #require(
      runs.split(separator: "\n").first { $0.contains(#""numeric_version":4"#) }
    )
    #expect(new.contains(#""doubt":null"#))
    try await sandbox.run("verify", "last").expectExit(0)
    try await sandbox.run("verify", strided).expectExit(2).expectTalk(
      "run \(strided) was trained by numeric version 3, this program trains it by version 4: other bits are to be expected"
    )
  }

  @Test func `a run that may be wrong is marked wherever it is shown`() async throws {
    let (sandbox, strided, plain) = try await sandbox()
    let fault =
      "before numeric version 4, the input gradient of a strided convolution held values of unwritten memory"
    try await sandbox.run("runs").expectExit(0).expectOutput("completed, wrong gradient")
      .expectTalk("warning: 1 run has wrong weights: \(fault)")
    try await sandbox.run("runs", "--where", "doubt != null", "--columns", "id,doubt").expectExit(0)
      .expectOutput("wrong gradient")
    try await sandbox.run("why", strided).expectExit(0)
      .expectOutput(
        "its weights are wrong: \(fault); `runexp sweep` on its manifest trains it anew"
      )
    try await sandbox.run("show", strided).expectExit(0)
      .expectOutput("doubt       its weights are wrong: \(fault)")
    let other = try await sandbox.run("show", plain).expectExit(0)
    #expect(!other.output.contains("doubt"))
    try await sandbox.run("doctor").expectExit(0)
      .expectOutput("1 run has wrong weights: \(fault)")
    try await sandbox.run("report", "strided").expectExit(0)
    let page = try String(decoding: sandbox.bytes("reports/strided/index.md"), as: UTF8.self)
    #expect(page.contains("**Warning:** 1 run has wrong weights: \(fault)."))
    #expect(page.contains("completed, **wrong gradient**"))
  }

  @Test func `a queued run of before stays queued with a sentence, the others go on`() async throws
  {
    let (sandbox, strided, plain) = try await sandbox()
    try await DatabaseQueue(path: sandbox.path("runexp.db")).write { database in
      try database.execute(sql: "UPDATE run SET state = 'queued', finished_at = NULL")
    }
    let attempts = try sandbox.store().run(strided).attempts
    try await sandbox.run("worker").expectExit(0).expectTalk(
      "1 run stays queued: planned for an older numeric version, this program trains it to other numbers; "
        + "`runexp sweep` of the manifest plans it anew\n"
    )
    let left = try sandbox.store().run(strided)
    #expect(left.state == .queued && left.attempts == attempts)
    let other = try await sandbox.run("why", plain).expectExit(0)
    #expect(other.output.contains("is completed"))
  }

  @Test func `retry leaves a run alone that no worker would take`() async throws {
    let (sandbox, strided, _) = try await sandbox()
    let reason = "diverged: the training loss of step 1 is not finite"
    try sandbox.tamper("runexp.db", "UPDATE run SET state = 'failed', reason = '\(reason)'")
    let retried = try await sandbox.run("retry", "strided@1").expectExit(0)
    #expect(
      retried.output
        == "1 run put back into the queue; the next `runexp sweep` or worker trains it; "
        + "left alone: 1 failed; 1 of them was planned for an older numeric version: "
        + "`runexp sweep` of its manifest trains it anew\n"
    )
    try await sandbox.run("why", strided).expectExit(0).expectOutput(reason)
  }
}
