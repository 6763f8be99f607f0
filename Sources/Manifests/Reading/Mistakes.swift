// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// The sentences about YAML, keys and values.
extension Mistake {
  // MARK: - YAML

  static let emptyManifest = Mistake(
    "the manifest is empty",
    hints: ["`runexp init` writes one to start from"]
  )

  static let tooManyNodes = Mistake("the manifest has more than 200000 values")

  static func syntax(_ problem: String) -> Mistake {
    Mistake(
      "this is not YAML: \(problem)",
      hints: syntaxHints.filter { problem.contains($0.problem) }.map(\.hint)
    )
  }

  /// What to do, by words of the parser.
  private static let syntaxHints: [(problem: String, hint: String)] = [
    (
      "mapping values are not allowed",
      "quote a text that contains `: `, and indent the keys of one mapping equally"
    ),
    (
      "found undefined alias",
      "`*NAME` repeats what an earlier `&NAME` marks; quote a text that begins with `*`"
    ),
    ("cannot start any token", "quote a text that begins with `@`, `%`, a backquote or a tab"),
    ("unexpected end of stream", "a quote that opens a text before has no end"),
  ]

  static let nestedTooDeep = Mistake(
    "lists and mappings are nested more than 1000 deep here",
    hints: ["close every bracket and brace, and indent what belongs to one list equally"]
  )

  static func unreadableCharacter(_ problem: String, value: Int) -> Mistake {
    let code = value < 0 ? "" : ", character \(value)"
    return Mistake("this is not YAML: \(problem)\(code)", hints: ["save the file as UTF-8 text"])
  }

  static let tabIndents = Mistake(
    "a tab cannot indent in YAML",
    hints: ["indent with spaces, two for each level"]
  )

  static func missingSpace(afterKey key: String) -> Mistake {
    Mistake("a space is missing after `\(key):`", hints: ["write `\(key): …`"])
  }

  static func unquotedReference(_ name: String) -> Mistake {
    let word = ReferenceName(name).trimmed
    return Mistake(
      "`${\(name)}` must be quoted inside braces and brackets",
      hints: ["write `\"${\(word)}\"`"]
    )
  }

  static let keyIsNoText = Mistake("a key must be a word")

  static func duplicateKey(_ key: String, firstLine: Int) -> Mistake {
    Mistake(
      "`\(key)` is given twice, first in line \(firstLine)",
      hints: [key == "<<" ? "merge several mappings with `<<: [*a, *b]`" : "keep one of them"]
    )
  }

  static func wrongMerge(got node: SourceNode) -> Mistake {
    Mistake(
      "`<<` merges a mapping, got \(node.kindWord)",
      hints: [
        "mark a mapping with an anchor, `a: &a { … }`, and merge it with `<<: *a` or `<<: [*a, *b]`"
      ]
    )
  }

  // MARK: - Keys

  private static func location(_ owner: String) -> String {
    owner.isEmpty ? "at the top level" : "in `\(owner)`"
  }

  static func unknownKey(_ key: String, in owner: String, hints: [String]) -> Mistake {
    Mistake("unknown key `\(key)` \(location(owner))", hints: hints)
  }

  static func misplacedKey(_ key: String, in owner: String, home: String) -> Mistake {
    let place = home.contains(" ") ? home : "`\(home):`"
    return Mistake(
      "unknown key `\(key)` \(location(owner))",
      hints: ["`\(key)` belongs into \(place)"]
    )
  }

  static func later(_ word: String) -> Mistake {
    Mistake("`\(word)` is known, not in this version", hints: LaterWords.hints[word] ?? [])
  }

  static func missingKey(_ key: String, in owner: String) -> Mistake {
    Mistake(owner.isEmpty ? "`\(key)` is missing" : "`\(key)` is missing in `\(owner)`")
  }

  static let missingModel = Mistake(
    "`model` is missing",
    hints: ["write a list of layers, or `models:` with a list for each name"]
  )

  static func wrongManifest(got node: SourceNode) -> Mistake {
    Mistake("a manifest must be a mapping of keys, got \(node.kindWord)")
  }

  static let unusedModels = Mistake(
    "`models` is not used: `model` is a list of layers",
    hints: ["leave `model` out to compare all of `models`, or name one of them"]
  )

  static let unusedOptimizers = Mistake(
    "`optimizers` is not used: `optimizer` has arguments of its own",
    hints: ["leave `optimizer` out to compare all of `optimizers`, or name one of them"]
  )

  static let severalDocuments = Mistake("a manifest is one document; another one starts here")

  static func noValue(_ label: String) -> Mistake {
    Mistake("`\(label)` has no value", hints: ["leave the key out or give it a value"])
  }

  // MARK: - Values

