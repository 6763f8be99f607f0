// SPDX-License-Identifier: Apache-2.0

import Diagnostics
public import Experiments
public import Vocabulary

/// The cells of two plans that have the same values of their common parameters, compared in pairs
/// on one metric.
public struct MatchedComparison: Sendable {
  /// A cell with its runs.
  public typealias Side = (
    label: String, parameters: [String: ParameterValue], runs: [RunRecord], plans: [CellPlan]
  )

  /// Two cells that form a pair.
  public struct Match: Sendable {
    /// The values that both cells have.
    public var parameters: [String: ParameterValue]
    /// Left minus right.
    public var comparison: Comparison
    /// Holm's adjusted p over all matches that could be tested.
    public var adjustedP: Double?
  }

  /// The parameters that both plans vary, sorted.
  public let common: [String]
  /// The pairs, in the left plan's order.
  public private(set) var matches: [Match]

  /// Nil if no cells form a pair, or if a cell could be in several pairs.
  public init?(
    metric: String,
    left: [Side],
    right: [Side],
    facts: [String: DataFacts] = [:]
  ) {
    let common = Self.varying(left).intersection(Self.varying(right)).sorted()
    func key(_ side: Side) -> [ParameterValue?] { common.map { side.parameters[$0] } }
    let partners = Dictionary(grouping: right, by: key)
    let isAmbiguous =
      partners.values.contains { $0.count > 1 }
      || Dictionary(grouping: left, by: key).values.contains { $0.count > 1 }
    guard !common.isEmpty, !isAmbiguous else { return nil }
    var matches = left.compactMap { side -> Match? in
      guard let partner = partners[key(side)]?.first else { return nil }
      return Match(
        parameters: side.parameters.filter { common.contains($0.key) },
        comparison: Comparison(
          metric: metric,
          left: (side.label, side.runs),
          right: (partner.label, partner.runs),
          facts: facts,
          schedule: side.plans.isEmpty || partner.plans.isEmpty
            ? nil : LookSchedule(side.plans, partner.plans)
        )
      )
    }
    guard !matches.isEmpty else { return nil }
    let tested = matches.indices.filter {
      matches[$0].comparison.test?.allowsClaim == true
    }
    let ps = tested.compactMap { matches[$0].comparison.difference?.p }
    for (index, p) in zip(tested, holmAdjusted(ps)) { matches[index].adjustedP = p }
    self.common = common
    self.matches = matches
  }

  /// Removes intervals and p, because `tune` chose among the cells on the same seeds.
  public mutating func leaveIntervalsOut() {
    for index in matches.indices { matches[index].comparison.isChosen = true }
  }

  private var isChosen: Bool { matches.contains(where: \.comparison.isChosen) }

  private static func varying(_ sides: [Side]) -> Set<String> {
    Set(sides.flatMap(\.parameters.keys)).filter { name in
      Set(sides.map { $0.parameters[name] }).count > 1
    }
  }

  /// A row for each pair.
  public var table: TextTable {
    TextTable(
      ["left", "right"].map { TextTable.Column($0, fit: .whole) }
        + common.map { TextTable.Column($0) }
        + [
          TextTable.Column(scale.differenceWord, isNumber: true),
          TextTable.Column("p", isNumber: true),
          TextTable.Column("Holm's p", isNumber: true), TextTable.Column("remarks", fit: .wrap),
        ],
      rows: matches.map { match in
        let difference = match.comparison.difference
        let allowsClaim = match.comparison.test?.allowsClaim == true && !isChosen
        return [match.comparison.left.label, match.comparison.right.label]
          + common.map { match.parameters[$0]?.description ?? "–" }
          + [
            difference.map(text) ?? "–",
            allowsClaim ? difference.map { NumberText.p($0.p) } ?? "–" : "–",
            allowsClaim ? match.adjustedP.map { NumberText.p($0) } ?? "–" : "–",
            match.comparison.difference == nil || (!allowsClaim && !isChosen)
              ? match.comparison.reason ?? "" : "",
          ]
      }
    )
  }

  private var scale: MetricScale { matches.first?.comparison.scale ?? .linear }

  /// `0.0987 ± 0.0080`, or a ratio with its interval: `1.04 [1.01, 1.07]`.
  private func text(_ difference: Difference) -> String {
    if isChosen {
      return DifferenceText(difference, level: LookSchedule.level, scale).withoutInterval
    }
    if scale == .logarithmic {
      let text = DifferenceText(difference, level: LookSchedule.level, scale)
      return "\(text.mean) [\(text.low), \(text.high)]"
    }
    let style = NumberStyle(halfWidth: difference.halfWidth, magnitude: difference.mean)
    return style.text(difference.mean) + " ± " + style.text(difference.halfWidth)
  }

  /// What the table shows, in words.
  public var sentences: [String] {
    let names = common.map { "`\($0)`" }.joined(separator: ", ")
    if isChosen {
      return [
        "Each row holds two cells with the same \(names). There is neither an interval nor a p, because cells of "
          + "a plan with `tune` are chosen on these seeds. `runexp confirm` compares them on fresh ones."
      ]
    }
    let separated = matches.count { match in
      (match.adjustedP ?? 1) <= match.comparison.test?.level ?? 0
    }
    let tested = matches.count { $0.adjustedP != nil }
    var sentences = [
      "Each row holds two cells with the same \(names): the \(scale == .logarithmic ? "ratio left / right" : "difference left − right") "
        + "with its own 95 % interval. Holm's p is adjusted over the \(counted(tested, "tested pair"))."
    ]
    if tested > 0 {
      sentences.append(
        separated == 0
          ? "No pair is separated."
          : "\(separated) of \(tested) pairs are separated (Holm's p at the level of their looks)."
      )
    }
    return sentences
  }
}
