// SPDX-License-Identifier: Apache-2.0

/// Every component this version knows, by family: the one source for the parser, the schema, the documentation's
/// completeness test and the builders' tests.
public enum Catalog {
  /// A family of components.
  public enum Family: String, Sendable, CaseIterable {
    /// Elements of `model`.
    case layers
    /// Elementwise functions; each is also a layer.
    case activations
    /// Values of `loss`.
    case losses
    /// Values of `optimizer`.
    case optimizers
    /// Values of `init.weights` and `init.biases`.
    case initializers
    /// Values of `data.dataset`.
    case datasets
  }

  /// The definitions of a family, in documentation order.
  public static func definitions(_ family: Family) -> [ComponentDefinition] {
    switch family {
    case .layers: layers
    case .activations: activations
    case .losses: losses
    case .optimizers: optimizers
    case .initializers: initializers
    case .datasets: datasets
    }
  }

  /// The definition of `name` in a family, or nil.
  public static func definition(_ name: String, in family: Family) -> ComponentDefinition? {
    definitions(family).first { $0.name == name }
  }

  /// Names that the design fixes but this version does not build: refused as "known, not in this version".
  public static func later(_ family: Family) -> [String] {
    switch family {
    case .layers: laterLayers
    case .activations: laterActivations
    case .losses: ["binary_cross_entropy", "mae", "huber", "hinge"]
    case .optimizers: ["adamw", "rmsprop", "adagrad", "adadelta"]
    case .initializers:
      ["xavier_normal", "kaiming_uniform", "kaiming_normal", "constant", "orthogonal"]
    case .datasets: ["airfoil", "house_prices", "moons", "csv", "images"]
    }
  }

  // MARK: - Layers

  private static let count = 1...1_000_000
  private static let initArgument = ArgumentDefinition(
    "init",
    .mapping(initKeys),
    standard: ArgumentValue.none,
    "Initial values of this layer's parameters, before the model's `init:`."
  )
  private static let activationArgument = ArgumentDefinition(
    "activation",
    .component(.activations),
    standard: ArgumentValue.none,
    "Elementwise function applied to the result, with the bits of the layer of its own."
  )
  private static let biasArgument = ArgumentDefinition(
    "bias",
    .boolean,
    standard: .boolean(true),
    "Whether a learned bias is added."
  )

  /// The keys of `init:`, of the model and of one layer.
  public static let initKeys: [ArgumentDefinition] = [
    ArgumentDefinition(
      "weights",
      .component(.initializers),
      standard: .component(Component("default")),
      "Initializer of the weights; `default` is PyTorch's for the layer."
    ),
    ArgumentDefinition(
      "biases",
      .component(.initializers),
      standard: .component(Component("default")),
      "Initializer of the biases."
    ),
  ]

  private static func recurrent(_ name: String, _ summary: String) -> ComponentDefinition {
    ComponentDefinition(
      name,
      summary,
      arguments: [
        ArgumentDefinition("hidden_size", .integer(count), "Size of the hidden state."),
        ArgumentDefinition(
          "carry_state",
          .boolean,
          standard: .boolean(false),
          "Whether the state at a batch's end, detached, starts the next batch."
        ),
        biasArgument, initArgument,
      ],
      shorthand: "hidden_size"
    )
  }

  private static func pool(_ name: String, _ summary: String) -> ComponentDefinition {
    ComponentDefinition(
      name,
      summary,
      arguments: [
        ArgumentDefinition("kernel_size", .size(1...1024), "Height and width of the window."),
        ArgumentDefinition(
          "stride",
          .size(1...1024),
          standard: ArgumentValue.none,
          "Step of the window; the kernel's size when left out."
        ),
        ArgumentDefinition(
          "padding",
          .size(0...1024),
          standard: .integer(0),
          "Rows and columns added at each border, at most half the kernel."
        ),
      ],
      shorthand: "kernel_size"
    )
  }

