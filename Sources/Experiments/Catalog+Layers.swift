// SPDX-License-Identifier: Apache-2.0

extension Catalog {
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

  static let layers: [ComponentDefinition] = [
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
  static let laterLayers = [
    "global_avg_pool2d", "batch_norm", "layer_norm", "residual", "reshape", "branches", "resize",
  ]
}
