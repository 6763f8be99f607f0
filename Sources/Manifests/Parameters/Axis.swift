// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// A declared parameter: where its values come from and when it exists.
struct Axis {
  enum Origin {
    /// Listed values, each a scalar with its place.
    case listed([SourceNode], probabilities: [Double]?)
    /// Drawn by a random search.
    case drawn(Distribution)
  }

  var name: String
  var place: Place
  var origin: Origin
  var isLogarithmic = false
  var conditions: [ValueCondition] = []

  /// The listed values; empty for a distribution.
  var values: [SourceNode] {
    if case .listed(let values, _) = origin { values } else { [] }
  }

  /// The plain value that a report sees.
  var parameter: DeclaredParameter {
    DeclaredParameter(name: name, values: values.compactMap(\.value), isLogarithmic: isLogarithmic)
  }

  /// Whether the parameter exists beside these values.
  func isActive(in draft: Draft) -> Bool { conditions.allSatisfy { $0.holds(in: draft) } }
}

/// The values given to parameters so far.
typealias Draft = [String: SourceNode]

/// One parameter's accepted values: an element of `when`, `exclude` or `where`.
struct ValueCondition {
  var name: String
  var place: Place
  var accepted: [SourceNode]

  func holds(in draft: Draft) -> Bool {
    guard let value = draft[name] else { return false }
    return accepted.contains { $0.means(value) }
  }
}

extension SourceNode {
  /// What a parameter's value is by itself.
  var value: ParameterValue? { scalar.map(Scalars.value) }

  /// Whether two scalars are the same value: equal numbers, or the same text.
  func means(_ other: SourceNode) -> Bool {
    guard let scalar, let otherScalar = other.scalar else { return false }
    return scalar.text == otherScalar.text || value == other.value
  }
}
