// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary
import Workbench

/// What was trained as an object with a manifest's keys; a component is `{"name": …}` with its arguments.
struct SpecificationObject {
  let specification: RunSpecification

  init(_ specification: RunSpecification) { self.specification = specification }

  var json: JSON {
    .object(specification.entries.map { ($0.key.name, Self.value($0.value, $0.key.kind)) })
  }

  /// Every key of a section is there, null if it was left out.
  private static func value(_ value: ArgumentValue, _ kind: FieldKind) -> JSON {
    guard case .section(let keys, _) = kind, let values = value.mapping else {
      return JSON(value)
    }
    return .object(keys.map { ($0.name, Self.value(values[$0.name] ?? .none, $0.kind)) })
  }
}
