// SPDX-License-Identifier: Apache-2.0

public import Diagnostics
public import Experiments
import Vocabulary

/// A condition of `--where`: `model=cnn and (val.accuracy>0.9 or not tag=x)`.
///
/// Comparisons are `NAME OP VALUE` with `= != < <= > >=`, joined by `and`, `or`, `not` and
/// parentheses. `and` binds tighter than `or`. A value is a word, a number, or text in single or
/// double quotes. A name is a field of a run (`state`, `seed`, `tag`, `id` …), a parameter, or a
/// metric, which stands for its last value. `.best` and `.best_epoch` may follow a metric.
/// `parameters.NAME` is the parameter even if a field has that name. Numbers are compared as
/// numbers. If a run lacks a value, or its metric is not a number, the value equals only `null` and
/// is neither smaller nor larger than anything.
public struct Condition: Hashable, Sendable {
  /// How two values are compared.
  public enum Operator: String, Hashable, Sendable, CaseIterable {
    /// The same number or text.
    case equal = "="
    /// Another number or text.
    case notEqual = "!="
    /// Smaller.
    case less = "<"
    /// Smaller or same.
    case lessOrEqual = "<="
    /// Larger.
    case greater = ">"
    /// Larger or same.
    case greaterOrEqual = ">="

    /// All operators, as a message lists them.
    static let list = allCases.map(\.rawValue).joined(separator: " ")

    /// Whether it compares by order.
    var isOrder: Bool { self != .equal && self != .notEqual }
  }

  /// One comparison, with the places of its words in the text.
  struct Comparison: Hashable, Sendable {
    var name: String
    var comparison: Operator
    var value: String
    /// Columns from 1.
    var nameColumn: Int
    var valueColumn: Int
  }

  indirect enum Node: Hashable, Sendable {
    case comparison(Comparison)
    case not(Node)
    case and([Node])
    case or([Node])
  }

  /// The text as typed.
  public let text: String
  let root: Node
  let source: ConditionSource

  /// Reads a condition; the place of a mistake begins with `origin`.
  public init(_ text: String, origin: String = "--where") throws(Diagnostic) {
    source = ConditionSource(text: text, origin: origin)
    var parser = try ConditionParser(source)
    root = try parser.condition()
    self.text = text
    try checkFixedValues()
  }

  /// Whether a run meets the condition.
  public func matches(_ run: RunRecord) -> Bool { Self.matches(root, run) }

  /// The runs that meet the condition; throws if a name is neither a field, nor a metric, nor a
  /// parameter of any run.
  public func filter(_ runs: [RunRecord]) throws(Diagnostic) -> [RunRecord] {
    try check(against: runs)
    return runs.filter(matches)
  }

  private static func matches(_ node: Node, _ run: RunRecord) -> Bool {
    switch node {
    case .comparison(let comparison): comparison.holds(for: run)
    case .not(let inner): !matches(inner, run)
    case .and(let parts): parts.allSatisfy { matches($0, run) }
    case .or(let parts): parts.contains { matches($0, run) }
    }
  }

  var comparisons: [Comparison] { Self.comparisons(root) }

  private static func comparisons(_ node: Node) -> [Comparison] {
    switch node {
    case .comparison(let comparison): [comparison]
    case .not(let inner): comparisons(inner)
    case .and(let parts), .or(let parts): parts.flatMap(comparisons)
    }
  }
}
