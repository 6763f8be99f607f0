// SPDX-License-Identifier: Apache-2.0

internal import Experiments

/// Keys that may name one of several alternatives; with the alternatives alone, a parameter over all of them is
/// understood: `models:` without `model:` is `model: "${model}"`.
let alternatives: [(name: String, alternatives: String)] = [
  ("model", "models"), ("optimizer", "optimizers"),
]

/// The fixed mappings of a manifest. Components and their arguments stand in `Catalog`.
enum ManifestKeys {
  /// Every whole number that JSON and SQLite carry without loss.
  static let wide = -9_007_199_254_740_991...9_007_199_254_740_991
  /// Seeds of runs and of draws.
  static let seeds = 0...9_007_199_254_740_991
  static let count = 1...1_000_000_000
  static let positive = RealRange(from: 0, excludingMinimum: true)

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
    Key("data", .data(data), required: true, "The data set, its arguments and how it is split."),
    Key(
      "model",
      .model,
      standard: "`\"${model}\"` when `models` is given",
      "A list of layers, or the name of one of `models`; this or `models` is required."
    ),
    Key("models", .models, "Named lists of layers; the names are the values of `model`."),
    Key(
      "init",
      .mapping(initialization),
      standard: "PyTorch's defaults",
      "Initial values of the parameters of every layer without an `init` of its own."
    ),
    Key("loss", .argument(.component(.losses)), required: true, "What is minimised."),
    Key(
      "optimizer",
      .optimizer,
      required: true,
      standard: "`\"${optimizer}\"` when `optimizers` is given",
      "The update rule's name and its arguments, or the name of one of `optimizers`."
    ),
    Key(
      "optimizers",
      .optimizers,
      "Named optimizers with their arguments; the names are the values of `optimizer`."
    ),
    Key("train", .mapping(train), required: true, "The training loop."),
    Key("checkpoint", .mapping(checkpoint), "Which checkpoints are kept."),
    Key("log", .mapping(log), "Points of the curves inside an epoch."),
    Key(
      "metrics",
      .argument(.list(.component(.metrics))),
      standard: "nothing more",
      "What is measured besides; no part of a run's content."
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
      .argument(.integer(seeds)),
      standard: "`0`",
      "Seed of `method: random`; draw i depends on it and i only."
    ),
    Key("seed", .argument(.integer(seeds)), standard: "`0`", "The first run seed."),
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
      "What chooses: for `tune`, `best:` and `confirm`."
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

  static let data: [Key] = [
    Key(
      "validation",
      .countOrFraction,
      standard: "none",
      "How much of the training part is held out: a count, or a fraction below 1."
    ),
    Key(
      "folds",
      .argument(.integer(2...1000)),
      standard: "none",
      "k-fold cross-validation: each of so many parts is held out once, metrics are the folds' means."
    ),
    Key(
      "train_limit",
      .argument(.integer(count)),
      standard: "all",
      "Only the first training records in file order, before the split."
    ),
    Key(
      "test_limit",
      .argument(.integer(count)),
      standard: "all",
      "Only the first test records in file order."
    ),
    Key(
      "seed",
      .argument(.integer(seeds)),
      standard: "`0`",
      "Seed of the split and of generated data; `\"${seed}\"` for a split of each run's own."
    ),
    Key(
      "task",
      .argument(.choice(["classification", "regression"])),
      standard: "by the targets' type",
      "What the targets mean."
    ),
    Key(
      "standardize",
      .argument(.choice(["none", "inputs", "both"])),
      standard: "`none`",
      "Subtract the mean and divide by the standard deviation of the training part, per feature."
    ),
    Key(
      "outliers",
      .mapping(outliers),
      standard: "none",
      "Gross errors in real training targets, to see what stands them; validation and test targets stay true."
    ),
    Key(
      "augment",
      .mapping(augmentation),
      standard: "none",
      "How training images are varied, anew in each epoch."
    ),
  ]

  /// Those of `data` that `none` switches off.
  static let optionalData: Set<String> = [
    "validation", "folds", "train_limit", "test_limit", "task", "outliers", "augment",
  ]

  static let outliers: [Key] = [
    Key(
      "share",
      .argument(.real(RealRange(from: 0, to: 1))),
      required: true,
      "Share of the training examples that are hit."
    ),
    Key(
      "deviation",
      .argument(.real(RealRange(from: 0, to: 1e6, excludingMinimum: true))),
      standard: "`10`",
      "Standard deviation of the errors, in standard deviations of the targets."
    ),
  ]

  static let augmentation: [Key] = [
    Key(
      "flip",
      .argument(.choice(["horizontal"])),
      standard: "none",
      "Mirrors one of two images, by a draw."
    ),
    Key(
      "shift",
      .argument(.integer(0...4096)),
      standard: "`0`",
      "Moves by up to so many pixels in both directions; what comes in is 0."
    ),
    Key(
      "crop",
      .mapping(crop),
      standard: "none",
      "Draws a window of the image's own size from the image with a border."
    ),
  ]

  static let crop: [Key] = [
    Key(
      "padding",
      .argument(.integer(1...4096)),
      required: true,
      "Width of the border of zeros."
    )
  ]

  static let initialization: [Key] =
    Catalog.initKeys.map {
      Key($0.name, .argument($0.kind), standard: "`default`", $0.summary)
    } + [
      Key(
        "from",
        .argument(.path),
        standard: "none",
        "A safetensors file whose tensors replace the drawn ones."
      )
    ]

  static let train: [Key] = [
    Key("epochs", .argument(.integer(1...10_000_000)), required: true, "Passes over the data."),
    Key(
      "batch_size",
      .integerOr(count, word: "all"),
      required: true,
      "Examples per step, or `all`; the last, smaller batch is kept."
    ),
    Key(
      "shuffle",
      .argument(.boolean),
      standard: "`true`",
      "Whether each epoch draws a new order."
    ),
    Key(
      "clip_norm",
      .argument(.real(positive)),
      standard: "none",
      "Largest Euclidean norm of all gradients together."
    ),
    Key(
      "clip_value",
      .argument(.real(positive)),
      standard: "none",
      "Largest absolute value of a gradient's element."
    ),
    Key(
      "evaluate_every",
      .argument(.integer(1...10_000_000)),
      standard: "`1`",
      "Epochs between evaluations; the last epoch is always evaluated."
    ),
    Key(
      "early_stopping",
      .mapping(earlyStopping, shorthand: "patience"),
      standard: "none",
      "When training ends before its last epoch."
    ),
  ]

  static let earlyStopping: [Key] = [
    Key(
      "metric",
      .metricName,
      standard: "the name in the top level's `metric`",
      "What is to get better: of `train.*` or `val.*`."
    ),
    Key(
      "patience",
      .argument(.integer(1...10_000_000)),
      required: true,
      "After how many evaluations without an improvement training ends."
    ),
    Key(
      "min_delta",
      .argument(.real(RealRange(from: 0))),
      standard: "`0`",
      "How much better than the best so far is an improvement."
    ),
    Key(
      "restore_best",
      .argument(.boolean),
      standard: "`false`",
      "Whether the run ends with the weights of its best evaluation, stopped or not."
    ),
  ]

  static let checkpoint: [Key] = [
    Key(
      "every_epochs",
      .argument(.integer(1...10_000_000)),
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

  static let log: [Key] = [
    Key("every_steps", .argument(.integer(count)), required: true, "Steps between points.")
  ]
}
