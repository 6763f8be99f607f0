// SPDX-License-Identifier: Apache-2.0

public import Diagnostics
public import Experiments
import Vocabulary

/// One step of a path in a manifest: a key, or a position in a list.
public enum ManifestStep: Hashable, Sendable, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral
{
  /// A key of a mapping.
  case key(String)
  /// A position in a list, from 0.
  case index(Int)

  /// A key.
  public init(stringLiteral value: String) { self = .key(value) }
  /// A position.
  public init(integerLiteral value: Int) { self = .index(value) }

  /// The steps of a written path such as `model[2].body[0].units`, `model.2` or `optimizer.learning_rate`.
  public static func path(_ text: String) -> [ManifestStep] {
    text.split { ".[]".contains($0) }.map { piece in
      Int(piece).map(ManifestStep.index) ?? .key(String(piece))
    }
  }
}

extension Plan {
  /// The place that `path` leads to in the manifest, its source line and the length of the
  /// underline.
  ///
  /// A path that starts with `model` follows the model that `cell` chose, also into `models`.
  /// Inside a layer, keys are its arguments. If the path goes further than the text, the deepest
  /// place that exists is given.
  public func location(
    of path: [ManifestStep],
    in cell: Cell? = nil
  ) -> (location: SourceLocation, excerpt: String, length: Int) {
    let place = place(of: path, in: cell)
    return (place.location, place.excerpt, place.length)
  }

  /// A mistake at that place, such as a shape that does not fit at `model[2]`.
  public func diagnostic(
    _ message: String,
    severity: Diagnostic.Severity = .error,
    hints: [String] = [],
    at path: [ManifestStep],
    in cell: Cell? = nil
  ) -> Diagnostic {
    let place = place(of: path, in: cell)
    return Diagnostic(
      message,
      severity: severity,
      at: place.location,
      excerpt: place.excerpt,
      length: place.length,
      hints: hints
    )
  }

  private func place(of path: [ManifestStep], in cell: Cell?) -> Place {
    var node = root
    var place = root.place
    for (depth, step) in path.enumerated() {
      guard let next = node.step(step) else { break }
      place = next.place
      node = next.node
      guard depth == 0, let (_, all) = alternatives.first(where: { step == .key($0.name) }) else {
        continue
      }
      if let text = node.text { node = chosen(text, among: all, cell) ?? node }
      place = node.place
    }
    for (name, all) in alternatives where path.first == .key(name) && root[name] == nil {
      return self.place(Array(path.dropFirst()), chosenAs: name, among: all, cell)
    }
    return place
  }

  /// `models:` without `model:` stands for `model: "${model}"`, and so do `optimizers:`.
  private func place(
    _ path: [ManifestStep],
    chosenAs name: String,
    among all: String,
    _ cell: Cell?
  ) -> Place {
    guard let named = root[all] else { return root.place }
    var node = chosen("${\(name)}", among: all, cell) ?? named
    var place = node.place
    for step in path {
      guard let next = node.step(step) else { break }
      (node, place) = next
    }
    return place
  }

  /// The model or optimizer that a text names.
  private func chosen(_ text: String, among all: String, _ cell: Cell?) -> SourceNode? {
    let name = pieces(of: text).map { piece in
      switch piece {
      case .literal(let literal): literal
      case .reference(let name): cell?.assignment[name]?.description ?? ""
      }
    }.joined()
    return root[all]?[name]
  }
}

extension SourceNode {
  /// The value one step further with its place; inside `{ dense: { … } }` the layer's name is skipped.
  fileprivate func step(_ step: ManifestStep) -> (node: SourceNode, place: Place)? {
    switch step {
    case .index(let index):
      guard let items, items.indices.contains(index) else { return nil }
      return (items[index], items[index].headPlace)
    // A block that is a list is its layers.
    case .key("layers") where items != nil: return (self, place)
    case .key(let key):
      if let entry = entry(key) { return (entry.value, entry.value.place) }
      guard let entries, entries.count == 1, let arguments = entries.first?.value else {
        return nil
      }
      if let entry = arguments.entry(key) { return (entry.value, entry.value.place) }
      return arguments.entries == nil ? (arguments, arguments.place) : nil
    }
  }

  /// Where a layer is underlined: its name.
  private var headPlace: Place {
    guard let entries, entries.count == 1, let entry = entries.first else { return place }
    return entry.keyPlace
  }
}
