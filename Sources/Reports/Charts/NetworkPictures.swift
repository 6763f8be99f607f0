// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Plotting
import Vocabulary

/// Pictures of the networks of blocks among a report's cells, one for each wiring.
struct NetworkPictures {
  /// Larger networks are not drawn, because nobody could read them.
  private static let mostBlocks = 40
  /// Layers of a block that are shown.
  private static let shownLayers = 6
  /// Blocks that sentences tell of.
  private static let toldBlocks = 12
  /// What the arrows mean.
  private static let kinds = [
    "read by the first layer", "its last state is the first state of a recurrent layer",
    "looked at by an attention, step by step",
  ]

  let analysis: Analysis

  init(_ analysis: Analysis) { self.analysis = analysis }

  /// A network that is drawn, and the run whose numbers are shown.
  struct Drawn {
    var name: String
    var outline: NetworkOutline
    var run: RunRecord
    /// Whether other cells have the same blocks with other numbers.
    var differs: Bool
  }

  /// The network of a plan's picture; nil if no shown cell has it, or none of its runs has ended.
  func drawn(_ plan: ChartPlan) -> Drawn? {
    guard case .network(let index) = plan.kind else { return nil }
    let wirings = NetworkNames(analysis.snapshot.sweep.cells).wirings
    guard wirings.indices.contains(index) else { return nil }
    let cells = analysis.cells.filter { $0.cell.specification.model.wiring == wirings[index] }
    let found = cells.compactMap { cell in captured(cell).map { (cell, $0.run, $0.outline) } }
    guard let (cell, run, outline) = found.first, outline.blocks.count <= Self.mostBlocks else {
      return nil
    }
    return Drawn(
      name: NetworkNames.model(cell.cell) ?? cell.label,
      outline: outline,
      run: run,
      differs: found.contains { $0.2 != outline }
    )
  }

  private func captured(_ cell: ComparedCell) -> (run: RunRecord, outline: NetworkOutline)? {
    for run in cell.runs.sorted(by: { $0.seed < $1.seed }) {
      if let outline = analysis.snapshot.captures[.network, run.id] { return (run, outline) }
    }
    return nil
  }

  func picture(_ plan: ChartPlan) -> ReportCharts.Picture? {
    guard let drawn = drawn(plan) else { return nil }
    let note =
      drawn.differs ? " Sizes are those of run \(drawn.run.id): other cells have others." : ""
    return ReportCharts.Picture(
      chart: Self.diagram(
        drawn.outline,
        title: "The network \(drawn.name)",
        subtitle: analysis.experiment.title ?? analysis.experiment.name,
        footnote:
          "Each box is a block: its layers, the shape of what it gives, its parameters.\(note)"
      ),
      alternative: "Network \(drawn.name): " + Self.sentences(drawn.outline).plain,
      runs: [drawn.run]
    )
  }

  // MARK: - A diagram

  /// The boxes and arrows of a network.
  static func diagram(
    _ outline: NetworkOutline,
    title: String = "",
    subtitle: String = "",
    footnote: String = ""
  ) -> NetworkDiagram {
    let names = outline.inputs.map(\.name) + outline.blocks.map(\.name)
    let places = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    let edges = outline.blocks.enumerated().flatMap { index, block -> [NetworkDiagram.Edge] in
      let place = outline.inputs.count + index
      return [block.sources, block.states, block.memories].enumerated().flatMap { kind, names in
        names.compactMap { name in
          places[name].flatMap { from in
            from < place ? NetworkDiagram.Edge(from: from, to: place, kind: kind) : nil
          }
        }
      }
    }
    let inputs = outline.inputs.map {
      NetworkDiagram.Node($0.name, notes: ["input \($0.shape)"], isInput: true)
    }
    return NetworkDiagram(
      title: title,
      subtitle: subtitle,
      nodes: inputs + outline.blocks.map(node),
      edges: edges,
      kinds: kinds,
      footnote: footnote
    )
  }

  private static func node(_ block: NetworkOutline.Block) -> NetworkDiagram.Node {
    var lines = block.sources.count > 1 ? [block.addsSources ? "sum" : "side by side"] : []
    let rest = block.layers.count - shownLayers
    lines += block.layers.prefix(shownLayers)
    if rest > 0 { lines.append("… and \(counted(rest, "more layer"))") }
    var notes = ["gives \(block.shape)"]
    if let owner = block.owner {
      notes.append("weights of \(owner)")
    } else if block.parameterCount > 0 {
      notes.append(
        counted(block.parameterCount, "parameter", shown: grouped(block.parameterCount))
      )
    }
    return NetworkDiagram.Node(
      block.name,
      lines: lines,
      notes: notes + block.losses.map { "loss: \($0)" },
      isShared: block.owner != nil
    )
  }

  // MARK: - Sentences

  /// Who reads whom, in words.
  static func sentences(_ outline: NetworkOutline) -> Inline {
    let count = outline.parameterCount
    let size: Inline = """
      \(words: counted(outline.blocks.count, "block")) with \
      \(words: counted(count, "parameter", shown: grouped(count))).
      """
    let rest = outline.blocks.count - toldBlocks
    let blocks = outline.blocks.prefix(toldBlocks).map(sentence)
    let more: [Inline] = rest > 0 ? ["\(words: counted(rest, "more block")) follow."] : []
    return ([size] + blocks + more).joined(" ")
  }

  private static func sentence(_ block: NetworkOutline.Block) -> Inline {
    func names(_ list: [String]) -> Inline { list.map(Inline.code).joined(", ") }
    var parts: [Inline] = [
      "\(code: block.name) reads \(names(block.sources))\(words: block.addsSources ? ", added" : "")"
    ]
    if !block.states.isEmpty { parts.append("begins with the state of \(names(block.states))") }
    if !block.memories.isEmpty { parts.append("looks at \(names(block.memories))") }
    if let owner = block.owner { parts.append("uses the weights of \(code: owner)") }
    return "\(parts.joined("; "))."
  }
}

/// The wirings of a plan's networks of blocks, and how their pictures are called.
struct NetworkNames {
  /// More are not drawn.
  private static let most = 12

  /// Models without their numbers, in the order of the cells.
  let wirings: [ModelSpecification]
  /// What the manifest calls the first model of each wiring.
  private let models: [String?]

  init(_ cells: [Cell]) {
    var wirings: [ModelSpecification] = []
    var names: [String?] = []
    for cell in cells where cell.specification.model.isGraph {
      let wiring = cell.specification.model.wiring
      guard wirings.count < Self.most, !wirings.contains(wiring) else { continue }
      wirings.append(wiring)
      names.append(Self.model(cell))
    }
    self.wirings = wirings
    models = names
  }

  /// Names of files without an ending, one for each wiring, that begin with a word.
  func files(_ word: String) -> [String] {
    var taken: Set<String> = []
    return models.map { name in
      let base = ([word] + (name.map { [ChartPlan.slug($0)] } ?? [])).joined(separator: "-")
      let free = [base] + (2...).lazy.prefix(Self.most).map { "\(base)-\($0)" }
      // Some file systems take two names that differ in case for one.
      return free.first { taken.insert($0.lowercased()).inserted } ?? base
    }
  }

  /// What the manifest calls a cell's model; nil where there is one without a name.
  static func model(_ cell: Cell) -> String? { cell.assignment["model"]?.description }
}
