// SPDX-License-Identifier: Apache-2.0

extension Wrong {
  static let parameters: [Wrong] = [
    Wrong(
      "an undeclared parameter",
      ["model: [{ dense: \"${unit}\" }, { dense: 2 }]", "parameters: { units: [8, 16] }"],
      says: #"""
        m.yaml:3:18: error: `${unit}` is no declared parameter
        model: [{ dense: "${unit}" }, { dense: 2 }]
                         ^~~~~~~~~
        hint: did you mean `${units}`?

        m.yaml:7:15: error: parameter `units` is declared but never used
        parameters: { units: [8, 16] }
                      ^~~~~
        hint: use it as `"${units}"`, or remove it
        """#
    ),
    Wrong(
      "an undeclared parameter without any",
      ["model: [{ dense: \"${units}\" }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:18: error: `${units}` is no declared parameter
        model: [{ dense: "${units}" }, { dense: 2 }]
                         ^~~~~~~~~~
        hint: declare it: `parameters: { units: [ … ] }`
        """#
    ),
    Wrong(
      "spaces around a parameter's name",
      ["model: [{ dense: \"${ units }\" }, { dense: 2 }]", "parameters: { units: [8, 16] }"],
      says: #"""
        m.yaml:3:18: error: `${ units }` is no declared parameter
        model: [{ dense: "${ units }" }, { dense: 2 }]
                         ^~~~~~~~~~~~
        hint: write `"${units}"`: no spaces between the braces
        """#
    ),
    Wrong(
      "spaces around a name that is not declared",
      ["model: [{ dense: \"${ units }\" }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:18: error: `${ units }` is no declared parameter
        model: [{ dense: "${ units }" }, { dense: 2 }]
                         ^~~~~~~~~~~~
        hint: write `"${units}"` without spaces, and declare it: `parameters: { units: [ … ] }`
        """#
    ),
    Wrong(
      "spaces around the name of an unquoted parameter",
      ["model: [{ dense: ${ units } }, { dense: 2 }]", "parameters: { units: [8, 16] }"],
      says: #"""
        m.yaml:3:18: error: `${ units }` must be quoted inside braces and brackets
        model: [{ dense: ${ units } }, { dense: 2 }]
                         ^~~~~~~~~~
        hint: write `"${units}"`
        """#
    ),
    Wrong(
      "arithmetic with parameters",
      [
        "model: [{ dense: \"${2*units}\" }, { dense: \"${units-6}\" }, { dense: 2 }]",
        "parameters: { units: [8, 16] }",
      ],
      says: #"""
        m.yaml:3:18: error: `${2*units}` is no declared parameter
        model: [{ dense: "${2*units}" }, { dense: "${units-6}" }, { dense: 2 }]
                         ^~~~~~~~~~~~
        hint: there is no arithmetic in `${…}`: declare another parameter with the results, and pair it with `units` by `zip: [[units, …]]`

        m.yaml:3:43: error: `${units-6}` is no declared parameter
        model: [{ dense: "${2*units}" }, { dense: "${units-6}" }, { dense: 2 }]
                                                  ^~~~~~~~~~~~
        hint: there is no arithmetic in `${…}`: declare another parameter with the results, and pair it with `units` by `zip: [[units, …]]`
        """#
    ),
    Wrong(
      "more than a name, and a number, as a parameter",
      [
        "model: [{ dense: \"${parameters.units}\" }, { dense: \"${8}\" }, { dense: 2 }]",
        "parameters: { units: [8, 16] }",
      ],
      says: #"""
        m.yaml:3:18: error: `${parameters.units}` is no declared parameter
        model: [{ dense: "${parameters.units}" }, { dense: "${8}" }, { dense: 2 }]
                         ^~~~~~~~~~~~~~~~~~~~~
        hint: write `"${units}"`: the name alone

        m.yaml:3:52: error: `${8}` is no declared parameter
        model: [{ dense: "${parameters.units}" }, { dense: "${8}" }, { dense: 2 }]
                                                           ^~~~~~
        hint: write `8` itself: `${…}` takes the name of a parameter
        """#
    ),
    Wrong(
      "an unused parameter",
      ["parameters: { units: [8, 16] }"],
      says: #"""
        m.yaml:7:15: error: parameter `units` is declared but never used
        parameters: { units: [8, 16] }
                      ^~~~~
        hint: use it as `"${units}"`, or remove it
        """#
    ),
    Wrong(
      "a parameter's value that does not fit, once for all cells",
      [
        "model: [{ dense: \"${units}\" }, { dense: 2 }]",
        "optimizer: { name: sgd, learning_rate: \"${rate}\" }",
        "parameters:\n  units: [8, big]\n  rate: [0.1, 0.2]",
      ],
      says: #"""
        m.yaml:8:14: error: `dense.units` must be a whole number from 1 to 1000000, got `big`
          units: [8, big]
                     ^~~
        hint: the value is put in at m.yaml:3:18
        """#
    ),
    Wrong(
      "a range whose points do not fit",
      [
        "model: [{ dense: \"${units}\" }, { dense: 2 }]",
        "parameters:\n  units: { min: 1, max: 2, points: 3 }",
      ],
      says: #"""
        m.yaml:8:10: error: `dense.units` must be a whole number from 1 to 1000000, got `1.5`
          units: { min: 1, max: 2, points: 3 }
                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: the value is put in at m.yaml:3:18
        """#
    ),
    Wrong(
      "text around a parameter is text",
      ["model: [{ dense: \"${units}0\" }, { dense: 2 }]", "parameters: { units: [8, 16] }"],
      says: #"""
        m.yaml:3:18: error: `dense.units` must be a whole number from 1 to 1000000, got `80`
        model: [{ dense: "${units}0" }, { dense: 2 }]
                         ^~~~~~~~~~~
        hint: `${…}` inside longer text makes text
        """#
    ),
    Wrong(
      "a parameter used where it does not exist",
      [
        "model: [{ dense: \"${units}\" }, { dense: 2 }]", "loss: \"${loss}\"",
        "parameters:\n  loss: [cross_entropy, mse]\n  units: { values: [8, 16], when: { loss: mse } }",
      ],
      says: #"""
        m.yaml:3:18: error: `${units}` is used where the `when` of parameter `units` does not hold
        model: [{ dense: "${units}" }, { dense: 2 }]
                         ^~~~~~~~~~
        hint: widen its `when`, or use it only where it exists
        """#
    ),
    Wrong(
      "a parameter outside of the sections that take them",
      ["repeat: \"${n}\"", "parameters: { n: [1, 2] }"],
      says: #"""
        m.yaml:7:9: error: `repeat` must be a whole number from 1 to 100000, got `${n}`
        repeat: "${n}"
                ^~~~~~
        hint: parameters are put in below `data`, `model`, `models`, `init`, `loss`, `optimizer`, `optimizers`, `train` and `log` only

        m.yaml:8:15: error: parameter `n` is declared but never used
        parameters: { n: [1, 2] }
                      ^
        hint: use it as `"${n}"`, or remove it
        """#
    ),
    Wrong(
      "an axis of one bare value",
      ["model: [{ dense: \"${units}\" }, { dense: 2 }]", "parameters: { units: 8 }"],
      says: #"""
        m.yaml:7:22: error: `parameters.units` must be a list of values or a mapping, got `8`
        parameters: { units: 8 }
                             ^
        hint: write `[8]` for one value
        """#
    ),
    Wrong(
      "a value twice",
      ["model: [{ dense: \"${units}\" }, { dense: 2 }]", "parameters: { units: [8, 16, 8.0] }"],
      says: #"""
        m.yaml:7:30: error: `parameters.units` has the value `8` twice
        parameters: { units: [8, 16, 8.0] }
                                     ^~~
        """#
    ),
    Wrong(
      "a mapping among the values",
      ["model: [{ dense: \"${units}\" }, { dense: 2 }]", "parameters: { units: [8, { a: 1 }] }"],
      says: #"""
        m.yaml:7:26: error: a value of `parameters.units` must be a number, a word or text, got a mapping
        parameters: { units: [8, { a: 1 }] }
                                 ^~~~~~~~
        """#
    ),
    Wrong(
      "a range on a grid without points",
      [
        "optimizer: { name: sgd, learning_rate: \"${rate}\" }",
        "parameters: { rate: { min: 0.001, max: 0.1 } }",
      ],
      says: #"""
        m.yaml:7:15: error: `parameters.rate` has no values that a grid could combine
        parameters: { rate: { min: 0.001, max: 0.1 } }
                      ^~~~
        hint: add `points: 5`, or search with `method: random` and `run_cap`
        """#
    ),
    Wrong(
      "W&B's log_uniform is answered",
      [
        "optimizer: { name: sgd, learning_rate: \"${rate}\" }", "method: random", "run_cap: 3",
        "parameters: { rate: { distribution: log_uniform, min: -3, max: 0 } }",
      ],
      says: #"""
        m.yaml:9:37: error: `parameters.rate.distribution` must be `categorical`, `uniform`, `int_uniform`, `q_uniform`, `log_uniform_values`, `q_log_uniform_values`, `normal`, `q_normal`, `log_normal` or `q_log_normal`, got `log_uniform`
        parameters: { rate: { distribution: log_uniform, min: -3, max: 0 } }
                                            ^~~~~~~~~~~
        hint: `log_uniform` takes exponents; write `log_uniform_values` with the values themselves
        """#
    ),
    Wrong(
      "reversed ends",
      [
        "optimizer: { name: sgd, learning_rate: \"${rate}\" }",
        "parameters: { rate: { min: 0.1, max: 0.001, points: 3 } }",
      ],
      says: #"""
        m.yaml:7:38: error: `parameters.rate.max` must be above `parameters.rate.min`, got 0.001 and 0.1
        parameters: { rate: { min: 0.1, max: 0.001, points: 3 } }
                                             ^~~~~
        """#
    ),
    Wrong(
      "a log scale from zero",
      [
        "optimizer: { name: sgd, learning_rate: \"${rate}\" }",
        "parameters: { rate: { min: 0, max: 0.1, scale: log, points: 3 } }",
      ],
      says: #"""
        m.yaml:7:28: error: `parameters.rate.min` must be a number above 0, got `0`
        parameters: { rate: { min: 0, max: 0.1, scale: log, points: 3 } }
                                   ^
        """#
    ),
    Wrong(
      "a key that says nothing in its form",
      [
        "optimizer: { name: sgd, learning_rate: \"${rate}\" }",
        "parameters: { rate: { values: [0.1], points: 3 } }",
      ],
      says: #"""
        m.yaml:7:46: error: `points` does not go with `values` in `parameters.rate`
        parameters: { rate: { values: [0.1], points: 3 } }
                                                     ^
        """#
    ),
    Wrong(
      "probabilities that do not sum to one",
      [
        "optimizer: { name: sgd, learning_rate: \"${rate}\" }", "method: random", "run_cap: 2",
        "parameters: { rate: { values: [0.1, 0.2], probabilities: [0.5, 0.4] } }",
      ],
      says: #"""
        m.yaml:9:58: error: `parameters.rate.probabilities` must sum to 1, got 0.9
        parameters: { rate: { values: [0.1, 0.2], probabilities: [0.5, 0.4] } }
                                                                 ^~~~~~~~~~
        """#
    ),
    Wrong(
      "a seed that JSON cannot carry",
      ["parameters: { seed: [9223372036854775807] }"],
      says: #"""
        m.yaml:7:22: error: `parameters.seed` must be a whole number from 0 to 9007199254740991, got `9223372036854775807`
        parameters: { seed: [9223372036854775807] }
                             ^~~~~~~~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "a negative seed among others",
      ["parameters: { seed: [0, -1] }"],
      says: #"""
        m.yaml:7:25: error: `parameters.seed` must be a whole number from 0 to 9007199254740991, got `-1`
        parameters: { seed: [0, -1] }
                                ^~
        """#
    ),
    Wrong(
      "seeds that go beyond the largest one",
      ["seed: 9007199254740991", "repeat: 3"],
      says: #"""
        m.yaml:8:9: error: 3 seeds from 9007199254740991 on go beyond 9007199254740991, the largest seed
        repeat: 3
                ^
        hint: choose a smaller `seed`
        """#
    ),
    Wrong(
      "more runs than anybody waits for",
      [
        "optimizer: { name: sgd, learning_rate: \"${a}\" }", "repeat: 100000",
        "parameters: { a: { min: 0.1, max: 1, points: 11 } }",
      ],
      says: #"""
        m.yaml:7:9: error: 11 cells of 100000 seeds are more than 1000000 runs
        repeat: 100000
                ^~~~~~
        hint: lower `repeat`, or list fewer values
        """#
    ),
    Wrong(
      "a parameter's name with a dash",
      ["parameters: { learning-rate: [0.1] }"],
      says: #"""
        m.yaml:7:15: error: a parameter's name must be letters, digits and `_`, got `learning-rate`
        parameters: { learning-rate: [0.1] }
                      ^~~~~~~~~~~~~
        hint: it stands for itself in `${…}`
        """#
    ),
    Wrong(
      "zipped parameters of different lengths",
      [
        "model: [{ dense: \"${a}\" }, { dense: \"${b}\" }]",
        "parameters: { a: [1, 2], b: [1, 2, 3] }", "zip: [[a, b]]",
      ],
      says: #"""
        m.yaml:8:7: error: zipped parameters must have equally many values, got 2 of `a`, 3 of `b`
        zip: [[a, b]]
              ^~~~~~
        """#
    ),
    Wrong(
      "a flat zip",
      [
        "model: [{ dense: \"${a}\" }, { dense: \"${b}\" }]", "parameters: { a: [1, 2], b: [1, 2] }",
        "zip: [a, b]",
      ],
      says: #"""
        m.yaml:8:6: error: `zip` must be a list of lists of parameters, got a list of names
        zip: [a, b]
             ^~~~~~
        hint: write `zip: [[a, b]]`
        """#
    ),
    Wrong(
      "an exclusion of an unknown value",
      [
        "loss: \"${loss}\"", "parameters: { loss: [cross_entropy, mse] }",
        "exclude: [{ loss: msa }]",
      ],
      says: #"""
        m.yaml:8:19: error: parameter `loss` never has the value `msa`
        exclude: [{ loss: msa }]
                          ^~~
        hint: did you mean `mse`?
        """#
    ),
    Wrong(
      "an exclusion of everything",
      [
        "loss: \"${loss}\"", "parameters: { loss: [cross_entropy, mse] }",
        "exclude: [{ loss: [cross_entropy, mse] }]",
      ],
      says: #"""
        m.yaml:8:10: error: `exclude` leaves no cell
        exclude: [{ loss: [cross_entropy, mse] }]
                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "conditions in a circle",
      [
        "model: [{ dense: \"${a}\" }, { dense: \"${b}\" }]",
        "parameters:\n  a: { values: [1, 2], when: { b: 1 } }\n  b: { values: [1, 2], when: { a: 1 } }",
      ],
      says: #"""
        m.yaml:8:3: error: the `when` of `a` and `b` go in a circle
          a: { values: [1, 2], when: { b: 1 } }
          ^
        """#
    ),
    Wrong(
      "a random search without a number of cells",
      [
        "method: random", "optimizer: { name: sgd, learning_rate: \"${rate}\" }",
        "parameters: { rate: [0.1, 0.2] }",
      ],
      says: #"""
        m.yaml:7:9: error: `run_cap` is missing: `method: random` must know how many cells to draw
        method: random
                ^~~~~~
        hint: add `run_cap: 20`
        """#
    ),
    Wrong(
      "a number of draws on a grid",
      ["run_cap: 20"],
      says: #"""
        m.yaml:7:10: error: `run_cap` needs `method: random`
        run_cap: 20
                 ^~
        hint: a grid takes every combination
        """#
    ),
    Wrong(
      "seeds with a gap",
      ["parameters: { seed: [0, 1, 5] }"],
      says: #"""
        m.yaml:7:21: error: the seeds of `parameters.seed` must follow each other, such as 3, 4, 5, got 0, 1, 5
        parameters: { seed: [0, 1, 5] }
                            ^~~~~~~~~
        hint: write `seed: 0` and `repeat: 3`
        """#
    ),
    Wrong(
      "seeds given twice",
      ["repeat: 3", "parameters: { seed: [0, 1, 2] }"],
      says: #"""
        m.yaml:7:9: error: `parameters.seed` says the same as `seed` and `repeat`
        repeat: 3
                ^
        hint: keep one of them
        """#
    ),
    Wrong(
      "the run's seed outside of data",
      ["model: [{ dense: \"${seed}\" }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:18: error: `${seed}` may only be the value of `data.seed`
        model: [{ dense: "${seed}" }, { dense: 2 }]
                         ^~~~~~~~~
        hint: the run's seed already decides initial values, shuffling and dropout
        """#
    ),
    Wrong(
      "a name that is given twice in zip",
      [
        "model: [{ dense: \"${a}\" }, { dense: \"${b}\" }]", "parameters: { a: [1, 2], b: [1, 2] }",
        "zip: [[a, b], [b, a]]",
      ],
      says: #"""
        m.yaml:8:16: error: `b` is in `zip` twice
        zip: [[a, b], [b, a]]
                       ^

        m.yaml:8:19: error: `a` is in `zip` twice
        zip: [[a, b], [b, a]]
                          ^
        """#
    ),
  ]
}
