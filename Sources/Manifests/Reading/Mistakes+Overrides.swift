// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// The sentences about overrides of the command line.
extension Mistake {
  static func overrideWithoutValue(_ text: String) -> Mistake {
    Mistake(
      "an override must be `key=value`, got `\(text)`",
      hints: ["write `train.epochs=3`, or `learning_rate=0.1,0.01` for a parameter"]
    )
  }

  static func overrideSign(_ sign: Character) -> Mistake {
    Mistake(
      "`\(sign)` before a key has no meaning here",
      hints: ["`key=value` sets a key whether it is there or not"]
    )
  }

  static func unknownOverride(_ key: String, names: [String]) -> Mistake {
    let home = ForeignWords.homes[""]?[key].map { "`\($0).\(key)` is meant?" }
    let near = nearestName(to: key, among: names).map { "did you mean `\($0)`?" }
    return Mistake(
      "`\(key)` is neither a parameter nor a key of the manifest",
      hints: [home ?? near ?? "a dotted path sets a key, such as `train.epochs=3`"]
    )
  }

  static func overridePosition(_ step: String, count: Int) -> Mistake {
    Mistake("a list of \(count) needs a position from 0 to \(count - 1), got `\(step)`")
  }

  static func overrideIntoValue(_ step: String, got node: SourceNode) -> Mistake {
    Mistake("`\(step)` cannot be set inside \(node.kindWord)")
  }

  static func wrongRange(text: String) -> Mistake {
    Mistake(
      "`range` must be `range(start, stop)` or `range(start, stop, step)`, got `range(\(text))`",
      hints: ["`range(0,5)` is 0, 1, 2, 3, 4"]
    )
  }
}
