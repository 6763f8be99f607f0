// SPDX-License-Identifier: Apache-2.0

extension RunSpecification: Described {
  package static let blank = RunSpecification(
    data: .blank,
    model: [],
    loss: Component(""),
    optimizer: Component(""),
    train: .blank
  )

  /// The sections that decide a run's numbers, in the order of a manifest, and what is measured besides.
  package static let fields: [Field<RunSpecification>] = [
    Field(
      "data",
      \.data,
      .section(DataSpecification.descriptions, shorthand: nil),
      required: true,
      "The data set, its arguments and how it is split.",
      content: { ["data": .mapping($0.data.content)] }
    ),
    Field(
      "model",
      \.model,
      .argument(.network),
      required: true,
      "A list of layers, blocks by name, or the name of one of `models`; this or `models` is required."
    ),
    Field(
      "init",
      \.initialization,
      .section(Initialization.descriptions, shorthand: nil),
      "Initial values of the parameters of every layer without an `init` of its own.",
      content: { ["init": .mapping($0.initialization.content)] }
    ),
    Field(
      "loss",
      \.allLosses,
      .argument(.losses),
      required: true,
      "What is minimised: a loss, or a list of losses whose weighted sum it is."
    ),
    Field(
      "optimizer",
      \.optimizer,
      .argument(.component(.optimizers)),
      required: true,
      "The update rule's name and its arguments, or the name of one of `optimizers`."
    ),
    Field(
      "train",
      \.train,
      .section(TrainSpecification.descriptions, shorthand: nil),
      required: true,
      "The training loop.",
      content: { ["train": .mapping($0.train.content)] }
    ),
    .section(
      "log",
      \.log,
      "Points of the curves inside an epoch.",
      content: { _ in [:] }
    ),
    Field(
      "metrics",
      \.metrics,
      .argument(.list(.text)),
      "Additional metrics; they are no part of a run's content.",
      content: { _ in [:] }
    ),
  ]

  private var allLosses: Losses {
    get { Losses(values: losses) }
    set { losses = newValue.values }
  }

  private var log: Logging? {
    get { train.logEverySteps.map(Logging.init) }
    set { train.logEverySteps = newValue?.everySteps }
  }
}

/// The `log:` of a manifest.
package struct Logging: Hashable, Described {
  /// Steps between points.
  package var everySteps: Int

  package static let blank = Logging(everySteps: 0)

  package static let fields: [Field<Logging>] = [
    Field(
      "every_steps",
      \.everySteps,
      .argument(.integer(SettingRange.count)),
      required: true,
      "Steps between points."
    )
  ]
}

extension Initialization: Described {
  package static let blank = Initialization()

  /// Those that a layer's own `init` has, too.
  private static let initializers: [Field<Initialization>] = {
    let paths: [any WritableKeyPath<Initialization, Component> & Sendable] = [\.weights, \.biases]
    return zip(Catalog.initKeys, paths).map { key, path in
      Field(key.name, path, .argument(key.kind), key.summary)
    }
  }()

  /// The file is in a run's content by its digest.
  package static let fields: [Field<Initialization>] =
    initializers + [
      Field(
        "from",
        \.file,
        .argument(.path),
        "A safetensors file whose tensors replace the drawn ones.",
        content: { _ in [:] }
      )
    ]
}
