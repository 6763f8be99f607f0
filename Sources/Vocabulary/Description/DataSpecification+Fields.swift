// SPDX-License-Identifier: Apache-2.0

extension DataSpecification: Described {
  package static let blank = DataSpecification(dataset: Component(""))

  /// What stands for a seed that follows the run's.
  package static let runSeed = "${seed}"

  /// The data set, whose arguments stand beside the other keys, and those.
  package static let fields: [Field<DataSpecification>] =
    [
      Field(
        "dataset",
        \.dataset,
        .argument(.component(.datasets)),
        required: true,
        "The data set."
      )
    ] + settings

  /// The keys beside the data set and its arguments.
  package static let settings: [Field<DataSpecification>] = [
    Field(
      "validation",
      \.options.validation,
      .countOrFraction(SettingRange.count),
      "How much of the training part is held out: a count, or a fraction below 1.",
      content: { data in
        switch data.validation {
        case nil: [:]
        case .count(let count)?: ["validation": .integer(count)]
        case .fraction(let share)?: ["validation": .mapping(["fraction": .real(share)])]
        }
      }
    ),
    Field(
      "folds",
      \.options.folds,
      .argument(.integer(2...1000)),
      "k-fold cross-validation: each of k parts is held out once; metrics are the means over the folds."
    ),
    Field(
      "train_limit",
      \.options.trainLimit,
      .count(SettingRange.count),
      leftOut: "all",
      "Only the first training records in file order, before the split."
    ),
    Field(
      "test_limit",
      \.options.testLimit,
      .count(SettingRange.count),
      leftOut: "all",
      "Only the first test records in file order."
    ),
    Field(
      "seed",
      .argument(.integer(SettingRange.seeds)),
      "Seed of the split and of generated data; `\"${seed}\"` for a split of each run's own.",
      get: { $0.followsRunSeed ? .text(runSeed) : .integer($0.seed) },
      set: { data, value in
        data.followsRunSeed = value.text == runSeed
        data.seed = value.integer ?? 0
        return value.integer != nil || data.followsRunSeed
      }
    ),
    Field(
      "task",
      \.options.task,
      .argument(.choice(DataOptions.Task.allCases.map(\.rawValue))),
      leftOut: "by the targets' type",
      "What the targets mean."
    ),
    Field(
      "standardize",
      \.options.standardize,
      .argument(.choice(DataOptions.Standardization.allCases.map(\.rawValue))),
      "Subtract the mean and divide by the standard deviation of the training part, per feature."
    ),
    .section(
      "outliers",
      \.options.outliers,
      "Gross errors in real training targets, to see which loss is robust against them; validation and test targets stay true."
    ),
    .section(
      "augment",
      \.options.augmentation,
      "How training images are varied, anew in each epoch."
    ),
  ]
}

extension Outliers: Described {
  package static let blank = Outliers(share: 0, deviation: 10)

  package static let fields: [Field<Outliers>] = [
    Field(
      "share",
      \.share,
      .argument(.real(RealRange(from: 0, to: 1))),
      required: true,
      "Share of the training examples that are hit."
    ),
    Field(
      "deviation",
      \.deviation,
      .argument(.real(RealRange(from: 0, to: 1e6, excludingMinimum: true))),
      "Standard deviation of the errors, in standard deviations of the targets."
    ),
  ]
}

extension Augmentation: Described {
  package static let blank = Augmentation()

  private static let horizontal = "horizontal"

  /// Content keys are older than the section `crop`, and hold what is set alone.
  package static let fields: [Field<Augmentation>] = [
    Field(
      "flip",
      .argument(.choice([horizontal])),
      "Mirrors an image with probability one half.",
      get: { $0.flipsHorizontally ? .text(horizontal) : .none },
      set: { augmentation, value in
        augmentation.flipsHorizontally = value.text == horizontal
        return value == ArgumentValue.none || augmentation.flipsHorizontally
      }
    ),
    Field(
      "shift",
      \.shift,
      .argument(.integer(0...4096)),
      "Moves by up to so many pixels in both directions; what comes in is 0.",
      content: { $0.shift > 0 ? ["shift": .integer($0.shift)] : [:] }
    ),
    .section(
      "crop",
      \.crop,
      "Draws a window of the image's own size from the image with a border.",
      content: { $0.cropPadding > 0 ? ["crop_padding": .integer($0.cropPadding)] : [:] }
    ),
  ]

  /// The `crop:` of `augment:`.
  package struct Crop: Hashable, Described {
    var padding: Int

    package static let blank = Crop(padding: 0)

    package static let fields: [Field<Crop>] = [
      Field(
        "padding",
        \.padding,
        .argument(.integer(1...4096)),
        required: true,
        "Width of the border of zeros."
      )
    ]
  }

  private var crop: Crop? {
    get { cropPadding > 0 ? Crop(padding: cropPadding) : nil }
    set { cropPadding = newValue?.padding ?? 0 }
  }
}
