// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Foundation
import Reports
import Storage
import Testing
import Vocabulary

@testable import Workbench
@testable import runexp

/// A folder whose database holds one small sweep: two activations, three seeds; the learning rate 1e30 diverges.
private enum Looking {
  static let manifest = Sample.tiny(repeats: 3)

  static func sandbox() async throws -> Sandbox {
    let sandbox = try Sandbox().manifest(manifest)
    try await sandbox.run("sweep", "m.yaml").expectExit(0)
    return sandbox
  }
}

extension Finished {
  /// The objects of JSON lines.
  fileprivate func objects() throws -> [[String: Any]] {
    try output.split(separator: "\n").map { line in
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
      return try #require(value as? [String: Any])
    }
  }

  fileprivate var lines: [String] { output.split(separator: "\n").map(String.init) }
}

@Suite(.inTurns) struct LookingTests {
  @Test func `runs lists, filters, sorts and prints every field`() async throws {
    let sandbox = try await Looking.sandbox()
    let all = try await sandbox.run("runs", "--json").expectExit(0).objects()
    #expect(all.count == 6)
    #expect(
      Set(all[0].keys) == [
        "id", "experiment", "sweep", "cell", "seed", "state", "attempts", "reason", "parameters",
        "epochs", "duration_seconds", "started_at", "finished_at", "weights_sha256",
        "data_sha256", "numeric_version", "parameter_count", "tags", "doubt", "metrics",
        "stopped_early",
      ]
    )
    #expect(all.map { $0["cell"] as? Int } == [0, 0, 0, 1, 1, 1])
    #expect(all[0]["reason"] is NSNull)
    #expect(all.allSatisfy { $0["epochs"] as? Int == 2 })
    let metrics = try #require(all[0]["metrics"] as? [String: [String: Any]])
    #expect(Set(metrics["test.accuracy"]?.keys ?? [:].keys) == ["last", "best", "best_epoch"])

    let order = ["--sort", "-test.accuracy", "--limit", "2", "--json"]
    let best = try await sandbox.start(["runs"] + order).finished().expectExit(0).objects()
    let accuracies = all.compactMap { run in
      (run["metrics"] as? [String: [String: Any]])?["test.accuracy"]?["last"] as? Double
    }
    let found = best.compactMap { run in
      (run["metrics"] as? [String: [String: Any]])?["test.accuracy"]?["last"] as? Double
    }
    #expect(found == Array(accuracies.sorted(by: >).prefix(2)))

