// SPDX-License-Identifier: Apache-2.0

public import Diagnostics
public import Experiments
import Vocabulary

extension Condition {
  /// States are known without looking at a run.
  func checkFixedValues() throws(Diagnostic) {
    let states = RunState.allCases.map(\.rawValue)
    for comparison in comparisons where comparison.name == "state" {
      guard !states.contains(comparison.value) else { continue }
      throw source.mistake(
        "unknown state `\(comparison.value)`; expected one of \(states.joined(separator: ", "))",
        column: comparison.valueColumn,
        length: comparison.value.count,
        hints: Self.suggestion(comparison.value, among: states)
      )
    }
  }

  /// Every name must mean something in at least one run, and what it is compared with must be able to fit.
  func check(against runs: [RunRecord]) throws(Diagnostic) {
    let names = KnownNames(runs)
    for comparison in comparisons {
      try checkName(comparison, names)
      try checkValue(comparison, runs: runs)
    }
  }

  /// Why no run meets the condition, as far as single comparisons show: values that no run has,
  /// each with the nearest value of a run.
  ///
  /// They are warnings, because the condition itself is no mistake.
  public func remarks(among runs: [RunRecord]) -> [Diagnostic] {
    comparisons.compactMap { comparison in
      guard comparison.comparison == .equal, comparison.value != "null" else { return nil }
      let values = Self.words(comparison.name, in: runs)
      guard !values.isEmpty, !values.contains(comparison.value),
        !runs.contains(where: comparison.holds)
      else { return nil }
      let near = nearestName(to: comparison.value, among: values)
      return source.mistake(
        "no run has the value `\(comparison.value)` of `\(comparison.name)`",
        severity: .warning,
        column: comparison.valueColumn,
        length: comparison.value.count,
        hints: [near.map { "did you mean `\($0)`?" } ?? "the runs have " + Self.shortList(values)]
      )
    }
  }

  // MARK: - Names

  private func checkName(_ comparison: Comparison, _ names: KnownNames) throws(Diagnostic) {
    let name = comparison.name
    guard !names.contains(name) else { return }
    let near = nearestName(to: name, among: names.all)
    throw source.mistake(
      "unknown name `\(name)`: no field, parameter or metric of these runs",
      column: comparison.nameColumn,
      length: name.count,
      hints: near.map { ["did you mean `\($0)`?"] } ?? names.hints
    )
  }

  /// What names the runs give a meaning to.
  private struct KnownNames {
    private let parameters: Set<String>
    private let metrics: Set<String>
    /// Those that these runs have, for hints.
    private let recorded: [String]

    init(_ runs: [RunRecord]) {
      parameters = Set(runs.flatMap(\.parameters.keys))
      let recorded = Set(runs.flatMap(\.metrics.keys))
      metrics = recorded.union(MetricName.all)
      self.recorded = recorded.sorted()
    }

    func contains(_ name: String) -> Bool {
      if Condition.fields[name] != nil || RunField.named(name) != nil { return true }
      if parameters.contains(name) { return true }
      if name.hasPrefix(RunRecord.parameterPrefix),
        parameters.contains(String(name.dropFirst(RunRecord.parameterPrefix.count)))
      {
        return true
      }
      return Condition.metric(name).map(metrics.contains) ?? false
    }

    /// Every name that could be meant; parameters first, for they are the nearest by meaning.
    var all: [String] {
      let endings = [""] + RunRecord.metricEndings
      return parameters.sorted() + Condition.fields.keys.sorted()
        + metrics.sorted().flatMap { metric in endings.map { metric + $0 } }
    }

    var hints: [String] {
      var hints = ["fields are \(Condition.fields.keys.sorted().joined(separator: ", "))"]
      if !parameters.isEmpty { hints.append("parameters are " + shortList(parameters.sorted())) }
      if !recorded.isEmpty { hints.append("metrics are " + shortList(recorded)) }
      return hints
    }
  }

  // MARK: - Values

  private func checkValue(_ comparison: Comparison, runs: [RunRecord]) throws(Diagnostic) {
    let isNumber = Double(comparison.value) != nil
    if comparison.comparison.isOrder {
      guard !Self.orderedTexts.contains(comparison.name) else { return }
      guard isNumber else { throw orderMistake(comparison, runs) }
      guard let words = Self.onlyWords(comparison.name, in: runs) else { return }
      throw source.mistake(
        "`\(comparison.comparison.rawValue)` needs a number, but `\(comparison.name)` is text: "
          + Self.shortList(words),
        column: comparison.nameColumn,
        length: comparison.name.count,
        hints: ["compare text with `=` or `!=`"]
      )
    }
    guard !isNumber, comparison.value != "null", Self.isAlwaysNumber(comparison.name, in: runs)
    else { return }
    throw source.mistake(
      "`\(comparison.name)` is a number, got `\(comparison.value)`",
      column: comparison.valueColumn,
      length: comparison.value.count,
      hints: ["`null` stands for what a run does not have"]
    )
  }

  private func orderMistake(_ comparison: Comparison, _ runs: [RunRecord]) -> Diagnostic {
    source.mistake(
      "`\(comparison.comparison.rawValue)` needs a number, got `\(comparison.value)`",
      column: comparison.valueColumn,
      length: comparison.value.count,
      hints: Self.isAlwaysNumber(comparison.name, in: runs)
        ? ["`\(comparison.name)` is a number"] : ["compare text with `=` or `!=`"]
    )
  }

  /// Whether the name is a number wherever a run has it, and some run has it.
  private static func isAlwaysNumber(_ name: String, in runs: [RunRecord]) -> Bool {
    var hasNumber = false
    for run in runs {
      switch value(name, in: run) {
      case .number: hasNumber = true
      case .absent: break
      default: return false
      }
    }
    return hasNumber
  }

  /// The values of a name that is text wherever a run has it; nil if it is a number somewhere, or nowhere there.
  private static func onlyWords(_ name: String, in runs: [RunRecord]) -> [String]? {
    let values = runs.map { value(name, in: $0) }
    let words = words(name, in: runs)
    let hasNumber = values.contains { if case .number = $0 { true } else { false } }
    return hasNumber || words.isEmpty ? nil : words
  }

  /// The texts that the runs have under a name, each once.
  private static func words(_ name: String, in runs: [RunRecord]) -> [String] {
    var words = Set<String>()
    for run in runs {
      switch value(name, in: run) {
      case .text(let text), .prefix(let text): words.insert(text)
      case .sweep(let label):
        words.formUnion([label, String(label.prefix { $0 != "@" })])
      case .words(let several): words.formUnion(several)
      case .absent, .number: break
      }
    }
    return words.sorted()
  }

  private static func shortList(_ names: [String]) -> String {
    let shown = names.prefix(12).joined(separator: ", ")
    return names.count > 12 ? shown + " and \(names.count - 12) more" : shown
  }

  private static func suggestion(_ word: String, among names: [String]) -> [String] {
    nearestName(to: word, among: names).map { ["did you mean `\($0)`?"] } ?? []
  }
}
