// SPDX-License-Identifier: Apache-2.0

import Experiments
import Reports
import Storage
import Vocabulary
import Workbench

extension SideBySide {
  /// Metrics shown beside the compared one.
  private static let otherMetrics = 4

  // MARK: - For people

  func lines(width: Int?) -> [String] {
    let (table, hidden) = fittingTable(width)
    var lines = table.lines(width: width) + [""]
    if !hidden.isEmpty {
      let sentence =
        "Not shown, because the terminal is narrow: \(hidden.joined(separator: ", ")); --json has them."
      lines += wrapped(sentence, width: width) + [""]
    }
    var sentences: [String] = []
    if let comparison {
      sentences = comparison.sentences + specificationLines
    } else if let matched {
      lines += matched.table.lines(width: width) + [""]
      sentences = matched.sentences + specificationLines
    } else if let side = sides.first, let sweep = side.sweep {
      sentences = [
        "Two cells have a paired difference: runexp compare \(sweep.label)#0 \(sweep.label)#1"
      ]
    }
    return lines + wrapped(sentences, width: width)
  }

  private var specificationLines: [String] {
    let differences = specificationDifferences
    let imported = sides.filter { $0.runs.contains(where: \.isImported) }.map(\.label)
    var lines: [String] = []
    if !imported.isEmpty {
      lines.append("Measured by another program: \(imported.prefix(8).joined(separator: ", ")).")
    }
    guard !differences.isEmpty else { return lines }
    if differences.contains(where: { $0.path == "data content" || $0.path.hasPrefix("data.test") })
    {
      lines.append("Their data are not the same, so the numbers are not of one test set.")
    }
    lines.append(matched == nil ? "They differ in:" : "The first two of them differ in:")
    lines += differences.prefix(Self.shownDifferences).map { "  " + $0.text }
    if differences.count > Self.shownDifferences {
      lines.append(
        "  and \(differences.count - Self.shownDifferences) more; `runexp diff` shows all"
      )
    }
    return lines
  }

  private static let shownDifferences = 12

  private var differingParameters: [String] {
    Set(sides.flatMap(\.parameters.keys)).sorted().filter { name in
      Set(sides.map { $0.parameters[name] }).count > 1
    }
  }

  private var shownMetrics: [String] {
    let others = Set(sides.flatMap(\.runs).flatMap(\.metrics.keys)).sorted().filter { name in
      name != metric && (name.hasPrefix("val.") || name.hasPrefix("test.") || name == "train.loss")
    }
    return [metric] + others.prefix(Self.otherMetrics)
  }

  /// The table with as many of the other metrics as a terminal has room for, and those that are left out.
  private func fittingTable(_ width: Int?) -> (table: TextTable, hidden: [String]) {
    let metrics = shownMetrics
    guard let width else { return (table(metrics), []) }
    let counts = (1...metrics.count).reversed()
    let count = counts.first { table(Array(metrics.prefix($0))).fullWidth <= width } ?? 1
    return (table(Array(metrics.prefix(count))), Array(metrics.dropFirst(count)))
  }

  private func table(_ metrics: [String]) -> TextTable {
    let names = differingParameters
    let columns =
      // The number of the cell is what tells two of them apart.
      [TextTable.Column("", fit: .whole)] + names.map { TextTable.Column($0) }
      + [TextTable.Column("n", isNumber: true)]
      + metrics.map { TextTable.Column($0, isNumber: true) }
    return TextTable(
      columns,
      rows: sides.enumerated().map { place, side in
        [side.label] + names.map { side.parameters[$0]?.description ?? "–" }
          + [String(sample(metric, at: place).count)]
          + metrics.map { Self.text(sample($0, at: place), isChosen: Self.isChosen(side)) }
      }
    )
  }

  /// What is compared: of two sides that are tested without seeds that collapsed.
  private func sample(_ name: String, at place: Int) -> MetricSample {
    let side = sides[place]
    guard let comparison, name == metric else { return side.sample(name) }
    let tested = place == 0 ? comparison.left : comparison.right
    guard !tested.collapsed.isEmpty else { return side.sample(name) }
    return MetricSample(
      scaled: Sample(tested.scaled.sorted { $0.key < $1.key }.map(\.value)),
      comparison.scale
    )
  }

