// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  private static let count = 1...1_000_000
  private static let initArgument = ArgumentDefinition(
    "init",
    .mapping(initKeys),
    standard: ArgumentValue.none,
    "Initial values of this layer's parameters, before the model's `init:`."
  )
  /// What every layer with parameters says about them.
  private static let parameterArguments = [
    initArgument,
    ArgumentDefinition(
      "learning_rate",
      .real(RealRange(from: 0)),
      standard: ArgumentValue.none,
      isAddition: true,
      "Step size of this layer's parameters in place of the optimizer's; a schedule starts from it, down to the same `minimum`."
    ),
    ArgumentDefinition(
      "weight_decay",
      .real(RealRange(from: 0)),
      standard: ArgumentValue.none,
      isAddition: true,
      "Weight decay of this layer's parameters in place of the optimizer's."
    ),
    ArgumentDefinition(
      "frozen",
      .boolean,
      standard: .boolean(false),
      isAddition: true,
      "Whether this layer's parameters keep their initial values; clipping does not count them. Running statistics of `batch_norm` still follow the batches."
    ),
  ]
  private static let activationArgument = ArgumentDefinition(
    "activation",
    .component(.activations),
    standard: ArgumentValue.none,
    "Elementwise function applied to the result, with the same bits as a separate activation layer."
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

  /// A recurrent layer; `own` are the arguments that only it has.
  private static func recurrent(
    _ name: String,
    _ summary: String,
    _ own: [ArgumentDefinition] = []
  ) -> ComponentDefinition {
    ComponentDefinition(
      name,
      summary,
      arguments: [
        ArgumentDefinition("hidden_size", .integer(count), "Size of the hidden state.")
      ] + own + recurrentArguments + [biasArgument] + parameterArguments,
      shorthand: "hidden_size",
      facts: .layer(LayerFacts(backwardWalk: .begins))
    )
  }

  private static let recurrentArguments = [
    ArgumentDefinition(
      "layers",
      .integer(1...100),
      standard: .integer(1),
      isAddition: true,
      "Number of stacked layers."
    ),
    ArgumentDefinition(
      "bidirectional",
      .boolean,
      standard: .boolean(false),
      isAddition: true,
      "Whether each layer also walks from the last step to the first: [N, T, 2·hidden_size], the forward half first."
    ),
    ArgumentDefinition(
      "dropout",
      .real(RealRange(from: 0, to: 1, excludingMaximum: true)),
      standard: .real(0),
      isAddition: true,
      "Probability of a zero between two layers while training; one layer has none."
    ),
    ArgumentDefinition(
      "carry_state",
      .boolean,
      standard: .boolean(false),
      "Whether the state at a batch's end, detached, starts the next batch; not with `bidirectional`."
    ),
    ArgumentDefinition(
      "state",
      .block,
      standard: ArgumentValue.none,
      isAddition: true,
      "The block whose last states are the first ones, layer by layer, both ends of a bidirectional one side by side; or a block that ends in a vector. Zeros when left out."
    ),
    ArgumentDefinition(
      "memory",
      .block,
      standard: ArgumentValue.none,
      isAddition: true,
      "The block that is looked at before each step (Bahdanau et al. 2015): the last layer's state asks additive attention, and what it finds stands in front of the step's features. Not with `bidirectional` or `carry_state`."
    ),
  ]

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
      shorthand: "kernel_size",
      rule: .atMostHalf("padding", "kernel_size"),
      facts: .layer(LayerFacts(isPooling: true))
    )
  }

  private static let epsilonArgument = ArgumentDefinition(
    "epsilon",
    .real(RealRange(from: 0, excludingMinimum: true)),
    standard: .real(1e-5),
    "Added to the variance under the root."
  )

  /// Layers that normalise.
  private static let normalizations: [ComponentDefinition] = [
    ComponentDefinition(
      "batch_norm",
      "Each channel of images, each feature of vectors and sequences, normalised over the batch while training and by running statistics after it; a batch with one value for each channel is normalised by the running ones.",
      arguments: [
        ArgumentDefinition(
          "momentum",
          .real(RealRange(from: 0, to: 1)),
          standard: .real(0.1),
          "Share by which the running statistics move to each batch's."
        ),
        epsilonArgument,
      ] + parameterArguments,
      facts: .layer(LayerFacts(backwardWalk: .goesOn))
    ),
    ComponentDefinition(
      "layer_norm",
      "Each vector and each step of a sequence normalised over its features, each image over all of [C, H, W].",
      arguments: [epsilonArgument] + parameterArguments,
      facts: .layer(LayerFacts(backwardWalk: .goesOn))
    ),
  ]

  /// Layers that are made of others.
  private static let combinations: [ComponentDefinition] = [
    ComponentDefinition(
      "residual",
      "The output of `body` plus the input, or plus the output of `shortcut`.",
      arguments: [
        ArgumentDefinition("body", .layers, "Layers that end in the shape of what is added."),
        ArgumentDefinition(
          "shortcut",
          .layers,
          standard: ArgumentValue.none,
          "Layers on the other way; the input itself when left out."
        ),
      ],
      shorthand: "body",
      facts: .layer(LayerFacts())
    ),
    ComponentDefinition(
      "branches",
      "Several ways from one input, their results put side by side or added.",
      arguments: [
        ArgumentDefinition(
          "paths",
          .namedLayers,
          "The branches in order; an empty list gives the input itself."
        ),
        ArgumentDefinition(
          "combine",
          .choice(["concat", "add"]),
          standard: .text("concat"),
          "`concat` along the channels of images and the last axis of all else, or `add`."
        ),
      ],
      facts: .layer(LayerFacts())
    ),
  ]

  /// Layers that change the shape of images and values.
  private static let shapes: [ComponentDefinition] = [
    ComponentDefinition(
      "global_avg_pool2d",
      "The mean of each channel: [N, C, H, W] → [N, C].",
      facts: .layer(LayerFacts())
    ),
    ComponentDefinition(
      "reshape",
      "The same values under another shape: [D], [T, D] or [C, H, W] for each example.",
      arguments: [
        ArgumentDefinition(
          "shape",
          .list(.integer(-1...1_000_000)),
          "One to three sizes without the batch; one may be -1, which stands for what is left."
        )
      ],
      shorthand: "shape",
      facts: .layer(LayerFacts(passing: .all))
    ),
    ComponentDefinition(
      "resize",
      "Images of another height and width; nothing is smoothed before a reduction.",
      arguments: [
        ArgumentDefinition("size", .size(1...4096), "Height and width of the result."),
        ArgumentDefinition(
          "mode",
          .choice(["bilinear", "nearest"]),
          standard: .text("bilinear"),
          "How values between pixels are found; corners are not aligned."
        ),
      ],
      shorthand: "size",
      facts: .layer(LayerFacts())
    ),
  ]

  /// Layers that relate the steps of a sequence to each other.
  private static let sequences: [ComponentDefinition] = [
    ComponentDefinition(
      "conv1d",
      "A cross-correlation along sequences [N, T, C], which are [N, C, T] in PyTorch; zeros stand for what is behind a sequence's end.",
      arguments: [
        ArgumentDefinition("channels", .integer(count), "Number of output channels."),
        ArgumentDefinition("kernel_size", .integer(1...1024), "Steps of the kernel."),
        ArgumentDefinition(
          "stride",
          .integer(1...1024),
          standard: .integer(1),
          "Steps from one place of the kernel to the next."
        ),
        ArgumentDefinition(
          "padding",
          .integer(0...1024),
          standard: .integer(0),
          "Zeros added before a sequence and behind it."
        ),
        ArgumentDefinition(
          "causal",
          .boolean,
          standard: .boolean(false),
          "Whether kernel_size − 1 zeros are added before a sequence and none behind it, so that no step sees later ones; not with `padding`."
        ),
        activationArgument, biasArgument,
      ] + parameterArguments,
      facts: .layer(LayerFacts())
    ),
    ComponentDefinition(
      "attention",
      "Multi-head self-attention: each step becomes a mixture of all steps, weighted by softmax(Q Kᵀ / √(D / heads)).",
      arguments: [
        ArgumentDefinition(
          "heads",
          .integer(1...1024),
          standard: .integer(1),
          "Number of mixtures; divides the features D of a step."
        ),
        ArgumentDefinition(
          "causal",
          .boolean,
          standard: .boolean(false),
          "Whether a step sees only itself and the steps before it."
        ),
        ArgumentDefinition(
          "dropout",
          .real(RealRange(from: 0, to: 1, excludingMaximum: true)),
          standard: .real(0),
          isAddition: true,
          "Probability with which a weight of the mixtures is zeroed while training."
        ),
        ArgumentDefinition(
          "memory",
          .block,
          standard: ArgumentValue.none,
          isAddition: true,
          "The block whose steps are mixed; the layer's own input when left out. The weights `q_proj_weight`, `k_proj_weight` and `v_proj_weight` are those of PyTorch's `kdim` and `vdim`; PyTorch's `in_proj_bias` is their three biases one behind the other."
        ),
        biasArgument,
      ] + parameterArguments,
      shorthand: "heads",
      facts: .layer(LayerFacts())
    ),
    ComponentDefinition(
      "additive_attention",
      "Additive attention to another block (Bahdanau et al. 2015): each step becomes a mixture of that block's steps, weighted by softmax(v · tanh(W q + U k)).",
      arguments: [
        ArgumentDefinition("memory", .block, "The block whose steps are mixed."),
        ArgumentDefinition("hidden_size", .integer(count), "Number of hidden units of the scores."),
        ArgumentDefinition(
          "dropout",
          .real(RealRange(from: 0, to: 1, excludingMaximum: true)),
          standard: .real(0),
          "Probability with which a weight of the mixtures is zeroed while training."
        ),
      ] + parameterArguments,
      facts: .layer(LayerFacts())
    ),
    ComponentDefinition(
      "positional_encoding",
      "Adds to each step a vector that tells its place.",
      arguments: [
        ArgumentDefinition(
          "kind",
          .choice(["sinusoidal", "learned"]),
          standard: .text("sinusoidal"),
          "Sines and cosines of falling frequencies, or a learned tensor [T, D]."
        )
      ] + parameterArguments,
      shorthand: "kind",
      facts: .layer(LayerFacts(backwardWalk: .goesOn))
    ),
  ]

  /// Layers that make images larger.
  private static let enlargements: [ComponentDefinition] = [
    ComponentDefinition(
      "conv_transpose2d",
      "A two-dimensional transposed convolution: [N, C, H, W] → [N, channels, (H − 1)·stride − 2·padding + kernel_size, …].",
      arguments: [
        ArgumentDefinition("channels", .integer(count), "Number of output channels."),
        ArgumentDefinition("kernel_size", .size(1...1024), "Height and width of the kernel."),
        ArgumentDefinition(
          "stride",
          .size(1...1024),
          standard: .integer(1),
          "Distance of the places where the kernel is laid down."
        ),
        ArgumentDefinition(
          "padding",
          .size(0...1024),
          standard: .integer(0),
          "Rows and columns cut off at each border."
        ),
        activationArgument, biasArgument,
      ] + parameterArguments,
      facts: .layer(LayerFacts())
    )
  ]

  static let layers: [ComponentDefinition] =
    core + enlargements + sequences + normalizations + combinations + shapes

  private static let core: [ComponentDefinition] = [
    ComponentDefinition(
      "dense",
      "A linear map of the last axis: per step on sequences.",
      arguments: [
        ArgumentDefinition("units", .integer(count), "Size of the result's last axis."),
        activationArgument, biasArgument,
        ArgumentDefinition(
          "tied",
          .block,
          standard: ArgumentValue.none,
          isAddition: true,
          "The block whose embedding is this layer's weight, too (Press & Wolf 2017); `units` is its vocabulary."
        ),
      ] + parameterArguments,
      shorthand: "units",
      facts: .layer(LayerFacts(backwardWalk: .isMixed))
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
        activationArgument, biasArgument,
      ] + parameterArguments,
      facts: .layer(LayerFacts(hasFilters: true))
    ),
    pool("max_pool2d", "The largest value of each window."),
    pool("avg_pool2d", "The mean of each window; padding counts as zeros."),
    ComponentDefinition(
      "flatten",
      "Everything after the batch axis becomes one axis, in C, H, W order.",
      facts: .layer(LayerFacts(passing: .all))
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
      shorthand: "p",
      facts: .layer(LayerFacts(passing: .some, backwardWalk: .goesOn))
    ),
    ComponentDefinition(
      "embedding",
      "A learned vector for each integer.",
      arguments: [
        ArgumentDefinition("size", .integer(count), "Length of each vector.")
      ] + parameterArguments,
      shorthand: "size",
      facts: .layer(LayerFacts())
    ),
    recurrent(
      "rnn",
      "An Elman network over a whole sequence.",
      [
        ArgumentDefinition(
          "activation",
          .choice(["tanh", "relu"]),
          standard: .text("tanh"),
          isAddition: true,
          "Function of the new hidden state: `nonlinearity` in PyTorch."
        )
      ]
    ),
    recurrent(
      "gru",
      "A gated recurrent unit over a whole sequence, gates r, z, n.",
      [
        ArgumentDefinition(
          "reset_after",
          .boolean,
          standard: .boolean(true),
          isAddition: true,
          "Whether the reset gate acts after the product with the state (PyTorch, cuDNN) or before (Cho et al. 2014)."
        )
      ]
    ),
    recurrent(
      "lstm",
      "A long short-term memory over a whole sequence, gates i, f, g, o.",
      [
        ArgumentDefinition(
          "forget_bias",
          .real(RealRange()),
          standard: ArgumentValue.none,
          isAddition: true,
          "First value of the forget gate's bias, such as 1 to remember from the start; the initializer's when left out."
        )
      ]
    ),
    ComponentDefinition(
      "last_step",
      "The last step of a sequence [N, T, D].",
      facts: .layer(LayerFacts(passing: .some))
    ),
    ComponentDefinition(
      "final_state",
      "Behind a bidirectional layer: the forward half at the last step beside the backward half at the first, [N, 2·hidden_size]; each has read the whole sequence there.",
      facts: .layer(LayerFacts(passing: .some))
    ),
    ComponentDefinition(
      "rows_as_sequence",
      "Each row of an image [N, C, H, W] is a step: [N, H, C·W].",
      facts: .layer(LayerFacts())
    ),
  ]
}
