// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// Words that the design fixes but this version does not build: refused as "known, not in this version".
enum LaterWords {
  /// By the path of the mapping they would stand in; `""` is the top.
  static let keys: [String: Set<String>] = [
    "": ["early_terminate"],
    "train": ["precision"],
  ]

  /// What is said besides.
  static let hints: [String: [String]] = [
    "early_terminate": [
      "`hyperband` will be called `asha` here; in this version every run trains to its end"
    ]
  ]

  /// Values, by the path of the key that receives them.
  static let values: [String: Set<String>] = [
    "method": ["tpe", "sobol", "asha"]
  ]

  /// Whether `key` of the mapping at `path` comes later.
  static func contains(key: String, in path: String) -> Bool {
    keys[path]?.contains(key) ?? false
  }
}
