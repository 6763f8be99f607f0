// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Workbench
@testable import runexp

extension Sandbox {
  fileprivate func run(_ arguments: [String]) async throws -> Finished {
    try await start(arguments).finished()
  }
}

/// What is said where an option or an argument is not what it should be.
@Suite(.inTurns) struct OptionHintTests {
  @Test(arguments: [
    (["sweep", "m.yaml", "--jobs", "-1"], "--jobs takes a whole number from 1 to 1024, got -1"),
    (["sweep", "m.yaml", "-j", "0"], "--jobs takes a whole number from 1 to 1024, got 0"),
    (["sweep", "m.yaml", "-t", "-3"], "--threads takes a whole number from 1 to 1024, got -3"),
    (["runs", "--limit", "-1"], "--limit takes a whole number from 1 to 1000000000, got -1"),
    (["confirm", "a", "--top", "-1"], "--top takes a whole number from 1 to 100000, got -1"),
    (["bench", "--reps", "-1"], "--reps takes a whole number from 1 to 1000, got -1"),
    (["verify", "a", "--threads", "-1"], "--threads takes a whole number from 1 to 1024, got -1"),
  ])
  func `a number below its range`(arguments: [String], sentence: String) async throws {
    let talk = try await Sandbox().run(arguments).expectExit(64).talk
    #expect(talk.hasPrefix("Error: \(sentence)\n"), "\(talk)")
  }

  @Test(arguments: [
    (
      ["plan", "m.yaml", "--hidden-units-of-mine", "3"],
      "a manifest's keys and parameters are set without dashes: `KEY=VALUE`"
    ),
    (["sweep", "m.yaml", "--jobs"], "--jobs takes a whole number from 1 to 1024"),
    (["sweep", "m.yaml", "--jobs", "many"], "--jobs takes a whole number from 1 to 1024"),
    (
      ["sweep", "m.yaml", "--threads", "9223372036854775808"],
      "--threads takes a whole number from 1 to 1024"
    ),
    (["import", "f.csv", "--as", "-x"], "a name must not begin with `-`, got `-x`"),
    (
      ["init", "a.yaml", "--from", "-x"], "a value that begins with `-` is written `--from=-x`"
    ),
  ])
  func `a value that is missing or no number`(arguments: [String], hint: String) async throws {
    let talk = try await Sandbox().run(arguments).expectExit(64).talk
    #expect(talk.hasSuffix("hint: \(hint)\n"), "\(talk)")
  }

  @Test(arguments: [
    (["reprot", "x"], "did you mean `runexp report`?"),
    (["Sweep", "m.yaml"], "did you mean `runexp sweep`?"),
    (["data", "chek", "mnist"], "did you mean `runexp data check`?"),
  ])
  func `a word that is no command`(arguments: [String], hint: String) async throws {
    let talk = try await Sandbox().run(arguments).expectExit(64).talk
    #expect(talk.hasSuffix("\nhint: \(hint)\n"), "\(talk)")
  }

  @Test func `a word that is like no command gets no hint`() async throws {
    let talk = try await Sandbox().run(["xylophone"]).expectExit(64).talk
    #expect(!talk.contains("hint:"), "\(talk)")
  }

  @Test(arguments: [
    (["--train.epochs", "3"], "train.epochs=3"), (["--train.epochs=3"], "train.epochs=3"),
    (["--trainer.max_epochs", "3"], "train.epochs=3"),
    (["--optimizer.lr", "0.1"], "optimizer.learning_rate=0.1"),
    (["--models.MLP.0.dense", "3"], "models.MLP.0.dense=3"),
  ])
  func `a path with dashes`(arguments: [String], override: String) async throws {
    let talk = try await Sandbox().run(["plan", "m.yaml"] + arguments).expectExit(64).talk
    #expect(
      talk.hasSuffix(
        "hint: a manifest's key is set without dashes: `\(override)`; a declared parameter is set by its name\n"
      ),
      "\(talk)"
    )
  }

  @Test func `times have units`() async throws {
    for (text, seconds) in [
      ("90", 90.0), ("90s", 90), ("1.5m", 90), ("8h", 28_800), ("2d", 172_800),
    ] {
      #expect(try TimeLimit(text).seconds == seconds)
    }
    for text in ["-1", "0", "5x", "h", "", "1e300"] {
      let talk = try await Sandbox().run("sweep", "m.yaml", "--time-limit", text).expectExit(64)
        .talk
      #expect(
        talk.contains(
          "a time is a number above 0 of seconds, or with a unit (90s, 30m, 8h, 2d), at most 36525d"
        ),
        "\(text): \(talk)"
      )
    }
    try await Sandbox().run("sweep", "--help").expectExit(0)
      .expectOutput("Checkpoint and end after this time: seconds, or 90s,")
  }

  @Test func `a folder names its manifests`() async throws {
    let box = try Sandbox()
    try await box.run("plan", ".").expectExit(2).expectWholeTalk(
      """
      error: `.` is a folder, and a manifest is a YAML file
      hint: there is no YAML file in it; `runexp init` writes a manifest to start from
      """
    )
    try await box.run("import", ".", "--as", "a").expectExit(2).expectWholeTalk(
      "error: `.` is a folder; a CSV file is imported"
    )
    for name in ["b.yaml", "a.yml", "notes.txt"] { try box.write(name, "") }
    try await box.run("sweep", "./").expectExit(2).expectWholeTalk(
      """
      error: `./` is a folder, and a manifest is a YAML file
      hint: name one of its files: `a.yml`, `b.yaml`
      """
    )
    let parent = box.folder.deletingLastPathComponent().path
    let name = box.folder.lastPathComponent
    for number in 1...5 { try box.write("c\(number).yaml", "") }
    try await box.run("plan", "\(parent)/\(name)").expectExit(2).expectTalk(
      "`\(parent)/\(name)/a.yml`, `\(parent)/\(name)/b.yaml`, `\(parent)/\(name)/c1.yaml`, "
        + "`\(parent)/\(name)/c2.yaml`, `\(parent)/\(name)/c3.yaml` and 2 more"
    )
  }

  @Test func `one of a thing is told in the singular`() async throws {
    let box = try Sandbox().manifest(
      """
      name: one
      data: { dataset: spirals, classes: 2, train: 1, test: 1 }
      model: [{ dense: 2 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 1 }
      """
    )
    var said = ""
    for arguments in [
      ["plan", "m.yaml"], ["sweep", "m.yaml", "--jobs", "1"], ["sweep", "m.yaml"], ["runs"],
      ["show", "last"], ["why", "last"], ["why", "one"], ["compare", "one", "one"], ["doctor"],
      ["report", "one"], ["watch", "one"], ["retry", "one"], ["note", "last", "good"],
      ["tag", "last", "kept"], ["stop"], ["verify", "last"],
    ] {
      let ended = try await box.run(arguments)
      said += ended.output + ended.talk
    }
    said += String(decoding: try box.bytes("reports/one/index.md"), as: UTF8.self)
    #expect(said.contains("one: 1 cell × 1 seed = 1 run\n"), "\(said)")
    #expect(said.contains("1 training example in all"), "\(said)")
    let plural = try Regex(#"(?:^|[^\w.,])1 ([a-z]+s)\b"#, as: (Substring, Substring).self)
    for match in said.matches(of: plural) where !["is", "was", "has", "ms"].contains(match.1) {
      let end = said.index(match.range.upperBound, offsetBy: 40, limitedBy: said.endIndex)
      Issue.record("\(said[match.range.lowerBound..<(end ?? said.endIndex)])")
    }
  }
}
