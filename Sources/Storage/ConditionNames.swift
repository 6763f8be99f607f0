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
    if name.hasPrefix("parameters.") {
      return value(run.parameters[String(name.dropFirst("parameters.".count))])
    }
    if let parameter = run.parameters[name] { return value(parameter) }
    guard let (metric, part) = metric(name) else { return .absent }
    return run.metrics[metric].flatMap { $0[keyPath: part] }.map(ConditionValue.number) ?? .absent
  }

  private static func value(_ parameter: ParameterValue?) -> ConditionValue {
    guard let parameter else { return .absent }
    return parameter.number.map(ConditionValue.number) ?? .text(parameter.description)
  }

  /// The metric and the part of its summary that a dotted name means.
  static func metric(
    _ name: String
  ) -> (name: String, part: any KeyPath<MetricSummary, Double?> & Sendable)? {
    guard name.contains(".") else { return nil }
    if name.hasSuffix(".best_epoch") { return (String(name.dropLast(11)), \.bestEpochNumber) }
    if name.hasSuffix(".best") { return (String(name.dropLast(5)), \.best) }
    if name.hasSuffix(".last") { return (String(name.dropLast(5)), \.last) }
    return (name, \.last)
  }
}

extension MetricSummary {
  fileprivate var bestEpochNumber: Double? { bestEpoch.map(Double.init) }
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
