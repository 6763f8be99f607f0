// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// One of several components that a mapping names, with those of its keys that are the component's arguments.
struct NamedEntries {
  let definition: ComponentDefinition
  let entry: SourceEntry
  private(set) var arguments: [SourceEntry] = []

  /// The components that a mapping names, in its order; other keys are arguments of the one before.
  static func list(_ entries: [SourceEntry], _ family: Catalog.Family) -> [NamedEntries] {
    var list: [NamedEntries] = []
    var leading: [SourceEntry] = []
    for entry in entries {
      let isArgument = list.last?.definition.arguments.contains { $0.name == entry.key } ?? false
      if !isArgument, let definition = definition(entry.key, family) {
        list.append(NamedEntries(definition: definition, entry: entry))
      } else if list.isEmpty {
        leading.append(entry)
      } else {
        list[list.count - 1].arguments.append(entry)
      }
    }
    guard !list.isEmpty else { return [] }
    list[0].arguments = leading + list[0].arguments
    return list
  }

  private static func definition(_ name: String, _ family: Catalog.Family) -> ComponentDefinition? {
    let known = family.definitions
    if let found = known.first(where: { $0.name == name }) { return found }
    let ours = family.accepted.lazy.compactMap { ForeignWords.component(name, in: $0) }.first
    return known.first { $0.name == ours }
  }

  /// Whether the name says everything.
  var isBare: Bool {
    arguments.isEmpty && (entry.value.isNull || definition.arguments.isEmpty)
  }

  /// How the component is written: `relu`, `dense: 2` or `dense: { units: 2, bias: false }`.
  var text: String {
    guard !isBare else { return definition.name }
    if arguments.isEmpty { return "\(definition.name): \(entry.value.text ?? "…")" }
    var parts = arguments.map { "\($0.key): \($0.value.text ?? "…")" }
    if !entry.value.isNull {
      let shorthand = entry.value.scalar == nil ? nil : definition.shorthand
      parts.insert(shorthand.map { "\($0): \(entry.value.text ?? "…")" } ?? "…", at: 0)
    }
    return "\(definition.name): { \(parts.joined(separator: ", ")) }"
  }
}
