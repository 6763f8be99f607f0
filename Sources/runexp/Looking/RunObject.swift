// SPDX-License-Identifier: Apache-2.0

import Workbench
import Experiments
import Foundation

extension RunRecord {
  /// The object of `runs --json`: its names are a public interface, additions only.
  var json: JSON { .object(jsonMembers) }

  /// The members of `json`, in documentation order.
  var jsonMembers: [(String, JSON)] {
    [
      ("id", .text(id)),
      ("experiment", .text(experiment)),
      ("sweep", JSON(sweep)),
      ("cell", JSON(cell)),
      ("seed", .integer(seed)),
      ("state", .text(state.rawValue)),
      ("attempts", .integer(attempts)),
      ("reason", JSON(reason)),
      ("parameters", Self.json(parameters)),
      ("epochs", .integer(epochs)),
      ("duration_seconds", JSON(durationSeconds)),
      ("started_at", JSON(startedAt)),
      ("finished_at", JSON(finishedAt)),
      ("weights_sha256", JSON(weightsSHA256)),
      ("data_sha256", JSON(dataSHA256)),
      ("numeric_version", .integer(numericVersion)),
      ("parameter_count", JSON(parameterCount)),
      ("tags", .list(tags.map { .text($0) })),
      ("doubt", JSON(doubt?.mark)),
      ("metrics", .object(metrics.sorted { $0.key < $1.key }.map { ($0, Self.json($1)) })),
      ("stopped_early", JSON(earlyStop)),
    ]
  }

  /// A cell's assignment as an object, by name.
  static func json(_ parameters: [String: ParameterValue]) -> JSON {
    .object(parameters.sorted { $0.key < $1.key }.map { ($0, JSON($1)) })
  }

  private static func json(_ summary: MetricSummary) -> JSON {
    .object([
      ("last", JSON(summary.last)),
      ("best", JSON(summary.best)),
      ("best_epoch", JSON(summary.bestEpoch)),
    ])
  }
}
