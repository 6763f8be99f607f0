// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// One expectation, judged for one cell.
public struct JudgedExpectation: Sendable {
  /// What was expected.
  public var expectation: Expectation
  /// The cell for which it was judged; nil if the selection fits no cell or several.
  public var cell: ComparedCell?
  /// The cell's numbers of the expectation's metric, without seeds that collapsed.
  public var sample: MetricSample
  /// The verdict.
  public var verdict: Verdict
  /// Why it is undecided, or what to keep in mind, as a sentence without a full stop.
  public var note: String?

  /// `at least 0.88`, `within 0.86 … 0.9`, `0.875`, `equals 3.16`.
  public var claimText: String { expectation.claim.text }

  /// The mean with its interval as text, without n; for a chosen cell only the mean.
  public var observedText: String {
    (cell?.candidates ?? 1) > 1 && sample.count > 1
      ? sample.centerText : sample.text(showsCount: false)
  }
}

/// Judges on the one cell that the selection fits after `tune`, or on every fitting one for `of: every`.
func judge(
  _ expectation: Expectation,
  _ cells: [ComparedCell],
  _ reader: MetricReader
) -> [JudgedExpectation] {
  let fitting = cells.filter { cell in
    expectation.selection.allSatisfy { cell.cell.assignment[$0.key] == $0.value }
  }
  guard fitting.count == 1 || (expectation.judgesEvery && !fitting.isEmpty) else {
    let wanted = expectation.judgesEvery ? "at least one" : "exactly one"
    return [
      JudgedExpectation(
        expectation: expectation,
        cell: nil,
        sample: MetricSample(Sample([])),
        verdict: .undecided,
        note: "`where` selects \(fitting.count) cells, expected \(wanted)"
      )
    ]
  }
  return fitting.map { judge(expectation, on: $0, reader) }
}

/// Diverged, collapsed or missing seeds leave a claim about the mean undecided. The mean of a cell that `tune` chose has no
/// interval that could reproduce a claim, so it is consistent with it at most.
private func judge(
  _ expectation: Expectation,
  on cell: ComparedCell,
  _ reader: MetricReader
) -> JudgedExpectation {
  let isExact = expectation.claim.isExact
  let sample = reader.sample(
    expectation.metric,
    of: cell.runs,
    without: isExact ? [] : cell.collapsedSeeds
  )
  let isWhole = sample.count == cell.runs.count && !cell.runs.isEmpty
  var verdict = isWhole ? Verdict(expectation.claim, sample) : .undecided
  if verdict == .reproduced, cell.candidates > 1, !isExact { verdict = .consistent }
  return JudgedExpectation(
    expectation: expectation,
    cell: cell,
    sample: sample,
    verdict: verdict,
    note: note(
      expectation,
      cell,
      sample.count,
      isWhole: isWhole,
      undefined: reader.undefined(expectation.metric, of: cell.runs)
    )
  )
}

private func note(
  _ expectation: Expectation,
  _ cell: ComparedCell,
  _ count: Int,
  isWhole: Bool,
  undefined: UndefinedSeeds?
) -> String? {
  var parts: [String] = []
  if !isWhole {
    let unknown = undefined.map { "\($0.seeds.count) of \(cell.runs.count) \($0.reason)" }
    parts.append(
      unknown ?? cell.flaw ?? "`\(expectation.metric)` was not measured in every run"
    )
  } else if count < 3, !expectation.claim.isExact {
    parts.append("n = \(count), a verdict needs 3 seeds")
  }
  if let remark = cell.selectionRemark { parts.append(remark) }
  if case .value(_, _, let because?) = expectation.claim { parts.append("margin: \(because)") }
  return parts.isEmpty ? nil : parts.joined(separator: "; ")
}

extension Expectation.Claim {
  /// Whether it is `equals`.
  fileprivate var isExact: Bool { if case .equals = self { true } else { false } }

  /// As a reader would say it.
  var text: String {
    func number(_ value: Double) -> String { ParameterValue.real(value).description }
    return switch self {
    case .within(let low, let high): "within \(number(low)) … \(number(high))"
    case .value(let value, let margin?, _): "\(number(value)) (margin \(number(margin)))"
    case .value(let value, nil, _): "\(number(value)) (one published run)"
    case .atLeast(let bound): "at least \(number(bound))"
    case .atMost(let bound): "at most \(number(bound))"
    case .equals(let text): "equals \(text)"
    }
  }
}
