// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Reports

/// A sweep that has a text in every field that a user, or a user's data, can fill.
private struct FilledSweep {
  let text: HostileText
  /// Whether each activation is evaluated on data of its own, so that groups have titles.
  var hasSeveralData = false

  var snapshot: SweepSnapshot {
    var sweep = hasSeveralData ? SyntheticSweep() : .troubled
    sweep.seeds = 3
    sweep.report.columns = nil
    sweep.references = ["test.accuracy", "val.accuracy"].map { metric in
      ReferenceValue(
        label: text.text("label"),
        metric: metric,
        value: 0.9,
        source: text.text("source")
      )
    }
    sweep.expectations = [
      Expectation(
        selection: ["model": .text("cnn"), "activation": .text("relu")],
        metric: "test.accuracy",
        claim: .value(0.9, margin: 0.1, because: text.text("because")),
        source: text.text("origin")
      ),
      Expectation(
        selection: ["model": .text(text.text("none"))],
        metric: "test.accuracy",
        claim: .equals(text.text("0.1")),
        source: nil
      ),
    ]
    let reason = hasSeveralData ? nil : text.text("worker died")
    let tags = [text.word("tag")]
    sweep.change = { run in
      run.tags = tags
      if run.parameters["model"] == .text("mlp"), run.seed == 1, let reason {
        run.state = .failed
        run.reason = reason
      }
    }
    var snapshot = renamed(sweep.snapshot())
    snapshot.sweep.experiment.title = text.text("title")
    snapshot.sweep.experiment.summary = text.text("description")
    snapshot.sweep.experiment.tags = tags
    snapshot.sweep.overrides = [text.text("override")]
    snapshot.sweep.manifest = "title: \(text.word("manifest"))\n"
    for id in snapshot.captures[.predictions].keys.sorted() {
      snapshot.captures[.classNames, id] = (0..<10).map { text.text("class\($0)") }
    }
    fillNetworks(of: &snapshot)
    for run in snapshot.runs {
      snapshot.captures[.sampledText, run.id] = SampledText(
        prefix: text.text("prefix"),
        likeliest: text.text("likeliest"),
        drawn: text.text("drawn")
      )
      snapshot.captures[.columns, run.id] = DataColumns([
        DataColumn(
          name: text.text("column"),
          role: "input",
          kind: "categories",
          categoryCount: 1,
          categories: [text.text("category")]
        )
      ])
    }
    return snapshot
  }

  /// One model has a network of blocks; all runs tell of it, of what it writes and of what it looks at.
  private func fillNetworks(of snapshot: inout SweepSnapshot) {
    let (reading, writing) = (text.text("reading"), text.text("writing"))
    for index in snapshot.sweep.cells.indices
    where snapshot.sweep.cells[index].assignment["model"] == .text(text.text("one")) {
      snapshot.sweep.cells[index].specification.model = ModelSpecification(blocks: [
        BlockSpecification(name: reading, layers: [Component("gru")]),
        BlockSpecification(name: writing, from: [reading], layers: [Component("dense")]),
      ])
    }
    func block(_ name: String, _ source: String, _ others: [String], owner: String? = nil)
      -> NetworkOutline.Block
    {
      NetworkOutline.Block(
        name: name,
        sources: [source],
        addsSources: false,
        states: others,
        memories: others,
        layers: [text.text("layer")],
        shape: text.text("shape"),
        parameterCount: 7,
        owner: owner,
        losses: [text.text("loss")]
      )
    }
    let input = text.text("input")
    let outline = NetworkOutline(
      inputs: [NetworkOutline.Input(name: input, shape: text.text("sizes"))],
      blocks: [block(reading, input, []), block(writing, reading, [reading], owner: reading)],
      parameterCount: 14
    )
    let tokens = ["first", "second"].map { text.word("token \($0)") }
    for run in snapshot.runs where run.parameters["model"] == .text(text.text("one")) {
      snapshot.captures[.network, run.id] = outline
      snapshot.captures[.written, run.id] = WrittenSequences(
        part: "test",
        beamWidth: 4,
        isCausal: run.seed != 1,
        examples: [
          .init(source: tokens, wanted: tokens, greedy: tokens.reversed(), beam: [tokens[0]])
        ]
      )
      snapshot.captures[.attention, run.id] = [
        AttentionMap(
          example: 0,
          layer: writing,
          memory: reading,
          rows: tokens,
          columns: tokens,
          weights: [[900, 100], [300, 700]]
        )
      ]
    }
  }

