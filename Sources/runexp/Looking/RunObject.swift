// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Vocabulary
import Workbench

extension RunRecord {
  /// The object of `runs --json`: its names are a public interface, additions only.
  var json: JSON { .object(jsonMembers) }

  /// The members of `json`, in documentation order: the fields, parameters and metrics among them.
  var jsonMembers: [(String, JSON)] {
    RunField.all.flatMap { field -> [(String, JSON)] in
      let member = (field.name, field.value(self))
      return switch field.name {
      case "reason": [member, ("parameters", Self.json(parameters))]
      case "doubt": [member, ("metrics", metricsObject)]
      default: [member]
      }
    }
  }

  private var metricsObject: JSON {
    .object(metrics.sorted { $0.key < $1.key }.map { ($0, Self.json($1)) })
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
