// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

@testable import Workbench
@testable import runexp

private let example = """
  seed,epoch,activation,learning_rate,train.loss,test.accuracy
  0,1,relu,0.1,0.9,0.70
  0,2,relu,0.1,0.5,0.80
  1,1,relu,0.1,0.8,0.72
  1,2,relu,0.1,nan,0.82
  2,1,relu,0.1,0.7,0.71
  2,2,relu,0.1,0.4,0.84
  0,1,"tanh, scaled",1e-2,1.5,
  0,2,"tanh, scaled",1e-2,1.4,0.6

  """

@Suite(.inTurns) struct ImportTests {
  @Test func `imported runs are shown and compared beside ours, and never reused`() async throws {
    let box = try Sandbox().manifest(Sample.tiny(repeats: 3)).write("p.csv", example)
    try await box.run("sweep", "m.yaml").expectExit(0)
    let imported = try await box.run("import", "p.csv", "--as", "pytorch").expectExit(0)
    #expect(imported.output == "pytorch@1: 4 runs of 2 cells, 4 new\n")
    let runs = try box.store().runs(ofSweeps: ["pytorch"])
    #expect(runs.map(\.seed) == [0, 1, 2, 0])
    #expect(runs.allSatisfy { $0.state == .completed && $0.isImported && $0.tags == ["imported"] })
    #expect(runs[0].parameters == ["activation": .text("relu"), "learning_rate": .real(0.1)])
    #expect(runs[3].parameters["activation"] == .text("tanh, scaled"))
    #expect(runs[1].metrics["train.loss"] == MetricSummary(last: nil, best: 0.8, bestEpoch: 1))
    #expect(runs[3].metrics["test.accuracy"]?.last == 0.6)
    #expect(runs.map(\.epochs) == [2, 2, 2, 2])

    // Seeds of two programs have nothing in common but their numbers.
    let pair = try await box.run("compare", "tiny#0", "pytorch#0").expectExit(0)
    #expect(pair.output.contains("tiny@1#0 − pytorch@1#0") && pair.output.contains("Welch"))
    try await box.run("report", "pytorch").expectExit(0)
    let page = String(decoding: try box.bytes("reports/pytorch/index.md"), as: UTF8.self)
    #expect(
      page.contains("The imported file") && page.contains("runexp import FILE.csv --as pytorch")
    )
    #expect(page.contains("No claim at n = 1") && !page.contains("repeat: 3"))
    let shown = try await box.run("show", String(runs[0].id)).expectExit(0)
    #expect(shown.output.contains("another program's"))
    try await box.run("verify", runs[0].id).expectExit(2).expectTalk("was imported")
    try await box.run("init", "again.yaml", "--from", runs[0].id).expectExit(2)
      .expectTalk("was imported")
    try await box.run("confirm", "pytorch", "--top", "1").expectExit(2)
      .expectTalk("error: `pytorch@1` was imported: there is nothing to train again\nhint: ")
    #expect(try box.store().sweeps().count == 2)
    for command in [["predict", "x.npy"], ["export", "--format", "safetensors"]] {
      let words = [command[0], runs[0].id] + command.dropFirst()
      try await box.start(words).finished().expectExit(2)
        .expectTalk("error: run \(runs[0].id) was imported and has no weights here\nhint: ")
    }

