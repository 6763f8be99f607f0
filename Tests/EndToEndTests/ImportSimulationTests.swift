// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import TestSupport
import Testing
import Vocabulary

@testable import Reports
@testable import Workbench
@testable import runexp

/// Tables of known truth through `import` and `report`: the page says what the functions say that the simulations count.
///
/// A few tables a case are tried every day, twenty with `make test-simulations`.
@Suite(.inTurns) struct ImportSimulationTests {
  private let tables = ProcessInfo.processInfo.environment["RUNEXP_SIMULATIONS"] == "1" ? 20 : 3

  /// Cells with their numbers, one of several kinds of truth.
  private struct Case {
    var metric = "test.loss"
    /// Examples behind each accuracy.
    var examples: Int?
    /// Values of the parameters of each cell.
    var parameters: [[(name: String, value: String)]]
    var values: [SeededValues]

    var goal: MetricGoal { MetricName(metric)?.goal ?? .minimize }

    /// One parameter that tells the cells apart.
    static func cells(_ count: Int) -> [[(name: String, value: String)]] {
      (0..<count).map { [("cell", "c\($0)")] }
    }

    /// The file that another program would write, of so many seeds.
    func file(seeds: Int) -> String {
      let heading = ["seed"] + parameters[0].map(\.name) + [metric]
      let rows = zip(parameters, values).flatMap { parameters, values in
        values.filter { $0.key < seeds }.sorted { $0.key < $1.key }.map { seed, value in
          ["\(seed)"] + parameters.map(\.value) + ["\(value)"]
        }
      }
      return ([heading] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }
  }

  /// Imports the first seeds of a table, then more, as somebody does who looks again, and gives the last page.
  private func page(_ given: Case, seeds: [Int]) throws -> (text: String, analysis: Analysis) {
    let box = try Sandbox()
    let store = try RunStore(path: box.path("runexp.db"), mode: .create)
    for count in seeds {
      let table = try ImportedTable(given.file(seeds: count), file: "table.csv")
      try store.importRuns(
        table.runs,
        of: table.experiment(name: "simulated"),
        source: table.source,
        facts: given.examples.map {
          DataFacts(trainCount: $0, validationCount: $0, testCount: $0)
        },
        version: runexpVersion
      )
    }
    let analysis = Analysis(try store.snapshot(ofSweep: "simulated"))
    let context = ReportContext(version: runexpVersion, machine: [], notes: nil, commands: [])
    return (IndexPage(analysis, context: context, charts: []).text, analysis)
  }

  /// What the functions say that `make test-simulations` counts.
  private func expected(_ given: Case, schedule: LookSchedule) -> (sentence: String, collapsed: Int)
  {
    let step = given.examples.map { 1 / Double($0) } ?? 0
    let collapsed = Collapse.seeds(given.values, goal: given.goal, resolution: step)
    let ranking = Ranking(
      tested: zip(given.values, collapsed).map { $1.isEmpty ? $0 : nil },
      goal: given.goal,
      mayWin: true,
      rules: Ranking.Rules(resolution: step, schedule: { _, _ in schedule })
    )
    let isWhole = ranking.order.count == given.values.count
    func name(_ index: Int) -> String {
      let labels = given.parameters[index].map(\.value)
      return "**" + labels.joined(separator: " · ") + "**"
    }
    let count = collapsed.reduce(0) { $0 + $1.count }
    if let winner = ranking.winner {
      let superlative = given.goal == .maximize ? "highest" : "lowest"
      let tested = isWhole ? "" : " of the tested cells"
      return ("\(name(winner)) has the \(superlative) `\(given.metric)`\(tested): ", count)
    }
    let names = ranking.confidenceSet.map(name)
    if names.count < ranking.order.count {
      let shown =
        names.count > 6
        ? names.prefix(5).joined(separator: ", ") + " and \(names.count - 5) more"
        : names.joined(separator: ", ")
      return ("The best \(isWhole ? "" : "tested ")cell is among \(shown) (95 %).", count)
    }
    let best = isWhole ? "the best" : "the best of those tested"
    return (
      names.count == 2
        ? "Nothing tells \(names[0]) and \(names[1]) apart: either may be \(best)."
        : "No cell can be excluded as \(best): it may be any of the \(names.count).",
      count
    )
  }

