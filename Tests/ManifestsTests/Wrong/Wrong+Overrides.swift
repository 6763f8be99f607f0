// SPDX-License-Identifier: Apache-2.0

extension Wrong {
  static let commandLine: [Wrong] = [
    Wrong(
      "an override without a value",
      overrides: ["train.epochs"],
      says: #"""
        command line:1:1: error: an override must be `key=value`, got `train.epochs`
        train.epochs
        ^~~~~~~~~~~~
        hint: write `train.epochs=3`, or `learning_rate=0.1,0.01` for a parameter
        """#
    ),
    Wrong(
      "an override of an unknown key",
      overrides: ["epochs=3"],
      says: #"""
        command line:1:1: error: `epochs` is neither a parameter nor a key of the manifest
        epochs=3
        ^~~~~~
        hint: did you mean `train.epochs`?
        """#
    ),
    Wrong(
      "an override near a parameter",
      [
        "optimizer: { name: sgd, learning_rate: \"${learning_rate}\" }",
        "parameters: { learning_rate: [0.1] }",
      ],
      overrides: ["learningrate=0.2"],
      says: #"""
        command line:1:1: error: `learningrate` is neither a parameter nor a key of the manifest
        learningrate=0.2
        ^~~~~~~~~~~~
        hint: did you mean `learning_rate`?
        """#
    ),
    Wrong(
      "an override with a wrong value",
      overrides: ["train.epochs=3,5"],
      says: #"""
        command line:1:14: error: `train.epochs` must be a whole number from 1 to 10000000, got `3,5`
        train.epochs=3,5
                     ^~~
        hint: write a number without commas; several values of it need a parameter
        """#
    ),
    Wrong(
      "an override with an unknown path",
      overrides: ["train.epoch=3"],
      says: #"""
        command line:1:7: error: unknown key `epoch` in `train`
        train.epoch=3
              ^~~~~
        hint: did you mean `epochs`?
        """#
    ),
    Wrong(
      "an override of a layer that is not there",
      overrides: ["model.7.dense.units=5"],
      says: #"""
        command line:1:1: error: a list of 3 needs a position from 0 to 2, got `7`
        model.7.dense.units=5
        ^~~~~~~~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "an override with a wrong range",
      ["model: [{ dense: \"${units}\" }, { dense: 2 }]", "parameters: { units: [8] }"],
      overrides: ["units=range(5,1)"],
      says: #"""
        command line:1:7: error: `range` must be `range(start, stop)` or `range(start, stop, step)`, got `range(5,1)`
        units=range(5,1)
              ^~~~~~~~~~
        hint: `range(0,5)` is 0, 1, 2, 3, 4
        """#
    ),
    Wrong(
      "an override with a wrong value of a parameter",
      ["model: [{ dense: \"${units}\" }, { dense: 2 }]", "parameters: { units: [8] }"],
      overrides: ["units=8,big"],
      says: #"""
        command line:1:9: error: `dense.units` must be a whole number from 1 to 1000000, got `big`
        units=8,big
                ^~~
        hint: the value is put in at m.yaml:3:18
        """#
    ),
    Wrong(
      "an override that is no YAML",
      overrides: ["train={epochs: 3"],
      says: #"""
        command line:1:7: error: this is not YAML: while parsing a flow mapping, did not find expected ',' or '}'
        train={epochs: 3
              ^~~~~~~~~~
        """#
    ),
    Wrong(
      "an override with a sign",
      overrides: ["+train.epochs=3"],
      says: #"""
        command line:1:1: error: `+` before a key has no meaning here
        +train.epochs=3
        ^
        hint: `key=value` sets a key whether it is there or not
        """#
    ),
  ]
}
