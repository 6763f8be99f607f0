// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation

extension RunRecord {
  /// The object of `runs --json`: its names are a public interface, additions only.
  var json: JSONValue { .object(jsonMembers) }

  /// The members of `json`, in documentation order.
  var jsonMembers: [(String, JSONValue)] {
    [
      ("id", .text(id)),
      ("experiment", .text(experiment)),
      ("sweep", JSONValue(sweep)),
      ("cell", JSONValue(cell)),
      ("seed", .integer(seed)),
      ("state", .text(state.rawValue)),
      ("attempts", .integer(attempts)),
      ("reason", JSONValue(reason)),
      ("parameters", Self.json(parameters)),
      ("epochs", .integer(epochs)),
      ("duration_seconds", JSONValue(durationSeconds)),
      ("started_at", JSONValue(startedAt)),
      ("finished_at", JSONValue(finishedAt)),
      ("weights_sha256", JSONValue(weightsSHA256)),
      ("data_sha256", JSONValue(dataSHA256)),
      ("numeric_version", .integer(numericVersion)),
      ("parameter_count", JSONValue(parameterCount)),
      ("tags", .list(tags.map { .text($0) })),
      ("doubt", JSONValue(doubt?.mark)),
      ("metrics", .object(metrics.sorted { $0.key < $1.key }.map { ($0, Self.json($1)) })),
      ("stopped_early", JSONValue(earlyStop)),
    ]
  }

  /// A cell's assignment as an object, by name.
  static func json(_ parameters: [String: ParameterValue]) -> JSONValue {
    .object(parameters.sorted { $0.key < $1.key }.map { ($0, JSONValue($1)) })
  }

  private static func json(_ summary: MetricSummary) -> JSONValue {
    .object([
      ("last", JSONValue(summary.last)),
      ("best", JSONValue(summary.best)),
      ("best_epoch", JSONValue(summary.bestEpoch)),
    ])
  }
}
