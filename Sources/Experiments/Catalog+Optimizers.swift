// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  private static let learningRate = ArgumentDefinition(
    "learning_rate",
    .real(RealRange(from: 0)),
    "Step size; 0 is valid."
  )
  private static let weightDecay = ArgumentDefinition(
    "weight_decay",
    .real(RealRange(from: 0)),
    standard: .real(0),
    "Added to each gradient as this times the parameter, as in PyTorch."
  )
  private static let unit = RealRange(from: 0, to: 1, excludingMaximum: true)

  static let optimizers: [ComponentDefinition] = [
    ComponentDefinition(
      "sgd",
      "Stochastic gradient descent.",
      arguments: [
        learningRate,
        ArgumentDefinition(
          "momentum",
          .real(unit),
          standard: .real(0),
          "v = momentum · v + g; x -= rate · v."
        ),
        ArgumentDefinition(
          "nesterov",
          .boolean,
          standard: .boolean(false),
          "Nesterov's form; needs momentum > 0."
        ),
        weightDecay,
      ]
    ),
    ComponentDefinition(
      "adam",
      "Adam with bias-corrected moments (Kingma & Ba 2015).",
      arguments: [
        learningRate,
        ArgumentDefinition(
          "beta1",
          .real(unit),
          standard: .real(0.9),
          "Decay of the first moment."
        ),
        ArgumentDefinition(
          "beta2",
          .real(unit),
          standard: .real(0.999),
          "Decay of the second moment."
        ),
        ArgumentDefinition(
          "epsilon",
          .real(RealRange(from: 0)),
          standard: .real(1e-8),
          "Added to the root of the second moment."
        ),
        weightDecay,
      ]
    ),
  ]

  static let laterOptimizers = ["adamw", "rmsprop", "adagrad", "adadelta"]
}