  private func check(_ given: Case, seeds: [Int]) throws {
    let schedule = LookSchedule(firstPlanned: seeds[0])
    let wanted = expected(given, schedule: schedule)
    let found = try page(given, seeds: seeds)
    #expect(
      found.text.contains("\n" + wanted.sentence),
      "\(wanted.sentence)\n\(found.text.prefix(1500))"
    )
    let collapsed = found.analysis.cells.reduce(0) { $0 + $1.collapsedSeeds.count }
    #expect(collapsed == wanted.collapsed)
    for cell in found.analysis.cells where !cell.collapsedSeeds.isEmpty {
      #expect(
        found.text.contains(
          "\(cell.collapsedSeeds.count) of \(cell.runs.count) seeds of **\(cell.label)** ("
        )
      )
    }
  }

  // MARK: - Cases

  @Test func `equal accuracies say what the ranking says`() throws {
    for (accuracy, examples, cells, seeds) in [
      (0.998, 500, 20, 3), (0.98, 100, 2, 3), (0.9, 10_000, 5, 5),
    ] {
      var random = SimulatedTable(seed: cells + examples)
      for _ in 0..<tables {
        let values = random.accuracies(
          accuracy,
          examples: examples,
          cells: cells,
          seeds: seeds
        )
        try check(
          Case(
            metric: "test.accuracy",
            examples: examples,
            parameters: Case.cells(cells),
            values: values
          ),
          seeds: [seeds]
        )
      }
    }
  }

  @Test func `cells that differ have the winner or the set of the ranking`() throws {
    for (spacing, cells, seeds) in [(0.5, 5, 5), (1.5, 4, 3), (3, 2, 5), (0.4, 20, 5)] {
      var random = SimulatedTable(seed: cells * 31 + seeds)
      for _ in 0..<tables {
        let shifts = (0..<cells).map { spacing * Double($0) }
        try check(
          Case(
            metric: "test.loss",
            parameters: Case.cells(cells),
            values: random.normal(shifts: shifts, seeds: seeds)
          ),
          seeds: [seeds]
        )
      }
    }
  }

  @Test func `who imports more seeds looks again`() throws {
    var random = SimulatedTable(seed: 77)
    for round in 0..<tables {
      let values = random.normal(shifts: [0, round % 2 == 0 ? 0 : 1.5], seeds: 8)
      let given = Case(parameters: Case.cells(2), values: values)
      try check(given, seeds: [3, 5, 8])
      let page = try page(given, seeds: [3, 5, 8]).text
      #expect(page.contains("Look 3 of this comparison tests 8 seeds at level 0.0033."))
    }
  }

  @Test func `collapsed seeds are told where the rule finds them`() throws {
    var random = SimulatedTable(seed: 5)
    for _ in 0..<tables {
      var values = random.normal(shifts: [0, 0.2, 0.4, 3], seeds: 5)
      values[1][3] = 60
      try check(Case(parameters: Case.cells(4), values: values), seeds: [5])
    }
  }

  @Test func `what a parameter does is said as the effects have it`() throws {
    var random = SimulatedTable(seed: 9)
    let (models, activations) = (["mlp", "cnn", "lstm"], ["relu", "tanh"])
    for round in 0..<tables {
      let effect = [0, 1.5, 4][round % 3]
      let shifts = models.indices.flatMap { model in
        activations.indices.map { Double(model) + effect * Double($0) }
      }
      let values = random.normal(shifts: shifts, seeds: 5)
      let parameters = models.flatMap { model in
        activations.map { [(name: "model", value: model), (name: "activation", value: $0)] }
      }
      guard Collapse.seeds(values, goal: .minimize, resolution: 0).allSatisfy(\.isEmpty) else {
        continue
      }
      let effects = try #require(
        FactorEffects(
          values.map { cell in cell.sorted { $0.key < $1.key }.map(\.value) },
          sizes: [3, 2],
          goal: .minimize,
          resolution: 0,
          level: 0.03
        )
      )
      let own = try #require(effects.effects.first { $0.factor == 1 })
      let page = try page(Case(parameters: parameters, values: values), seeds: [5]).text
      let (better, other) = (activations[own.left], activations[own.right])
      let wanted =
        !own.dependences.isEmpty
        ? "The effect of `activation` depends on"
        : own.adjustedP <= 0.03
          ? "`activation`: **\(better)** is better than **\(other)**, averaged over"
          : "`activation`: nothing tells **\(better)** and **\(other)** apart, averaged over"
      #expect(page.contains(wanted), "\(wanted)")
    }
  }
}
