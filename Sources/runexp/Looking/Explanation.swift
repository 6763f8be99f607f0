// SPDX-License-Identifier: Apache-2.0

import Experiments
import Reports
import Storage
import Vocabulary
import Workbench

/// Why one run is as it is, in lines and as an object.
struct Explanation {
  /// Differences to the nearest run beyond this number are only counted.
  private static let shownDifferences = 12

  let explanation: RunExplanation

  init(_ explanation: RunExplanation) { self.explanation = explanation }

  var lines: [String] {
    let run = explanation.run
    let cause = run.reason ?? run.earlyStop
    var lines = ["run \(run.id) is \(run.state.rawValue)" + (cause.map { ": \($0)" } ?? "")]
    if let doubt = run.doubt {
      lines.append(
        "  \(doubt.sentence); `runexp sweep` on its manifest trains it anew"
          + (doubt.isCertain ? "" : " if it is wrong")
      )
    }
    lines += explanation.decisions.map { decision in
      "  \(decision.sweep): \(decision.disposition)" + (decision.reason.map { ", \($0)" } ?? "")
    }
    lines += explanation.attempts.map(Self.line)
    return lines + nearestLines
  }

  private static func line(_ attempt: AttemptRecord) -> String {
    var text = "  attempt \(attempt.number), \(attempt.startedAt): "
    text += attempt.outcome?.rawValue ?? "under way"
    if let reason = attempt.reason { text += ", \(reason)" }
    if attempt.resumedStep > 0 { text += " (went on from step \(attempt.resumedStep))" }
    return text
  }

  private var nearestLines: [String] {
    guard let nearest = explanation.nearest else { return ["  no older run could be reused"] }
    let all = nearest.differences
    guard !all.isEmpty else { return ["  the older run \(nearest.id) has the same content"] }
    var lines = ["  the nearest older run, \(nearest.id), differs in"]
    lines += all.prefix(Self.shownDifferences).map { "    \($0.description)" }
    if all.count > Self.shownDifferences {
      lines.append("    and \(all.count - Self.shownDifferences) more")
    }
    return lines
  }

  var json: JSON {
    let run = explanation.run
    return .object([
      ("id", .text(run.id)),
      ("state", .text(run.state.rawValue)),
      ("reason", JSON(run.reason)),
      ("doubt", JSON(run.doubt?.mark)),
      ("doubt_reason", JSON(run.doubt?.sentence)),
      ("decisions", .list(explanation.decisions.map(Self.object))),
      ("attempts", .list(explanation.attempts.map(\.json))),
      ("nearest", nearestObject),
      ("stopped_early", JSON(run.earlyStop)),
    ])
  }

  private static func object(_ decision: PlannedDecision) -> JSON {
    .object([
      ("sweep", .text(decision.sweep)),
      ("disposition", .text(decision.disposition)),
      ("reason", JSON(decision.reason)),
    ])
  }

  private var nearestObject: JSON {
    guard let nearest = explanation.nearest else { return .null }
    return .object([
      ("id", .text(nearest.id)),
      (
        "differences",
        .list(
          nearest.differences.map {
            .object([
              ("path", .text($0.path)),
              ("left", JSON($0.left)),
              ("right", JSON($0.right)),
            ])
          }
        )
      ),
    ])
  }
}

/// What a plan decided of its runs, as a table and as objects.
enum SweepExplanation {
  static func table(_ decisions: [SweepDecision], _ runs: [String: RunRecord]) -> TextTable {
    let names = Set(decisions.flatMap(\.parameters.keys)).sorted().filter { name in
      Set(decisions.map { $0.parameters[name] }).count > 1
    }
    let titles = ["run"] + names + ["seed", "planned", "state", "why"]
    return TextTable(
      titles.map {
        TextTable.Column($0, isNumber: $0 == "seed", fit: $0 == "why" ? .wrap : .cut)
      },
      rows: decisions.map { decision in
        let run = runs[decision.run]
        let values = names.map { decision.parameters[$0]?.description ?? "–" }
        return [String(decision.run.prefix(8))] + values + [
          String(decision.seed), decision.disposition, run?.state.rawValue ?? "–",
          [decision.reason, run?.reason, run?.earlyStop, run?.doubt?.mark].compactMap(\.self)
            .joined(separator: "; "),
        ]
      }
    )
  }

  static func object(_ decision: SweepDecision, _ run: RunRecord?) -> JSON {
    .object([
      ("id", .text(decision.run)),
      ("cell", .integer(decision.cell)),
      ("seed", .integer(decision.seed)),
      ("parameters", RunRecord.json(decision.parameters)),
      ("disposition", .text(decision.disposition)),
      ("why", JSON(decision.reason)),
      ("state", JSON(run?.state.rawValue)),
      ("attempts", JSON(run?.attempts)),
      ("reason", JSON(run?.reason)),
      ("doubt", JSON(run?.doubt?.mark)),
      ("stopped_early", JSON(run?.earlyStop)),
    ])
  }
}

extension AttemptRecord {
  /// The attempt as an object.
  var json: JSON {
    .object([
      ("number", .integer(number)),
      ("host", .text(host)),
      ("pid", .integer(pid)),
      ("resumed_step", .integer(resumedStep)),
      ("started_at", .text(startedAt)),
      ("ended_at", JSON(endedAt)),
      ("outcome", JSON(outcome?.rawValue)),
      ("reason", JSON(reason)),
      ("weights_sha256", JSON(weightsSHA256)),
      ("cpu", JSON(environment?.cpu)),
      ("system", JSON(environment?.system)),
      ("cores", JSON(environment?.cores)),
      ("jobs", JSON(environment?.jobs)),
      ("threads", JSON(environment?.threads)),
      ("version", JSON(environment?.version)),
    ])
  }
}
