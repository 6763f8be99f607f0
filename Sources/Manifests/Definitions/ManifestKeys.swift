// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// Keys that may name one of several alternatives; with the alternatives alone, a parameter over all of them is
/// understood: `models:` without `model:` is `model: "${model}"`.
let alternatives: [(name: String, alternatives: String)] = [
  ("model", "models"), ("optimizer", "optimizers"),
]

/// The fixed mappings of a manifest. Components and their arguments stand in `Catalog`, the keys of what decides a run's
/// numbers at its specification.
enum ManifestKeys {
  /// The sentence of a section that is described at the specification.
  private static func summary(of section: String) -> String {
    RunSpecification.descriptions.first { $0.name == section }?.summary ?? ""
  }

  static let top: [Key] = [
    Key(
      "name",
      .experimentName,
      required: true,
      "Letters, digits, `.`, `_` and `-`, not beginning with `.` or `-`; also the report's folder."
    ),
    Key("title", .argument(.text), standard: "the name", "The report's heading, in any script."),
    Key("description", .argument(.text), "The question, in words."),
    Key("tags", .argument(.list(.text)), "Free words to find runs by."),
    Key("data", .data(data), required: true, summary(of: "data")),
    Key(
      "model",
      .model,
      standard: "`\"${model}\"` when `models` is given",
      summary(of: "model")
    ),
    Key("models", .models, "Named models; the names are the values of `model`."),
    Key(
      "init",
      .mapping(initialization),
      standard: "PyTorch's defaults",
      summary(of: "init")
    ),
    Key("loss", .argument(.losses), required: true, summary(of: "loss")),
    Key(
      "optimizer",
      .optimizer,
      required: true,
      standard: "`\"${optimizer}\"` when `optimizers` is given",
      summary(of: "optimizer")
    ),
    Key(
      "optimizers",
      .optimizers,
      "Named optimizers with their arguments; the names are the values of `optimizer`."
    ),
    Key("train", .mapping(train), required: true, summary(of: "train")),
    Key("checkpoint", .mapping(checkpoint), "Which checkpoints are kept."),
    Key("log", .mapping(log), summary(of: "log")),
    Key(
      "metrics",
      .argument(.list(.component(.metrics))),
      standard: "nothing more",
      summary(of: "metrics")
    ),
    Key(
      "method",
      .argument(.choice(["grid", "random"])),
      standard: "`grid`",
      "`grid` takes every combination of the parameters' values, `random` draws cells."
    ),
    Key("run_cap", .argument(.integer(1...100_000)), "How many cells `method: random` draws."),
    Key(
      "search_seed",
      .argument(.integer(SettingRange.seeds)),
      standard: "`0`",
      "Seed of `method: random`; draw i depends on it and i only."
    ),
    Key("seed", .argument(.integer(SettingRange.seeds)), standard: "`0`", "The first run seed."),
    Key(
      "repeat",
      .argument(.integer(1...100_000)),
      standard: "`1`",
      "Runs per cell, with the seeds `seed`, `seed` + 1, …"
    ),
    Key(
      "metric",
      .mapping(metric, shorthand: "name"),
      standard: "`val.loss` with `data.validation`, else `train.loss`",
      "The metric by which `tune`, `best:` and `confirm` choose."
    ),
    Key("parameters", .parameters, "The axes: a name with its values or its range each."),
    Key("zip", .parameterGroups, "Groups of parameters that advance together."),
    Key("exclude", .conditions, "Combinations that are left out."),
    Key(
      "tune",
      .parameterNames,
      "Nuisance parameters: each remaining cell takes their best values by mean `metric`."
    ),
    Key("report", .mapping(report, shorthand: "metric"), "What the report shows."),
    Key("expect", .entries(expectation), "Published numbers the runs are held against."),
    Key("reference", .entries(reference), "Published numbers shown beside ours."),
  ]

  static let data = DataSpecification.settings.map { Key($0.description) }
  static let block = BlockSpecification.descriptions.map { Key($0) }
  static let weightedLoss = LossSpecification.descriptions.map { Key($0) }
  static let initialization = Initialization.descriptions.map { Key($0) }
  static let train = TrainSpecification.descriptions.map { Key($0) }
  static let log = Logging.descriptions.map { Key($0) }

  static let checkpoint: [Key] = [
    Key(
      "every_epochs",
      .argument(.integer(SettingRange.epochs)),
      standard: "`1`",
      "Epochs between checkpoints."
    ),
    Key(
      "keep_best",
      .argument(.integer(0...100_000)),
      standard: "`0`",
      "How many of the best by `metric` are kept."
    ),
    Key(
      "keep_last",
      .argument(.integer(1...100_000)),
      standard: "`1`",
      "How many of the newest are kept; the final weights always are."
    ),
  ]
}
