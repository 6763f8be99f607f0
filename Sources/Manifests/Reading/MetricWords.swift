// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// What a metric's name most likely means, when it is written as elsewhere: `val_acc`, `test.mean_absolute_error`.
enum MetricWords {
  private static let parts = [
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val",
    "dev": "val", "eval": "val", "test": "test", "testing": "test",
  ]

  /// The metric that was most likely meant, or nil if none is near.
  static func nearest(to name: String) -> String? {
    let all = MetricName.all
    let (part, quantity) = words(of: name)
    let whole = (part.map { $0 + "." } ?? "") + quantity
    if all.contains(whole) { return whole }
    if let near = nearestName(to: whole, among: all) { return near }
    let near = nearestName(to: quantity, among: MetricName.quantities.map(\.name)) ?? quantity
    return ["val", "train"].map { "\($0).\(near)" }.first(where: all.contains)
  }

  /// What is said to an entry of `metrics:` that is measured anyway, or names a part; nil if it is neither.
  static func answer(toEntry name: String) -> String? {
    let (part, quantity) = words(of: name)
    guard MetricName.quantities.contains(where: { $0.name == quantity }) else { return nil }
    guard Catalog.definition(quantity, in: .metrics) != nil else {
      let whole = part.map { ", as `\($0).\(quantity)`" } ?? ""
      return "`\(quantity)` is always measured\(whole): leave it out"
    }
    return part == nil ? nil : "write `\(quantity)`: it is measured on every part of the data"
  }

  /// The part and the quantity in the words of this program.
  private static func words(of name: String) -> (part: String?, quantity: String) {
    let separator: Character = name.contains(".") ? "." : "_"
    let words = name.split(separator: separator, maxSplits: 1).map(String.init)
    if words.count == 2, let part = parts[words[0].lowercased()] {
      return (part, ours(words[1]))
    }
    return (nil, ours(name))
  }

  private static func ours(_ quantity: String) -> String {
    ForeignWords.values["quantity"]?[quantity.lowercased()] ?? quantity
  }
}
