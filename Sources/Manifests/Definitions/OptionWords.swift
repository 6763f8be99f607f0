// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// The meaning of another tool's command-line option, such as `--epochs`, in this program.
public enum OptionMeaning: Hashable, Sendable {
  /// It is a key of the manifest, which is set as `KEY=VALUE`.
  case key(String)
  /// It is a word of layers or activations; as a parameter of the manifest it can be set as
  /// `NAME=VALUE`.
  case parameter(String)
  /// The answer is a whole sentence.
  case answer(String)

  /// The probable meaning of `option` (`--batch-size`); nil if it is no word of the field.
  public init?(option: String) {
    let dashless = option.drop { $0 == "-" }
    let word = dashless.lowercased().replacing("-", with: "_")
    guard let meaning = Self.path(String(dashless)) ?? Self.meaning(word) else { return nil }
    self = meaning
  }

  /// A dotted path as it is typed without dashes; words of other tools become ours: `trainer.max_epochs`.
  private static func path(_ text: String) -> OptionMeaning? {
    var steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard steps.count > 1, steps[0].first?.isLetter == true, steps.allSatisfy({ !$0.isEmpty })
    else { return nil }
    func plain(_ step: String) -> String { step.lowercased().replacing("-", with: "_") }
    steps[0] = ForeignWords.keys[""]?[plain(steps[0])] ?? plain(steps[0])
    if let keys = ForeignWords.keys[steps[0]] {
      steps[1] = keys[plain(steps[1])] ?? plain(steps[1])
    }
    return .key(steps.joined(separator: "."))
  }

  /// Words that mean one key only, whatever the lists below say.
  private static let known = [
    "lr": "optimizer.learning_rate", "learning_rate": "optimizer.learning_rate",
    "eta": "optimizer.learning_rate", "lr_scheduler": "optimizer.schedule",
    "scheduler": "optimizer.schedule", "optim": "optimizer.name",
    "optimizer": "optimizer.name", "optimiser": "optimizer.name", "opt": "optimizer.name",
    "wd": "optimizer.weight_decay", "data": "data.dataset", "dataset": "data.dataset",
    "patience": "train.early_stopping.patience", "random_seed": "seed", "random_state": "seed",
    "runs": "repeat", "n_runs": "repeat", "n_seeds": "repeat", "num_seeds": "repeat",
    "arch": "model", "max_epoch": "train.epochs", "nb_epoch": "train.epochs",
    "mini_batch_size": "train.batch_size", "val_split": "data.validation",
    "metrics": "metrics", "monitor": "train.early_stopping.metric",
  ]

  private static let workers =
    "`--jobs` says how many runs train at once, `--threads` how many threads each has"
  private static let processor =
    "runexp trains on this machine's processor; `--threads` says how many threads a run has"
  private static let folders = "`--reports` names the folder of reports, `--db` the database"
  private static let answers = [
    "dry_run": "`runexp plan` shows what would be run and starts nothing",
    "resume": "`runexp sweep` goes on with interrupted runs by itself",
    "workers": workers, "num_workers": workers, "n_jobs": workers, "parallel": workers,
    "device": processor, "gpu": processor, "gpus": processor, "cuda": processor,
    "output": folders, "out": folders, "output_dir": folders,
    "config": "the manifest is named without an option: `runexp sweep MANIFEST`",
  ]

  private static func meaning(_ word: String) -> OptionMeaning? {
    if let answer = answers[word] { return .answer(answer) }
    if let key = known[word] { return .key(key) }
    if let key = ours(word) { return .key(key) }
    for (section, prefix) in [("", ""), ("train", "train."), ("optimizer", "optimizer.")] {
      if let key = ForeignWords.keys[section]?[word] { return .key(known[key] ?? prefix + key) }
    }
    let layers = Catalog.definitions(.layers) + Catalog.definitions(.activations)
    let isLayers = layers.contains { layer in
      layer.name == word || layer.arguments.contains { $0.name == word }
    }
    return isLayers || word == "hidden" ? .parameter(word) : nil
  }

  /// The dotted path of a key with that name.
  private static func ours(_ word: String) -> String? {
    let values = [
      "seed", "repeat", "model", "loss", "metric", "name", "title", "method", "run_cap",
    ]
    if values.contains(word) { return word }
    if ManifestKeys.train.contains(where: { $0.name == word }) { return "train.\(word)" }
    if ManifestKeys.data.contains(where: { $0.name == word }) { return "data.\(word)" }
    let optimizers = Catalog.definitions(.optimizers).flatMap(\.arguments)
    return optimizers.contains { $0.name == word } ? "optimizer.\(word)" : nil
  }
}
