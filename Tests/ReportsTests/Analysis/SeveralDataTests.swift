// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Plotting
import Testing
import Vocabulary

@testable import Reports

/// Cells that are evaluated on different data: a table for all, tests within each.
@Suite struct SeveralDataTests {
  /// Each activation stands for a task of its own, as a swept lag does.
  private func snapshot(_ change: (inout SyntheticSweep) -> Void = { _ in }) -> SweepSnapshot {
    var sweep = SyntheticSweep()
    sweep.epochs = 2
    sweep.report = ReportOptions(metric: "test.accuracy", rows: "model", columns: "activation")
    change(&sweep)
    var snapshot = sweep.snapshot()
    for index in snapshot.sweep.cells.indices {
      guard let task = snapshot.sweep.cells[index].assignment["activation"] else { continue }
      snapshot.sweep.cells[index].specification.data.dataset.arguments["task"] =
        .text(task.description)
    }
    return snapshot
  }

  private func page(_ snapshot: SweepSnapshot) -> String {
    IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: []).text
  }

  @Test func `each of the data has its own ranking, all one section`() throws {
    let analysis = Analysis(snapshot())
    #expect(analysis.groups.count == 3 && analysis.sections.count == 1)
    #expect(
      analysis.groups.map { $0.title?.markdown() } == [
        "`activation` relu", "`activation` sigmoid", "`activation` tanh",
      ]
    )
    for group in analysis.groups {
      #expect(group.cells.map(\.label) == ["mlp", "cnn"])
      #expect(group.ranking.pairs.count == 1)
      #expect(group.winner?.label == "cnn")
    }
    #expect(analysis.plainAnswer.contains("activation sigmoid:"))
  }

  @Test func `the page answers for each and has one table, with a winner within each`() {
    let page = page(snapshot())
    #expect(page.contains("### `activation` sigmoid\n\n**cnn** has the highest `test.accuracy`"))
    #expect(page.contains("evaluated on different data are never ranked or tested together"))
    #expect(page.components(separatedBy: "| model | relu | sigmoid | tanh |").count == 2)
    #expect(page.contains("Bold: winners"))
    #expect(page.contains("<summary>activation tanh: The only pair"))
    // Three winners, one a column.
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| cnn | **[") }
    #expect(rows.count == 1 && rows[0].components(separatedBy: "**[").count == 4)
  }

  @Test func `without columns the table goes through the data one by one`() throws {
    let page = page(snapshot { $0.report.columns = nil })
    let rows = page.split(separator: "\n").filter {
      $0.hasPrefix("| cnn | ") || $0.hasPrefix("| mlp | ")
    }
    #expect(
      rows.prefix(6).map { $0.split(separator: "|").prefix(2).joined() } == [
        " cnn  relu ", " mlp  relu ", " cnn  sigmoid ", " mlp  sigmoid ", " cnn  tanh ",
        " mlp  tanh ",
      ]
    )
  }

  @Test func `the picture keeps plan order, for the easiest task is no better network`() throws {
    let analysis = Analysis(snapshot { $0.report.columns = nil })
    let charts = ReportCharts(analysis, context: SyntheticSweep.context)
    let picture = try #require(charts.pictures().first)
    let dots = try #require(picture.picture.chart as? DotChart)
    #expect(dots.rows.map(\.label) == analysis.cells.map(\.label))
    #expect(dots.rows.count { $0.note.hasSuffix("winner") } == 3)
  }

  @Test func `tune does not choose between tasks, and none leads`() {
    let tuned = Analysis(snapshot { $0.tune = ["learning_rate", "activation"] })
    #expect(tuned.cells.count == 6)
    #expect(tuned.choiceObstacle?.reason == "are evaluated on different data")
    let swept = Analysis(snapshot())
    #expect(swept.choiceObstacle?.hint.hasSuffix(", as with `activation=tanh`") == true)
    #expect(Analysis(SyntheticSweep().snapshot()).choiceObstacle == nil)
  }

  @Test func `losses and data together are sections of groups`() {
    let analysis = Analysis(
      snapshot { sweep in
        sweep.losses = ["cross_entropy", "mse"]
        sweep.report.metric = "test.loss"
      }
    )
    #expect(analysis.sections.map(\.count) == [3, 3])
    #expect(analysis.groups[4].plainTitle == "Loss mse · activation sigmoid")
  }
}