    let table = try await sandbox.run(
      "runs",
      "tiny",
      "--where",
      "activation=tanh and seed<2",
      "--columns",
      "id,activation,seed"
    ).expectExit(0)
    #expect(table.lines.count == 3)
    #expect(table.lines[0].split(separator: " ") == ["run", "activation", "seed"])
    #expect(table.lines.dropFirst().allSatisfy { $0.contains("tanh") })
    try await sandbox.run("runs", "--sort", "test.acuracy").expectExit(2)
      .expectTalk("did you mean `test.accuracy`?")
    try await sandbox.run("runs", "--limit", "2").expectExit(0)
      .expectTalk("the newest 2 of 6 runs")
  }

  @Test func `whatever --json has is a column, a key of --sort and a name of --where`() async throws
  {
    let sandbox = try await Looking.sandbox()
    let run = try #require(try await sandbox.run("runs", "--json", "--limit", "1").objects().first)
    let id = try #require(run["id"] as? String)
    let parameters = try #require(run["parameters"] as? [String: Any])
    let metrics = try #require(run["metrics"] as? [String: [String: Any]])
    var values = run.filter { $0.key != "parameters" && $0.key != "metrics" }
    for (name, value) in parameters {
      values[name] = value
      values["parameters.\(name)"] = value
    }
    for (name, summary) in metrics {
      values[name] = summary["last"]
      for (part, value) in summary { values["\(name).\(part)"] = value }
    }
    #expect(values.count > 30)
    let names = values.keys.sorted()
    let table = try await sandbox.run(
      "runs",
      "--where",
      "id=\(id)",
      "--columns",
      names.joined(separator: ",")
    ).expectExit(0)
    let columns = try #require(table.lines.last).replacing("  ", with: "\t").split(separator: "\t")
    for (name, column) in zip(names, columns.map { $0.drop { $0 == " " } }) {
      let isNull = values[name] is NSNull || (values[name] as? [Any])?.isEmpty == true
      #expect((column == "–" || column.isEmpty) == isNull, "\(name): \(column)")
      let value = name == "state" ? "completed" : "null"
      try await sandbox.run("runs", "--sort", name, "--where", "\(name) = \(value) or id = \(id)")
        .expectExit(0)
    }
  }

  @Test(arguments: [80, 60, 40]) func `compare keeps the cells' numbers and wraps its sentences`(
    width: Int
  ) async throws {
    let sandbox = try await Looking.sandbox()
    let store = try RunStore(path: sandbox.path("runexp.db"), mode: .readOnly)
    let whole = try SideReader(store: store, condition: nil).sides(["tiny@1"])
    let table = try SideBySide(whole, metric: nil, store: store).lines(width: width)
    for cell in ["tiny@1#0", "tiny@1#1"] {
      #expect(table.contains { $0.hasPrefix(cell + "  ") })
    }
    let pair = try SideReader(store: store, condition: nil).sides(["tiny@1#0", "tiny@1#1"])
    let lines = try SideBySide(pair, metric: nil, store: store).lines(width: width)
    #expect((table + lines).allSatisfy { DisplayWidth.of($0) <= width }, "\(lines)")
    #expect(lines.joined(separator: " ").contains("97 % interval ["))
    let free = try SideBySide(pair, metric: nil, store: store).lines(width: nil)
    #expect(free.contains { DisplayWidth.of($0) > width })
  }

  @Test func `an empty database and a missing one are met with a sentence`() async throws {
    let sandbox = try Sandbox()
    try await sandbox.run("runs").expectExit(2).expectTalk("there is no database `runexp.db`")
    _ = try RunStore(path: sandbox.path("runexp.db"), mode: .create)
    let listing = try await sandbox.run("runs", "--json").expectExit(0)
    #expect(listing.output.isEmpty)
    listing.expectWholeTalk("no runs are stored yet; `runexp sweep MANIFEST` makes some")
    try await sandbox.run("show", "last").expectExit(2).expectTalk("no run")
  }

  @Test func `a reader that goes away is silence`() async throws {
    let sandbox = try await Looking.sandbox()
    let shell = ["/bin/sh", "-c", "\"$@\" | head -n 1; echo done >&2", "sh"]
    let finished = try await sandbox.run("show", "last", "--json", prefix: shell).expectExit(0)
    #expect(finished.lines.count == 1)
    finished.expectWholeTalk("done")
  }

  @Test func `show tells layers, epochs, attempts and digests`() async throws {
    let sandbox = try await Looking.sandbox()
    let run = try #require(try await sandbox.run("show", "best:tiny", "--json").objects().first)
    let digest = try #require(run["weights_sha256"] as? String)
    let text = try await sandbox.run("show", "best:tiny").expectExit(0).output
    for part in [
      digest, "epoch", "test.accuracy", "loss: cross_entropy", "24 parameters", "18 parameters",
      "attempts", "completed", "runexp \(runexpVersion)",
    ] {
      #expect(text.contains(part), "`\(part)` is missing in: \(text)")
    }
    let curves = try #require(run["curves"] as? [String: [[String: Any]]])
    #expect(curves["train.loss"]?.count == 2)
    #expect((run["attempt_list"] as? [Any])?.count == 1)
    let specification = try #require(run["specification"] as? [String: Any])
    #expect(
      (specification["model"] as? [[String: Any]])?.map { $0["name"] as? String }
        == ["dense", "dense"]
    )
  }

  @Test func `compare gives the paired difference of two cells, diff the keys`() async throws {
    let sandbox = try await Looking.sandbox()
    let pair = try await sandbox.run("compare", "tiny#0", "tiny#1", "--json").expectExit(0)
    let object = try #require(try pair.objects().first)
    let difference = try #require(object["difference"] as? [String: Any])
    let sides = try #require(object["sides"] as? [[String: Any]])
    let means = sides.compactMap { side in
      (side["metrics"] as? [String: [String: Any]])?["test.accuracy"]?["mean"] as? Double
    }
    let mean = try #require(difference["mean"] as? Double)
    #expect(abs(mean - (means[0] - means[1])) < 1e-12)
    #expect(difference["test"] as? String == "paired t")
    let text = try await sandbox.run("compare", "tiny").expectExit(0)
    #expect(text.output.contains("tiny@1#0 − tiny@1#1"))
    try await sandbox.run("compare", "tiny#0").expectExit(2).expectTalk("not two things")
    try await sandbox.run("compare", "tiny#7", "tiny#0").expectExit(2)
      .expectTalk("has no cell `7`, only 0 … 1")
    try await sandbox.run("compare", "tyny").expectExit(2).expectTalk("did you mean `tiny`?")
    try await sandbox.run("report", "other").expectExit(2)
      .expectTalk("there is no sweep `other`; `runexp runs` lists what is stored")

    let runs = try await sandbox.run("runs", "--json").objects().compactMap { $0["id"] as? String }
    let diff = try await sandbox.run("diff", runs[0], runs[4]).expectExit(0)
    #expect(diff.lines == ["model[0].activation: relu → tanh", "seed: 0 → 1"])
    let same = try await sandbox.run("diff", runs[0], runs[0]).expectExit(0)
    #expect(same.output.isEmpty)
    let lines = try await sandbox.run("diff", runs[0], runs[4], "--json").objects()
    #expect(lines.map { $0["path"] as? String } == ["model[0].activation", "seed"])
  }

  @Test func `compare does not test numbers from different data`() async throws {
    let box = try Sandbox().manifest(
      """
      name: noisy
      data: { dataset: moons, train: 40, test: 40, noise: "${noise}" }
      model: [{ dense: 2 }]
      loss: cross_entropy
      optimizer: { name: sgd, learning_rate: 0.1 }
      train: { epochs: 1, batch_size: 10 }
      repeat: 3
      parameters: { noise: [0.1, 0.3] }
      report: { metric: test.accuracy }
      """
    )
    try await box.run("sweep", "m.yaml").expectExit(0)
    let pair = try await box.run("compare", "noisy#0", "noisy#1").expectExit(0)
    #expect(pair.output.contains("No test: the two are evaluated on different data."))
    #expect(!pair.output.contains("paired t"))
  }

  @Test func `compare matches the cells of two plans and names what else differs`() async throws {
    let sandbox = try await Looking.sandbox()
    try await sandbox.run("sweep", "m.yaml", "train.epochs=1").expectExit(0)
    let both = try await sandbox.run("compare", "tiny@1", "tiny@2").expectExit(0)
    for part in [
      "Each row holds two cells with the same `activation`: the difference left − right",
      "The first two of them differ in:",
      "  train.epochs: 2 → 1",
    ] {
      #expect(both.output.contains(part), "`\(part)` is missing in \(both.output)")
    }
    #expect(!both.output.contains("data are not the same"))
    let object = try #require(
      try await sandbox.run("compare", "tiny@1", "tiny@2", "--json").objects().first
    )
    let matches = try #require(object["matches"] as? [[String: Any]])
    #expect(
      matches.map { ($0["parameters"] as? [String: String])?["activation"] } == ["relu", "tanh"]
    )
    #expect(object["difference"] is NSNull)

    // Two runs of two plans stand for their cells.
    let runs = try sandbox.store().runs(ofSweeps: ["tiny@1", "tiny@2"]).map(\.id)
    let pair = try await sandbox.run("compare", runs[0], runs[6]).expectExit(0)
    #expect(
      pair.output.contains("tiny@1#0 − tiny@2#0: ") && pair.output.contains("paired t, n = 3")
    )
    #expect(pair.output.contains("They differ in:\n  train.epochs: 2 → 1\n"))

    let other = try await sandbox.run("sweep", "m.yaml", "data.noise=0.2").expectExit(0)
    other.expectTalk("tiny@3")
    let data = try await sandbox.run("compare", "tiny@1#0", "tiny@3#0").expectExit(0)
    #expect(data.output.contains("Their data are not the same"))

    // In what both plans vary, the cells that belong together agree, whichever comes first.
    try await sandbox.run("sweep", "m.yaml", "train.epochs=1", "activation=tanh,relu")
      .expectExit(0).expectTalk("tiny@4")
    let turned = try await sandbox.run("compare", "tiny@1", "tiny@4").expectExit(0)
    #expect(turned.output.hasSuffix("The first two of them differ in:\n  train.epochs: 2 → 1\n"))
  }

  @Test func `why says what was reused, and what kept a run from it`() async throws {
    let sandbox = try await Looking.sandbox()
    try await sandbox.run("sweep", "m.yaml", "train.epochs=1", "activation=relu").expectExit(0)
    try await sandbox.run("sweep", "m.yaml", "activation=relu").expectExit(0)
    let lines = try await sandbox.run("why", "tiny", "--json").expectExit(0).objects()
    #expect(lines.map { $0["disposition"] as? String } == ["reused", "reused", "reused"])
    let new = try await sandbox.run("why", "tiny@2").expectExit(0)
    #expect(new.lines.count == 4)
    let run = try #require(try await sandbox.run("runs", "tiny@2", "--json").objects().first)
    let why = try await sandbox.run("why", try #require(run["id"] as? String)).expectExit(0)
    #expect(why.output.contains("train.epochs: 2 → 1"))
  }

  @Test func `export writes curves, rows and weights that verify agrees with`() async throws {
    let sandbox = try await Looking.sandbox()
    let run = try #require(try await sandbox.run("show", "best:tiny", "--json").objects().first)
    let curves = try await sandbox.run("export", "best:tiny", "--format", "csv").expectExit(0)
    #expect(curves.lines[0] == "name,step,epoch,value")
    #expect(curves.lines.count == 1 + 2 * 5)
    let rows = try await sandbox.run("export", "tiny", "--format", "csv").expectExit(0)
    #expect(rows.lines.count == 7)
    let columns = rows.lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(Set(columns.map(\.count)).count == 1)
    let file = ["export", "best:tiny", "--format", "safetensors", "-o", "w.safetensors"]
    try await sandbox.start(file).finished().expectExit(0)
    let bytes = [UInt8](try sandbox.bytes("w.safetensors"))
    let header = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    #expect(
      SHA256.hexadecimal(of: Array(bytes[(8 + header)...])) == run["weights_sha256"] as? String
    )
    try await sandbox.run("export", "tiny", "--format", "safetensors").expectExit(2)
      .expectTalk("runexp export best:tiny")
    try await sandbox.run("export", "last", "--format", "csv", "-o", "no/x.csv").expectExit(2)
      .expectTalk("there is no folder")

    let verified = try await sandbox.run("verify", "best:tiny", "--threads", "2").expectExit(0)
    #expect(verified.output.contains("same bits"))
    try sandbox.tamper(
      "runexp.db",
      "UPDATE run SET weights_sha256 = '\(String(repeating: "0", count: 64))'"
    )
    let different = try await sandbox.run("verify", "best:tiny").expectExit(1)
    #expect(different.output.contains("not the same: weights_sha256 was 0000"))
  }

  @Test func `predict gives outputs, classes and probabilities, as lines and as npy`() async throws
  {
    let sandbox = try await Looking.sandbox()
    try Data(NpyFile.floats([[0.5, -0.25], [1, 2], [-3, 0]])).write(
      to: URL(fileURLWithPath: sandbox.path("x.npy"))
    )
    let lines = try await sandbox.run("predict", "best:tiny", "x.npy", "--output", "y.npy")
      .expectExit(0).objects()
    #expect(lines.map { $0["index"] as? Int } == [0, 1, 2])
    for line in lines {
      let output = try #require(line["output"] as? [Double])
      let probabilities = try #require(line["probabilities"] as? [Double])
      #expect(output.count == 2)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
      #expect(line["class"] as? Int == (output[1] > output[0] ? 1 : 0))
      let odds = log(probabilities[1] / probabilities[0])
      #expect(abs(odds - (output[1] - output[0])) < 1e-6)
    }
    let written = [UInt8](try sandbox.bytes("y.npy"))
    #expect(written.count == 128 + 3 * 2 * 4)
    try await sandbox.run("predict", "last", "nothing.npy").expectExit(2)
      .expectTalk("nothing.npy")
    try Data(NpyFile.floats([[1, 2, 3]])).write(to: URL(fileURLWithPath: sandbox.path("x.npy")))
    try await sandbox.run("predict", "last", "x.npy").expectExit(2).expectTalk("[N, 2]")
  }

  @Test func `sql only reads, backup copies and does not overwrite`() async throws {
    let sandbox = try await Looking.sandbox()
    let rows = try await sandbox.run(
      "sql",
      "SELECT state, count(*) AS n FROM v_run GROUP BY state",
      "--json"
    ).expectExit(0)
    #expect(rows.output == "{\"state\":\"completed\",\"n\":6}\n")
    try await sandbox.run("sql", "DELETE FROM run").expectExit(2).expectTalk("only reads")
    try await sandbox.run("backup", "copy.db").expectExit(0)
    #expect(try await sandbox.run("runs", "--json", "--db", "copy.db").objects().count == 6)
    try await sandbox.run("backup", "copy.db").expectExit(3).expectTalk("already exists")
    try await sandbox.run("gc").expectExit(0)
  }

  @Test func `data, schema and doctor work without any database`() async throws {
    let sandbox = try Sandbox()
    let sets = try await sandbox.run("data", "list", "--json").expectExit(0).objects()
    #expect(sets.compactMap { $0["name"] as? String }.contains("glyphs"))
    try await sandbox.run("data", "check", "fashion_mnits").expectExit(2)
      .expectTalk("fashion_mnist")
    let schema = try await sandbox.run("schema").expectExit(0).output
    #expect(try JSONSerialization.jsonObject(with: Data(schema.utf8)) is [String: Any])
    let facts = try await sandbox.run("doctor", "--json").expectExit(0).objects()
    #expect(
      facts.map { $0["name"] as? String }
        == ["version", "cpu", "memory", "fonts", "data", "database", "disk"]
    )
  }
}

/// The npy format, written by hand: version 1.0, float32.
private enum NpyFile {
  static func floats(_ rows: [[Float]]) -> [UInt8] {
    var header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows.count), \(rows[0].count)), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    let start: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0, 118, 0]
    return start + header.utf8
      + rows.flatMap { $0 }.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
      }
  }
}

@Suite(.inTurns) struct RunFieldTests {
  @Test func `CSV quotes commas, quotes and line feeds`() {
    #expect(CSV.quoted("plain text") == "plain text")
    #expect(CSV.quoted("a,b") == "\"a,b\"")
    #expect(CSV.quoted("say \"x\"") == "\"say \"\"x\"\"\"")
    #expect(CSV.quoted("a\nb") == "\"a\nb\"")
  }
}
