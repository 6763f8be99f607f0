// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// Values of other tools.
extension ForeignWords {
  /// Values of ours under another name, by the path of the key that receives them.
  static let values: [String: [String: String]] = [
    "layers": [
      "linear": "dense", "fc": "dense", "fully_connected": "dense", "affine": "dense",
      "conv": "conv2d", "convolution": "conv2d", "convolution1d": "conv1d",
      "temporal_convolution": "conv1d", "tcn": "conv1d", "maxpool": "max_pool2d",
      "max_pool": "max_pool2d",
      "avgpool": "avg_pool2d", "avg_pool": "avg_pool2d", "average_pool": "avg_pool2d",
      "simple_rnn": "rnn", "elman": "rnn", "rnn_cell": "rnn", "gru_cell": "gru",
      "lstm_cell": "lstm", "dropout1d": "dropout", "dropout2d": "dropout",
      "spatial_dropout2d": "dropout", "embed": "embedding", "batchnorm": "batch_norm",
      "batchnorm1d": "batch_norm", "batchnorm2d": "batch_norm", "batch_normalization": "batch_norm",
      "layernorm": "layer_norm", "layer_normalization": "layer_norm",
      "adaptive_avg_pool2d": "global_avg_pool2d", "global_avg_pool": "global_avg_pool2d",
      "global_average_pooling2d": "global_avg_pool2d", "skip": "residual", "shortcut": "residual",
      "conv2d_transpose": "conv_transpose2d", "deconv": "conv_transpose2d", "parallel": "branches",
      "upsample": "resize", "interpolate": "resize", "view": "reshape",
      "unflatten": "reshape", "last": "last_step", "last_timestep": "last_step",
      "both_ends": "final_state", "ends": "final_state", "both_directions": "final_state",
      "final_states": "final_state", "final_hidden": "final_state",
      "final_hidden_state": "final_state", "last_state": "final_state",
      "last_states": "final_state", "last_hidden": "final_state",
      "last_hidden_state": "final_state", "hidden_state": "final_state",
      "hidden_states": "final_state", "h_n": "final_state", "hn": "final_state",
      "state": "final_state", "bidirectional": "final_state",
    ],
    "losses": [
      "ce": "cross_entropy", "nll": "cross_entropy", "log_loss": "cross_entropy",
      "categorical_crossentropy": "cross_entropy",
      "sparse_categorical_crossentropy":
        "cross_entropy", "softmax_cross_entropy": "cross_entropy", "mean_squared_error": "mse",
      "l2": "mse", "squared": "mse", "l1": "mae", "mean_absolute_error": "mae",
      "smooth_l1": "huber", "bce": "binary_cross_entropy",
      "bce_with_logits": "binary_cross_entropy",
      "binary_cross_entropy_with_logits": "binary_cross_entropy",
      "softmax_cross_entropy_with_logits": "cross_entropy",
      "binary_crossentropy": "binary_cross_entropy", "multi_margin": "hinge",
    ],
    "optimizers": [
      "gd": "sgd", "sgdm": "sgd", "momentum": "sgd", "gradient_descent": "sgd", "adam_w": "adamw",
      "rms_prop": "rmsprop", "ada_grad": "adagrad", "ada_delta": "adadelta",
    ],
    "schedules": [
      "cosine_annealing": "cosine", "onecycle": "one_cycle", "multistep": "multi_step",
      "multi_factor": "multi_step", "factor": "exponential", "inverse_square_root": "square_root",
    ],
    "initializers": [
      "gaussian": "normal", "glorot_uniform": "xavier_uniform", "xavier": "xavier_uniform",
      "zero": "zeros", "pytorch": "default", "glorot_normal": "xavier_normal",
      "he": "kaiming_normal", "kaiming": "kaiming_normal", "he_normal": "kaiming_normal",
      "he_uniform": "kaiming_uniform", "trunc_normal": "truncated_normal",
      "random_normal": "normal", "random_uniform": "uniform", "glorot": "xavier_uniform",
    ],
    "activations": [
      "logistic": "sigmoid", "linear": "identity", "swish": "silu", "hardsigmoid": "hard_sigmoid",
      "leakyrelu": "leaky_relu", "lrelu": "leaky_relu",
    ],
    "datasets": ["fashionmnist": "fashion_mnist", "timemachine": "time_machine"],
    "method": ["grid_search": "grid", "random_search": "random"],
    "metric.goal": [
      "min": "minimize", "max": "maximize", "minimise": "minimize", "maximise": "maximize",
    ],
    "parameters.*.distribution": [
      "loguniform": "log_uniform_values", "randint": "int_uniform", "choice": "categorical",
      "quniform": "q_uniform", "gaussian": "normal",
    ],
    "quantity": [
      "acc": "accuracy", "categorical_accuracy": "accuracy",
      "sparse_categorical_accuracy": "accuracy",
      "binary_accuracy": "accuracy", "mse": "rmse", "mean_squared_error": "rmse",
      "root_mean_squared_error": "rmse", "mean_absolute_error": "mae", "ppl": "perplexity",
      "top5": "top_5", "top_5_accuracy": "top_5", "top5_accuracy": "top_5", "rsquared": "r2",
      "r_squared": "r2",
    ],
    "branches.combine": ["sum": "add", "concatenate": "concat", "cat": "concat"],
    "report.format": ["jpg": "png", "jpeg": "png", "eps": "pdf", "ps": "pdf"],
    "parameters.*.scale": ["logarithmic": "log", "lin": "linear"],
  ]