    let again = try await box.run("import", "p.csv", "--as", "pytorch").expectExit(0)
    #expect(again.output == "pytorch@1: 4 runs of 2 cells, imported before; nothing changed\n")
    try box.write("p.csv", example.replacingOccurrences(of: "0.84", with: "0.85"))
    let changed = try await box.run("import", "p.csv", "--as", "pytorch").expectExit(0)
    #expect(changed.output == "pytorch@2: 4 runs of 2 cells, 1 new\n")
    #expect(try box.store().runs(ofSweeps: ["pytorch@1"])[2].metrics["test.accuracy"]?.last == 0.84)
    try await box.run("import", "p.csv", "--as", "tiny").expectExit(2)
      .expectTalk("`tiny` is a sweep that was trained here")
    try await box.run("import", "p.csv", "--as", "a b").expectExit(64)
    try await box.run("sweep", "m.yaml").expectExit(0).expectTalk("6 reused")
  }

  @Test func `rows without an epoch are whole runs`() throws {
    let table = try ImportedTable("\u{FEFF}seed,test.rmse\r\n3,0.5\r\n4,0.25\r\n", file: "f.csv")
    #expect(table.runs.map(\.seed) == [3, 4])
    #expect(table.runs.map(\.epochs) == [1, 1])
    let experiment = table.experiment(name: "f")
    #expect(experiment.report.metric == "test.rmse" && experiment.report.curves.isEmpty)
    #expect((experiment.seed, experiment.repeats) == (3, 2))
    #expect(experiment.metric.goal == .minimize)
  }

  @Test func `the test set is reported before other parts, and all metrics are shown`() async throws
  {
    for (columns, reported) in [
      ("test.perplexity,train.loss", "test.perplexity"), ("val.accuracy,test.f1", "test.f1"),
      ("train.accuracy,val.mae", "val.mae"), ("test.loss,test.accuracy", "test.accuracy"),
    ] {
      let table = try ImportedTable("seed,\(columns)\n0,1,1\n", file: "f.csv")
      #expect(table.experiment(name: "f").report.metric == reported)
    }
    let box = try Sandbox().write(
      "p.csv",
      "model,seed,test.accuracy,test.f1\na,0,0.5,0.4\na,1,0.5,0.4\nb,0,0.6,0.3\nb,1,0.6,0.3\n"
    )
    try await box.run("import", "p.csv", "--as", "p").expectExit(0)
    try await box.run("report", "p").expectExit(0)
    let page = String(decoding: try box.bytes("reports/p/index.md"), as: UTF8.self)
    #expect(page.contains("| Cell | `test.f1` |"))
  }

  @Test func `another number of examples is said, and must fit the shares`() async throws {
    let text = "model,seed,test.accuracy\na,0,0.5\na,1,0.25\nb,0,0.7540000081062317\nb,1,0.75\n"
    let box = try Sandbox().write("p.csv", text)
    func outcome(_ count: String) async throws -> String {
      try await box.run("import", "p.csv", "--as", "p", "--examples", count).expectExit(0).output
    }
    #expect(try await outcome("500") == "p@1: 4 runs of 2 cells, 4 new\n")
    #expect(
      try await outcome("500") == "p@1: 4 runs of 2 cells, imported before; nothing changed\n"
    )
    #expect(
      try await outcome("1000")
        == "p@1: 4 runs of 2 cells, imported before; its shares are now taken as those of 1000 examples instead of 500\n"
    )
    try await box.run("import", "p.csv", "--as", "p", "--examples", "7").expectExit(2)
      .expectTalk("p.csv:2:5: error: `test.accuracy` is no share of 7 examples: 0.5\n")
    try await box.run("import", "p.csv", "--as", "p", "--examples", "4").expectExit(2)
      .expectTalk(
        "p.csv:4:5: error: `test.accuracy` is no share of 4 examples: 0.7540000081062317\n"
      )
    // Rounded to its decimals a share may be one of any number of examples, and other parts have other ones.
    for text in ["seed,test.accuracy\n0,0.8571\n", "seed,test.recall,test.accuracy\n0,0.123,1\n"] {
      #expect(try ImportedTable(text, file: "f.csv", examples: 7).runs.count == 1)
    }
    let percent = "seed,test.accuracy,train.accuracy\n0,85.71,0.333\n"
    #expect(
      try ImportedTable(percent, file: "f.csv", isPercent: true, examples: 7).runs.count == 1
    )
  }

  @Test(arguments: [
    (
      "", "error: `f.csv` is empty",
      "hint: the first line names the columns, as in `seed,epoch,learning_rate,val.accuracy`"
    ),
    ("seed,x\n0,1\n", "f.csv:1:1: error: no column is a metric", ""),
    ("sed,val.loss\n0,1\n", "f.csv:1:1: error: there is no column `seed`", "hint: is it `sed`?"),
    (
      "seed,val.los\n0,1\n", "f.csv:1:6: error: unknown metric `val.los`",
      "hint: did you mean `val.loss`?"
    ),
    ("seed,val.loss,seed\n0,1,2\n", "f.csv:1:15: error: the column `seed` is there twice", ""),
    ("seed,,val.loss\n0,1,2\n", "f.csv:1:6: error: column 2 has no name", ""),
    (
      "seed;val.loss\n0;1,5\n", "f.csv:1:1: error: expected commas between the columns, got `;`",
      "hint: save the file with commas between values and points in numbers"
    ),
    (
      "seed\tval.loss\n0\t1\n",
      "f.csv:1:1: error: expected commas between the columns, got tabulators",
      "hint: save the file with commas between values and points in numbers"
    ),
    ("seed,val.loss\n", "f.csv:1:1: error: there are columns, but no row", ""),
    (
      "seed,val.loss\n0,1\n1\n", "f.csv:3:1: error: 1 value, but 2 columns",
      "hint: an unknown value is empty: `,,`"
    ),
    (
      "seed,val.loss\n0,1,5\n", "f.csv:2:5: error: 3 values, but 2 columns",
      "hint: an unknown value is empty: `,,`"
    ),
    (
      "seed,val.loss\n0.5,1\n",
      "f.csv:2:1: error: `seed` takes whole numbers from 0 to 9007199254740991, got `0.5`", ""
    ),
    (
      "seed,val.loss\n0,\"0,87\"\n", "f.csv:2:3: error: `val.loss` takes numbers, got `0,87`",
      "hint: write numbers with a point, as in `0.87`, and without groups"
    ),
    (
      "seed,val.accuracy\n0,87%\n", "f.csv:2:3: error: `val.accuracy` takes numbers, got `87%`",
      "hint: write shares as numbers without a sign, `87%` as `0.87`"
    ),
    ("seed,val.loss\n0, low\n", "f.csv:2:4: error: `val.loss` takes numbers, got `low`", ""),
    (
      "seed,epoch,val.loss\n0,first,1\n",
      "f.csv:2:3: error: `epoch` takes numbers from 1 to 1e9, got `first`", ""
    ),
    (
      "seed,epoch,val.loss\n0,1,1\n0,0,2\n",
      "f.csv:3:3: error: `epoch` takes numbers from 1 to 1e9, got `0`", ""
    ),
    (
      "seed,val.loss\n0,1\n0,2\n", "f.csv:3:1: error: the same seed and parameters as in line 2",
      "hint: a column `epoch` tells the rows of one run apart"
    ),
    ("seed,val.loss\n0,\"1\n", "f.csv:2:3: error: the quote is not closed", ""),
    (
      "seed,val.loss\n0,\"1\"2\n", "f.csv:2:3: error: text follows the closing quote",
      "hint: a quote inside quoted text is written twice"
    ),
  ])
  func `a mistake is placed`(text: String, first: String, hint: String) throws {
    let error = #expect(throws: (any Error).self) { try ImportedTable(text, file: "f.csv") }
    let rendered = (error as? DiagnosticList)?.rendered ?? (error as? Diagnostic)?.rendered ?? ""
    let lines = rendered.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first.map(String.init) == first)
    if !hint.isEmpty { #expect(lines.last.map(String.init) == hint) }
  }

  @Test func `every mistake of a file is told at once`() throws {
    let text = "seed,val.loss\nx,1\n1,y\n2\n"
    let error = #expect(throws: DiagnosticList.self) { try ImportedTable(text, file: "f.csv") }
    #expect(try #require(error).diagnostics.map(\.location?.line) == [2, 3, 4])
  }
}

