// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// What a name of `--columns`, `--sort` or `--where` means in a run.
package enum NamedValue: Sendable {
  /// A field of the run.
  case field(RunField)
  /// The value of a parameter.
  case parameter(ParameterValue)
  /// A metric's last or best value; nil if it is not a finite number.
  case metric(Double?)
  /// The epoch of a metric's best value, from 1; nil if it has none.
  case epoch(Int?)
}

extension RunRecord {
  /// What `parameters.` in front of a name says: the parameter, even if a field has that name.
  package static let parameterPrefix = "parameters."

  /// What may follow a metric's name.
  package static let metricEndings = [".last", ".best", ".best_epoch"]

  /// What a name means in this run; nil if the run has nothing of that name.
  ///
  /// A field goes before a parameter, and a parameter before a metric.
  package func named(_ name: String) -> NamedValue? {
    if let field = RunField.named(name) { return .field(field) }
    if let parameter = parameters[name] { return .parameter(parameter) }
    if name.hasPrefix(Self.parameterPrefix) {
      return parameters[String(name.dropFirst(Self.parameterPrefix.count))].map { .parameter($0) }
    }
    return metric(name)
  }

  private func metric(_ name: String) -> NamedValue? {
    if let summary = metrics[name] { return .metric(summary.last) }
    guard let dot = name.lastIndex(of: "."), let summary = metrics[String(name[..<dot])] else {
      return nil
    }
    return switch name[dot...] {
    case ".last": .metric(summary.last)
    case ".best": .metric(summary.best)
    case ".best_epoch": .epoch(summary.bestEpoch)
    default: nil
    }
  }
}
