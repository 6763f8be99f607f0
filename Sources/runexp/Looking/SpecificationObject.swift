// SPDX-License-Identifier: Apache-2.0

import Experiments

/// What was trained as an object with a manifest's keys; a component is `{"name": …}` with its arguments.
struct SpecificationObject {
  let specification: RunSpecification

  init(_ specification: RunSpecification) { self.specification = specification }

  var json: JSONValue {
    .object(specification.entries.map { ($0.key.name, Self.value($0.value, $0.key.kind)) })
  }

  /// Every key of a section is there, null if it was left out.
  private static func value(_ value: ArgumentValue, _ kind: FieldKind) -> JSONValue {
    guard case .section(let keys, _) = kind, let values = value.mapping else {
      return self.value(value)
    }
    return .object(keys.map { ($0.name, Self.value(values[$0.name] ?? .none, $0.kind)) })
  }

  private static func object(_ component: Component) -> JSONValue {
    .object(
      [("name", .text(component.name))]
        + component.arguments.sorted { $0.key < $1.key }.map { ($0, value($1)) }
    )
  }

  private static func value(_ argument: ArgumentValue) -> JSONValue {
    switch argument {
    case .none: .null
    case .boolean(let flag): .boolean(flag)
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .list(let values): .list(values.map(value))
    case .mapping(let values):
      .object(values.sorted { $0.key < $1.key }.map { ($0, value($1)) })
    case .component(let component): object(component)
    case .components(let layers): .list(layers.map(object))
    }
  }
}