  /// Values of other tools with an answer of their own.
  static let valueAnswers: [String: [String: [String]]] = [
    "method": [
      "bayes": [
        "`bayes` is called `tpe` here, and `tpe` is known, not in this version",
        "`method: random` with `run_cap` searches the same space",
      ],
      "hyperband": [
        "`hyperband` is called `asha` here, and `asha` is known, not in this version"
      ],
    ],
    "cross_entropy.class_weights": ["balanced": balanced, "auto": balanced],
    "parameters.*.distribution": [
      "log_uniform": [
        "`log_uniform` takes exponents; write `log_uniform_values` with the values themselves"
      ],
      "q_log_uniform": [
        "`q_log_uniform` takes exponents; write `q_log_uniform_values` with the values themselves"
      ],
      "inv_log_uniform": [
        "`inv_log_uniform` takes exponents; write `log_uniform_values` with the values themselves"
      ],
      "constant": ["write `value: …`"],
    ],
  ]

  /// Components of other tools that have no counterpart, with an answer each; without `_`, in small letters.
  static let componentAnswers: [Catalog.Family: [String: String]] = [
    .layers: [
      "input": "sizes of inputs are inferred: leave it out",
      "inputlayer": "sizes of inputs are inferred: leave it out",
      "timedistributed": "`dense` is applied to each step of a sequence: leave it out",
      "logsoftmax": "`cross_entropy` takes logits: leave it out",
      "groupnorm": norms, "groupnormalization": norms, "instancenorm": norms,
      "instancenorm2d": norms, "instancenorm1d": norms, "rmsnorm": norms,
      "conv3d": "this version has convolutions of images and of sequences: `conv2d` and `conv1d`",
      "selfattention": attention, "multiheadattention": attention,
      "transformer": transformer, "transformerencoder": transformer,
      "transformerencoderlayer": transformer, "transformerblock": transformer,
      "zeropadding2d": "`conv2d`, `max_pool2d` and `avg_pool2d` have a `padding` of their own",
      "add": joining, "concat": joining, "concatenate": joining,
    ],
    .activations: [
      "relu6": "this version has no `relu6`; `relu` is the same without the upper end",
      "prelu": "this version has no `prelu`; `leaky_relu` has a fixed slope in its place",
    ],
    .initializers: [
      "ones": "write `{ constant: 1 }`",
      "lecunnormal": "write `{ kaiming_normal: { gain: 1 } }`",
      "lecununiform": "write `{ kaiming_uniform: { gain: 1 } }`",
    ],
  ]

  private static let balanced = [
    "write a number for each class, such as `[1, 4.5]`: balanced weights are all examples ÷ (classes × examples of the class)"
  ]

  /// What is said to a key of another tool whose value stands for several of ours.
  static func answer(to entry: SourceEntry, known: [String]) -> String? {
    guard entry.key == "betas", known.contains("beta1"), known.contains("beta2") else { return nil }
    let values = (entry.value.items ?? []).compactMap(\.text)
    return values.count == 2
      ? "write `beta1: \(values[0]), beta2: \(values[1])`" : "write `beta1: …, beta2: …`"
  }

  private static let norms = "this version has `batch_norm` and `layer_norm`"
  private static let attention = "`attention: 4` is self-attention with 4 heads"
  private static let transformer =
    "a block is `- residual: [layer_norm, attention: 4]` and `- residual: [layer_norm, dense: …, dense: …]`"
  private static let joining =
    "`branches` joins several paths by `combine: concat` or `add`, `residual` adds a shortcut"

  /// What a component of another tool is called here, however it is spelled: `nn.Linear`, `MSELoss`.
  static func component(_ name: String, in family: Catalog.Family) -> String? {
    let table = folded(values[family.rawValue] ?? [:])
    let known = folded(
      Dictionary(
        family.definitions.map { ($0.name, $0.name) },
        uniquingKeysWith: { first, _ in first }
      )
    )
    return spellings(name).lazy.compactMap { table[$0] ?? known[$0] }.first
  }

  /// What is said to a component that this version lacks.
  static func answer(to name: String, in family: Catalog.Family) -> String? {
    spellings(name).lazy.compactMap { componentAnswers[family]?[$0] }.first
  }

  private static func folded(_ table: [String: String]) -> [String: String] {
    Dictionary(table.map { (folded($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  private static func folded(_ name: String) -> String {
    name.lowercased().filter { !"_- ".contains($0) }
  }

  /// The last word of a dotted name, and the same without what says its kind.
  private static func spellings(_ name: String) -> [String] {
    let last = folded(name.split(separator: ".").last.map(String.init) ?? name)
    let kinds = ["loss", "layer", "optimizer", "activation"].filter(last.hasSuffix)
    return [last] + kinds.map { String(last.dropLast($0.count)) }
  }
}
