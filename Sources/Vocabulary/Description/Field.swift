// SPDX-License-Identifier: Apache-2.0

/// What the value of a section's key may be.
package indirect enum FieldKind: Sendable {
  /// A plain value or a component, as an argument of a component is.
  case argument(ArgumentKind)
  /// A count; `1.0` is none, for it may stand for all.
  case count(ClosedRange<Int>)
  /// A count in this range, or a fraction between 0 and 1.
  case countOrFraction(ClosedRange<Int>)
  /// A whole number in this range or one word.
  case integerOr(ClosedRange<Int>, word: String)
  /// A metric's dotted name.
  case metricName
  /// A section of its own; a bare value stands for `shorthand`.
  case section([FieldDescription], shorthand: String?)
}

/// One key of a section of a specification, without its section's type.
package struct FieldDescription: Sendable {
  /// The key.
  package var name: String
  /// What its value may be.
  package var kind: FieldKind
  /// The value that leaving it out stands for; nil where it has to be given.
  package var standard: ArgumentValue?
  /// What leaving it out means, for the documentation; nil if `standard` says it all.
  package var leftOut: String?
  /// One sentence for documentation and schema.
  package var summary: String
  /// False for what a reader works out and stores beside the keys.
  package var isKey: Bool

  /// Whether it has to be given.
  package var isRequired: Bool { standard == nil }

  /// Whether `none` leaves it out.
  package var allowsNone: Bool { standard == ArgumentValue.none }
}

/// One key of a section: what it may be, where its value lives, and what it is in a run's content.
package struct Field<Section: Described>: Sendable {
  /// How the key stands in a run's content, under which words.
  package typealias Content = @Sendable (Section) -> [String: ArgumentValue]

  /// The key by itself.
  package let description: FieldDescription
  /// The value; `none` if it was left out.
  package let get: @Sendable (Section) -> ArgumentValue
  /// Puts a value in; false if it is of another kind.
  package let set: @Sendable (inout Section, ArgumentValue) -> Bool
  /// Its part of a run's content.
  package let content: Content

  /// A key whose value needs a form of its own.
  ///
  /// Without `content` the value is part of a run's content under the key, unless it is `none`.
  package init(
    _ name: String,
    _ kind: FieldKind,
    required: Bool = false,
    isKey: Bool = true,
    leftOut: String? = nil,
    _ summary: String,
    content: Content? = nil,
    get: @escaping @Sendable (Section) -> ArgumentValue,
    set: @escaping @Sendable (inout Section, ArgumentValue) -> Bool
  ) {
    description = FieldDescription(
      name: name,
      kind: kind,
      standard: required ? nil : get(Section.blank),
      leftOut: leftOut,
      summary: summary,
      isKey: isKey
    )
    self.get = get
    self.set = set
    self.content =
      content ?? { section in
        let value = get(section)
        return value == ArgumentValue.none ? [:] : [name: value]
      }
  }

  /// A key whose value is a property.
  package init<Value: Setting>(
    _ name: String,
    _ path: any WritableKeyPath<Section, Value> & Sendable,
    _ kind: FieldKind,
    required: Bool = false,
    isKey: Bool = true,
    leftOut: String? = nil,
    _ summary: String,
    content: Content? = nil
  ) {
    self.init(
      name,
      kind,
      required: required,
      isKey: isKey,
      leftOut: leftOut,
      summary,
      content: content,
      get: { $0[keyPath: path].argument },
      set: { section, argument in
        guard let value = Value.setting(argument) else { return false }
        section[keyPath: path] = value
        return true
      }
    )
  }

  /// A section inside this one.
  package static func section<Inner: Described>(
    _ name: String,
    _ path: any WritableKeyPath<Section, Inner?> & Sendable,
    shorthand: String? = nil,
    leftOut: String? = nil,
    _ summary: String,
    content: Content? = nil
  ) -> Field {
    Field(
      name,
      path,
      .section(Inner.descriptions, shorthand: shorthand),
      leftOut: leftOut,
      summary,
      content: content ?? { section in
        section[keyPath: path].map { [name: .mapping($0.content)] } ?? [:]
      }
    )
  }
}

/// A section of a specification that is described key by key. Reader, content key, listings, YAML and documentation walk the
/// description, so that a new key is written down once.
package protocol Described: Setting {
  /// Its keys, in the order of the documentation.
  static var fields: [Field<Self>] { get }
  /// Everything left out; what has to be given is there to be written over.
  static var blank: Self { get }
}

extension Described {
  /// The keys by themselves.
  package static var descriptions: [FieldDescription] { fields.map(\.description) }

  /// Every key with its value, `none` for those left out.
  package var entries: [(key: FieldDescription, value: ArgumentValue)] {
    zip(Self.descriptions, Self.fields).map { ($0, $1.get(self)) }
  }

  /// Its part of a run's content.
  package var content: [String: ArgumentValue] {
    Self.fields.reduce(into: [:]) { content, field in
      content.merge(field.content(self)) { _, new in new }
    }
  }

  /// What was not left out, by key.
  package var argument: ArgumentValue {
    .mapping(
      Dictionary(
        uniqueKeysWithValues: Self.fields.compactMap { field in
          let value = field.get(self)
          return value == ArgumentValue.none ? nil : (field.name, value)
        }
      )
    )
  }

  /// A section of these values; nil if one that has to be given is missing, or a value is of another kind.
  package static func setting(_ argument: ArgumentValue) -> Self? {
    guard let values = argument.mapping else { return nil }
    var section = blank
    for field in fields {
      guard let value = values[field.name] else {
        if field.description.isRequired { return nil }
        continue
      }
      guard field.set(&section, value) else { return nil }
    }
    return section
  }
}

extension Field {
  /// The key.
  package var name: String { description.name }
}
