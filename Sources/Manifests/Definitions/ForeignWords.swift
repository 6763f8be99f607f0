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
      "experiment": "name", "id": "name", "random_seed": "seed", "random_state": "seed",
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
      "betas": "beta1", "beta_1": "beta1", "beta_2": "beta2", "beta": "beta1",
      "scheduler": "schedule", "lr_scheduler": "schedule",
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
      "use_bias": "bias", "kernel_initializer": "init", "weight_initializer": "init",
      "bias_initializer": "init", "kernel_regularizer": "weight_decay", "l2": "weight_decay",
      "regularization": "weight_decay", "stateful": "carry_state", "embedding_dim": "size",
      "dim": "size",
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
      "metrics": "the top level", "metric": "the top level", "checkpoint": "the top level",
      "repeat": "the top level", "validation": "data", "every_steps": "log",
    ],
    "data": ["batch_size": "train", "shuffle": "train"],
    "optimizer": [
      "epochs": "train", "batch_size": "train", "clip_norm": "train", "clip_value": "train",
    ],
  ]

  private static let processor =
    "runexp trains on this machine's processor; `--threads` says how many cores"
  private static let workers =
    "`--jobs` and `--threads` of the command line say how many cores work"
  private static let callbacks =
    "`train.early_stopping`, `checkpoint` and `optimizer.schedule` are keys of their own"
  private static let quiet = "the command line shows how far training is: leave it out"
  private static let stored = "everything is stored in the database: leave it out"
  private static let folders =
    "`--reports` and `--db` of the command line say where reports and runs are written"

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
      "device": processor, "gpu": processor, "gpus": processor, "cuda": processor,
      "num_workers": workers, "n_jobs": workers,
      "scheduler": "`schedule` belongs into `optimizer:`",
      "lr_scheduler": "`schedule` belongs into `optimizer:`",
      "augmentation": "`augment` belongs into `data:`",
      "transform": "`augment` belongs into `data:`", "transforms": "`augment` belongs into `data:`",
      "callbacks": callbacks, "verbose": quiet, "logger": stored, "wandb": stored,
      "tensorboard": stored, "mlflow": stored, "output_dir": folders, "save_dir": folders,
    ],
    "train": [
      "lr": "`learning_rate` belongs into `optimizer:`",
      "patience": "write `early_stopping: { metric: …, patience: … }`",
      "max_steps": "training is counted in `epochs`: passes over the data",
      "steps": "training is counted in `epochs`: passes over the data",
      "validation_split": "`validation` belongs into `data:`",
      "val_split": "`validation` belongs into `data:`",
      "log_every": "`every_steps` belongs into `log:`",
      "save_every": "`every_epochs` belongs into `checkpoint:`",
      "drop_last": "the last, smaller batch is always kept: leave it out",
      "device": processor, "gpu": processor, "gpus": processor, "cuda": processor,
      "num_workers": workers, "callbacks": callbacks, "verbose": quiet,
    ],
    "layer": [
      "input_dim": "sizes of inputs are inferred: leave it out",
      "dropout": "`dropout` is a layer of its own: write `- dropout: 0.5` behind this one",
      "name": "a layer has no name: its tensors are called by their place, such as `0.weight`",
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
}
