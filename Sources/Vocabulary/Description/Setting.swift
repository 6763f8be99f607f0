// SPDX-License-Identifier: Apache-2.0

/// A value that a key of the manifest can have.
package protocol Setting: Sendable {
  /// The value as a manifest has it.
  var argument: ArgumentValue { get }
  /// The value that stands there; nil if it is of another kind.
  static func setting(_ argument: ArgumentValue) -> Self?
}

extension Int: Setting {
  package var argument: ArgumentValue { .integer(self) }
  package static func setting(_ argument: ArgumentValue) -> Int? { argument.integer }
}

extension Double: Setting {
  package var argument: ArgumentValue { .real(self) }
  package static func setting(_ argument: ArgumentValue) -> Double? { argument.real }
}

extension Bool: Setting {
  package var argument: ArgumentValue { .boolean(self) }
  package static func setting(_ argument: ArgumentValue) -> Bool? { argument.boolean }
}

extension String: Setting {
  package var argument: ArgumentValue { .text(self) }
  package static func setting(_ argument: ArgumentValue) -> String? { argument.text }
}

extension Component: Setting {
  package var argument: ArgumentValue { .component(self) }
  package static func setting(_ argument: ArgumentValue) -> Component? { argument.component }
}

/// Layers, or words.
extension Array: Setting where Element: Setting {
  package var argument: ArgumentValue {
    if let layers = self as? [Component] { return .components(layers) }
    return .list(map(\.argument))
  }

  package static func setting(_ argument: ArgumentValue) -> [Element]? {
    if let layers = argument.components { return layers as? [Element] }
    guard let list = argument.list else { return nil }
    let elements = list.compactMap(Element.setting)
    return elements.count == list.count ? elements : nil
  }
}

/// What was left out is `none`.
extension Optional: Setting where Wrapped: Setting {
  package var argument: ArgumentValue { self?.argument ?? .none }

  package static func setting(_ argument: ArgumentValue) -> Wrapped?? {
    if case .none = argument { return .some(nil) }
    return Wrapped.setting(argument).map(Optional.some)
  }
}

/// A word of a fixed set.
extension Setting where Self: RawRepresentable, RawValue == String {
  package var argument: ArgumentValue { .text(rawValue) }
  package static func setting(_ argument: ArgumentValue) -> Self? {
    argument.text.flatMap(Self.init)
  }
}

extension DataOptions.Task: Setting {}
extension DataOptions.Standardization: Setting {}
extension MetricGoal: Setting {}

extension DataOptions.Validation: Setting {
  package var argument: ArgumentValue {
    switch self {
    case .count(let count): .integer(count)
    case .fraction(let share): .real(share)
    }
  }

  package static func setting(_ argument: ArgumentValue) -> Self? {
    argument.integer.map(Self.count) ?? argument.real.map(Self.fraction)
  }
}
