// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// A field of a run under the name that `--columns`, `--where`, `--sort`, `--json` and CSV have for it.
package struct RunField: Sendable {
  /// How the value is compared and shown.
  package enum Kind: Sendable {
    /// A word or text.
    case text
    /// A time as text, whose order is that of the text.
    case time
    /// A whole number.
    case number
    /// A whole number that is shown with commas between thousands.
    case count
    /// A number of seconds.
    case duration
    /// A run's id, of which the beginning is enough.
    case id
    /// A digest, of which the beginning is enough.
    case digest
    /// `NAME@revision` of a plan, for which `NAME` is enough.
    case sweep
    /// The state, which is shown with how it came about.
    case state
    /// Several words, each of which may be meant; `wordName` is one of them in a condition.
    case words(wordName: String)
  }

  /// The name.
  package let name: String
  /// How the value is compared and shown.
  package let kind: Kind
  /// The value; null where the run does not have it.
  package let value: @Sendable (RunRecord) -> JSON

  private init(_ name: String, _ kind: Kind, _ value: @escaping @Sendable (RunRecord) -> JSON) {
    self.name = name
    self.kind = kind
    self.value = value
  }

  /// Every field, in the order of the documentation.
  package static let all: [RunField] = [
    RunField("id", .id) { .text($0.id) },
    RunField("experiment", .text) { .text($0.experiment) },
    RunField("sweep", .sweep) { JSON($0.sweep) },
    RunField("cell", .number) { JSON($0.cell) },
    RunField("seed", .number) { .integer($0.seed) },
    RunField("state", .state) { .text($0.state.rawValue) },
    RunField("attempts", .number) { .integer($0.attempts) },
    RunField("reason", .text) { JSON($0.reason) },
    RunField("epochs", .number) { .integer($0.epochs) },
    RunField("duration_seconds", .duration) { JSON($0.durationSeconds) },
    RunField("started_at", .time) { JSON($0.startedAt) },
    RunField("finished_at", .time) { JSON($0.finishedAt) },
    RunField("weights_sha256", .digest) { JSON($0.weightsSHA256) },
    RunField("data_sha256", .digest) { JSON($0.dataSHA256) },
    RunField("numeric_version", .number) { .integer($0.numericVersion) },
    RunField("parameter_count", .count) { JSON($0.parameterCount) },
    RunField("tags", .words(wordName: "tag")) { JSON(strings: $0.tags) },
    RunField("doubt", .text) { JSON($0.doubt?.mark) },
    RunField("stopped_early", .text) { JSON($0.earlyStop) },
  ]

  /// The names, in the order of the documentation.
  package static let names = all.map(\.name)

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The field of that name; nil if there is none.
  package static func named(_ name: String) -> RunField? { byName[name] }

  /// Whether its values are numbers.
  package var isNumber: Bool {
    switch kind {
    case .number, .count, .duration: true
    default: false
    }
  }
}
