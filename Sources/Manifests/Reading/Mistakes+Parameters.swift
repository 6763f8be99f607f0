// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// The sentences about parameters and how cells are made.
extension Mistake {
  static func wrongParameterName(_ name: String) -> Mistake {
    Mistake(
      "a parameter's name must be letters, digits and `_`, got `\(name)`",
      hints: ["it stands for itself in `${…}`"]
    )
  }

  static func wrongAxis(_ label: String, got node: SourceNode) -> Mistake {
    let hint =
      node.isNull
      ? "write the values in brackets: `[…, …]`" : "write `[\(node.text ?? "")]` for one value"
    return Mistake(
      "`\(label)` must be a list of values or a mapping, got \(node.kindWord)",
      hints: [hint]
    )
  }

  static func wrongParameterValue(_ label: String, got node: SourceNode) -> Mistake {
    Mistake("a value of `\(label)` must be a number, a word or text, got \(node.kindWord)")
  }

  static func repeatedValue(_ label: String, _ text: String) -> Mistake {
    Mistake("`\(label)` has the value `\(text)` twice")
  }

  static func needsRandom(_ label: String) -> Mistake {
    Mistake("`\(label)` needs `method: random`")
  }

  static func probabilityCount(_ label: String, expected: Int, got: Int) -> Mistake {
    Mistake(
      "`\(label)` must have \(expected == 1 ? "one number for its value" : "one number for each of the \(expected) values"), got \(got)"
    )
  }

  static func probabilitySum(_ label: String, got: Double) -> Mistake {
    Mistake("`\(label)` must sum to 1, got \(number(got))")
  }

  static func unfitKey(_ key: String, _ label: String, form: String) -> Mistake {
    Mistake("`\(key)` does not go with `\(form)` in `\(label)`")
  }

  static func gridNeedsPoints(_ label: String) -> Mistake {
    Mistake(
      "`\(label)` has no values that a grid could combine",
      hints: ["add `points: 5`, or search with `method: random` and `run_cap`"]
    )
  }

  static func axisWithoutValues(_ label: String) -> Mistake {
    Mistake("`\(label)` needs `values`, or `min` and `max`")
  }

  static func categoricalWithoutValues(_ label: String) -> Mistake {
    Mistake("`\(label)`: `categorical` needs `values`")
  }

  static func unevenEnds(_ label: String) -> Mistake {
    Mistake(
      "`\(label)`: `int_uniform` needs whole numbers `min` and `max`, at most 1000000000000000 apart"
    )
  }

  static func undeclaredName(_ name: String, in label: String, declared: [String]) -> Mistake {
    let hint =
      nearestName(to: name, among: declared).map { "did you mean `\($0)`?" }
      ?? (declared.isEmpty
        ? "there are no parameters" : "the parameters are \(listed(declared))")
    return Mistake("`\(name)` in `\(label)` is no declared parameter", hints: [hint])
  }

  static func valueNeverTaken(_ name: String, _ value: String, values: [String]) -> Mistake {
    let hint =
      nearestName(to: value, among: values).map { "did you mean `\($0)`?" }
      ?? "its values are \(listed(values))"
    return Mistake("parameter `\(name)` never has the value `\(value)`", hints: [hint])
  }

  static func circularConditions(_ names: [String]) -> Mistake {
    Mistake("the `when` of \(listed(names)) go in a circle")
  }

  static func ownCondition(_ name: String) -> Mistake {
    Mistake("the `when` of `\(name)` names `\(name)` itself")
  }

  static func flatZip(_ names: [String]) -> Mistake {
    Mistake(
      "`zip` must be a list of lists of parameters, got a list of names",
      hints: ["write `zip: [[\(names.joined(separator: ", "))]]`"]
    )
  }

  static let shortZip = Mistake("a group of `zip` needs at least two parameters")

  static func zippedTwice(_ name: String) -> Mistake {
    Mistake("`\(name)` is in `zip` twice")
  }

  static func zipLengths(_ lengths: [(name: String, count: Int)]) -> Mistake {
    let parts = lengths.map { "\($0.count) of `\($0.name)`" }.joined(separator: ", ")
    return Mistake("zipped parameters must have equally many values, got \(parts)")
  }

  static func zippedDistribution(_ name: String) -> Mistake {
    Mistake("`\(name)` in `zip` needs listed values")
  }

  static let zippedProbabilities = Mistake("zipped parameters cannot have `probabilities`")

  static func tooManyCells(limit: Int) -> Mistake {
    Mistake(
      "the parameters make more than \(limit) cells",
      hints: ["list fewer values, or search with `method: random` and `run_cap`"]
    )
  }

  static func tooManyRuns(cells: Int, repeats: Int, limit: Int) -> Mistake {
    Mistake(
      "\(counted(cells, "cell")) of \(counted(repeats, "seed")) \(cells == 1 ? "is" : "are") more than \(limit) runs",
      hints: ["lower `repeat`, or list fewer values"]
    )
  }

  static func seedsBeyond(_ limit: Int, from seed: Int, repeats: Int) -> Mistake {
    Mistake(
      "\(counted(repeats, "seed")) from \(seed) on \(repeats == 1 ? "goes" : "go") beyond \(limit), the largest seed",
      hints: ["choose a smaller `seed`"]
    )
  }

  static let noCells = Mistake("`exclude` leaves no cell")

  static let uselessExclusion = Mistake("this `exclude` matches no combination")

  static func fewDraws(_ got: Int, wanted: Int) -> Mistake {
    Mistake("only \(counted(got, "different cell")) could be drawn of the \(wanted) of `run_cap`")
  }

  static func identicalCells(_ names: [String], _ count: Int) -> Mistake {
    let those = names.isEmpty ? "" : ": \(listed(names)) \(names.count == 1 ? "changes" : "change")"
    return Mistake(
      "\(counted(count, "cell")) \(count == 1 ? "trains" : "train") the same as another one\(those)\(names.isEmpty ? "" : " nothing there")",
      hints: ["add `when: { … }` to a parameter that only some models use"]
    )
  }

  static func needsGridMethod(_ key: String) -> Mistake {
    Mistake("`\(key)` needs `method: random`", hints: ["a grid takes every combination"])
  }

  static let missingRunCap = Mistake(
    "`run_cap` is missing: `method: random` must know how many cells to draw",
    hints: ["add `run_cap: 20`"]
  )

  static let randomWithoutParameters = Mistake(
    "`method: random` has no `parameters` to draw"
  )

  // MARK: - Seeds

  static func brokenSeeds(_ got: [String]) -> Mistake {
    Mistake(
      "the seeds of `parameters.seed` must follow each other, such as 3, 4, 5, got "
        + got.joined(separator: ", "),
      hints: ["write `seed: 0` and `repeat: \(got.count)`"]
    )
  }

  static let seedTwice = Mistake(
    "`parameters.seed` says the same as `seed` and `repeat`",
    hints: ["keep one of them"]
  )

  static func seedIsNoParameter(_ label: String) -> Mistake {
    Mistake("`seed` in `\(label)` is no parameter: runs are averaged over it")
  }
}
