// SPDX-License-Identifier: Apache-2.0

/// Words of other tools, and what is said to them here.
enum ForeignWords {
  /// A key of ours under another name, by the path of the mapping; `*` is any mapping.
  static let keys: [String: [String: String]] = [
    "": [
      "hyperparameters": "parameters", "params": "parameters", "search_space": "parameters",
      "space": "parameters", "sweep": "parameters", "dataset": "data", "network": "model",
      "net": "model", "architecture": "model", "layers": "model", "networks": "models",
      "criterion": "loss", "objective": "metric", "optim": "optimizer", "training": "train",
      "trainer": "train", "repeats": "repeat", "repetitions": "repeat", "seeds": "repeat",
      "n_trials": "run_cap", "num_samples": "run_cap", "trials": "run_cap", "count": "run_cap",
      "initialization": "init", "initializer": "init", "logging": "log", "references": "reference",
      "expectations": "expect", "expected": "expect", "checkpoints": "checkpoint",
      "desc": "description", "summary": "description", "question": "description",
      "experiment": "name", "id": "name",
    ],
    "data": [
      "name": "dataset", "limit": "train_limit", "val": "validation", "valid": "validation",
      "validation_split": "validation", "val_split": "validation", "val_size": "validation",
      "normalize": "standardize", "k_fold": "folds", "k": "folds", "kfold": "folds",
      "augmentation": "augment",
    ],
    "optimizer": [
      "lr": "learning_rate", "rate": "learning_rate", "eta": "learning_rate", "type": "name",
      "eps": "epsilon", "wd": "weight_decay", "l2": "weight_decay", "decay": "weight_decay",
      "betas": "beta1", "scheduler": "schedule", "lr_scheduler": "schedule",
    ],
    "train": [
      "batchsize": "batch_size", "batch": "batch_size", "bs": "batch_size",
      "num_epochs": "epochs", "n_epochs": "epochs", "max_epochs": "epochs", "epoch": "epochs",
      "early_stop": "early_stopping", "grad_clip": "clip_norm", "gradient_clip": "clip_norm",
      "max_norm": "clip_norm",
      "max_grad_norm": "clip_norm", "gradient_clip_val": "clip_norm",
      "eval_every": "evaluate_every",
    ],
    "metric": ["metric": "name", "mode": "goal", "direction": "goal", "moment": "at"],
    "expect": [
      "min": "at_least", "max": "at_most", "range": "within", "between": "within",
      "tolerance": "margin", "equal": "equals", "params": "where", "cell": "where",
    ],
    "parameters.*": [
      "low": "min", "high": "max", "start": "min", "stop": "max", "end": "max", "choices": "values",
      "options": "values", "num": "points", "steps": "points", "count": "points", "mean": "mu",
      "std": "sigma", "sd": "sigma", "step": "q", "if": "when", "condition": "when",
      "type": "distribution",
    ],
    "checkpoint": ["every": "every_epochs", "best": "keep_best", "last": "keep_last"],
    "layer": [
      "out_features": "units", "n_units": "units", "size": "units", "filters": "channels",
      "out_channels": "channels", "kernel": "kernel_size", "window": "kernel_size",
      "pool_size": "kernel_size", "strides": "stride", "pad": "padding", "rate": "p", "prob": "p",
      "probability": "p", "hidden": "hidden_size", "num_hiddens": "hidden_size",
      "use_bias": "bias", "stateful": "carry_state", "embedding_dim": "size", "dim": "size",
      "act": "activation", "initializer": "init", "eps": "epsilon", "layers": "body",
      "branches": "paths", "merge": "combine", "target_shape": "shape",
      "num_layers": "layers", "n_layers": "layers", "nonlinearity": "activation",
    ],
  ]

