// SPDX-License-Identifier: Apache-2.0

/// One building block that a manifest names: a layer, a loss, an optimizer, an initializer, a data set.
///
/// Which names and arguments exist stands in `Catalog`; a component that Manifests made has every argument of its
/// definition, defaults filled in, so that builders never guess.
public struct Component: Hashable, Sendable {
  /// The name in the manifest, such as `conv2d`.
  public var name: String
  /// Every argument of the definition, by its manifest key.
  public var arguments: [String: ArgumentValue]

  /// A component with these arguments.
  public init(_ name: String, _ arguments: [String: ArgumentValue] = [:]) {
    self.name = name
    self.arguments = arguments
  }

  /// The argument under `key`, its standard if the component was stored before there was one; an undefined key is a
  /// programmer's mistake.
  public subscript(key: String) -> ArgumentValue {
    guard let value = arguments[key] ?? definition?.argument(key)?.standard else {
      preconditionFailure("component `\(name)` has no argument `\(key)`")
    }
    return value
  }

  /// The family that the component is of; nil if no family has its name.
  ///
  /// What is stored does not tell it, and some names stand in two families: `constant` is a schedule and an initializer.
  /// The arguments tell them apart: the family is the first one that knows them all.
  public var family: Catalog.Family? {
    let named = Catalog.Family.allCases.filter { Catalog.definition(name, in: $0) != nil }
    let fitting = named.first { family in
      arguments.keys.allSatisfy { Catalog.definition(name, in: family)?.argument($0) != nil }
    }
    return fitting ?? named.first
  }

  /// Its definition in its family.
  public var definition: ComponentDefinition? {
    family.flatMap { Catalog.definition(name, in: $0) }
  }

  /// The component without those additions that have their standard value, nested components alike: equal to what was
  /// stored before there were these arguments.
  public var withoutStandardAdditions: Component {
    var kept: [String: ArgumentValue] = [:]
    let own = definition
    for (key, value) in arguments {
      let definition = own?.argument(key)
      if let definition, definition.isAddition, definition.standard == value { continue }
      kept[key] = value.withoutStandardAdditions
      if let definition, case .mapping(let keys) = definition.kind {
        kept[key] = kept[key]?.without(additionsOf: keys)
      }
    }
    return Component(name, kept)
  }
}

extension ArgumentValue {
  /// A mapping without those of its `keys` that are additions with their standard value.
  fileprivate func without(additionsOf keys: [ArgumentDefinition]) -> ArgumentValue {
    guard case .mapping(let values) = self else { return self }
    return .mapping(
      values.filter { name, value in
        !keys.contains { $0.name == name && $0.isAddition && $0.standard == value }
      }
    )
  }

  /// The value without those additions of its components that have their standard value.
  public var withoutStandardAdditions: ArgumentValue {
    switch self {
    case .component(let component): .component(component.withoutStandardAdditions)
    case .components(let layers): .components(layers.map(\.withoutStandardAdditions))
    case .mapping(let values): .mapping(values.mapValues(\.withoutStandardAdditions))
    case .list(let values): .list(values.map(\.withoutStandardAdditions))
    case .none, .boolean, .integer, .real, .text: self
    }
  }
}

/// The resolved value of a component's argument.
public indirect enum ArgumentValue: Hashable, Sendable {
  /// Left out, where leaving out has a meaning of its own.
  case none
  /// `true` or `false`.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// A finite real number.
  case real(Double)
  /// A word, a path or other text.
  case text(String)
  /// A list, such as `[height, width]`.
  case list([ArgumentValue])
  /// A mapping whose keys the definition does not fix, such as `{ inputs: x.npy, targets: y.npy }`.
  case mapping([String: ArgumentValue])
  /// A nested component, such as an initializer.
  case component(Component)
  /// Nested layers, such as the body of a residual block.
  case components([Component])

  /// The whole number, or nil.
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  /// The number, or nil.
  public var real: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }
  /// The truth value, or nil.
  public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  /// The text, or nil.
  public var text: String? { if case .text(let value) = self { value } else { nil } }
  /// A plain value as one would write it, or nil.
  public var scalarText: String? {
    switch self {
    case .boolean(let value): String(value)
    case .integer(let value): String(value)
    case .real(let value): ParameterValue.real(value).description
    case .text(let value): value
    default: nil
    }
  }
  /// The elements, or nil.
  public var list: [ArgumentValue]? { if case .list(let value) = self { value } else { nil } }
  /// The mapping, or nil.
  public var mapping: [String: ArgumentValue]? {
    if case .mapping(let value) = self { value } else { nil }
  }
  /// The nested component, or nil.
  public var component: Component? { if case .component(let value) = self { value } else { nil } }
  /// The nested layers, or nil.
  public var components: [Component]? {
    if case .components(let value) = self { value } else { nil }
  }

  /// Named layers as a value: a list of mappings with one key each, for a mapping alone has no order.
  public static func named(_ layers: [(name: String, layers: [Component])]) -> ArgumentValue {
    .list(layers.map { .mapping([$0.name: .components($0.layers)]) })
  }

  /// The layers of an argument of kind `namedLayers`, in order; none of any other.
  public var namedLayers: [(name: String, layers: [Component])] {
    (list ?? []).flatMap { element in
      (element.mapping ?? [:]).compactMap { name, value in value.components.map { (name, $0) } }
    }
  }

  /// Named files as a value: a list of mappings with one key each, for a mapping alone has no order.
  public static func named(_ files: [(name: String, path: String)]) -> ArgumentValue {
    .list(files.map { .mapping([$0.name: .text($0.path)]) })
  }

  /// The files of an argument of kind `paths`, in order; none of a file without a name.
  public var namedFiles: [(name: String, path: String)] {
    (list ?? []).flatMap { element in
      (element.mapping ?? [:]).compactMap { name, value in value.text.map { (name, $0) } }
    }
  }

  /// Height and width of an argument of kind `size`: one number stands for both.
  public var size: (height: Int, width: Int)? {
    if let side = integer { return (side, side) }
    guard let sides = list, sides.count == 2, let height = sides[0].integer,
      let width = sides[1].integer
    else { return nil }
    return (height, width)
  }
}