@Suite(.inTurns) struct InitTests {
  @Test func `the template passes plan and sweep as it is, and is never written over`() async throws
  {
    let box = try Sandbox()
    let made = try await box.run("init").expectExit(0)
    #expect(made.output == "experiment.yaml\n")
    let planned = try await box.run("plan", "experiment.yaml").expectExit(0)
    planned.expectNoTalk("warning")
    let before = try box.bytes("experiment.yaml")
    try await box.run("init").expectExit(2).expectTalk("`experiment.yaml` exists")
    #expect(try box.bytes("experiment.yaml") == before)
    try await box.run("init", "no/x.yaml").expectExit(2).expectTalk("there is no folder")
    try await box.run("init", "mein Versuch 激.yaml").expectExit(0)
      .expectTalk("`runexp plan 'mein Versuch 激.yaml'` shows what it makes")
    let text = String(decoding: try box.bytes("mein Versuch 激.yaml"), as: UTF8.self)
    #expect(text.contains("name: mein-Versuch "))
    try await box.run("plan", "mein Versuch 激.yaml").expectExit(0)
  }

  @Test(arguments: [("m.yaml", "m.yaml"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''")])
  func `a file's name is one word of the shell`(name: String, word: String) {
    #expect(name.shellQuoted == word)
  }

  @Test(arguments: [Sample.tiny(), Sample.images, Sample.many])
  func `a stored run becomes the manifest that makes it`(
    manifest: String
  ) async throws {
    let box = try Sandbox().manifest(manifest)
    try await box.run("sweep", "m.yaml").expectExit(0)
    let runs = try box.store().runs()
    let run = try #require(runs.last)
    try await box.run("init", "again.yaml", "--from", run.id).expectExit(0)
    try await box.run("sweep", "again.yaml").expectExit(0)
      .expectTalk("again@1: 1 cell, 1 run: 1 reused; nothing has to be run")
    #expect(try box.store().runs().count == runs.count)
  }

  @Test func `a sweep of Weights & Biases becomes a manifest that passes plan`() async throws {
    let box = try Sandbox().write(
      "sweep.yaml",
      """
      program: train.py
      method: bayes
      metric: { name: val_loss, goal: minimize }
      parameters:
        lr: { min: 0.0001, max: 0.1, distribution: log_uniform_values }
        batch_size: { values: [16, 32, 64] }
        dropout: { values: [0.3, 0.4, 0.5] }
        optimizer: { values: [adam, sgd] }
        epochs: { value: 2 }
        warmup: { values: [1, 2] }
        fc_layer_size: { distribution: log_uniform, min: 1, max: 2 }
      """
    )
    try await box.run("init", "m.yaml", "--from", "sweep.yaml").expectExit(0)
    let text = String(decoding: try box.bytes("m.yaml"), as: UTF8.self)
    for part in [
      "method: random   # there: bayes, not in this version\nrun_cap: 20\n",
      "metric: { name: val.loss, goal: minimize }",
      "  lr: { min: 0.0001, max: 0.1, distribution: log_uniform_values }",
      "  - dropout: \"${dropout}\"",
      "optimizer: { name: \"${optimizer}\", learning_rate: \"${lr}\" }",
      "#  warmup: { values: [1, 2] }",
      "#  fc_layer_size: { distribution: log_uniform, min: 1, max: 2 }",
      "# Without a meaning here: program",
    ] {
      #expect(text.contains(part), "`\(part)` is missing in \(text)")
    }
    try await box.run("plan", "m.yaml").expectExit(0).expectNoTalk("warning")
    try box.write("other.yaml", "name: x\n")
    try await box.run("init", "n.yaml", "--from", "other.yaml").expectExit(2)
      .expectTalk("`other.yaml` has no `parameters`")
  }
}
