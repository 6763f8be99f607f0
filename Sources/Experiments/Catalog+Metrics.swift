// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  static let metrics: [ComponentDefinition] = [
    ComponentDefinition("mae", "Mean absolute error over all elements of real targets."),
    ComponentDefinition(
      "r2",
      "Share of the targets' variance that is explained: 1 - Σ(y - t)² / Σ(t - mean)², over all columns."
    ),
    ComponentDefinition(
      "log_rmse",
      "Root of the mean squared error of logarithms of real targets; values below 1 count as 1."
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
      shorthand: "k"
    ),
    ComponentDefinition(
      "precision",
      "Of the examples given a class, the share that is of it; the mean over the classes that are there or given, 0 / 0 counting as 0."
    ),
    ComponentDefinition(
      "recall",
      "Of the examples of a class, the share that was found; the mean over the classes that are there or given, 0 / 0 counting as 0."
    ),
    ComponentDefinition(
      "f1",
      "The harmonic mean of a class's precision and recall; the mean over the classes that are there or given, 0 / 0 counting as 0."
    ),
    ComponentDefinition(
      "bleu",
      "BLEU of single tokens (to the power 1/2) and pairs (to the power 1/4) between each example's predicted and wanted tokens; the mean over examples. Steps without a target are left out; each token is predicted from the true ones before it."
    ),
    ComponentDefinition(
      "weight_norm",
      "Euclidean norm of all parameters at the epoch's end, and of each layer's: `weight_norm.0`."
    ),
    ComponentDefinition(
      "gradient_norm",
      "Euclidean norm of all gradients before clipping, the mean over steps, and of each layer's:"
        + " `gradient_norm.0`."
    ),
  ]

  static let laterMetrics: [String] = []

  /// The quantity that an entry of `metrics:` measures: `top_5` for `top_k: 5`.
  public static func quantity(_ metric: Component) -> String {
    metric.name == "top_k" ? "top_\(metric["k"].integer ?? 5)" : metric.name
  }
}