/// What a manifest may write for an argument; it types the text, feeds the JSON Schema and the documentation's test.
public indirect enum ArgumentKind: Sendable {
  /// `true` or `false`.
  case boolean
  /// A whole number in this range.
  case integer(ClosedRange<Int>)
  /// A finite real number in this range; `above` and `below` exclude the ends.
  case real(RealRange)
  /// Any text.
  case text
  /// One of these words.
  case choice([String])
  /// A file, relative to the manifest.
  case path
  /// A file, or a mapping of names to files, whose order counts.
  case paths
  /// A folder, relative to the manifest.
  case folder
  /// One whole number in this range or a list `[height, width]` of two.
  case size(ClosedRange<Int>)
  /// A list of at least one element of that kind.
  case list(ArgumentKind)
  /// A mapping with these keys.
  case mapping([ArgumentDefinition])
  /// One component of that catalog.
  case component(Catalog.Family)
  /// A list of layers.
  case layers
  /// A mapping of names to lists of layers, whose order counts.
  case namedLayers
  /// One name, or a list of names.
  case names
  /// The name of a block of the model.
  case block
  /// A loss, or a list of weighted losses.
  case losses
  /// A list of layers, or a mapping of names to blocks.
  case network
}

/// A range of real numbers whose ends may be excluded.
public struct RealRange: Sendable {
  /// The lower end, and whether it is allowed.
  public var minimum: Double
  /// Whether `minimum` itself is outside.
  public var excludesMinimum: Bool
  /// The upper end.
  public var maximum: Double
  /// Whether `maximum` itself is outside.
  public var excludesMaximum: Bool

  /// Every finite number from `minimum` up to `maximum`, with the ends unless excluded.
  public init(
    from minimum: Double = -.greatestFiniteMagnitude,
    to maximum: Double = .greatestFiniteMagnitude,
    excludingMinimum: Bool = false,
    excludingMaximum: Bool = false
  ) {
    self.minimum = minimum
    self.maximum = maximum
    self.excludesMinimum = excludingMinimum
    self.excludesMaximum = excludingMaximum
  }

  /// Whether `value` is finite and inside.
  public func contains(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    return (excludesMinimum ? value > minimum : value >= minimum)
      && (excludesMaximum ? value < maximum : value <= maximum)
  }
}

/// One argument of a component.
public struct ArgumentDefinition: Sendable {
  /// The manifest key.
  public var name: String
  /// What it may be.
  public var kind: ArgumentKind
  /// The value it takes when left out; nil if it is required.
  public var standard: ArgumentValue?
  /// One sentence for documentation and the schema.
  public var summary: String
  /// Whether the component was in databases before this argument: then its standard value is no part of a run's content,
  /// so that earlier runs stay the runs of their manifests.
  public var isAddition: Bool
  /// Whether it only changes what a network is shown, not what it is asked: numbers stay comparable.
  public var isOfInput: Bool

  /// An argument; without `standard` it is required.
  public init(
    _ name: String,
    _ kind: ArgumentKind,
    standard: ArgumentValue? = nil,
    isAddition: Bool = false,
    isOfInput: Bool = false,
    _ summary: String
  ) {
    precondition(standard != nil || !isAddition, "the addition `\(name)` has a standard value")
    self.name = name
    self.kind = kind
    self.standard = standard
    self.isAddition = isAddition
    self.isOfInput = isOfInput
    self.summary = summary
  }
}

/// One component that a manifest may name.
public struct ComponentDefinition: Sendable {
  /// The name in the manifest.
  public var name: String
  /// One sentence for documentation and the schema.
  public var summary: String
  /// Its arguments, in the order of the documentation.
  public var arguments: [ArgumentDefinition]
  /// The argument that a bare value stands for: `dense: 10` is `dense: { units: 10 }`.
  public var shorthand: String?
  /// What its arguments ask of each other.
  public var rule: ArgumentRule?
  /// What is known of it besides.
  public var facts: ComponentFacts

  /// A definition.
  public init(
    _ name: String,
    _ summary: String,
    arguments: [ArgumentDefinition] = [],
    shorthand: String? = nil,
    rule: ArgumentRule? = nil,
    facts: ComponentFacts = .none
  ) {
    self.name = name
    self.summary = summary
    self.arguments = arguments
    self.shorthand = shorthand
    self.rule = rule
    self.facts = facts
  }

  /// The argument `key`, or nil.
  public func argument(_ key: String) -> ArgumentDefinition? {
    arguments.first { $0.name == key }
  }
}
