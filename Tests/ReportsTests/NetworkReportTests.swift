// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Plotting
import Testing
import Vocabulary

@testable import Reports

/// What a report shows of networks of blocks: who reads whom, what they write, and what their attentions look at.
@Suite struct NetworkReportTests {
  /// Cells whose model is called `mlp` have a network of blocks; those of `cnn` stay lists.
  private func snapshot(captured: Bool = true) -> SweepSnapshot {
    var snapshot = SyntheticSweep(tune: []).snapshot()
    for index in snapshot.sweep.cells.indices
    where snapshot.sweep.cells[index].assignment["model"] == .text("mlp") {
      let state = Component("gru", ["hidden_size": .integer(index), "state": .text("encoder")])
      snapshot.sweep.cells[index].specification.model = ModelSpecification(blocks: [
        BlockSpecification(name: "encoder", from: ["source"], layers: [Component("gru")]),
        BlockSpecification(name: "words", from: ["previous"], layers: [state]),
      ])
    }
    guard captured else { return snapshot }
    for run in snapshot.runs where run.parameters["model"] == .text("mlp") {
      snapshot.captures[.network, run.id] = NetworkTableTests.outline
    }
    return snapshot
  }

  private func page(_ snapshot: SweepSnapshot) throws -> (text: String, files: [GeneratedFile]) {
    let files = try Report.make(snapshot, context: SyntheticSweep.context)
    return (String(decoding: files[0].bytes, as: UTF8.self), files)
  }

  // MARK: - Networks

