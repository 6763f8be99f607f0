// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Diagnostics
package import Experiments
package import Reports
package import Storage
import Training
import Vocabulary

/// The plan that trains the leaders of a stored one again, on seeds that had no part in choosing them.
package struct ConfirmationPlan {
  package let analysis: Analysis
  package let leaders: [ComparedCell]
  package let firstSeed: Int
  package let repeats: Int

  /// The largest whole number that JSON carries without loss.
  private static let largestSeed = 9_007_199_254_740_991

  /// The `top` leaders of the plan `label`; throws if it is unfinished or does not have that many.
  package init(of label: String, top: Int, repeats: Int, in store: RunStore) throws {
    let analysis = Analysis(try store.snapshot(ofSweep: label))
    try Self.check(analysis, top: top)
    self.analysis = analysis
    leaders = Array(analysis.leaders.prefix(top))
    self.repeats = repeats
    // Every plan of that name counts: one with more repeats may have been made before or after this one.
    let name = analysis.experiment.name
    let used = try store.sweeps().filter { $0.name == name }.map(\.experiment)
    firstSeed = (used.map { $0.seed + $0.repeats }.max()) ?? 0
    guard firstSeed <= Self.largestSeed - repeats else {
      throw Diagnostic(
        "no \(repeats) fresh seeds are left: plans of `\(name)` used seeds up to \(firstSeed - 1)",
        hints: ["a seed is at most \(Self.largestSeed); plan the manifest with a smaller `seed`"]
      )
    }
  }

  private static func check(_ analysis: Analysis, top: Int) throws {
    let label = analysis.snapshot.sweep.label
    let metric = analysis.experiment.metric.name
    if analysis.snapshot.runs.contains(where: \.isImported) {
      throw Diagnostic(
        "`\(label)` was imported: there is nothing to train again",
        hints: ["measure its leaders on fresh seeds where they were trained, and import those too"]
      )
    }
    if let progress = analysis.progressHeading {
      throw Diagnostic(
        "`\(label)` is not finished (\(progress)), so nobody leads yet",
        hints: ["`runexp sweep` of its manifest trains the rest"]
      )
    }
    if let obstacle = analysis.choiceObstacle {
      throw Diagnostic(
        "the cells of `\(label)` \(obstacle.reason), so none leads by `\(metric)`",
        hints: [obstacle.hint]
      )
    }
    let count = analysis.leaders.count
    guard count < top else { return }
    let whole = count == analysis.cells.count ? "" : " without a diverged or missing seed"
    throw Diagnostic(
      "`\(label)` has \(counted(count, "cell"))\(whole) with a number of "
        + "`\(metric)`, \(top) are asked for",
      hints: ["`--top N` says how many are confirmed"]
    )
  }

  /// The leaders' experiment: nothing is tuned any more, and nothing is expected.
  package var experiment: Experiment {
    let original = analysis.experiment
    let chosen = cells
    return Experiment(
      name: original.name + "-confirm",
      title: (original.title ?? original.name) + ": the leaders on fresh seeds",
      summary: original.summary,
      tags: original.tags,
      seed: firstSeed,
      repeats: repeats,
      metric: original.metric,
      parameters: original.parameters.map { parameter in
        var kept = parameter
        kept.values = Self.values(of: parameter, in: chosen)
        return kept
      },
      report: ReportOptions(
        metric: original.report.metric,
        curves: original.report.curves,
        formats: original.report.formats,
        titles: original.report.titles
      ),
      references: original.references,
      checkpoint: original.checkpoint,
      confirmation: Confirmation(
        sweep: analysis.snapshot.sweep.label,
        candidates: analysis.snapshot.sweep.cells.count
      )
    )
  }

  /// The leaders' cells, best first, counted anew.
  package var cells: [Cell] {
    leaders.enumerated().map { index, leader in
      Cell(
        index: index,
        assignment: leader.cell.assignment,
        specification: leader.cell.specification
      )
    }
  }

  /// The values that the cells have, in the manifest's order; those of a distribution in the cells' order.
  private static func values(of parameter: DeclaredParameter, in cells: [Cell]) -> [ParameterValue]
  {
    let occurring = cells.compactMap { $0.assignment[parameter.name] }
    guard parameter.values.isEmpty else { return parameter.values.filter(occurring.contains) }
    var seen = Set<ParameterValue>()
    return occurring.filter { seen.insert($0).inserted }
  }

  /// What the store freezes: the leaders as this program trains them, on the data that they were chosen on.
  package func stored(in store: RunStore, library: DatasetLibrary = .standard) throws -> SweepPlan {
    let sweep = analysis.snapshot.sweep
    let originals = try store.plannedCells(
      ofSweep: sweep.label,
      at: leaders.map(\.cell.index)
    )
    return SweepPlan(
      experiment: experiment,
      cells: try zip(cells, originals).map { cell, original in
        var planned = original
        planned.cell = cell
        try planned.renewNumerics(on: library, runSeed: experiment.seed)
        return planned
      },
      manifest: sweep.manifest,
      overrides: sweep.overrides,
      version: runexpVersion
    )
  }

  /// What should be known of the choice; none if all is well.
  package var warnings: [String] {
    let metric = analysis.experiment.metric.name
    var warnings: [String] = []
    if metric.hasPrefix("test.") {
      warnings.append(
        "warning: the leaders were chosen by `\(metric)`: the test set took part in the choice, "
          + "which fresh seeds do not undo"
      )
    }
    if repeats < 3 {
      warnings.append("warning: nothing is claimed below three seeds (`--repeat 3`)")
    }
    return warnings
  }
}

extension PlannedCell {
  /// The numeric version of this program's runs takes the place of that of the stored ones.
  ///
  /// Throws if the data are no longer those of the stored runs.
  fileprivate mutating func renewNumerics(on library: DatasetLibrary, runSeed: Int) throws {
    let data = cell.specification.data
    let description = try library.describe(
      DatasetRequest(data, runSeed: runSeed),
      data.options
    )
    guard data.followsRunSeed || description.has(contentSHA256: dataSHA256) else {
      throw Diagnostic(
        "the data `\(data.dataset.name)` changed since the sweep was planned",
        hints: ["their digest was \(dataSHA256), it is \(description.contentSHA256)"]
      )
    }
    if !data.followsRunSeed { dataSHA256 = description.contentSHA256 }
    numericVersion = cell.specification.numericVersion(for: description)
  }
}
