// SPDX-License-Identifier: Apache-2.0

extension Wrong {
  static let keys: [Wrong] = [
    Wrong(
      "a misspelt section is not also missing",
      ["trian: { epochs: 2, batch_size: 32 }", "-train"],
      says: #"""
        m.yaml:6:1: error: unknown key `trian` at the top level
        trian: { epochs: 2, batch_size: 32 }
        ^~~~~
        hint: did you mean `train`?
        """#
    ),
    Wrong(
      "W&B's program is answered",
      ["program: train.py"],
      says: #"""
        m.yaml:7:1: error: unknown key `program` at the top level
        program: train.py
        ^~~~~~~
        hint: runexp trains by itself: say what in `data`, `model`, `loss` and `train`
        """#
    ),
    Wrong(
      "W&B's command is answered",
      ["command: [python, train.py]"],
      says: #"""
        m.yaml:7:1: error: unknown key `command` at the top level
        command: [python, train.py]
        ^~~~~~~
        hint: runexp trains by itself: say what in `data`, `model`, `loss` and `train`
        """#
    ),
    Wrong(
      "epochs at the top belong into train",
      ["epochs: 5"],
      says: #"""
        m.yaml:7:1: error: unknown key `epochs` at the top level
        epochs: 5
        ^~~~~~
        hint: `epochs` belongs into `train:`
        """#
    ),
    Wrong(
      "a learning rate at the top belongs into optimizer",
      ["lr: 0.1"],
      says: #"""
        m.yaml:7:1: error: unknown key `lr` at the top level
        lr: 0.1
        ^~
        hint: `learning_rate` belongs into `optimizer:`
        """#
    ),
    Wrong(
      "a foreign word for a section is translated",
      ["hyperparameters: { units: [1, 2] }"],
      says: #"""
        m.yaml:7:1: error: unknown key `hyperparameters` at the top level
        hyperparameters: { units: [1, 2] }
        ^~~~~~~~~~~~~~~
        hint: did you mean `parameters`?
        """#
    ),
    Wrong(
      "a foreign word in train is translated",
      ["train: { n_epochs: 2, batchsize: 32 }"],
      says: #"""
        m.yaml:6:10: error: unknown key `n_epochs` in `train`
        train: { n_epochs: 2, batchsize: 32 }
                 ^~~~~~~~
        hint: did you mean `epochs`?

        m.yaml:6:23: error: unknown key `batchsize` in `train`
        train: { n_epochs: 2, batchsize: 32 }
                              ^~~~~~~~~
        hint: did you mean `batch_size`?
        """#
    ),
    Wrong(
      "lr is learning_rate",
      ["optimizer: { name: sgd, lr: 0.1 }"],
      says: #"""
        m.yaml:5:25: error: unknown key `lr` in `optimizer`
        optimizer: { name: sgd, lr: 0.1 }
                                ^~
        hint: did you mean `learning_rate`?
        """#
    ),
    Wrong(
      "a misspelt key of the optimizer",
      ["optimizer: { name: adam, learningrate: 0.1 }"],
      says: #"""
        m.yaml:5:26: error: unknown key `learningrate` in `optimizer`
        optimizer: { name: adam, learningrate: 0.1 }
                                 ^~~~~~~~~~~~
        hint: did you mean `learning_rate`?
        """#
    ),
    Wrong(
      "a key of another optimizer",
      ["optimizer: { name: adam, learning_rate: 0.1, momentum: 0.9 }"],
      says: #"""
        m.yaml:5:46: error: unknown key `momentum` in `optimizer`
        optimizer: { name: adam, learning_rate: 0.1, momentum: 0.9 }
                                                     ^~~~~~~~
        hint: it takes `learning_rate`, `beta1`, `beta2`, `epsilon`, `weight_decay`, `amsgrad`, `epsilon_inside_root` and `schedule`
        """#
    ),
    Wrong(
      "early termination comes later",
      ["early_terminate: { type: hyperband }"],
      says: #"""
        m.yaml:7:1: error: `early_terminate` is known, not in this version
        early_terminate: { type: hyperband }
        ^~~~~~~~~~~~~~~
        hint: `hyperband` will be called `asha` here; in this version every run trains to its end
        """#
    ),
    Wrong(
      "early stopping without its patience",
      ["train: { epochs: 2, batch_size: 32, early_stopping: { metric: train.loss } }"],
      says: #"""
        m.yaml:6:53: error: `patience` is missing in `train.early_stopping`
        train: { epochs: 2, batch_size: 32, early_stopping: { metric: train.loss } }
                                                            ^~~~~~~~~~~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "early stopping by the test part",
      ["train: { epochs: 2, batch_size: 32, early_stopping: { metric: test.loss, patience: 3 } }"],
      says: #"""
        m.yaml:6:63: error: `train.early_stopping.metric` must not be of the test part, got `test.loss`
        train: { epochs: 2, batch_size: 32, early_stopping: { metric: test.loss, patience: 3 } }
                                                                      ^~~~~~~~~
        hint: stop by `val.*`, with `data.validation`, or by `train.*`: `test.*` only reports
        """#
    ),
    Wrong(
      "early stopping by a metric that is not there",
      ["train: { epochs: 2, batch_size: 32, early_stopping: { metric: val.loss, patience: 3 } }"],
      says: #"""
        m.yaml:6:63: error: there is no `val.loss` without a validation part
        train: { epochs: 2, batch_size: 32, early_stopping: { metric: val.loss, patience: 3 } }
                                                                      ^~~~~~~~
        hint: hold examples out: `data: { …, validation: 0.1 }`
        """#
    ),
    Wrong(
      "early stopping by a metric of the test part that chooses",
      ["metric: test.loss", "train: { epochs: 2, batch_size: 32, early_stopping: 3 }"],
      says: #"""
        m.yaml:6:53: error: `train.early_stopping` would stop by `metric`, which is `test.loss` of the test part
        train: { epochs: 2, batch_size: 32, early_stopping: 3 }
                                                            ^
        hint: stop by `val.*`, with `data.validation`, or by `train.*`: `test.*` only reports
        """#
    ),
    Wrong(
      "a schedule of another library",
      ["optimizer: { name: sgd, learning_rate: 0.1, schedule: cosine_annealing }"],
      says: #"""
        m.yaml:5:55: error: unknown schedule `cosine_annealing`
        optimizer: { name: sgd, learning_rate: 0.1, schedule: cosine_annealing }
                                                              ^~~~~~~~~~~~~~~~
        hint: did you mean `cosine`?
        """#
    ),
    Wrong(
      "a step schedule without its step",
      ["optimizer: { name: sgd, learning_rate: 0.1, schedule: step }"],
      says: #"""
        m.yaml:5:55: error: `every` is missing in `step`
        optimizer: { name: sgd, learning_rate: 0.1, schedule: step }
                                                              ^~~~
        """#
    ),
    Wrong(
      "a method that comes later",
      ["method: sobol", "run_cap: 3"],
      says: #"""
        m.yaml:7:9: error: `sobol` is known, not in this version
        method: sobol
                ^~~~~
        hint: this version knows `grid` and `random`
        """#
    ),
    Wrong(
      "bayes is called tpe and comes later",
      ["method: bayes"],
      says: #"""
        m.yaml:7:9: error: `method` must be `grid` or `random`, got `bayes`
        method: bayes
                ^~~~~
        hint: `bayes` is called `tpe` here, and `tpe` is known, not in this version
        hint: `method: random` with `run_cap` searches the same space
        """#
    ),
    Wrong(
      "hyperband is called asha and comes later",
      ["method: hyperband"],
      says: #"""
        m.yaml:7:9: error: `method` must be `grid` or `random`, got `hyperband`
        method: hyperband
                ^~~~~~~~~
        hint: `hyperband` is called `asha` here, and `asha` is known, not in this version
        """#
    ),
    Wrong(
      "a parameter in a word outside of the sections",
      ["method: \"${m}\"", "parameters: { m: [grid] }"],
      says: #"""
        m.yaml:7:9: error: `method` must be `grid` or `random`, got `${m}`
        method: "${m}"
                ^~~~~~
        hint: parameters are put in below `data`, `model`, `models`, `init`, `loss`, `optimizer`, `optimizers`, `train` and `log` only

        m.yaml:8:15: error: parameter `m` is declared but never used
        parameters: { m: [grid] }
                      ^
        hint: use it as `"${m}"`, or remove it
        """#
    ),
    Wrong(
      "an early stop at the top",
      ["early_stopping: { patience: 3 }"],
      says: #"""
        m.yaml:7:1: error: unknown key `early_stopping` at the top level
        early_stopping: { patience: 3 }
        ^~~~~~~~~~~~~~
        hint: `early_stopping` belongs into `train:`
        """#
    ),
    Wrong(
      "every mistake of a manifest at once",
      [
        "trian: { epochs: 2 }", "-train",
        "model: [{ dense: 16, activation: relu }, { conv2d: {channels:8, kernel_size: 0} }, softmax]",
        "optimizer: { name: sgd, lr: fast }", "repeat: 0", "expect: [{ at_least: much }]",
      ],
      says: #"""
        m.yaml:3:9: error: a layer is one name with its arguments, got the keys `dense` and `activation`
        model: [{ dense: 16, activation: relu }, { conv2d: {channels:8, kernel_size: 0} }, softmax]
                ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: put the arguments into braces: `dense: { units: 16, activation: relu }`

        m.yaml:3:53: error: a space is missing after `channels:`
        model: [{ dense: 16, activation: relu }, { conv2d: {channels:8, kernel_size: 0} }, softmax]
                                                            ^~~~~~~~~~
        hint: write `channels: …`

        m.yaml:3:78: error: `conv2d.kernel_size` must be a whole number from 1 to 1024, got `0`
        model: [{ dense: 16, activation: relu }, { conv2d: {channels:8, kernel_size: 0} }, softmax]
                                                                                     ^

        m.yaml:3:84: error: `softmax` before `cross_entropy` would be applied twice
        model: [{ dense: 16, activation: relu }, { conv2d: {channels:8, kernel_size: 0} }, softmax]
                                                                                           ^~~~~~~
        hint: `cross_entropy` takes logits: leave `softmax` out

        m.yaml:5:25: error: unknown key `lr` in `optimizer`
        optimizer: { name: sgd, lr: fast }
                                ^~
        hint: did you mean `learning_rate`?

        m.yaml:6:1: error: unknown key `trian` at the top level
        trian: { epochs: 2 }
        ^~~~~
        hint: did you mean `train`?

        m.yaml:7:9: error: `repeat` must be a whole number from 1 to 100000, got `0`
        repeat: 0
                ^

        m.yaml:8:22: error: `expect.at_least` must be a finite number, got `much`
        expect: [{ at_least: much }]
                             ^~~~
        """#
    ),
  ]
}
