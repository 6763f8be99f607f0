// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
public import Experiments
public import Vocabulary

/// One key in which two specifications differ, as `runexp diff` shows it.
public struct SpecificationDifference: Hashable, Sendable {
  /// The key's path, as in the manifest: `optimizer.learning_rate`, `model[2].units`.
  public var path: String
  /// The left value as text; nil if it has none.
  public var left: String?
  /// The right value as text; nil if it has none.
  public var right: String?

  /// `optimizer.learning_rate: 0.001 → 0.01`.
  public var text: String { "\(path): \(left ?? "–") → \(right ?? "–")" }

  /// Every key in which the two differ, in manifest order; empty if both train the same.
  public static func between(_ left: RunSpecification, _ right: RunSpecification) -> [Self] {
    let (a, b) = (left.flattened, right.flattened)
    let before = Dictionary(a, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(b, uniquingKeysWith: { first, _ in first })
    var seen = Set<String>()
    let paths = (a + b).map(\.0).filter { seen.insert($0).inserted }
    return paths.compactMap { path in
      before[path] == after[path]
        ? nil : Self(path: path, left: before[path], right: after[path])
    }.sorted { order($0.path) < order($1.path) }
  }

  /// The differences of two runs: specification, seed and numerics.
  public static func between(_ left: RunRecord, _ right: RunRecord) -> [Self] {
    let pairs = [
      ("seed", String(left.seed), String(right.seed)),
      ("numeric_version", String(left.numericVersion), String(right.numericVersion)),
      ("data content", left.dataSHA256 ?? "–", right.dataSHA256 ?? "–"),
    ]
    return between(left.specification, right.specification)
      + pairs.filter { $0.1 != $0.2 }.map { Self(path: $0.0, left: $0.1, right: $0.2) }
  }

  /// Sections in manifest order, layers by number, otherwise by name.
  private static func order(_ path: String) -> Order {
    let sections = ["data", "model", "init", "loss", "optimizer", "train", "log", "metrics"]
    let section = String(path.prefix { $0.isLetter })
    let layer = path.hasPrefix("model[") ? Int(path.dropFirst(6).prefix { $0 != "]" }) ?? 0 : 0
    return Order(section: sections.firstIndex(of: section) ?? 99, layer: layer, path: path)
  }

  private struct Order: Comparable {
    var section: Int
    var layer: Int
    var path: String

    static func < (left: Self, right: Self) -> Bool {
      (left.section, left.layer, left.path) < (right.section, right.layer, right.path)
    }
  }
}

extension RunSpecification {
  /// Every key with its value as text.
  fileprivate var flattened: [(String, String)] {
    entries.flatMap { $0.value.flattened($0.key.name) }
  }
}

extension Component {
  /// An argument that came later counts only where it says something: older runs do not have it.
  fileprivate func flattened(_ path: String) -> [(String, String)] {
    [(path, name)]
      + withoutStandardAdditions.arguments.sorted { $0.key < $1.key }.flatMap {
        $0.value.flattened("\(path).\($0.key)")
      }
  }
}

extension Component {
  /// The name with every argument: `huber delta 0.5`.
  var argumentText: String {
    flattened(name).map { $0.0 == name ? name : "\($0.0.dropFirst(name.count + 1)) \($0.1)" }
      .joined(separator: " ")
  }
}

extension ArgumentValue {
  fileprivate func flattened(_ path: String) -> [(String, String)] {
    switch self {
    case .none: []
    case .component(let component): component.flattened(path)
    case .components(let layers):
      layers.enumerated().flatMap { $1.flattened("\(path)[\($0)]") }
    case .mapping(let values):
      values.sorted { $0.key < $1.key }.flatMap { $0.value.flattened("\(path).\($0.key)") }
    case .list(let values) where values.allSatisfy { $0.mapping != nil }:
      values.flatMap { $0.flattened(path) }
    case .list(let values): [(path, "[" + values.map(\.inlineText).joined(separator: ", ") + "]")]
    case .text(let text): [(path, quotedUnlessPlain(text))]
    case .boolean, .integer, .real: [(path, scalarText ?? "")]
    }
  }

  private var inlineText: String {
    let parts = flattened("")
    return parts.count == 1 ? parts[0].1 : parts.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
  }
}
