// SPDX-License-Identifier: Apache-2.0

extension WrongManifest {
  /// All of them.
  static let all = mistakes + models + graphs

  /// Ten that are wrong as text.
  static let mistakes = [
    WrongManifest(
      name: "an unknown key",
      text: #"""
        name: wrong
        data: { dataset: glyphs }
        model: [flatten, { dense: 10 }]
        loss: cross_entropy
        optimizer: { name: sgd, learningrate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:25: error: unknown key `learningrate` in `optimizer`
        optimizer: { name: sgd, learningrate: 0.1 }
                                ^~~~~~~~~~~~
        hint: did you mean `learning_rate`?
        """#
    ),
    WrongManifest(
      name: "next to nothing",
      text: #"""
        name: wrong
        """#,
      talk: #"""
        m.yaml:1:1: error: `data` is missing
        name: wrong
        ^

        m.yaml:1:1: error: `loss` is missing
        name: wrong
        ^

        m.yaml:1:1: error: `optimizer` is missing
        name: wrong
        ^

        m.yaml:1:1: error: `train` is missing
        name: wrong
        ^

        m.yaml:1:1: error: `model` is missing
        name: wrong
        ^
        hint: write a list of layers, or `models:` with a list for each name

        5 errors
        """#
    ),
    WrongManifest(
      name: "no YAML",
      text: #"""
        name: [wrong
        data: }
        """#,
      talk: #"""
        m.yaml:2:5: error: this is not YAML: did not find expected ',' or ']'
        data: }
            ^
        """#
    ),
    WrongManifest(
      name: "several mistakes",
      text: #"""
        name: wrong
        data: { dataset: glyphs }
        model: [flatten, { dens: 10 }]
        loss: crossentropy
        optimizer: { name: sgd, learning_rate: fast }
        train: { epochs: -1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:3:20: error: unknown layer `dens`
        model: [flatten, { dens: 10 }]
                           ^~~~
        hint: did you mean `dense`?

        m.yaml:4:7: error: unknown loss `crossentropy`
        loss: crossentropy
              ^~~~~~~~~~~~
        hint: did you mean `cross_entropy`?

        m.yaml:5:40: error: `optimizer.learning_rate` must be a number at least 0, got `fast`
        optimizer: { name: sgd, learning_rate: fast }
                                               ^~~~

        m.yaml:6:18: error: `train.epochs` must be a whole number from 1 to 10000000, got `-1`
        train: { epochs: -1, batch_size: 10 }
                         ^~

        4 errors
        """#
    ),
    WrongManifest(
      name: "an undeclared parameter",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          [flatten, { dense: "${units}" }, { dense: 10 }]
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:22: error: `${units}` is no declared parameter
          [flatten, { dense: "${units}" }, { dense: 10 }]
                             ^~~~~~~~~~
        hint: declare it: `parameters: { units: [ … ] }`
        """#
    ),
    WrongManifest(
      name: "an unused parameter",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          [flatten, { dense: 10 }]
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        parameters: { units: [1, 2] }
        """#,
      talk: #"""
        m.yaml:8:15: error: parameter `units` is declared but never used
        parameters: { units: [1, 2] }
                      ^~~~~
        hint: use it as `"${units}"`, or remove it
        """#
    ),
    WrongManifest(
      name: "braces without quotes",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          - flatten
          - dense: {units: ${u}}
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        parameters: { u: [1, 2] }
        """#,
      talk: #"""
        m.yaml:5:20: error: `${u}` must be quoted inside braces and brackets
          - dense: {units: ${u}}
                           ^~~~
        hint: write `"${u}"`
        """#
    ),
    WrongManifest(
      name: "a missing space",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          - flatten
          - dense:10
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:5: error: a space is missing after `dense:`
          - dense:10
            ^~~~~~~~
        hint: write `dense: …`
        """#
    ),
    WrongManifest(
      name: "a word of another tool",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          [flatten, { dense: 10 }]
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        method: bayes
        """#,
      talk: #"""
        m.yaml:8:9: error: `method` must be `grid` or `random`, got `bayes`
        method: bayes
                ^~~~~
        hint: `bayes` is called `tpe` here, and `tpe` is known, not in this version
        hint: `method: random` with `run_cap` searches the same space
        """#
    ),
    WrongManifest(
      name: "an expectation of no cell",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          [flatten, { dense: "${u}" }, { dense: 10 }]
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        parameters: { u: [1, 2] }
        expect: [{ where: { u: 3 }, metric: test.accuracy, at_least: 0.5 }]
        """#,
      talk: #"""
        m.yaml:9:24: error: parameter `u` never has the value `3`
        expect: [{ where: { u: 3 }, metric: test.accuracy, at_least: 0.5 }]
                               ^
        hint: did you mean `1`?
        """#
    ),
  ]

  /// Models and data that do not fit, found before anything runs.
  static let models = [
    WrongManifest(
      name: "dense on an image",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          - dense: 64
          - dense: 10
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:5: error: `dense` needs a vector or a sequence, got an image [1, 28, 28]
          - dense: 64
            ^~~~~
        hint: put `- flatten` before it
        """#
    ),
    WrongManifest(
      name: "too few classes",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          - flatten
          - dense: 64
          - dense: 9
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:6:5: error: the last layer gives [9], but the targets are 10 classes
          - dense: 9
            ^~~~~
        hint: end the model with `- dense: 10`
        """#
    ),
    WrongManifest(
      name: "a kernel larger than the image",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          - conv2d: { channels: 8, kernel_size: 31 }
          - flatten
          - dense: 10
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:5: error: `conv2d` has a window of 31×31, larger than its input of 28×28 with padding
          - conv2d: { channels: 8, kernel_size: 31 }
            ^~~~~~
        hint: use a smaller `kernel_size`, or fewer pooling layers before it
        """#
    ),
    WrongManifest(
      name: "an unknown data set",
      text: #"""
        name: wrong
        data: { dataset: glyph }
        model:
          - flatten
          - dense: 10
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:2:18: error: unknown data set `glyph`
        data: { dataset: glyph }
                         ^~~~~
        hint: did you mean `glyphs`?
        """#
    ),
    WrongManifest(
      name: "heads that do not divide the features",
      text: #"""
        name: wrong
        data: { dataset: glyphs }
        model:
          - rows_as_sequence
          - attention: 5
          - last_step
          - dense: 10
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:5: error: the `heads` of `attention` must divide the features of a step: 5 do not divide 28
          - attention: 5
            ^~~~~~~~~
        hint: use 1, 2, 4, 7, 14 or 28 heads
        """#
    ),
    WrongManifest(
      name: "data that is not there",
      text: #"""
        name: wrong
        data: { dataset: fashion_mnist }
        model:
          - flatten
          - dense: 10
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:2:18: error: the data set `fashion_mnist` was not found; searched `{FOLDER}/data/fashion-mnist`, `{FOLDER}/home/.cache/runexp/data/fashion-mnist`
        data: { dataset: fashion_mnist }
                         ^~~~~~~~~~~~~
        hint: expected in one of them: `train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`, `t10k-images-idx3-ubyte.gz`, `t10k-labels-idx1-ubyte.gz`
        hint: `runexp data fetch fashion_mnist` downloads it, or set `RUNEXP_DATA` to the folder that holds `fashion-mnist/`
        """#
    ),
    WrongManifest(
      name: "softmax before cross_entropy",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          - flatten
          - dense: 10
          - softmax
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:6:5: error: `softmax` before `cross_entropy` would be applied twice
          - softmax
            ^~~~~~~
        hint: `cross_entropy` takes logits: leave `softmax` out
        """#
    ),
    WrongManifest(
      name: "weights that are not there",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          - flatten
          - dense: 10
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        init: { from: w.safetensors }
        """#,
      talk: #"""
        m.yaml:9:15: error: `init.from` names `w.safetensors`, which does not exist
        init: { from: w.safetensors }
                      ^~~~~~~~~~~~~
        hint: looked for {FOLDER}/w.safetensors
        """#
    ),
    WrongManifest(
      name: "weights without a tensor",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          - flatten
          - dense: 10
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        init: { from: weights.safetensors }
        """#,
      talk: #"""
        m.yaml:9:15: error: tensor `1.weight` [10, 784] is missing
        init: { from: weights.safetensors }
                      ^~~~~~~~~~~~~~~~~~~
        """#
    ),
    WrongManifest(
      name: "weights that are something else",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        model:
          - flatten
          - dense: 10
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        init: { from: m.yaml }
        """#,
      talk: #"""
        m.yaml:9:15: error: this is no safetensors file: its header of 8248096677734211950 bytes is longer than the file
        init: { from: m.yaml }
                      ^~~~~~
        """#
    ),
    WrongManifest(
      name: "one bad cell of several",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 100, test: 50 }
        models:
          good: [flatten, { dense: 10 }]
          bad:
            - conv2d: { channels: 4, kernel_size: "${k}" }
            - flatten
            - dense: 10
        parameters: { model: [good, bad], k: { values: [3, 29], when: { model: bad } } }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:6:7: error: `conv2d` has a window of 29×29, larger than its input of 28×28 with padding
            - conv2d: { channels: 4, kernel_size: "${k}" }
              ^~~~~~
        hint: use a smaller `kernel_size`, or fewer pooling layers before it
        """#
    ),
  ]
}
