// SPDX-License-Identifier: Apache-2.0

extension Wrong {
  static let values: [Wrong] = [
    Wrong(
      "a word for a number",
      ["train: { epochs: five, batch_size: 32 }"],
      says: #"""
        m.yaml:6:18: error: `train.epochs` must be a whole number from 1 to 10000000, got `five`
        train: { epochs: five, batch_size: 32 }
                         ^~~~
        """#
    ),
    Wrong(
      "a number out of range",
      ["train: { epochs: 0, batch_size: 32 }"],
      says: #"""
        m.yaml:6:18: error: `train.epochs` must be a whole number from 1 to 10000000, got `0`
        train: { epochs: 0, batch_size: 32 }
                         ^
        """#
    ),
    Wrong(
      "a number with an underscore",
      ["train: { epochs: 1_000, batch_size: 32 }"],
      says: #"""
        m.yaml:6:18: error: `train.epochs` must be a whole number from 1 to 10000000, got `1_000`
        train: { epochs: 1_000, batch_size: 32 }
                         ^~~~~
        hint: write `1000`
        """#
    ),
    Wrong(
      "a fraction for a whole number",
      ["train: { epochs: 2.5, batch_size: 32 }"],
      says: #"""
        m.yaml:6:18: error: `train.epochs` must be a whole number from 1 to 10000000, got `2.5`
        train: { epochs: 2.5, batch_size: 32 }
                         ^~~
        """#
    ),
    Wrong(
      "a sexagesimal number is text",
      ["train: { epochs: 1:30, batch_size: 32 }"],
      says: #"""
        m.yaml:6:18: error: `train.epochs` must be a whole number from 1 to 10000000, got `1:30`
        train: { epochs: 1:30, batch_size: 32 }
                         ^~~~
        """#
    ),
    Wrong(
      "a batch size that is neither a number nor all",
      ["train: { epochs: 2, batch_size: full }"],
      says: #"""
        m.yaml:6:33: error: `train.batch_size` must be a whole number from 1 to 1000000000, or `all`, got `full`
        train: { epochs: 2, batch_size: full }
                                        ^~~~
        """#
    ),
    Wrong(
      "yes is no truth value",
      ["train: { epochs: 2, batch_size: 32, shuffle: yes }"],
      says: #"""
        m.yaml:6:46: error: `train.shuffle` must be `true` or `false`, got `yes`
        train: { epochs: 2, batch_size: 32, shuffle: yes }
                                                     ^~~
        hint: write `true`
        """#
    ),
    Wrong(
      "a probability of one",
      ["model: [{ dense: 16 }, { dropout: 1.0 }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:35: error: `dropout.p` must be a number at least 0 and below 1, got `1.0`
        model: [{ dense: 16 }, { dropout: 1.0 }, { dense: 2 }]
                                          ^~~
        """#
    ),
    Wrong(
      "a negative learning rate",
      ["optimizer: { name: sgd, learning_rate: -0.1 }"],
      says: #"""
        m.yaml:5:40: error: `optimizer.learning_rate` must be a number at least 0, got `-0.1`
        optimizer: { name: sgd, learning_rate: -0.1 }
                                               ^~~~
        """#
    ),
    Wrong(
      "an infinite learning rate",
      ["optimizer: { name: sgd, learning_rate: .inf }"],
      says: #"""
        m.yaml:5:40: error: `optimizer.learning_rate` must be a number at least 0 and at most 1.797e308, got `.inf`
        optimizer: { name: sgd, learning_rate: .inf }
                                               ^~~~
        """#
    ),
    Wrong(
      "a learning rate beyond every double",
      ["optimizer: { name: sgd, learning_rate: 1e400 }"],
      says: #"""
        m.yaml:5:40: error: `optimizer.learning_rate` must be a number at least 0 and at most 1.797e308, got `1e400`
        optimizer: { name: sgd, learning_rate: 1e400 }
                                               ^~~~~
        """#
    ),
    Wrong(
      "a number with two open ends",
      ["parameters: { a: { mu: -1e400 } }", "method: random", "run_cap: 2"],
      says: #"""
        m.yaml:7:24: error: `parameters.a.mu` must be a number at least -1.797e308 and at most 1.797e308, got `-1e400`
        parameters: { a: { mu: -1e400 } }
                               ^~~~~~
        """#
    ),
    Wrong(
      "a seed that is too large",
      ["seed: 9007199254740992"],
      says: #"""
        m.yaml:7:7: error: `seed` must be a whole number from 0 to 9007199254740991, got `9007199254740992`
        seed: 9007199254740992
              ^~~~~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "more held out than any data have",
      ["data: { dataset: spirals, validation: 2000000000 }"],
      says: #"""
        m.yaml:2:39: error: `data.validation` must be a whole number from 1 to 1000000000, or a fraction between 0 and 1, got `2000000000`
        data: { dataset: spirals, validation: 2000000000 }
                                              ^~~~~~~~~~
        """#
    ),
    Wrong(
      "ends of a whole range that lie too far apart",
      ["parameters: { a: { min: 1, max: 9007199254740991 } }", "method: random", "run_cap: 2"],
      says: #"""
        m.yaml:7:18: error: `parameters.a`: `int_uniform` needs whole numbers `min` and `max`, at most 1000000000000000 apart
        parameters: { a: { min: 1, max: 9007199254740991 } }
                         ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "nesterov without momentum",
      ["optimizer: { name: sgd, learning_rate: 0.1, nesterov: true }"],
      says: #"""
        m.yaml:5:55: error: `optimizer.nesterov` needs `momentum` above 0, got `momentum` 0
        optimizer: { name: sgd, learning_rate: 0.1, nesterov: true }
                                                              ^~~~
        hint: add `momentum: 0.9`
        """#
    ),
    Wrong(
      "a clip of nothing",
      ["train: { epochs: 2, batch_size: 32, clip_norm: 0 }"],
      says: #"""
        m.yaml:6:48: error: `train.clip_norm` must be a number above 0, got `0`
        train: { epochs: 2, batch_size: 32, clip_norm: 0 }
                                                       ^
        """#
    ),
    Wrong(
      "none where leaving out has a value",
      ["train: { epochs: 2, batch_size: 32, shuffle: none }"],
      says: #"""
        m.yaml:6:46: error: `train.shuffle` must be `true` or `false`, got `none`
        train: { epochs: 2, batch_size: 32, shuffle: none }
                                                     ^~~~
        """#
    ),
    Wrong(
      "a key without a value",
      ["tags:"],
      says: #"""
        m.yaml:7:1: error: `tags` has no value
        tags:
        ^~~~
        hint: leave the key out or give it a value
        """#
    ),
    Wrong(
      "a mapping for a list",
      ["tags: { a: 1 }"],
      says: #"""
        m.yaml:7:7: error: `tags` must be a list, got a mapping
        tags: { a: 1 }
              ^~~~~~~~
        """#
    ),
    Wrong(
      "a tag list with a hole",
      ["tags: [a, ~]"],
      says: #"""
        m.yaml:7:11: error: `tags` must be text, got nothing
        tags: [a, ~]
                  ^
        """#
    ),
  ]
}
