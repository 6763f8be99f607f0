// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// The sentences about components and the words that choose.
extension Mistake {
  /// A word that is none of `words`; `path` finds what is said to words of other tools.
  static func wrongWord(_ label: String, words: [String], got: String) -> Mistake {
    let path = wordPath(of: label)
    if LaterWords.values[path]?.contains(got) == true {
      var mistake = Mistake.later(got)
      mistake.hints = ["this version knows \(listed(words))"]
      return mistake
    }
    let message = "`\(label)` must be \(alternatives(words)), got `\(got)`"
    if let hints = ForeignWords.valueAnswers[path]?[got] { return Mistake(message, hints: hints) }
    if let near = ForeignWords.values[path]?[got] ?? nearestName(to: got, among: words) {
      return Mistake(message, hints: ["did you mean `\(near)`?"])
    }
    return Mistake(message, hints: got.contains("${") ? [noReferenceHere] : [])
  }

  /// `parameters.NAME.key` as `parameters.*.key`.
  private static func wordPath(of label: String) -> String {
    let parts = label.split(separator: ".")
    guard parts.count == 3, parts[0] == "parameters" else { return label }
    return "parameters.*.\(parts[2])"
  }

  static func unknownComponent(
    _ family: Catalog.Family,
    _ name: String,
    near: String?,
    known: [String]
  ) -> Mistake {
    let hint = near.map { "did you mean `\($0)`?" } ?? "this version knows \(listed(known))"
    return unknownComponent(family, name, answer: hint)
  }

  static func unknownComponent(
    _ family: Catalog.Family,
    _ name: String,
    answer: String
  ) -> Mistake {
    Mistake("unknown \(family.noun) `\(name)`", hints: [answer])
  }

  /// A last layer that does what the loss does itself.
  static func appliedTwice(_ name: String, before loss: String) -> Mistake {
    Mistake(
      "`\(name)` before `\(loss)` would be applied twice",
      hints: ["`\(loss)` takes logits: leave `\(name)` out"]
    )
  }

  /// A `last_step` that takes a backward walk where it has only begun.
  static let lastStepOfBackwardHalf = Mistake(
    "`last_step` takes the backward half of a bidirectional layer where it has read one step only",
    hints: [
      "put `final_state` right behind the bidirectional layer: it takes each half where it has read the whole sequence"
    ]
  )

  /// A state that is carried from one batch to another that does not continue it.
  static func carriedState(isText: Bool) -> Mistake {
    Mistake(
      "`carry_state` starts a batch from the state of the one before, but shuffled batches do not continue each other",
      hints: [
        isText
          ? "`partition: sequential` in `data` makes each row go on in the next batch"
          : "leave `carry_state` out, or set `train.shuffle: false` if the rows are laid out so"
      ]
    )
  }

  static func longWarmUp(_ warmUp: Int, epochs: Int) -> Mistake {
    Mistake(
      "a warm-up of \(counted(warmUp, "epoch")) is longer than the training of \(epochs): the rate would never reach its full height",
      hints: ["lower `warm_up`, or count it in updates with `per: update`"]
    )
  }

  static func hidingHead(_ block: String) -> Mistake {
    Mistake(
      "a block with one of several losses cannot be called `\(block)`: `METRIC.\(block)` tells of the metric itself",
      hints: ["call the block another name"]
    )
  }

  static func minimumAboveRate(_ schedule: String, _ minimum: Double, rate: Double) -> Mistake {
    Mistake(
      "`\(schedule).minimum` is \(number(minimum)), above the learning rate of \(number(rate)): the schedule would raise it",
      hints: [
        "`minimum` is a rate, not a share, and the same for every layer: choose one below every learning rate"
      ]
    )
  }

  /// A mapping that should have been one name with its arguments.
  static func severalNames(_ family: Catalog.Family, _ entries: [SourceEntry]) -> Mistake {
    let keys = entries.map(\.key)
    guard !keys.isEmpty else {
      return Mistake("a \(family.noun) needs a name, got an empty mapping")
    }
    let message =
      "\(family == .activations || family == .initializers ? "an" : "a") \(family.noun) is one name"
      + " with its arguments, got the keys \(listed(keys))"
    let components = NamedEntries.list(entries, family)
    guard let first = components.first else { return Mistake(message) }
    guard components.count > 1 else {
      return Mistake(message, hints: ["put the arguments into braces: `\(first.text)`"])
    }
    guard family == .layers else {
      return Mistake(message, hints: ["keep one of \(listed(components.map(\.definition.name)))"])
    }
    let elements = components.map { $0.isBare ? $0.text : "{ \($0.text) }" }
    return Mistake(
      message,
      hints: ["each layer is an element of the list of its own: write \(listed(elements))"]
    )
  }

