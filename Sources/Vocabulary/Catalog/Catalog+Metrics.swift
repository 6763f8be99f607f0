// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  /// What every run measures, as far as its targets have it.
  public static let standardMetrics: [ComponentDefinition] = [
    ComponentDefinition(
      "loss",
      "The loss, the mean over an epoch's examples, tokens or elements, without penalties; with `class_weights` each counts by its class's weight.",
      facts: .metric(
        MetricFacts(
          .minimize,
          .ratio,
          undefinedReason: "not finite: too large, or no example has a target of a weight above 0"
        )
      )
    ),
    ComponentDefinition(
      "accuracy",
      "Share of examples or tokens whose largest output is the class.",
      facts: .metric(
        MetricFacts(
          .maximize,
          .share,
          of: .classes,
          answers: .counted,
          undefinedReason: withoutTargets
        )
      )
    ),
    ComponentDefinition(
      "rmse",
      "Root of the mean squared error over all elements.",
      facts: .metric(MetricFacts(.minimize, .ratio, of: .values, hasTargetUnit: true))
    ),
    ComponentDefinition(
      "perplexity",
      "exp of the mean cross-entropy per token; not with `label_smoothing` or `class_weights`, under which the loss is no cross-entropy of the data.",
      facts: .metric(
        MetricFacts(
          .minimize,
          .exponential,
          of: .tokens,
          undefinedReason: "not finite: exp of the loss is too large"
        )
      )
    ),
    ComponentDefinition(
      "samples_per_second",
      "Training speed: a timing, outside every comparison of bits.",
      facts: .metric(MetricFacts(.maximize, .nonNegative, isOfTraining: true))
    ),
  ]

  static let metrics: [ComponentDefinition] = [
    ComponentDefinition(
      "mae",
      "Mean absolute error over all elements of real targets.",
      facts: .metric(MetricFacts(.minimize, .ratio, of: .values, hasTargetUnit: true))
    ),
    ComponentDefinition(
      "r2",
      "Share of the targets' variance that is explained: 1 - Σ(y - t)² / Σ(t - mean)², over all columns.",
      facts: .metric(
        MetricFacts(
          .maximize,
          .atMostOne,
          of: .values,
          needsUnequalTargets: true,
          undefinedReason: "undefined: all targets are equal"
        )
      )
    ),
    ComponentDefinition(
      "log_rmse",
      "Root of the mean squared error of logarithms of real targets; values below 1 count as 1.",
      facts: .metric(MetricFacts(.minimize, .nonNegative, of: .values))
    ),
    ComponentDefinition(
      "top_k",
      "Share of examples or tokens whose class is among the `k` largest outputs, of equal ones the first; called `top_5` for `k: 5`.",
      arguments: [
        ArgumentDefinition(
          "k",
          .integer(1...1_000_000),
          standard: .integer(5),
          "How many outputs count."
        )
      ],
      shorthand: "k",
      facts: .metric(
        MetricFacts(
          .maximize,
          .share,
          of: .classes,
          answers: .counted,
          numberedBy: "k",
          undefinedReason: withoutTargets
        )
      )
    ),
    ComponentDefinition(
      "precision",
      "The share of the examples predicted as a class that belong to it; the mean over the classes that occur or are predicted, 0 / 0 counting as 0.",
      facts: shareOfClasses
    ),
    ComponentDefinition(
      "recall",
      "Of the examples of a class, the share that was found; the mean over the classes that are there or given, 0 / 0 counting as 0.",
      facts: shareOfClasses
    ),
    ComponentDefinition(
      "f1",
      "The harmonic mean of a class's precision and recall; the mean over the classes that are there or given, 0 / 0 counting as 0.",
      facts: shareOfClasses
    ),
    ComponentDefinition(
      "bleu",
      "BLEU of single tokens (to the power 1/2) and pairs (to the power 1/4) between each example's predicted and wanted tokens; the mean over examples. Steps without a target are left out; each token is predicted from the true ones before it. Where the target is a sequence of its own, the network writes it by itself, the likeliest token each time, up to `<eos>`; not of the training part.",
      facts: .metric(MetricFacts(.maximize, .share, of: .tokens, undefinedReason: withoutTargets))
    ),
    ComponentDefinition(
      "exact_match",
      "Share of sequences that the network writes by itself without a mistake, the likeliest token each time, up to `<eos>`; not of the training part.",
      facts: .metric(
        MetricFacts(.maximize, .share, of: .sequences, answers: .counted)
      )
    ),
    ComponentDefinition(
      "weight_norm",
      "Euclidean norm of all parameters at the epoch's end, and of each layer's: `weight_norm.0`; of blocks each block's: `weight_norm.encoder`.",
      facts: norm
    ),
    ComponentDefinition(
      "gradient_norm",
      "Euclidean norm of all gradients before clipping, the mean over steps, and of each layer's:"
        + " `gradient_norm.0`.",
      facts: norm
    ),
  ]

  /// Of those that are a quotient which may be 0 ÷ 0.
  private static let withoutTargets = "undefined: no example has a target"
  private static let shareOfClasses = ComponentFacts.metric(
    MetricFacts(
      .maximize,
      .share,
      of: .classes,
      answers: .some,
      undefinedReason: withoutTargets
    )
  )
  private static let norm = ComponentFacts.metric(
    MetricFacts(.minimize, .norm, isOfTraining: true, isOfLayers: true)
  )

  /// Patterns of the dotted names of metrics that have a number in them.
  static let numberedMetrics = [
    "^(train|val|test)\\.top_[1-9][0-9]*$", "^train\\.(weight|gradient)_norm\\.(0|[1-9][0-9]*)$",
    "^(train|val|test)\\.[a-z0-9_]+\\.[A-Za-z][A-Za-z0-9_-]*$",
  ]
}

