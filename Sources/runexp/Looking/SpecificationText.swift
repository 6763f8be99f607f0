// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Reports
import Vocabulary
import Workbench

/// What was trained, in the words of a manifest.
struct SpecificationText {
  let specification: RunSpecification
  /// Trained values of each layer, by its place, such as `2` or `3.body.0`; empty if they are not known.
  let parameterCounts: [String: Int]
  /// The blocks' names in the order in which they are computed; those that are missing follow by name.
  var order: [String] = []

  var lines: [String] {
    specification.entries.flatMap { key, value -> [String] in
      switch (key.kind, value) {
      case (.argument(.network), _): ["\(key.name):"] + modelLines
      case (_, .none), (_, .list([])): []
      default: ["\(key.name): \(Self.text(value, key.kind))"]
      }
    }
  }

  /// A section's keys in the order of the documentation, a data set's arguments with its name.
  private static func text(_ value: ArgumentValue, _ kind: FieldKind) -> String {
    guard case .section(let keys, _) = kind, let values = value.mapping else {
      return text(value) ?? ""
    }
    var words: [String] = []
    var lead = ""
    for key in keys {
      guard let value = values[key.name] else { continue }
      if case .argument(.component(.datasets)) = key.kind {
        lead = text(value, key.kind) + "; "
      } else {
        words.append("\(key.name): \(text(value, key.kind))")
      }
    }
    return lead
      + (lead.isEmpty ? "{ \(words.joined(separator: ", ")) }" : words.joined(separator: ", "))
  }

  private var modelLines: [String] {
    let rows = blocks.flatMap(Self.rows).map { place, text in
      let count = parameterCounts[place] ?? 0
      return [place, text, count > 0 ? grouped(count) + " parameters" : ""]
    }
    let places = max(2, rows.map { $0[0].count }.max() ?? 0)
    let width = rows.map { DisplayWidth.of($0[1]) }.max() ?? 0
    return rows.map { row in
      let gap = String(repeating: " ", count: width - DisplayWidth.of(row[1]))
      let lead = String(repeating: " ", count: places - row[0].count)
      let start = "  \(lead)\(row[0])  \(row[1])"
      return row[2].isEmpty ? start : start + gap + "  " + row[2]
    }
  }

  private var blocks: [BlockSpecification] {
    let model = specification.model
    return order.compactMap(model.block) + model.blocks.filter { !order.contains($0.name) }
  }

  /// A block with what it reads, followed by its layers; the layers alone of a list.
  private static func rows(_ block: BlockSpecification) -> [(String, String)] {
    guard !block.name.isEmpty else { return rows(block.layers, inside: "") }
    let names = block.from.isEmpty ? ["the first input"] : block.from
    let source = "reads " + names.joined(separator: block.combine == .add ? " + " : ", ")
    let like = block.like.map { " with the layers of \($0)" } ?? ""
    return [(block.name, source + like)] + rows(block.layers, inside: "\(block.name).")
  }

  /// The place and text of each layer, followed by the layers inside it.
  private static func rows(_ layers: [Component], inside path: String) -> [(String, String)] {
    layers.enumerated().flatMap { index, layer in
      let place = "\(path)\(index)"
      var rest = layer
      var inner: [(name: String, layers: [Component])] = []
      for (key, value) in layer.arguments.sorted(by: { $0.key < $1.key }) {
        let found = value.components.map { [(name: key, layers: $0)] } ?? value.namedLayers
        guard !found.isEmpty else { continue }
        inner += found
        rest.arguments[key] = nil
      }
      let nested = inner.flatMap { name, layers in
        layers.isEmpty
          ? [("\(place).\(name)", "the input itself")]
          : rows(layers, inside: "\(place).\(name).")
      }
      return [(place, text(rest))] + nested
    }
  }

  // MARK: - Components

  /// `dense { activation: relu, bias: true, units: 64 }`; what was left out is not shown, nor an argument that came later
  /// with its standard value.
  static func text(_ component: Component) -> String {
    let words = component.withoutStandardAdditions.arguments.sorted { $0.key < $1.key }.compactMap {
      key,
      value in
      text(value).map { "\(key): \($0)" }
    }
    return words.isEmpty ? component.name : component.name + " { \(words.joined(separator: ", ")) }"
  }

  /// An argument as one would write it; nil if it was left out.
  static func text(_ value: ArgumentValue) -> String? {
    switch value {
    case .none: nil
    case .text(let text): quotedUnlessPlain(text)
    case .boolean, .integer, .real: value.scalarText
    case .list(let values): "[" + values.compactMap(text).joined(separator: ", ") + "]"
    case .mapping(let values):
      "{ "
        + values.sorted { $0.key < $1.key }
        .compactMap { key, value in text(value).map { "\(key): \($0)" } }
        .joined(separator: ", ") + " }"
    case .component(let component): text(component)
    case .components(let layers): "[" + layers.map { text($0) }.joined(separator: ", ") + "]"
    }
  }
}