  static func noShorthand(_ name: String, arguments: [String], got node: SourceNode) -> Mistake {
    let kind = node.kindWord
    guard !arguments.isEmpty else { return Mistake("`\(name)` takes no value, got \(kind)") }
    return Mistake(
      "`\(name)` must be a mapping of its arguments, got \(kind)",
      hints: ["it takes \(listed(arguments))"]
    )
  }

  static func optimizerAsKey(_ name: String) -> Mistake {
    Mistake(
      "`name` is missing in `optimizer`",
      hints: ["write `optimizer: { name: \(name), learning_rate: … }`"]
    )
  }

  static func noBlock(_ label: String, name: String, got node: SourceNode) -> Mistake {
    let isLayer = Catalog.Family.layers.definitions.contains { $0.name == name }
    return Mistake(
      "`\(label)` must be a list of layers or a mapping with `layers`, got \(node.kindWord)",
      hints: isLayer ? ["in a list of layers each begins with a dash: `- \(name): …`"] : []
    )
  }

  static func blockName(_ name: String, in label: String) -> Mistake {
    Mistake(
      "a block of `\(label)` is called by ASCII letters, digits, `_` and `-`, beginning with a letter, got `\(name)`",
      hints: ["its name begins the names of its tensors"]
    )
  }

  static func likeWithLayers(_ label: String) -> Mistake {
    Mistake(
      "`\(label)` uses another block's layers by `like` and has `layers` of its own",
      hints: ["leave out one of them, or put its own layers into a block that reads this one"]
    )
  }

  static func emptyBlock(_ label: String) -> Mistake {
    Mistake(
      "`\(label)` does nothing: it has no `layers` and joins nothing",
      hints: ["give it `layers`, `like: BLOCK`, or several names in `from`"]
    )
  }

  static func unknownModel(_ name: String, names: [String]?) -> Mistake {
    guard let names else {
      return Mistake(
        "`model` must be a list of layers, got `\(name)`",
        hints: ["a name needs `models:` with the layers of `\(name)`"]
      )
    }
    let hint =
      nearestName(to: name, among: names).map { "did you mean `\($0)`?" }
      ?? "`models` has \(listed(names))"
    return Mistake("unknown model `\(name)`", hints: [hint])
  }

  static func unknownNamedOptimizer(_ name: String, names: [String]) -> Mistake {
    let hint =
      nearestName(to: name, among: names).map { "did you mean `\($0)`?" }
      ?? "`optimizers` has \(listed(names))"
    return Mistake("`optimizers` has no `\(name)`", hints: [hint])
  }

  static func branchName(_ name: String, in label: String) -> Mistake {
    Mistake(
      "a name in `\(label)` is a letter followed by letters, digits, `_` and `-`, got `\(name)`",
      hints: ["it becomes part of the tensors' names, such as `2.left.0.weight`"]
    )
  }

  /// A name of an input or a target.
  static func signalName(_ name: String, in label: String) -> Mistake {
    Mistake(
      "a name in `\(label)` is a letter followed by letters, digits, `_` and `-`, got `\(name)`"
    )
  }

  /// `flag` is of no use where `number`, a share, is 0.
  static func flagWithout(_ flag: String, _ number: String) -> Mistake {
    Mistake(
      "`optimizer.\(flag)` needs `\(number)` above 0, got `\(number)` 0",
      hints: ["add `\(number): 0.9`"]
    )
  }

  static func stopsOnTest(_ metric: String, isOwn: Bool) -> Mistake {
    let what =
      isOwn
      ? "`train.early_stopping.metric` must not be of the test part, got `\(metric)`"
      : "`train.early_stopping` would stop by `metric`, which is `\(metric)` of the test part"
    return Mistake(
      what,
      hints: ["stop by `val.*`, with `data.validation`, or by `train.*`: `test.*` only reports"]
    )
  }

  static func poolPadding(_ name: String) -> Mistake {
    Mistake("`\(name).padding` must be at most half of `kernel_size`")
  }

  static func inactiveParameter(_ name: String) -> Mistake {
    Mistake(
      "`${\(name)}` is used where the `when` of parameter `\(name)` does not hold",
      hints: ["widen its `when`, or use it only where it exists"]
    )
  }

  static func undeclaredParameter(_ name: String, declared: [String]) -> Mistake {
    let hint =
      ReferenceName(name).hint(declared: declared) ?? nearestName(to: name, among: declared).map {
        "did you mean `${\($0)}`?"
      }
      ?? "declare it: `parameters: { \(name): [ … ] }`"
    return Mistake("`${\(name)}` is no declared parameter", hints: [hint])
  }

  static func unusedParameter(_ name: String) -> Mistake {
    Mistake(
      "parameter `\(name)` is declared but never used",
      hints: ["use it as `\"${\(name)}\"`, or remove it"]
    )
  }

  static let seedOutsideData = Mistake(
    "`${seed}` may only be the value of `data.seed`",
    hints: ["the run's seed already decides initial values, shuffling and dropout"]
  )
}
