// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// All that a model may name, as a sentence lists it.
private let everyLayer: String = {
  let names = (Catalog.definitions(.layers) + Catalog.definitions(.activations))
    .map { "`\($0.name)`" }
  return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
}()

extension Wrong {
  static let components: [Wrong] = [
    Wrong(
      "an unknown layer with a near name",
      ["model: [{ dence: 16 }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:11: error: unknown layer `dence`
        model: [{ dence: 16 }, { dense: 2 }]
                  ^~~~~
        hint: did you mean `dense`?
        """#
    ),
    Wrong(
      "an unknown layer of another library",
      ["model: [{ linear: 16 }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:11: error: unknown layer `linear`
        model: [{ linear: 16 }, { dense: 2 }]
                  ^~~~~~
        hint: did you mean `dense`?
        """#
    ),
    Wrong(
      "an unknown layer without a near name",
      ["model: [{ banana: 16 }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:11: error: unknown layer `banana`
        model: [{ banana: 16 }, { dense: 2 }]
                  ^~~~~~
        hint: this version knows \#(everyLayer)
        """#
    ),
    Wrong(
      "a mistake inside a residual block",
      [
        "model: [{ dense: 16 }, { residual: [relu, { dense: 16, activaton: relu }] }, { dense: 2 }]"
      ],
      says: #"""
        m.yaml:3:43: error: a layer is one name with its arguments, got the keys `dense` and `activaton`
        model: [{ dense: 16 }, { residual: [relu, { dense: 16, activaton: relu }] }, { dense: 2 }]
                                                  ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: put the arguments into braces: `dense: { units: 16, activaton: relu }`
        """#
    ),
    Wrong(
      "an empty residual block",
      ["model: [{ dense: 16 }, { residual: [] }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:36: error: `residual.body` needs at least one element
        model: [{ dense: 16 }, { residual: [] }, { dense: 2 }]
                                           ^~
        """#
    ),
    Wrong(
      "a branch whose name is a number",
      ["model: [{ branches: { paths: { 1: [relu], b.c: [relu] } } }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:32: error: a name in `branches.paths` is a letter followed by letters, digits, `_` and `-`, got `1`
        model: [{ branches: { paths: { 1: [relu], b.c: [relu] } } }, { dense: 2 }]
                                       ^
        hint: it becomes part of the tensors' names, such as `2.left.0.weight`

        m.yaml:3:43: error: a name in `branches.paths` is a letter followed by letters, digits, `_` and `-`, got `b.c`
        model: [{ branches: { paths: { 1: [relu], b.c: [relu] } } }, { dense: 2 }]
                                                  ^~~
        hint: it becomes part of the tensors' names, such as `2.left.0.weight`
        """#
    ),
    Wrong(
      "branches without paths",
      ["model: [{ branches: { paths: {}, combine: sum } }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:30: error: `branches.paths` needs at least one entry
        model: [{ branches: { paths: {}, combine: sum } }, { dense: 2 }]
                                     ^~

        m.yaml:3:43: error: `branches.combine` must be `concat` or `add`, got `sum`
        model: [{ branches: { paths: {}, combine: sum } }, { dense: 2 }]
                                                  ^~~
        hint: did you mean `add`?
        """#
    ),
    Wrong(
      "branches as a list",
      ["model: [{ branches: [relu] }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:21: error: `branches` must be a mapping of its arguments, got a list
        model: [{ branches: [relu] }, { dense: 2 }]
                            ^~~~~~
        hint: it takes `paths` and `combine`
        """#
    ),
    Wrong(
      "two layers in one element",
      ["model: [{ dense: 2, relu: 1 }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:9: error: a layer is one name with its arguments, got the keys `dense` and `relu`
        model: [{ dense: 2, relu: 1 }, { dense: 2 }]
                ^~~~~~~~~~~~~~~~~~~~~
        hint: each layer is an element of the list of its own: write `{ dense: 2 }` and `relu`
        """#
    ),
    Wrong(
      "three layers in one element, with arguments and a foreign name",
      [
        "model:\n  - dense: 16\n    activation: relu\n    nn.Dropout: 0.5\n    flatten:\n  - dense: 2"
      ],
      says: #"""
        m.yaml:4:5: error: a layer is one name with its arguments, got the keys `dense`, `activation`, `nn.Dropout` and `flatten`
          - dense: 16
            ^
        hint: each layer is an element of the list of its own: write `{ dense: { units: 16, activation: relu } }`, `{ dropout: 0.5 }` and `flatten`
        """#
    ),
    Wrong(
      "an argument that is also a layer's name",
      ["model: [{ lstm: 8, dropout: 0.5 }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:9: error: a layer is one name with its arguments, got the keys `lstm` and `dropout`
        model: [{ lstm: 8, dropout: 0.5 }, { dense: 2 }]
                ^~~~~~~~~~~~~~~~~~~~~~~~~
        hint: put the arguments into braces: `lstm: { hidden_size: 8, dropout: 0.5 }`
        """#
    ),
    Wrong(
      "two losses",
      ["loss: { mse: , mae: }"],
      says: #"""
        m.yaml:4:7: error: a loss is one name with its arguments, got the keys `mse` and `mae`
        loss: { mse: , mae: }
              ^~~~~~~~~~~~~~~
        hint: keep one of `mse` and `mae`
        """#
    ),
    Wrong(
      "balanced class weights",
      ["loss: { cross_entropy: { class_weights: balanced } }"],
      says: #"""
        m.yaml:4:41: error: `cross_entropy.class_weights` must be a list of numbers, got `balanced`
        loss: { cross_entropy: { class_weights: balanced } }
                                                ^~~~~~~~
        hint: write a number for each class, such as `[1, 4.5]`: balanced weights are all examples ÷ (classes × examples of the class)
        """#
    ),
    Wrong(
      "both betas in a list",
      ["optimizer: { name: adam, learning_rate: 0.1, betas: [0.9, 0.999] }"],
      says: #"""
        m.yaml:5:46: error: unknown key `betas` in `optimizer`
        optimizer: { name: adam, learning_rate: 0.1, betas: [0.9, 0.999] }
                                                     ^~~~~
        hint: write `beta1: 0.9, beta2: 0.999`
        """#
    ),
    Wrong(
      "arguments beside a layer's name",
      ["model:\n  - dense: 16\n    activation: relu\n  - dense: 2"],
      says: #"""
        m.yaml:4:5: error: a layer is one name with its arguments, got the keys `dense` and `activation`
          - dense: 16
            ^
        hint: put the arguments into braces: `dense: { units: 16, activation: relu }`
        """#
    ),
    Wrong(
      "a layer without its required argument",
      ["model: [dense, { dense: 2 }]"],
      says: #"""
        m.yaml:3:9: error: `units` is missing in `dense`
        model: [dense, { dense: 2 }]
                ^~~~~
        """#
    ),
    Wrong(
      "a value for a layer that takes none",
      ["model: [{ flatten: 2 }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:20: error: `flatten` takes no value, got `2`
        model: [{ flatten: 2 }, { dense: 2 }]
                           ^
        """#
    ),
    Wrong(
      "a bare value for a layer without a short form",
      ["model: [{ conv2d: 32 }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:19: error: `conv2d` must be a mapping of its arguments, got `32`
        model: [{ conv2d: 32 }, { dense: 2 }]
                          ^~
        hint: it takes `channels`, `kernel_size`, `stride`, `padding`, `activation`, `bias`, `init`, `learning_rate`, `weight_decay` and `frozen`
        """#
    ),
    Wrong(
      "another library's word for an argument",
      ["model: [{ dense: { out_features: 16, in_features: 2 } }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:20: error: unknown key `out_features` in `dense`
        model: [{ dense: { out_features: 16, in_features: 2 } }, { dense: 2 }]
                           ^~~~~~~~~~~~
        hint: did you mean `units`?

        m.yaml:3:38: error: unknown key `in_features` in `dense`
        model: [{ dense: { out_features: 16, in_features: 2 } }, { dense: 2 }]
                                             ^~~~~~~~~~~
        hint: sizes of inputs are inferred: leave it out
        """#
    ),
    Wrong(
      "an unknown argument",
      ["model: [{ dense: { units: 16, colour: red } }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:31: error: unknown key `colour` in `dense`
        model: [{ dense: { units: 16, colour: red } }, { dense: 2 }]
                                      ^~~~~~
        hint: it takes `units`, `activation`, `bias`, `tied`, `init`, `learning_rate`, `weight_decay` and `frozen`
        """#
    ),
    Wrong(
      "a list in a list of layers",
      ["model: [[dense, relu], { dense: 2 }]"],
      says: #"""
        m.yaml:3:9: error: `model` must be a layer, got a list
        model: [[dense, relu], { dense: 2 }]
                ^~~~~~~~~~~~~
        """#
    ),
    Wrong(
      "no layers",
      ["model: []"],
      says: #"""
        m.yaml:3:8: error: `model` needs at least one element
        model: []
               ^~
        """#
    ),
    Wrong(
      "an unknown activation",
      ["model: [{ dense: { units: 16, activation: rellu } }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:43: error: unknown activation `rellu`
        model: [{ dense: { units: 16, activation: rellu } }, { dense: 2 }]
                                                  ^~~~~
        hint: did you mean `relu`?
        """#
    ),
    Wrong(
      "a size of three",
      ["model: [{ max_pool2d: [2, 2, 2] }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:23: error: `max_pool2d.kernel_size` must be a number or `[height, width]`, got a list of 3
        model: [{ max_pool2d: [2, 2, 2] }, { dense: 2 }]
                              ^~~~~~~~~
        """#
    ),
    Wrong(
      "more padding than half a window",
      ["model: [{ max_pool2d: { kernel_size: 2, padding: 2 } }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:50: error: `max_pool2d.padding` must be at most half of `kernel_size`
        model: [{ max_pool2d: { kernel_size: 2, padding: 2 } }, { dense: 2 }]
                                                         ^
        """#
    ),
    Wrong(
      "softmax before cross_entropy",
      ["model: [{ dense: 16 }, { dense: 2 }, softmax]"],
      says: #"""
        m.yaml:3:38: error: `softmax` before `cross_entropy` would be applied twice
        model: [{ dense: 16 }, { dense: 2 }, softmax]
                                             ^~~~~~~
        hint: `cross_entropy` takes logits: leave `softmax` out
        """#
    ),
    Wrong(
      "softmax at the end of branches before cross_entropy",
      [
        "model: [{ branches: { paths: { a: [{ dense: 1 }, softmax, flatten], b: [{ branches: { paths: { c: [{ dense: { units: 1, activation: softmax } }] } } }] } } }]"
      ],
      says: #"""
        m.yaml:3:50: error: `softmax` before `cross_entropy` would be applied twice
        model: [{ branches: { paths: { a: [{ dense: 1 }, softmax, flatten], b: [{ branches: { paths: { c: [{ dense: { units: 1, activation: softmax } }] } } }] } } }]
                                                         ^~~~~~~
        hint: `cross_entropy` takes logits: leave `softmax` out

        m.yaml:3:133: error: `softmax` before `cross_entropy` would be applied twice
        model: [{ branches: { paths: { a: [{ dense: 1 }, softmax, flatten], b: [{ branches: { paths: { c: [{ dense: { units: 1, activation: softmax } }] } } }] } } }]
                                                                                                                                            ^~~~~~~
        hint: `cross_entropy` takes logits: leave `softmax` out
        """#
    ),
    Wrong(
      "words of other tools for both ends of a sequence",
      ["model: [{ gru: 4 }, h_n, last_hidden, both_ends, { dense: 2 }]"],
      says: #"""
        m.yaml:3:21: error: unknown layer `h_n`
        model: [{ gru: 4 }, h_n, last_hidden, both_ends, { dense: 2 }]
                            ^~~
        hint: did you mean `final_state`?

        m.yaml:3:26: error: unknown layer `last_hidden`
        model: [{ gru: 4 }, h_n, last_hidden, both_ends, { dense: 2 }]
                                 ^~~~~~~~~~~
        hint: did you mean `final_state`?

        m.yaml:3:39: error: unknown layer `both_ends`
        model: [{ gru: 4 }, h_n, last_hidden, both_ends, { dense: 2 }]
                                              ^~~~~~~~~
        hint: did you mean `final_state`?
        """#
    ),
    Wrong(
      "a schedule that raises the rate",
      [
        "-optimizer",
        "optimizers:\n  a: { name: sgd, learning_rate: 0.1, schedule: { cosine: { minimum: 0.2 } } }\n  b: { name: sgd, learning_rate: 0.1, schedule: { exponential: { gamma: 0.9, minimum: 0.01 } } }",
        "model: [{ dense: { units: 16, learning_rate: 0.001 } }, { dense: 2 }]",
      ],
      says: #"""
        m.yaml:3:46: error: `cosine.minimum` is 0.2, above the learning rate of 0.001: the schedule would raise it
        model: [{ dense: { units: 16, learning_rate: 0.001 } }, { dense: 2 }]
                                                     ^~~~~
        hint: `minimum` is a rate, not a share, and the same for every layer: choose one below every learning rate

        m.yaml:3:46: error: `exponential.minimum` is 0.01, above the learning rate of 0.001: the schedule would raise it
        model: [{ dense: { units: 16, learning_rate: 0.001 } }, { dense: 2 }]
                                                     ^~~~~
        hint: `minimum` is a rate, not a share, and the same for every layer: choose one below every learning rate

        m.yaml:7:70: error: `cosine.minimum` is 0.2, above the learning rate of 0.1: the schedule would raise it
          a: { name: sgd, learning_rate: 0.1, schedule: { cosine: { minimum: 0.2 } } }
                                                                             ^~~
        hint: `minimum` is a rate, not a share, and the same for every layer: choose one below every learning rate
        """#
    ),
    Wrong(
      "a warm-up that is longer than the training",
      ["optimizer: { name: sgd, learning_rate: 0.1, schedule: { constant: { warm_up: 3 } } }"],
      says: #"""
        m.yaml:5:78: error: a warm-up of 3 epochs is longer than the training of 2: the rate would never reach its full height
        optimizer: { name: sgd, learning_rate: 0.1, schedule: { constant: { warm_up: 3 } } }
                                                                                     ^
        hint: lower `warm_up`, or count it in updates with `per: update`
        """#
    ),
    Wrong(
      "softmax before cross_entropy, hidden by layers that hand it on",
      ["model: [{ dense: 2 }, softmax, { dropout: 0.1 }, identity]"],
      says: #"""
        m.yaml:3:23: error: `softmax` before `cross_entropy` would be applied twice
        model: [{ dense: 2 }, softmax, { dropout: 0.1 }, identity]
                              ^~~~~~~
        hint: `cross_entropy` takes logits: leave `softmax` out
        """#
    ),
    Wrong(
      "softmax as an activation before cross_entropy",
      ["model: [{ dense: { units: 2, activation: softmax } }]"],
      says: #"""
        m.yaml:3:42: error: `softmax` before `cross_entropy` would be applied twice
        model: [{ dense: { units: 2, activation: softmax } }]
                                                 ^~~~~~~
        hint: `cross_entropy` takes logits: leave `softmax` out
        """#
    ),
    Wrong(
      "sigmoid before binary_cross_entropy",
      ["model: [{ dense: 2 }, { sigmoid: }]", "loss: binary_cross_entropy"],
      says: #"""
        m.yaml:3:25: error: `sigmoid` before `binary_cross_entropy` would be applied twice
        model: [{ dense: 2 }, { sigmoid: }]
                                ^~~~~~~
        hint: `binary_cross_entropy` takes logits: leave `sigmoid` out
        """#
    ),
    Wrong(
      "softmax by name as an activation, and a loss with arguments",
      [
        "model: [{ name: dense, units: 2, activation: { name: softmax } }]",
        "loss: { cross_entropy: { label_smoothing: 0.1 } }",
      ],
      says: #"""
        m.yaml:3:54: error: `softmax` before `cross_entropy` would be applied twice
        model: [{ name: dense, units: 2, activation: { name: softmax } }]
                                                             ^~~~~~~
        hint: `cross_entropy` takes logits: leave `softmax` out
        """#
    ),
    Wrong(
      "a word that is no form of gelu",
      ["model: [{ gelu: exact }, { dense: 2 }]"],
      says: #"""
        m.yaml:3:17: error: `gelu.approximate` must be `none` or `tanh`, got `exact`
        model: [{ gelu: exact }, { dense: 2 }]
                        ^~~~~
        """#
    ),
    Wrong(
      "an activation of another library",
      ["model: [swish, { dense: 2 }]"],
      says: #"""
        m.yaml:3:9: error: unknown layer `swish`
        model: [swish, { dense: 2 }]
                ^~~~~
        hint: did you mean `silu`?
        """#
    ),
    Wrong(
      "too much label smoothing",
      ["loss: { cross_entropy: { label_smoothing: 1.5 } }"],
      says: #"""
        m.yaml:4:43: error: `cross_entropy.label_smoothing` must be a number at least 0 and at most 1, got `1.5`
        loss: { cross_entropy: { label_smoothing: 1.5 } }
                                                  ^~~
        """#
    ),
    Wrong(
      "an optimizer without its learning rate",
      ["optimizer: adam"],
      says: #"""
        m.yaml:5:12: error: `learning_rate` is missing in `optimizer`
        optimizer: adam
                   ^~~~
        """#
    ),
    Wrong(
      "an optimizer's name as a key",
      ["optimizer: { adam: { learning_rate: 0.1 } }"],
      says: #"""
        m.yaml:5:14: error: `name` is missing in `optimizer`
        optimizer: { adam: { learning_rate: 0.1 } }
                     ^~~~
        hint: write `optimizer: { name: adam, learning_rate: … }`
        """#
    ),
    Wrong(
      "an unknown optimizer",
      ["optimizer: { name: adagrat, learning_rate: 0.1 }"],
      says: #"""
        m.yaml:5:20: error: unknown optimizer `adagrat`
        optimizer: { name: adagrat, learning_rate: 0.1 }
                           ^~~~~~~
        hint: did you mean `adagrad`?
        """#
    ),
    Wrong(
      "an unknown loss of another library",
      ["loss: mean_squared_error"],
      says: #"""
        m.yaml:4:7: error: unknown loss `mean_squared_error`
        loss: mean_squared_error
              ^~~~~~~~~~~~~~~~~~
        hint: did you mean `mse`?
        """#
    ),
    Wrong(
      "an initializer without its argument",
      ["init: { weights: normal }"],
      says: #"""
        m.yaml:7:18: error: `sd` is missing in `normal`
        init: { weights: normal }
                         ^~~~~~
        """#
    ),
    Wrong(
      "an initializer whose ends are reversed",
      ["init: { weights: { uniform: { low: 1, high: -1 } } }"],
      says: #"""
        m.yaml:7:45: error: `uniform.high` must be above `uniform.low`, got -1 and 1
        init: { weights: { uniform: { low: 1, high: -1 } } }
                                                    ^~
        """#
    ),
    Wrong(
      "a model's name without models",
      ["model: mlp"],
      says: #"""
        m.yaml:3:8: error: `model` must be a list of layers, got `mlp`
        model: mlp
               ^~~
        hint: a name needs `models:` with the layers of `mlp`
        """#
    ),
    Wrong(
      "an unknown model",
      ["model: mpl", "models: { mlp: [{ dense: 2 }], cnn: [{ dense: 2 }] }"],
      says: #"""
        m.yaml:3:8: error: unknown model `mpl`
        model: mpl
               ^~~
        hint: did you mean `mlp`?
        """#
    ),
    Wrong(
      "a mistake in a model that is not chosen",
      ["model: mlp", "models: { mlp: [{ dense: 2 }], cnn: [{ dense: two }] }"],
      says: #"""
        m.yaml:7:47: error: `dense.units` must be a whole number from 1 to 1000000, got `two`
        models: { mlp: [{ dense: 2 }], cnn: [{ dense: two }] }
                                                      ^~~
        """#
    ),
    Wrong(
      "models beside a list of layers",
      ["models: { mlp: [{ dense: 2 }] }"],
      says: #"""
        m.yaml:7:1: error: `models` is not used: `model` is a list of layers
        models: { mlp: [{ dense: 2 }] }
        ^~~~~~
        hint: leave `model` out to compare all of `models`, or name one of them
        """#
    ),
    Wrong(
      "optimizers beside an optimizer with arguments",
      ["optimizers: { a: { name: sgd, learning_rate: 1 } }"],
      says: #"""
        m.yaml:7:1: error: `optimizers` is not used: `optimizer` has arguments of its own
        optimizers: { a: { name: sgd, learning_rate: 1 } }
        ^~~~~~~~~~
        hint: leave `optimizer` out to compare all of `optimizers`, or name one of them
        """#
    ),
    Wrong(
      "a name that is none of the optimizers",
      ["optimizer: momentun", "optimizers: { momentum: { name: sgd, learning_rate: 1 } }"],
      says: #"""
        m.yaml:5:12: error: `optimizers` has no `momentun`
        optimizer: momentun
                   ^~~~~~~~
        hint: did you mean `momentum`?
        """#
    ),
    Wrong(
      "a wrong argument of an optimizer that no cell chooses",
      ["optimizer: a", "optimizers: { a: { name: sgd, learning_rate: 1 }, b: { name: sgd } }"],
      says: #"""
        m.yaml:7:54: error: `learning_rate` is missing in `optimizer`
        optimizers: { a: { name: sgd, learning_rate: 1 }, b: { name: sgd } }
                                                             ^~~~~~~~~~~~~
        """#
    ),
  ]
}
