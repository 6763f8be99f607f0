// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// The sentences about names, metrics, reports and expectations.
extension Mistake {
  static func wrongName(_ name: String) -> Mistake {
    Mistake(
      "`name` must be letters, digits, `.`, `_` and `-`, at most 100 of them, got `\(name)`",
      hints: ["it is the report's folder; `title` may be in any script"]
    )
  }

  static func wrongTag(_ text: String) -> Mistake {
    let parts = text.split(whereSeparator: \.isWhitespace)
    let hint = parts.count > 1 ? ["write `\(parts.joined(separator: "-"))`"] : []
    let got = text.isEmpty ? "an empty text" : "`\(text)`"
    return Mistake("a tag is a word without white space, got \(got)", hints: hint)
  }

  /// A name that commands would take for something else, or that hides the report's folder.
  static func unusableName(_ name: String) -> Mistake {
    let reason =
      switch name.first {
      case "-": "commands would take it for an option"
      case ".": "the report's folder would be hidden"
      default: "commands take it for the run that was started last"
      }
    return Mistake(
      "`name` must begin with a letter, a digit or `_` and not be `last`, got `\(name)`: \(reason)",
      hints: ["`title` may be any text"]
    )
  }

  static func unknownMetric(_ label: String, _ name: String) -> Mistake {
    let hint =
      MetricWords.nearest(to: name).map { "did you mean `\($0)`?" }
      ?? "it is `train.`, `val.` or `test.` and one of "
      + listed(MetricName.quantities.map(\.name))
    return Mistake("`\(label)`: unknown metric `\(name)`", hints: [hint])
  }

  static func metricNotMeasured(_ name: MetricName) -> Mistake {
    Mistake(
      "`\(name)` is not measured unless `metrics` asks for it",
      hints: ["add `metrics: [\(Catalog.entryText(measuring: name.family))]`"]
    )
  }

  /// Words in one text that should be a list.
  static func joinedWords(_ label: String, words: [String], got: String) -> Mistake {
    let parts = got.split { $0 == "," || $0.isWhitespace }.joined(separator: ", ")
    return Mistake(
      "`\(label)` must be \(alternatives(words)), or a list of them, got `\(got)`",
      hints: ["write `[\(parts)]`"]
    )
  }

  static func repeatedWord(_ label: String, _ word: String) -> Mistake {
    Mistake("`\(label)` names `\(word)` twice")
  }

  static func repeatedMetric(_ name: String) -> Mistake {
    Mistake("`metrics` asks for `\(name)` twice")
  }

  static func metricWithoutValidation(_ name: String) -> Mistake {
    Mistake(
      "there is no `\(name)` without a validation part",
      hints: ["hold examples out: `data: { …, validation: 0.1 }`"]
    )
  }

  static func metricWithoutTest(_ name: String, dataset: String) -> Mistake {
    Mistake("there is no `\(name)`: this `\(dataset)` has no test part")
  }

  static func bestWithoutValidation(_ name: String) -> Mistake {
    Mistake(
      "`metric.at: best` needs a `val.*` metric, got `\(name)`",
      hints: ["the best epoch by training or test data would be chosen on what is reported"]
    )
  }

  static func choosesOnTest(_ name: String) -> Mistake {
    Mistake(
      "`metric` chooses on the test part by `\(name)`: its numbers become too good",
      hints: ["hold out `data.validation` and choose by a `val.*` metric"]
    )
  }

  static let tunesOnTraining = Mistake(
    "`tune` chooses by `train.loss`: nothing is held out",
    hints: ["hold out `data.validation` and choose by a `val.*` metric"]
  )

  static func rowsAreColumns(_ name: String) -> Mistake {
    Mistake("`report.rows` and `report.columns` are both `\(name)`")
  }

  static func tunedAway(_ name: String, in label: String) -> Mistake {
    Mistake(
      "`\(name)` in `\(label)` is tuned: each cell takes its best value",
      hints: ["take it out of `tune` or out of `\(label)`"]
    )
  }

  static let expectationLeftOut = Mistake(
    "`expect` is not judged here: the command line leaves its cell out"
  )

  static func selectedCells(_ count: Int, open: [String]) -> Mistake {
    guard count > 0 else { return Mistake("`expect.where` selects no cell") }
    let more = open.isEmpty ? "" : "name \(listed(open)) too, or "
    return Mistake(
      "`expect.where` must select one cell, it selects \(count)",
      hints: ["\(more)add `of: every` to judge all of them"]
    )
  }

  static func claimCount(_ given: [String]) -> Mistake {
    let got = given.isEmpty ? "none" : listed(given)
    return Mistake(
      "an expectation must make one claim, \(alternatives(ManifestKeys.claims)), got \(got)",
      hints: given == ["at_least", "at_most"] ? ["`within: [low, high]` says both"] : []
    )
  }

  static func marginWithoutValue(_ key: String) -> Mistake {
    Mistake("`expect.\(key)` goes with `value` only")
  }

  static let marginWithoutReason = Mistake(
    "`expect.margin` needs `because`: why is so much difference still the same?"
  )

  static let reasonWithoutMargin = Mistake("`expect.because` needs `margin`")

  static func reversedInterval(_ label: String, _ low: Double, _ high: Double) -> Mistake {
    Mistake(
      "`\(label)` must be `[low, high]` with low at most high, got"
        + " [\(number(low)), \(number(high))]"
    )
  }

  static func undecidable(repeats: Int) -> Mistake {
    Mistake(
      "with \(counted(repeats, "seed")) this can only be undecided",
      hints: ["`repeat: 3` is the least, `repeat: 5` allows \"reproduced\""]
    )
  }
}
