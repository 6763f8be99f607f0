// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  private static let positive = RealRange(from: 0, excludingMinimum: true)

  static let activations: [ComponentDefinition] = [
    ComponentDefinition("relu", "max(x, 0)."),
    ComponentDefinition("sigmoid", "1 / (1 + exp(-x))."),
    ComponentDefinition("tanh", "The hyperbolic tangent."),
    ComponentDefinition(
      "identity",
      "x.",
      facts: .layer(LayerFacts(passing: .all, backwardWalk: .goesOn))
    ),
    ComponentDefinition(
      "leaky_relu",
      "x above 0, `slope` · x below.",
      arguments: [
        ArgumentDefinition(
          "slope",
          .real(RealRange()),
          standard: .real(0.01),
          "The slope below 0."
        )
      ],
      shorthand: "slope"
    ),
    ComponentDefinition(
      "elu",
      "x above 0, `alpha` · (exp(x) - 1) below.",
      arguments: [
        ArgumentDefinition(
          "alpha",
          .real(RealRange(from: 0)),
          standard: .real(1),
          "Minus the limit far below 0."
        )
      ],
      shorthand: "alpha"
    ),
    ComponentDefinition(
      "selu",
      "1.0507 · ELU with `alpha` 1.6733, so that layers keep mean and variance."
    ),
    ComponentDefinition(
      "gelu",
      "x times the normal distribution function of x.",
      arguments: [
        ArgumentDefinition(
          "approximate",
          .choice(["none", "tanh"]),
          standard: .text("none"),
          "`none` is exact, by the error function; `tanh` the form by the hyperbolic tangent."
        )
      ],
      shorthand: "approximate"
    ),
    ComponentDefinition("silu", "x · sigmoid(x), also called swish."),
    ComponentDefinition(
      "softplus",
      "log(1 + exp(`beta` · x)) / `beta`.",
      arguments: [
        ArgumentDefinition(
          "beta",
          .real(positive),
          standard: .real(1),
          "How sharply it bends."
        ),
        ArgumentDefinition(
          "threshold",
          .real(RealRange(from: 0)),
          standard: .real(20),
          "Where `beta` · x is above it, the result is x."
        ),
      ]
    ),
    ComponentDefinition("hard_sigmoid", "x / 6 + 1/2, limited to 0 … 1."),
    ComponentDefinition(
      "softmax",
      "exp(x) divided by its sum over the last axis; not before a loss that takes logits."
    ),
  ]
  static let laterActivations: [String] = []
}
