// SPDX-License-Identifier: Apache-2.0

extension TrainSpecification: Described {
  package static let blank = TrainSpecification(epochs: 0, batchSize: nil)

  /// The word for one step over all examples.
  private static let all = "all"

  package static let fields: [Field<TrainSpecification>] = [
    Field(
      "epochs",
      \.epochs,
      .argument(.integer(SettingRange.epochs)),
      required: true,
      "Passes over the data."
    ),
    Field(
      "batch_size",
      .integerOr(SettingRange.count, word: all),
      required: true,
      "Examples per step, or `all`; the last, smaller batch is kept.",
      get: { $0.batchSize.map(ArgumentValue.integer) ?? .text(all) },
      set: { train, value in
        train.batchSize = value.integer
        return value.integer != nil || value.text == all
      }
    ),
    Field(
      "shuffle",
      \.shuffle,
      .argument(.boolean),
      "Whether each epoch draws a new order."
    ),
    Field(
      "clip_norm",
      \.clipNorm,
      .argument(.real(SettingRange.positive)),
      "Largest Euclidean norm of all gradients together."
    ),
    Field(
      "clip_value",
      \.clipValue,
      .argument(.real(SettingRange.positive)),
      "Largest absolute value of a gradient's element."
    ),
    Field(
      "evaluate_every",
      \.evaluateEvery,
      .argument(.integer(SettingRange.epochs)),
      "Epochs between evaluations; the last epoch is always evaluated.",
      content: { _ in [:] }
    ),
    .section(
      "early_stopping",
      \.earlyStopping,
      shorthand: "patience",
      "When training ends before its last epoch.",
      // Where training ends also depends on when it is evaluated.
      content: { train in
        guard let rule = train.earlyStopping else { return [:] }
        let cadence = ["evaluate_every": ArgumentValue.integer(train.evaluateEvery)]
        return ["early_stopping": .mapping(rule.content.merging(cadence) { $1 })]
      }
    ),
  ]
}

extension EarlyStopping: Described {
  package static let blank = EarlyStopping(metric: "", goal: .minimize, patience: 0)

  package static let fields: [Field<EarlyStopping>] = [
    Field(
      "metric",
      \.metric,
      .metricName,
      leftOut: "the name in the top level's `metric`",
      "What is to get better: of `train.*` or `val.*`."
    ),
    Field(
      "goal",
      \.goal,
      .argument(.choice([MetricGoal.minimize, .maximize].map(\.rawValue))),
      isKey: false,
      "Which way is better, by the metric."
    ),
    Field(
      "patience",
      \.patience,
      .argument(.integer(SettingRange.epochs)),
      required: true,
      "After how many evaluations without an improvement training ends."
    ),
    Field(
      "min_delta",
      \.minimumDelta,
      .argument(.real(RealRange(from: 0))),
      "How much better than the best so far is an improvement."
    ),
    Field(
      "restore_best",
      \.restoresBest,
      .argument(.boolean),
      "Whether the run ends with the weights of its best evaluation, stopped or not."
    ),
  ]
}