  static func wrongValue(_ label: String, expected: String, got node: SourceNode) -> Mistake {
    var mistake = Mistake(
      "`\(label)` must be \(expected), got \(node.kindWord)",
      hints: hints(about: node)
    )
    if mistake.hints.isEmpty, expected.hasPrefix("a list"), let text = node.text, !node.isNull {
      mistake.hints = ["write `[\(text)]` for a list of one"]
    }
    return mistake
  }

  /// Something else where a mapping with these `keys` is expected.
  static func wrongMapping(_ label: String, keys: [String], got node: SourceNode) -> Mistake {
    var mistake = wrongValue(label, expected: "a mapping", got: node)
    guard mistake.hints.isEmpty, !keys.isEmpty else { return mistake }
    mistake.hints = ["it takes \(listed(keys))"]
    guard keys.contains("weights"), let text = node.text, !node.isNull else { return mistake }
    let names = Catalog.definitions(.initializers).map(\.name)
    let name = ForeignWords.component(text, in: .initializers)
    mistake.hints =
      name.map { ["write `{ weights: \($0) }`; biases have `biases:`"] }
      ?? mistake.hints + ["the initializers are \(listed(names))"]
    return mistake
  }

  /// Said where `${p}` was written outside of the sections in which it stands for something.
  static let noReferenceHere =
    "parameters are put in below \(listed(SpecificationReader.sections)) only"

  private static func hints(about node: SourceNode) -> [String] {
    guard let scalar = node.scalar else { return [] }
    if scalar.isInterpolated { return ["`${…}` inside longer text makes text"] }
    if scalar.text.contains("${") { return [noReferenceHere] }
    let digits = scalar.text.filter { $0 != "_" && $0 != "," }
    if digits.count < scalar.text.count, Scalars.real(digits) != nil {
      return scalar.text.contains(",")
        ? ["write a number without commas; several values of it need a parameter"]
        : ["write `\(digits)`"]
    }
    return []
  }

  static func wrongBoolean(_ label: String, got node: SourceNode) -> Mistake {
    var mistake = wrongValue(label, expected: "`true` or `false`", got: node)
    switch node.text?.lowercased() {
    case "yes", "on", "y": mistake.hints = ["write `true`"]
    case "no", "off", "n": mistake.hints = ["write `false`"]
    default: break
    }
    return mistake
  }

  static func wrongCount(_ label: String, expected: String, _ got: String) -> Mistake {
    Mistake("`\(label)` must be \(expected), got \(got)")
  }

  static func emptyList(_ label: String) -> Mistake {
    Mistake("`\(label)` needs at least one element")
  }

  static func emptyMapping(_ label: String) -> Mistake {
    Mistake("`\(label)` needs at least one entry")
  }

  static let foldsWithValidation = Mistake(
    "`data.folds` and `data.validation` exclude each other",
    hints: ["with `folds`, each part is the validation part once"]
  )

  static func refusedPath(_ label: String, _ path: String, _ refusal: PathRules.Refusal) -> Mistake
  {
    switch refusal {
    case .missing(let real):
      Mistake("`\(label)` names `\(path)`, which does not exist", hints: ["looked for \(real)"])
    case .folder: Mistake("`\(label)` must be a file, got the folder `\(path)`")
    case .file: Mistake("`\(label)` must be a folder, got the file `\(path)`")
    case .outside(let real):
      Mistake(
        "`\(label)` names `\(path)`, which lies outside of the project",
        hints: [
          "\(real) is below neither the project's folder, the manifest's nor `RUNEXP_DATA`"
        ]
      )
    }
  }

  /// 1 written as a fraction where a count is wanted, or either.
  static func oneAsShare(_ label: String) -> Mistake {
    let isShare = label == "data.validation"
    return Mistake(
      "`\(label)` is 1 with a point or exponent, which may be one example or all of them",
      hints: [
        isShare
          ? "write `1` to hold out one example, or a fraction below 1"
          : "write `1` to take one example, or leave it out to take all"
      ]
    )
  }

  static func wrongValidation(expected: String, got node: SourceNode) -> Mistake {
    var mistake = wrongValue("data.validation", expected: expected, got: node)
    if node.text.flatMap(Scalars.real) == 0 {
      mistake.hints = ["leave `validation` out to hold nothing out"]
    }
    return mistake
  }

  static func reversedEnds(_ high: String, _ low: String, high h: Double, low l: Double) -> Mistake
  {
    Mistake("`\(high)` must be above `\(low)`, got \(number(h)) and \(number(l))")
  }

  static func lowEnd(_ high: String, _ low: String, high h: Double, low l: Double) -> Mistake {
    Mistake("`\(high)` must be at least `\(low)`, got \(number(h)) and \(number(l))")
  }
}