  private static let layers: [ComponentDefinition] = [
    ComponentDefinition(
      "dense",
      "A linear map of the last axis: per step on sequences.",
      arguments: [
        ArgumentDefinition("units", .integer(count), "Size of the result's last axis."),
        activationArgument, biasArgument, initArgument,
      ],
      shorthand: "units"
    ),
    ComponentDefinition(
      "conv2d",
      "A two-dimensional cross-correlation of images [N, C, H, W].",
      arguments: [
        ArgumentDefinition("channels", .integer(count), "Number of output channels."),
        ArgumentDefinition("kernel_size", .size(1...1024), "Height and width of the kernel."),
        ArgumentDefinition("stride", .size(1...1024), standard: .integer(1), "Step of the kernel."),
        ArgumentDefinition(
          "padding",
          .size(0...1024),
          standard: .integer(0),
          "Zeros added at each border."
        ),
        activationArgument, biasArgument, initArgument,
      ]
    ),
    pool("max_pool2d", "The largest value of each window."),
    pool("avg_pool2d", "The mean of each window; padding counts as zeros."),
    ComponentDefinition(
      "flatten",
      "Everything after the batch axis becomes one axis, in C, H, W order."
    ),
    ComponentDefinition(
      "dropout",
      "Zeroes each value with this probability while training and scales the rest.",
      arguments: [
        ArgumentDefinition(
          "p",
          .real(RealRange(from: 0, to: 1, excludingMaximum: true)),
          standard: .real(0.5),
          "Probability of a zero."
        )
      ],
      shorthand: "p"
    ),
    ComponentDefinition(
      "embedding",
      "A learned vector for each integer.",
      arguments: [
        ArgumentDefinition("size", .integer(count), "Length of each vector."), initArgument,
      ],
      shorthand: "size"
    ),
    recurrent("rnn", "An Elman network with tanh over a whole sequence."),
    recurrent("gru", "A gated recurrent unit over a whole sequence, gates r, z, n."),
    recurrent("lstm", "A long short-term memory over a whole sequence, gates i, f, g, o."),
    ComponentDefinition("last_step", "The last step of a sequence [N, T, D]."),
    ComponentDefinition(
      "rows_as_sequence",
      "Each row of an image [N, C, H, W] is a step: [N, H, C·W]."
    ),
  ]
  private static let laterLayers = [
    "global_avg_pool2d", "batch_norm", "layer_norm", "residual", "reshape", "branches", "resize",
  ]

  // MARK: - Activations

  private static let activations: [ComponentDefinition] = [
    ComponentDefinition("relu", "max(x, 0)."),
    ComponentDefinition("sigmoid", "1 / (1 + exp(-x))."),
    ComponentDefinition("tanh", "The hyperbolic tangent."),
  ]
  private static let laterActivations = [
    "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "hard_sigmoid", "softmax", "identity",
  ]

  // MARK: - Losses

  private static let losses: [ComponentDefinition] = [
    ComponentDefinition(
      "cross_entropy",
      "Softmax cross-entropy of logits, the mean per example or token."
    ),
    ComponentDefinition(
      "mse",
      "Squared error, the mean over all elements; classes become one-hot targets."
    ),
    ComponentDefinition("half_mse", "Half of `mse`."),
  ]

  // MARK: - Optimizers

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

  private static let optimizers: [ComponentDefinition] = [
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

  // MARK: - Initializers

  private static let initializers: [ComponentDefinition] = [
    ComponentDefinition("default", "PyTorch's default of the layer."),
    ComponentDefinition("zeros", "All zero."),
    ComponentDefinition(
      "normal",
      "Normal with mean 0.",
      arguments: [
        ArgumentDefinition("sd", .real(RealRange(from: 0)), "Standard deviation.")
      ],
      shorthand: "sd"
    ),
    ComponentDefinition(
      "uniform",
      "Uniform on [low, high).",
      arguments: [
        ArgumentDefinition("low", .real(RealRange()), "Lower end."),
        ArgumentDefinition("high", .real(RealRange()), "Upper end, above `low`."),
      ]
    ),
    ComponentDefinition(
      "xavier_uniform",
      "Uniform on ±√(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."
    ),
  ]
}
