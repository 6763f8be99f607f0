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
  private static let schedule = ArgumentDefinition(
    "schedule",
    .component(.schedules),
    standard: ArgumentValue.none,
    isAddition: true,
    "How the learning rate changes while training; left out, it does not."
  )
  private static let epsilonInside = ArgumentDefinition(
    "epsilon_inside_root",
    .boolean,
    standard: .boolean(false),
    isAddition: true,
    "Whether `epsilon` is added under the root, as in some books and libraries."
  )

  private static func epsilon(_ standard: Double, _ summary: String) -> ArgumentDefinition {
    ArgumentDefinition(
      "epsilon",
      .real(RealRange(from: 0)),
      standard: .real(standard),
      summary
    )
  }

  private static func momentum(_ summary: String) -> ArgumentDefinition {
    ArgumentDefinition("momentum", .real(unit), standard: .real(0), summary)
  }

  private static func adam(
    _ name: String,
    _ summary: String,
    decay: ArgumentDefinition
  ) -> ComponentDefinition {
    ComponentDefinition(
      name,
      summary,
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
        epsilon(1e-8, "Added to the root of the second moment."),
        decay,
        ArgumentDefinition(
          "amsgrad",
          .boolean,
          standard: .boolean(false),
          isAddition: true,
          "Whether the largest second moment so far divides the step (Reddi, Kale & Kumar 2018)."
        ),
        epsilonInside, schedule,
      ]
    )
  }

  static let optimizers: [ComponentDefinition] = [
    ComponentDefinition(
      "sgd",
      "Stochastic gradient descent.",
      arguments: [
        learningRate, momentum("v = momentum · v + g; x -= rate · v."),
        ArgumentDefinition(
          "nesterov",
          .boolean,
          standard: .boolean(false),
          "Nesterov's form; needs momentum > 0."
        ),
        weightDecay, schedule,
      ],
      rule: .onlyWith("nesterov", "momentum")
    ),
    adam("adam", "Adam with bias-corrected moments (Kingma & Ba 2015).", decay: weightDecay),
    adam(
      "adamw",
      "Adam with decoupled weight decay (Loshchilov & Hutter 2019).",
      decay: ArgumentDefinition(
        "weight_decay",
        .real(RealRange(from: 0)),
        standard: .real(0.01),
        "Each step first multiplies the parameter by 1 - rate · this."
      )
    ),
    ComponentDefinition(
      "rmsprop",
      "Gradients over the root of their mean square (Hinton 2012).",
      arguments: [
        learningRate,
        ArgumentDefinition(
          "alpha",
          .real(unit),
          standard: .real(0.99),
          "Decay of the mean square."
        ),
        epsilon(1e-8, "Added to the root of the mean square."),
        ArgumentDefinition(
          "centered",
          .boolean,
          standard: .boolean(false),
          "Whether the mean gradient's square is taken off under the root (Graves 2013)."
        ),
        momentum("v = momentum · v + the step; x -= rate · v."), weightDecay, epsilonInside,
        schedule,
      ]
    ),
    ComponentDefinition(
      "adagrad",
      "Gradients over the root of the sum of their squares (Duchi, Hazan & Singer 2011).",
      arguments: [
        learningRate,
        ArgumentDefinition(
          "initial_accumulator",
          .real(RealRange(from: 0)),
          standard: .real(0),
          "What the sum of squares begins with."
        ),
        epsilon(1e-10, "Added to the root of the sum."), weightDecay, epsilonInside, schedule,
      ]
    ),
    ComponentDefinition(
      "adadelta",
      "Steps in the units of the parameters themselves (Zeiler 2012).",
      arguments: [
        ArgumentDefinition(
          "learning_rate",
          .real(RealRange(from: 0)),
          standard: .real(1),
          "Step size; the paper's is 1."
        ),
        ArgumentDefinition(
          "rho",
          .real(unit),
          standard: .real(0.9),
          "Decay of the mean squares of gradients and of steps."
        ),
        ArgumentDefinition(
          "epsilon",
          .real(RealRange(from: 0, excludingMinimum: true)),
          standard: .real(1e-6),
          "Added under both roots: how large the first steps are."
        ),
        weightDecay, schedule,
      ]
    ),
  ]
}
