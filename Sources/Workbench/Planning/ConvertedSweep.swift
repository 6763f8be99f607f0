// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
package import Manifests
import Vocabulary

/// A manifest made from a sweep configuration of Weights & Biases: its search and those of its parameters that a small
/// network has, on data that need no download.
///
/// Each parameter is taken if the manifest with it is without a mistake; the others stay as comments.
package struct ConvertedSweep {
  package let sweep: ForeignSweep
  /// The manifest's name.
  package let name: String
  /// The file it is read from, for its first line.
  package let source: String

  package init(
    sweep: ForeignSweep,
    name: String,
    source: String
  ) {
    self.sweep = sweep
    self.name = name
    self.source = source
  }

  /// Where a parameter goes, by the names it has elsewhere.
  private static let places: [String: [String]] = [
    "learning_rate": ["learning_rate", "lr"],
    "optimizer": ["optimizer"],
    "momentum": ["momentum"],
    "weight_decay": ["weight_decay", "wd"],
    "epochs": ["epochs", "num_epochs", "max_epochs"],
    "batch_size": ["batch_size", "batchsize", "bs"],
    "units": ["units", "hidden_size", "hidden_units", "fc_layer_size", "num_units", "hidden_dim"],
    "activation": ["activation"],
    "dropout": ["dropout", "dropout_rate"],
  ]

  /// The manifest; `file` and `rules` are those of the place it is written to.
  package func text(file: String, rules: PathRules) -> String {
    var taken: [ForeignSweep.Parameter] = []
    for parameter in sweep.parameters where place(of: parameter) != nil {
      let isFine =
        (try? Manifests.plan(manifest: text(taken + [parameter]), file: file, rules: rules)) != nil
      if isFine { taken.append(parameter) }
    }
    return text(taken)
  }

  private func place(of parameter: ForeignSweep.Parameter) -> String? {
    Self.places.first { $0.value.contains(parameter.name) }?.key
  }

  private func text(_ taken: [ForeignSweep.Parameter]) -> String {
    /// The reference to the parameter that goes there.
    func reference(_ place: String) -> String? {
      guard let own = taken.first(where: { self.place(of: $0) == place }) else { return nil }
      return "\"${\(own.name)}\""
    }
    func value(_ place: String, _ standard: String) -> String { reference(place) ?? standard }
    let optional = ["momentum", "weight_decay"].compactMap { place -> String? in
      guard let reference = reference(place) else { return nil }
      return "\(place): \(reference)"
    }
    let optimizer =
      ["name: \(value("optimizer", "adam"))", "learning_rate: \(value("learning_rate", "0.003"))"]
      + optional
    var lines = [
      "# From `\(UserText(source))`, a sweep of Weights & Biases. runexp trains by itself: data and model below take the",
      "# place of its program. `runexp plan FILE` shows what this makes.",
      "name: \(name)", "",
      "data: { dataset: glyphs, train: 1000, test: 500, validation: 200 }   # `runexp data list`",
      "model:", "  - flatten",
      "  - dense: { units: \(value("units", "64")), activation: \(value("activation", "relu")) }",
    ]
    if let dropout = reference("dropout") { lines.append("  - dropout: \(dropout)") }
    lines += [
      "  - dense: 10",
      "loss: cross_entropy",
      "optimizer: { \(optimizer.joined(separator: ", ")) }",
      "train: { epochs: \(value("epochs", "5")), batch_size: \(value("batch_size", "32")) }",
      "",
    ]
    return (lines + search(taken) + parameters(taken) + leftOut).joined(separator: "\n") + "\n"
  }

  private func search(_ taken: [ForeignSweep.Parameter]) -> [String] {
    var lines: [String] = []
    let isGrid = sweep.method == nil || sweep.method == "grid" || taken.isEmpty
    if !isGrid {
      let remark =
        sweep.method == "random"
        ? "" : "   # there: \(sweep.method ?? "nothing"), not in this version"
      lines += ["method: random" + remark, "run_cap: \(sweep.runCap ?? 20)"]
    }
    let metric = sweep.metric.flatMap(Self.metric)
    if let metric {
      let goal = ["minimize", "maximize"].contains(sweep.goal) ? sweep.goal : nil
      lines.append("metric: { name: \(metric)" + (goal.map { ", goal: \($0)" } ?? "") + " }")
    } else {
      lines.append("metric: val.accuracy")
    }
    return lines
  }

  /// `val_loss`, `val/loss` and `valid_loss` are `val.loss` here.
  private static func metric(_ name: String) -> String? {
    let words = name.lowercased().split { "._/- ".contains($0) }.map(String.init)
    guard words.count == 2 else { return nil }
    let parts = ["valid": "val", "validation": "val", "training": "train", "eval": "val"]
    let quantities = ["acc": "accuracy"]
    let found = "\(parts[words[0]] ?? words[0]).\(quantities[words[1]] ?? words[1])"
    return MetricName(found)?.isExtra == false ? found : nil
  }

  private func parameters(_ taken: [ForeignSweep.Parameter]) -> [String] {
    let rest = sweep.parameters.filter { !taken.contains($0) }
    var lines = taken.isEmpty ? [] : ["parameters:"] + taken.map { "  \($0.name): \($0.axis)" }
    if !rest.isEmpty {
      lines.append("# Parameters that nothing above uses yet, or whose axis has another form here:")
      lines += rest.map { visible("#  \($0.name): \($0.axis)") }
    }
    return lines
  }

  private var leftOut: [String] {
    sweep.otherKeys.isEmpty
      ? [] : [visible("# Without a meaning here: " + sweep.otherKeys.joined(separator: ", "))]
  }
}