  /// Keys that belong into another mapping, by the mapping they were written in.
  static let homes: [String: [String: String]] = [
    "": [
      "epochs": "train", "batch_size": "train", "shuffle": "train", "clip_norm": "train",
      "clip_value": "train", "evaluate_every": "train", "early_stopping": "train",
      "schedule": "optimizer", "learning_rate": "optimizer",
      "momentum": "optimizer", "nesterov": "optimizer", "weight_decay": "optimizer",
      "beta1": "optimizer", "beta2": "optimizer", "validation": "data", "train_limit": "data",
      "test_limit": "data", "folds": "data", "augment": "data", "outliers": "data",
      "standardize": "data",
      "task": "data", "curves": "report",
      "rows": "report", "columns": "report", "goal": "metric", "every_steps": "log",
      "keep_best": "checkpoint", "keep_last": "checkpoint", "every_epochs": "checkpoint",
      "values": "parameters",
    ],
    "train": [
      "learning_rate": "optimizer", "momentum": "optimizer", "weight_decay": "optimizer",
      "optimizer": "the top level", "loss": "the top level", "seed": "the top level",
      "repeat": "the top level", "validation": "data", "every_steps": "log",
    ],
    "data": ["batch_size": "train", "shuffle": "train"],
    "optimizer": ["epochs": "train", "batch_size": "train", "clip_norm": "train"],
  ]

  /// Keys of other tools that have no counterpart, with an answer each.
  static let answers: [String: [String: String]] = [
    "": [
      "program": "runexp trains by itself: say what in `data`, `model`, `loss` and `train`",
      "command": "runexp trains by itself: say what in `data`, `model`, `loss` and `train`",
      "project": "one database file holds a project; there is nothing to name here",
      "entity": "one database file holds a project; there is nothing to name here",
      "lr": "`learning_rate` belongs into `optimizer:`",
      "batchsize": "`batch_size` belongs into `train:`",
      "num_epochs": "`epochs` belongs into `train:`",
      "max_epochs": "`epochs` belongs into `train:`",
      "device": "runexp trains on this machine's processor; `--threads` says how many cores",
      "num_workers": "`--jobs` and `--threads` of the command line say how many cores work",
    ],
    "layer": [
      "in_features": "sizes of inputs are inferred: leave it out",
      "in_channels": "sizes of inputs are inferred: leave it out",
      "input_size": "sizes of inputs are inferred: leave it out",
      "input_shape": "sizes of inputs are inferred: leave it out",
      "num_features": "sizes of inputs are inferred: leave it out",
      "normalized_shape": "sizes of inputs are inferred: leave it out",
      "num_embeddings": "sizes of inputs are inferred: leave it out",
      "batch_first": "sequences are [N, T, D] always: leave it out",
      "return_sequences":
        "a recurrent layer returns every step; add `last_step` for the last one, `final_state` behind a bidirectional one",
    ],
  ]

  /// Values of ours under another name, by the path of the key that receives them.
  static let values: [String: [String: String]] = [
    "layers": [
      "linear": "dense", "fc": "dense", "fully_connected": "dense", "affine": "dense",
      "conv": "conv2d", "convolution": "conv2d", "maxpool": "max_pool2d", "max_pool": "max_pool2d",
      "avgpool": "avg_pool2d", "avg_pool": "avg_pool2d", "average_pool": "avg_pool2d",
      "simple_rnn": "rnn", "elman": "rnn", "embed": "embedding", "batchnorm": "batch_norm",
      "batchnorm1d": "batch_norm", "batchnorm2d": "batch_norm", "batch_normalization": "batch_norm",
      "layernorm": "layer_norm", "layer_normalization": "layer_norm",
      "adaptive_avg_pool2d": "global_avg_pool2d", "global_avg_pool": "global_avg_pool2d",
      "global_average_pooling2d": "global_avg_pool2d", "skip": "residual", "shortcut": "residual",
      "parallel": "branches", "upsample": "resize", "interpolate": "resize", "view": "reshape",
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
      "binary_crossentropy": "binary_cross_entropy", "multi_margin": "hinge",
    ],
    "optimizers": [
      "gd": "sgd", "momentum": "sgd", "gradient_descent": "sgd", "adam_w": "adamw",
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
    "branches.combine": ["sum": "add", "concatenate": "concat", "cat": "concat"],
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
}