  /// The numbers of the sweep follow from its names, so that these come last.
  private func renamed(_ snapshot: SweepSnapshot) -> SweepSnapshot {
    let names = [
      "mlp": text.text("one"), "cnn": text.text("two"), "relu": text.word("first"),
      "sigmoid": text.formula("second"), "tanh": text.text("third"),
    ]
    func renamed(_ value: ParameterValue) -> ParameterValue {
      guard case .text(let word) = value, let name = names[word] else { return value }
      return .text(name)
    }
    var snapshot = snapshot
    for index in snapshot.sweep.cells.indices {
      if hasSeveralData, let task = snapshot.sweep.cells[index].assignment["activation"] {
        snapshot.sweep.cells[index].specification.data.dataset.arguments["task"] =
          .text(task.description)
      }
      snapshot.sweep.cells[index].assignment = snapshot.sweep.cells[index].assignment
        .mapValues(renamed)
    }
    for index in snapshot.runs.indices {
      snapshot.runs[index].parameters = snapshot.runs[index].parameters.mapValues(renamed)
    }
    for index in snapshot.sweep.experiment.parameters.indices {
      snapshot.sweep.experiment.parameters[index].values = snapshot.sweep.experiment
        .parameters[index].values.map(renamed)
    }
    for index in snapshot.sweep.experiment.expectations.indices {
      snapshot.sweep.experiment.expectations[index].selection = snapshot.sweep.experiment
        .expectations[index].selection.mapValues(renamed)
    }
    return snapshot
  }

  var context: ReportContext {
    ReportContext(
      version: "0.1.0",
      machine: [text.text("machine")],
      commands: ["runexp sweep \(text.word("file")).yaml"],
      formats: [.png, .svg, .pdf]
    )
  }
}

/// What a user wrote is shown, and obeyed by nobody.
struct HostileReportTests {
  private let plain = FilledSweep(text: HostileText(isHostile: false))
  private let hostile = FilledSweep(text: HostileText(isHostile: true))

  /// Both on one data set, and with data that depend on a parameter.
  private func sweeps(hasSeveralData: Bool) -> (hostile: FilledSweep, plain: FilledSweep) {
    var sweeps = (hostile: hostile, plain: plain)
    sweeps.hostile.hasSeveralData = hasSeveralData
    sweeps.plain.hasSeveralData = hasSeveralData
    return sweeps
  }

  private func page(_ sweep: FilledSweep) throws -> String {
    let files = try Report.make(sweep.snapshot, context: sweep.context)
    return String(
      decoding: try #require(files.first { $0.name == "index.md" }).bytes,
      as: UTF8.self
    )
  }

  /// A file's name, or a link to it, without the model that it is called after.
  private func unnamed(_ text: String) -> String {
    for kind in ["network-", "attention-maps-"] where text.contains(kind) {
      return text.prefix { $0 != "-" } + kind + text.suffix(4)
    }
    return text
  }

  /// A kind of capture that is new is filled here, too.
  @Test func `every kind of captured value holds texts of a user`() throws {
    let snapshot = hostile.snapshot
    func count<Kind: AnyCaptureKind>(_ kind: Kind) -> Int {
      snapshot.captures[CaptureKind<Kind.Value>(kind.word)].count
    }
    // Numbers alone.
    let numbers: Set = [CaptureKind.predictions.word, CaptureKind.facts.word]
    for kind in Captures.ofEveryRun where !numbers.contains(kind.word) {
      #expect(count(kind) > 0, "\(kind.word)")
    }
    let page = try page(plain)
    for part in ["reading", "writing", "input", "token first"] {
      #expect(page.contains(part), "\(part)")
    }
    let names = try Report.make(snapshot, context: hostile.context).map(\.name)
    #expect(names.contains { $0.hasPrefix("network-") && $0.hasSuffix(".png") })
    #expect(names.contains { $0.hasPrefix("attention-maps-") && $0.hasSuffix(".png") })
  }

