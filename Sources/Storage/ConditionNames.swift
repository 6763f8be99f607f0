// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// What a name of a condition means in one run.
enum ConditionValue: Hashable {
  /// The run does not have it, or it is not a number.
  case absent
  case number(Double)
  case text(String)
  /// Any of them may fit.
  case words([String])
  /// A text whose beginning may be given.
  case prefix(String)
  /// A plan: `NAME@revision`, or `NAME` alone.
  case sweep(String)
}

extension Condition {
  /// Fields of a run by the name that a condition has for them.
  static let fields: [String: RunField] = Dictionary(
    uniqueKeysWithValues: RunField.all.map { field in
      if case .words(let wordName) = field.kind { (wordName, field) } else { (field.name, field) }
    }
  )
  /// Fields whose order is that of their text.
  static let orderedTexts = Set(
    RunField.all.filter { if case .time = $0.kind { true } else { false } }.map(\.name)
  )

  private static func value(_ field: RunField, in run: RunRecord) -> ConditionValue {
    switch (field.kind, field.value(run)) {
    case (_, .integer(let number)): .number(Double(number))
    case (_, .real(let number)): .number(number)
    case (.id, .text(let text)), (.digest, .text(let text)): .prefix(text)
    case (.sweep, .text(let label)): .sweep(label)
    case (_, .text(let text)): .text(text)
    case (_, .list(let words)):
      .words(words.compactMap { if case .text(let word) = $0 { word } else { nil } })
    case (_, .null), (_, .boolean), (_, .object): .absent
    }
  }

  static func value(_ name: String, in run: RunRecord) -> ConditionValue {
    if let field = fields[name] { return value(field, in: run) }
    return switch run.named(name) {
    case .field(let field): value(field, in: run)
    case .parameter(let value): value.number.map { .number($0) } ?? .text(value.description)
    case .metric(let value): value.map { .number($0) } ?? .absent
    case .epoch(let epoch): epoch.map { .number(Double($0)) } ?? .absent
    case nil: .absent
    }
  }

  /// The metric that a dotted name speaks of.
  static func metric(_ name: String) -> String? {
    guard name.contains(".") else { return nil }
    let ending = RunRecord.metricEndings.first { name.hasSuffix($0) }
    return String(name.dropLast(ending?.count ?? 0))
  }
}

extension Condition.Comparison {
  /// Whether the comparison holds for a run.
  func holds(for run: RunRecord) -> Bool {
    let found = Condition.value(name, in: run)
    switch comparison {
    case .equal: return equals(found)
    case .notEqual: return !equals(found)
    case .less: return compares(found, <, <)
    case .lessOrEqual: return compares(found, <=, <=)
    case .greater: return compares(found, >, >)
    case .greaterOrEqual: return compares(found, >=, >=)
    }
  }

  private func equals(_ found: ConditionValue) -> Bool {
    switch found {
    case .absent: value == "null"
    case .number(let number): Double(value) == number
    case .text(let text): text == value
    case .words(let words): words.contains(value)
    case .prefix(let text): !value.isEmpty && text.hasPrefix(value.lowercased())
    case .sweep(let label): label == value || label.hasPrefix(value + "@")
    }
  }

  private func compares(
    _ found: ConditionValue,
    _ numbers: (Double, Double) -> Bool,
    _ texts: (String, String) -> Bool
  ) -> Bool {
    switch found {
    case .number(let number): Double(value).map { numbers(number, $0) } ?? false
    case .text(let text): texts(text, value)
    case .absent, .words, .prefix, .sweep: false
    }
  }
}
