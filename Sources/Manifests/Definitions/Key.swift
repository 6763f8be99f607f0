// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// What the value of a manifest key may be; parser, schema and documentation read it.
indirect enum KeyKind: Sendable {
  /// A plain value or a component, as in the catalog.
  case argument(ArgumentKind)
  /// A count, or a fraction of the training part.
  case countOrFraction
  /// A whole number in this range or one word.
  case integerOr(ClosedRange<Int>, word: String)
  /// The name of an experiment.
  case experimentName
  /// A metric's dotted name.
  case metricName
  /// A list of metrics' names.
  case metricNames
  /// One of these words or a list of them, each once.
  case words([String])
  /// A mapping with these keys; a bare value stands for `shorthand`.
  case mapping([Key], shorthand: String? = nil)
  /// A list of mappings with these keys.
  case entries([Key])
  /// The data: a data set's name and arguments beside these keys.
  case data([Key])
  /// Layers, or the name of one of `models`.
  case model
  /// Names with a list of layers each.
  case models
  /// The optimizer's name beside its arguments.
  case optimizer
  /// Names with an optimizer each.
  case optimizers
  /// Names with an axis each.
  case parameters
  /// The name of a declared parameter.
  case parameter
  /// A list of declared parameters.
  case parameterNames
  /// A list of lists of declared parameters.
  case parameterGroups
  /// Parameter names with one value each.
  case selection
  /// A list of mappings of parameter names to a value or a list of values.
  case conditions
  /// A mapping of parameter names to a value or a list of values.
  case condition
  /// One plain value: a number, a word or text.
  case value
  /// A list of plain values.
  case values
  /// A list of probabilities.
  case probabilities
  /// A number, kept as it was printed.
  case printedNumber
  /// Two numbers, the smaller first.
  case interval
}

/// One key of a fixed mapping of the manifest.
struct Key: Sendable {
  var name: String
  var kind: KeyKind
  var isRequired: Bool
  /// What leaving the key out means, for the documentation.
  var standard: String
  var summary: String

  init(
    _ name: String,
    _ kind: KeyKind,
    required: Bool = false,
    standard: String = "",
    _ summary: String
  ) {
    self.name = name
    self.kind = kind
    isRequired = required
    self.standard = standard
    self.summary = summary
  }
}

extension Key {
  /// A described key of a specification.
  init(_ field: FieldDescription) {
    self.init(
      field.name,
      KeyKind(field.kind),
      required: field.isRequired,
      standard: field.leftOut ?? field.standard.map(Self.words) ?? "",
      field.summary
    )
  }

  /// What leaving a key out stands for: `none`, or the value as one would write it.
  private static func words(_ standard: ArgumentValue) -> String {
    switch standard {
    case .none: "none"
    case .component(let component): "`\(component.name)`"
    default: "`\(standard.scalarText ?? "")`"
    }
  }
}

extension KeyKind {
  /// The same of a described key.
  init(_ kind: FieldKind) {
    self =
      switch kind {
      case .argument(let kind): .argument(kind)
      case .count(let range): .argument(.integer(range))
      case .countOrFraction: .countOrFraction
      case .integerOr(let range, let word): .integerOr(range, word: word)
      case .metricName: .metricName
      case .section(let keys, let shorthand):
        .mapping(keys.filter(\.isKey).map { Key($0) }, shorthand: shorthand)
      }
  }
}