  @Test(arguments: [false, true])
  func `a page of Markdown means the same, whatever users wrote`(hasSeveralData: Bool) throws {
    let sweeps = sweeps(hasSeveralData: hasSeveralData)
    let text = try page(sweeps.hostile)
    #expect(HostileText.raw(in: text).isEmpty)
    let other = try page(sweeps.plain)
    #expect(PageSkeleton.markdown(text).map(unnamed) == PageSkeleton.markdown(other).map(unnamed))
    #expect(other.contains("<summary>activation ") == hasSeveralData)
  }

  @Test(arguments: [false, true])
  func `a page of HTML has the same tags, whatever users wrote`(hasSeveralData: Bool) throws {
    func page(_ sweep: FilledSweep) throws -> String {
      let file = try Report.html(sweep.snapshot, context: sweep.context, name: "q.html")
      return String(decoding: file.bytes, as: UTF8.self)
    }
    let sweeps = sweeps(hasSeveralData: hasSeveralData)
    let text = try page(sweeps.hostile)
    #expect(HostileText.raw(in: text).isEmpty)
    #expect(PageSkeleton.html(text) == PageSkeleton.html(try page(sweeps.plain)))
  }

  @Test func `a terminal shows the same lines, whatever users wrote`() {
    func lines(_ sweep: FilledSweep) -> [String] {
      let analysis = Analysis(sweep.snapshot)
      let tables =
        analysis.groups.map { analysis.resultsTable($0) }
        + [analysis.verdictsTable]
        .compactMap(\.self)
      let effects = analysis.effects(of: "model")
      let columns = sweep.snapshot.captures[.columns].sorted { $0.key < $1.key }.map {
        ColumnsTable($0.value).lines(width: nil)
      }
      let runs = RunsTable.make(
        sweep.snapshot.runs,
        columns: ["id", "model", "activation", "tags", "reason"]
      )
      return analysis.plainAnswer + tables.flatMap { $0.lines() }
        + effects.flatMap { $0.table.lines() + $0.sentences } + columns.flatMap(\.self)
        + runs.lines()
    }
    let shown = lines(hostile)
    #expect(shown.count == lines(plain).count)
    for line in shown {
      #expect(HostileText.raw(in: line).isEmpty && !line.contains("\n"), "\(line.debugDescription)")
    }
  }

  @Test func `pictures hold no control characters beside their pixels`() throws {
    let files = try Report.make(hostile.snapshot, context: hostile.context)
    for file in files where file.name.hasSuffix(".png") {
      for text in try PNG.text(of: file.bytes) {
        #expect(HostileText.raw(in: text.text).isEmpty, "\(file.name): \(text.keyword)")
      }
    }
    let others = try Report.make(plain.snapshot, context: plain.context)
    for file in files where file.name.hasSuffix(".svg") {
      let text = String(decoding: file.bytes, as: UTF8.self)
      #expect(HostileText.raw(in: text).isEmpty, "\(file.name)")
      let other = try #require(others.first { unnamed($0.name) == unnamed(file.name) })
      let words = ["svg", "title", "/title", "desc", "/desc", "metadata", "/metadata", "script"]
      func tags(_ text: String) -> [String] {
        PageSkeleton.html(text).map { String($0.prefix { $0 != " " }) }.filter(words.contains)
      }
      #expect(tags(text) == tags(String(decoding: other.bytes, as: UTF8.self)), "\(file.name)")
    }
    let documents = files.filter { $0.name.hasSuffix(".pdf") }
    #expect(documents.contains { !PDFTexts.all(in: $0.bytes).isEmpty })
    for file in documents {
      for text in PDFTexts.all(in: file.bytes) {
        #expect(HostileText.raw(in: text).isEmpty, "\(file.name): \(text)")
      }
    }
  }
}

/// The texts of a PDF that Cairo writes as UTF-16 in hexadecimal digits.
private enum PDFTexts {
  static func all(in bytes: [UInt8]) -> [String] {
    let parts = bytes.split(separator: UInt8(ascii: "<")).dropFirst()
    return parts.compactMap { part in
      let digits = part.prefix { $0 != UInt8(ascii: ">") }
      let text = String(decoding: digits, as: UTF8.self).lowercased()
      guard text.hasPrefix("feff"), text.count.isMultiple(of: 4), text.allSatisfy(\.isHexDigit)
      else {
        return nil
      }
      let units = stride(from: 4, to: text.count, by: 4).compactMap { start in
        UInt16(text.dropFirst(start).prefix(4), radix: 16)
      }
      return String(decoding: units, as: UTF16.self)
    }
  }
}
