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
    let near = dottedPath(key, names: names) ?? nearestName(to: key, among: names)
    return Mistake(
      "`\(key)` is neither a parameter nor a key of the manifest",
      hints: [
        near.map { "did you mean `\($0)`?" }
          ?? "a dotted path sets a key, such as `train.epochs=3`"
      ]
    )
  }

  /// The path of a key that was named without its mapping, in our words or another tool's.
  private static func dottedPath(_ key: String, names: [String]) -> String? {
    if let home = ForeignWords.homes[""]?[key] { return "\(home).\(key)" }
    for owner in ["optimizer", "train", "data"] {
      guard let name = ForeignWords.keys[owner]?[key] else { continue }
      return names.contains(name) ? name : "\(owner).\(name)"
    }
    return nil
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
