// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// The reference of every key in Markdown, generated from the definitions that the reader uses.
public func manifestReference() -> String {
  var sections = [section("Top level", path: "", ManifestKeys.top)]
  sections += nested("data", ManifestKeys.data)
  sections.append(
    section("`model.BLOCK`", path: "model.BLOCK", ManifestKeys.block, note: blockNote)
  )
  sections += nested("init", ManifestKeys.initialization)
  sections.append(section("An element of `loss`", path: "loss[]", ManifestKeys.weightedLoss))
  sections += nested("train", ManifestKeys.train)
  sections += [
    section("`checkpoint`", path: "checkpoint", ManifestKeys.checkpoint),
    section("`log`", path: "log", ManifestKeys.log),
    section("`metric`", path: "metric", ManifestKeys.metric),
    section("`parameters.NAME`", path: "parameters.NAME", ManifestKeys.axis),
    section("`report`", path: "report", ManifestKeys.report),
    section("An element of `expect`", path: "expect[]", ManifestKeys.expectation),
    section("An element of `reference`", path: "reference[]", ManifestKeys.reference),
    metrics,
  ]
  let families: [(String, Catalog.Family)] = [
    ("Layers", .layers), ("Activations", .activations), ("Losses", .losses),
    ("Optimizers", .optimizers), ("Schedules", .schedules), ("Initializers", .initializers),
    ("Data sets", .datasets), ("Extra metrics", .metrics),
  ]
  sections += families.map(family)
  return sections.joined(separator: "\n")
}

private let dataNote = "`dataset` (required) names the data set; its arguments stand beside it.\n"

private let blockNote = """
  A list of layers alone is short for `{ layers: […] }`.

  """

private let stoppingNote = """
  The rule, and with it `train.evaluate_every`, is part of what a run is. A stopped run is completed, with fewer epochs.
  With `restore_best`, the last epoch's `val.*` and `test.*` are those of the weights that were put back.

  """

/// A section and those inside it.
private func nested(_ path: String, _ keys: [Key]) -> [String] {
  [section("`\(path)`", path: path, keys, note: notes[path] ?? "")]
    + keys.flatMap { key -> [String] in
      guard case .mapping(let inner, _) = key.kind else { return [] }
      return nested("\(path).\(key.name)", inner)
    }
}

private let notes = ["data": dataNote, "train.early_stopping": stoppingNote]

private func section(_ title: String, path: String, _ keys: [Key], note: String = "") -> String {
  var text = "### \(title)\n\n\(note.isEmpty ? "" : note + "\n")"
  text += "| key | may be | left out | meaning |\n| --- | --- | --- | --- |\n"
  for key in keys {
    let standard = key.isRequired ? "**required**" : key.standard
    text += row(path, key.name, words(for: key.kind), standard, key.summary)
  }
  return text
}

private func row(
  _ path: String,
  _ name: String,
  _ kind: String,
  _ standard: String,
  _ summary: String
) -> String {
  let label = path.isEmpty ? name : "\(path).\(name)"
  return "| `\(label)` | \(kind) | \(standard.isEmpty ? "–" : standard) | \(cell(summary)) |\n"
}

private var metrics: String {
  var text = "### Metrics\n\n"
  text += "`train.`, `val.` or `test.` and one of these, or of the extra metrics below:\n\n"
  text += "| quantity | better | meaning |\n| --- | --- | --- |\n"
  for quantity in Catalog.standardMetrics {
    let direction = quantity.metric?.goal == .minimize ? "smaller" : "larger"
    text += "| `\(quantity.name)` | \(direction) | \(cell(quantity.summary)) |\n"
  }
  return text
}

private func family(_ title: String, _ family: Catalog.Family) -> String {
  var text = "### \(title)\n"
  for definition in Catalog.definitions(family) {
    text += "\n**`\(definition.name)`** – \(definition.summary)"
    if let shorthand = definition.shorthand {
      text += " `\(definition.name): VALUE` is short for `\(shorthand)`."
    }
    text += "\n"
    guard !definition.arguments.isEmpty else { continue }
    text += "\n| argument | may be | left out | meaning |\n| --- | --- | --- | --- |\n"
    for argument in definition.arguments { text += rows(definition.name, argument) }
  }
  return text
}