extension Catalog {
  /// The quantity that an entry of `metrics:` measures: `top_5` for `top_k: 5`.
  public static func quantity(_ metric: Component) -> String {
    guard let definition = definition(metric.name, in: .metrics),
      let key = definition.metric?.numberedBy, let number = metric[key].integer
    else { return metric.name }
    return definition.numberedStem + "\(number)"
  }

  /// The entry of `metrics:` that measures a quantity: `top_k` with `k: 5` for `top_5`; nil if there is none.
  public static func entry(measuring quantity: String) -> Component? {
    for definition in metrics {
      guard let key = definition.metric?.numberedBy else {
        if definition.name == quantity { return Component(quantity) }
        continue
      }
      let stem = definition.numberedStem
      guard quantity.hasPrefix(stem),
        let number = MetricName.number(quantity.dropFirst(stem.count), from: 1)
      else { continue }
      return Component(definition.name, [key: .integer(number)])
    }
    return nil
  }

  /// The same as an element of the list in a manifest: `{ top_k: 5 }` for `top_5`.
  public static func entryText(measuring quantity: String) -> String {
    guard let entry = entry(measuring: quantity), let number = entry.arguments.values.first,
      let text = number.scalarText
    else { return quantity }
    return "{ \(entry.name): \(text) }"
  }

  /// The metric whose quantity this is; a name without its number, such as `top_k`, is no quantity.
  static func definition(ofQuantity quantity: String) -> ComponentDefinition? {
    standardMetrics.first { $0.name == quantity }
      ?? entry(measuring: quantity).flatMap { definition($0.name, in: .metrics) }
  }
}

extension ComponentDefinition {
  /// The name up to its number: `top_` of `top_k`.
  fileprivate var numberedStem: String {
    String(name.dropLast(metric?.numberedBy?.count ?? 0))
  }

  /// The quantity of a metric with its standard arguments: `top_5` of `top_k`.
  var standardQuantity: String {
    guard let key = metric?.numberedBy, let number = argument(key)?.standard?.integer else {
      return name
    }
    return numberedStem + "\(number)"
  }
}