  // MARK: - For scripts

  var json: JSON {
    .object([
      ("metric", .text(metric)),
      ("sides", .list(sides.map(object))),
      ("difference", comparison.map(Self.object) ?? .null),
      ("matches", .list((matched?.matches ?? []).map(Self.object))),
      (
        "specification_differences",
        .list(
          specificationDifferences.map {
            .object([
              ("path", .text($0.path)), ("left", JSON($0.left)),
              ("right", JSON($0.right)),
            ])
          }
        )
      ),
    ])
  }

  private static func object(_ match: MatchedComparison.Match) -> JSON {
    .object([
      ("parameters", RunRecord.json(match.parameters)),
      ("difference", object(match.comparison)),
      ("adjusted_p", JSON(match.comparison.isChosen ? nil : match.adjustedP)),
    ])
  }

  private func object(_ side: ComparedSide) -> JSON {
    let names = Set(side.runs.flatMap(\.metrics.keys)).sorted()
    return .object([
      ("label", .text(side.label)),
      ("sweep", JSON(side.sweep?.label)),
      ("cell", JSON(side.cell)),
      ("runs", .list(side.runs.map { .text($0.id) })),
      ("parameters", RunRecord.json(side.parameters)),
      ("metrics", .object(names.map { ($0, Self.object(side, $0)) })),
    ])
  }

  /// `0.8720 ± 0.0023`, or the one number; of a cell that `tune` chooses the mean alone.
  private static func text(_ sample: MetricSample, isChosen: Bool) -> String {
    guard sample.count > 0 else { return "–" }
    guard sample.count > 1, !sample.isConstant, !isChosen else { return sample.centerText }
    return sample.text(showsCount: false).replacing(" †", with: "")
  }

  /// Of a perplexity there is the geometric mean with its interval, too: what the table shows.
  private static func object(_ side: ComparedSide, _ metric: String) -> JSON {
    let sample = Sample(side.values(metric).sorted { $0.key < $1.key }.map(\.value))
    let scaled = side.sample(metric)
    let isChosen = isChosen(side)
    let geometric: [(String, JSON)] =
      scaled.scale == .logarithmic
      ? [
        ("geometric_mean", scaled.count > 0 ? .real(scaled.mean) : .null),
        ("low", JSON(isChosen ? nil : scaled.interval?.low)),
        ("high", JSON(isChosen ? nil : scaled.interval?.high)),
      ] : []
    return .object(
      [
        ("n", .integer(sample.count)),
        ("mean", sample.count > 0 ? .real(sample.mean) : .null),
        ("half_width", JSON(isChosen ? nil : sample.halfWidth)),
      ] + geometric
    )
  }

  private static func name(_ test: DifferenceTest) -> String {
    switch test {
    case .paired: "paired t"
    case .welch: "Welch"
    }
  }

  private static func object(_ comparison: Comparison) -> JSON {
    let difference = comparison.difference
    // Of a perplexity there is a ratio, and no difference.
    let isRatio = comparison.scale == .logarithmic
    let interval = comparison.isChosen ? nil : comparison.test?.interval
    let numbers = [difference?.mean, interval?.low, interval?.high]
    let values = numbers.map { JSON($0.map(comparison.scale.value)) }
    func only(_ isShown: Bool, _ index: Int) -> JSON { isShown ? values[index] : .null }
    return .object([
      ("metric", .text(comparison.metric)),
      ("left", .text(comparison.left.label)),
      ("right", .text(comparison.right.label)),
      ("mean", only(!isRatio, 0)),
      ("low", only(!isRatio, 1)),
      ("high", only(!isRatio, 2)),
      ("ratio", only(isRatio, 0)),
      ("ratio_low", only(isRatio, 1)),
      ("ratio_high", only(isRatio, 2)),
      ("level", JSON(comparison.test?.level)),
      ("look", comparison.test?.look.map { .integer($0.number) } ?? .null),
      ("p", JSON(comparison.isChosen ? nil : difference?.p)),
      ("test", JSON(difference.map { Self.name($0.test) })),
      ("allows_claim", .boolean(!comparison.isChosen && comparison.test?.allowsClaim == true)),
      ("text", .text(comparison.sentences.joined(separator: " "))),
    ])
  }
}