/// The row of an argument, followed by those of its own keys.
private func rows(_ path: String, _ argument: ArgumentDefinition) -> String {
  let standard = argument.standard.map(words) ?? "**required**"
  var text = row(path, argument.name, words(for: argument.kind), standard, argument.summary)
  if case .mapping(let inner) = argument.kind {
    for definition in inner { text += rows("\(path).\(argument.name)", definition) }
  }
  return text
}

private func words(for value: ArgumentValue) -> String {
  switch value {
  case .none: "none"
  case .boolean(let value): "`\(value)`"
  case .integer(let value): "`\(value)`"
  case .real(let value): "`\(number(value))`"
  case .text(let text): "`\(text)`"
  case .component(let component): "`\(component.name)`"
  case .list(let values): "`[\(values.map(element).joined(separator: ", "))]`"
  case .mapping, .components: "a list"
  }
}

private func element(_ value: ArgumentValue) -> String {
  switch value {
  case .integer(let value): "\(value)"
  case .real(let value): number(value)
  case .text(""): "\"\""
  case .text(let text): text
  default: words(for: value)
  }
}

/// What an argument may be, in the words of a table.
private func words(for kind: ArgumentKind) -> String {
  switch kind {
  case .boolean: "`true` or `false`"
  case .integer(let range): words(for: range)
  case .real(let range): words(for: range)
  case .text: "text"
  case .choice(let choices): alternatives(choices)
  case .path: "a file, relative to the manifest"
  case .paths: "a file, relative to the manifest, or a mapping of names to files"
  case .folder: "a folder, relative to the manifest"
  case .size(let range): "\(words(for: range)), or `[height, width]`"
  case .list(let element): "a list: \(words(for: element))"
  case .mapping: "a mapping"
  case .component(let family): "one of the \(family.rawValue)"
  case .layers: "a list of layers"
  case .namedLayers: "a mapping of names to lists of layers"
  case .names: "a name, or a list of names"
  case .block: "the name of a block"
  case .losses: "one of the losses, or a list of mappings"
  case .network: "a list of layers, or a mapping of names to blocks"
  }
}

private func words(for kind: KeyKind) -> String {
  switch kind {
  case .argument(let kind): words(for: kind)
  case .countOrFraction: "\(words(for: SettingRange.count)), or a fraction between 0 and 1"
  case .integerOr(let range, let word): "\(words(for: range)), or `\(word)`"
  case .experimentName: "a word"
  case .metricName: "a metric"
  case .metricNames: "a list of metrics"
  case .words(let words): "\(alternatives(words)), or a list of them"
  case .mapping(_, let shorthand?): "a mapping, or its `\(shorthand)`"
  case .mapping: "a mapping"
  case .entries: "a list of mappings"
  case .data: "a mapping, or a data set's name"
  case .model: "a list of layers, a mapping of names to blocks, or a name"
  case .models: "a mapping of names to lists of layers, or to blocks"
  case .optimizer: "a mapping with `name` and the optimizer's arguments"
  case .optimizers: "a mapping of names to optimizers"
  case .parameters: "a mapping of names to axes"
  case .parameter: "a parameter"
  case .parameterNames: "a list of parameters"
  case .parameterGroups: "a list of lists of parameters"
  case .selection: "a mapping of parameters to values"
  case .condition: "a mapping of parameters to a value or a list"
  case .conditions: "a list of mappings of parameters to a value or a list"
  case .value: "a number, a word or text"
  case .values: "a list of numbers, words or text"
  case .probabilities: "a list of numbers"
  case .printedNumber: "a number as printed"
  case .interval: "`[low, high]`"
  }
}

/// A sentence as a cell of a table: a bar in it would begin another cell.
private func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