  @Test func `a network has one picture for all cells, and words that are true without it`() throws
  {
    let snapshot = snapshot()
    let (text, files) = try page(snapshot)
    #expect(text.contains("\n## Networks\n"))
    #expect(files.map(\.name).contains("network-mlp.png"))
    #expect(files.filter { $0.name.hasPrefix("network") }.count == 1)
    #expect(
      text.contains(
        "**mlp**: 5 blocks with 22,670 parameters. `encoder` reads `source`. `words` reads "
          + "`previous`; begins with the state of `encoder`. `again` reads `words`; uses the weights "
          + "of `encoder`. `found` reads `again`; looks at `encoder`. `decoder` reads `words`, "
          + "`found`, added."
      )
    )
    #expect(text.contains("](network-mlp.png)"))
    #expect(text.contains("![Network mlp: 5 blocks with 22,670 parameters. encoder reads source."))
    #expect(Set(files.map(\.name)).isSubset(of: Report.names(for: snapshot.sweep)))
  }

  @Test func `an older database, and models that are lists, have none`() throws {
    let (text, files) = try page(snapshot(captured: false))
    #expect(!text.contains("## Networks"))
    #expect(!files.contains { $0.name.hasPrefix("network") })
    let plans = ChartPlan.all(SyntheticSweep().snapshot().sweep)
    #expect(!plans.contains { $0.fileName.hasPrefix("network") })
  }

  @Test func `cells with other numbers are told of`() throws {
    var snapshot = snapshot()
    let plan = try #require(
      ChartPlan.all(snapshot.sweep).first { $0.fileName == "network-mlp.png" }
    )
    #expect(NetworkPictures(Analysis(snapshot)).drawn(plan)?.differs == false)
    let last = try #require(snapshot.runs.last { $0.parameters["model"] == .text("mlp") })
    for run in snapshot.runs where run.cell == last.cell {
      snapshot.captures[.network, run.id]?.blocks[0].shape = "[13, 96]"
    }
    let drawn = NetworkPictures(Analysis(snapshot)).drawn(plan)
    #expect(drawn?.differs == true && drawn?.outline == NetworkTableTests.outline)
  }

  @Test func `arrows follow what is read, and a block that is not there has none`() {
    let diagram = NetworkPictures.diagram(NetworkTableTests.outline)
    #expect(
      diagram.edges == [
        .init(from: 0, to: 2), .init(from: 1, to: 3), .init(from: 2, to: 3, kind: 1),
        .init(from: 3, to: 4), .init(from: 4, to: 5), .init(from: 2, to: 5, kind: 2),
        .init(from: 3, to: 6), .init(from: 5, to: 6),
      ]
    )
    #expect(diagram.nodes.map(\.isShared) == [false, false, false, false, true, false, false])
    #expect(diagram.nodes[6].lines == ["sum", "dense 14"])
    var damaged = NetworkTableTests.outline
    damaged.blocks[0].sources = ["nowhere", "decoder", "encoder"]
    #expect(NetworkPictures.diagram(damaged).edges.count == 7)
  }

  @Test func `files of models whose names are alike differ`() {
    func cell(_ name: String?, _ layer: String) -> Cell {
      var cell = snapshot().sweep.cells[0]
      cell.assignment["model"] = name.map { .text($0) }
      cell.specification.model = ModelSpecification(blocks: [
        BlockSpecification(name: "a", layers: [Component(layer)])
      ])
      return cell
    }
    let names = NetworkNames([
      cell("my net", "relu"), cell("My net", "tanh"), cell("my net", "relu"), cell(nil, "gelu"),
    ])
    #expect(names.files("network") == ["network-my-net", "network-My-net-2", "network"])
    #expect(names.wirings.count == 3)
  }

  // MARK: - Written sequences

  private func written(_ sequences: WrittenSequences) -> String {
    var snapshot = snapshot()
    let run = snapshot.runs.first { $0.cell == 1 && $0.seed == 2 }
    snapshot.captures[.written, run?.id ?? ""] = sequences
    let page = IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: [])
    return page.text
  }

  @Test func `wrong tokens are bold, missing ones are marked, all are escaped`() {
    let text = written(
      WrittenSequences(
        part: "val",
        beamWidth: 4,
        examples: [
          .init(
            source: ["a|b", "*c*"],
            wanted: ["va", "!", "<b>"],
            greedy: ["va", "<b>"],
            beam: ["va", "!", "<b>"]
          ),
          .init(source: [" "], wanted: ["x"], greedy: ["_y_", "x"], beam: []),
        ]
      )
    )
    #expect(text.contains("\n## Written sequences\n"))
    #expect(text.contains("for the first validation examples"))
    #expect(text.contains("seed 2: 0 of 2 sequences greedily without a mistake"))
    #expect(
      text.contains("| a\\|b \\*c\\* | va ! \\<b\\> | va **∅** \\<b\\> | va ! \\<b\\> |"),
      "\(text)"
    )
    #expect(text.contains("| ␣ | x | **\\_y\\_** x | **∅** |"), "\(text)")
  }

  @Test func `a network that sees what it is to write is told in a sentence`() {
    let text = written(
      WrittenSequences(part: "test", beamWidth: 4, isCausal: false, examples: [])
    )
    #expect(text.contains("the network sees what it is to write"))
    #expect(!text.contains("What the networks wrote"))
  }

  @Test func `no captured sequence, no section`() {
    let page = IndexPage(Analysis(snapshot()), context: SyntheticSweep.context, charts: [])
    #expect(!page.text.contains("Written sequences"))
  }

  @Test(arguments: [
    ("abc", "abc", "abc"), ("", "", ""), ("", "ab", "--"), ("ab", "", "AB"),
    ("abd", "abcd", "ab-d"), ("abxd", "abcd", "abXd"), ("xabc", "abc", "Xabc"),
  ])
  func `tokens are compared with the fewest changes`(
    written: String,
    wanted: String,
    marks: String
  ) {
    let found = WrittenSection.compared(written.map(String.init), with: wanted.map(String.init))
    let text = found.map { token in
      token.text.map { token.isWrong ? $0.uppercased() : $0 } ?? "-"
    }
    #expect(text.joined() == marks)
  }

  // MARK: - Attention

  private let map = AttentionMap(
    example: 0,
    layer: "found",
    memory: "encoder",
    heads: 2,
    rows: ["3", "<eos>"],
    columns: ["1", "3", "<eos>"],
    weights: [[100, 850, 50], [0, 0, 1000]]
  )

  @Test func `maps are drawn of the best cell of each network`() throws {
    var snapshot = snapshot()
    #expect(Analysis(snapshot).mappedRuns.count == 1)
    let run = try #require(Analysis(snapshot).mappedRuns.first)
    #expect(run.parameters["model"] == .text("mlp"))
    #expect(!(try page(snapshot).files).contains { $0.name.hasPrefix("attention") })
    snapshot.captures[.attention, run.id] = [map]
    snapshot.captures[.written, run.id] = WrittenSequences(
      part: "test",
      beamWidth: 4,
      examples: [.init(source: ["1", "3"], wanted: ["3"], greedy: ["3"], beam: ["3"])]
    )
    let (text, files) = try page(snapshot)
    #expect(files.contains { $0.name == "attention-maps-mlp.png" })
    #expect(
      text.contains("In the first, found looks at encoder; most of all 3 at 3 (85 %), ")
    )
    #expect(Set(files.map(\.name)).isSubset(of: Report.names(for: snapshot.sweep)))
    #expect(PictureTexts.all(snapshot).contains("<eos>"))
  }

  @Test func `too many maps are counted, and a damaged one is drawn as far as it goes`() throws {
    let run = try #require(snapshot().runs.first)
    var damaged = map
    damaged.weights = [[100]]
    let picture = AttentionPictures.picture(
      [damaged] + Array(repeating: map, count: 14),
      of: run,
      label: "x",
      subtitle: ""
    )
    #expect(picture.chart.footnote.contains("3 more maps are not drawn."))
    #expect(picture.chart.footnote.contains("means over the heads"))
    #expect(picture.chart.image().width > 800)
    #expect(picture.alternative.hasPrefix("12 attention maps of x, seed"))
  }
}
