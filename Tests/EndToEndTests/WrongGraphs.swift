// SPDX-License-Identifier: Apache-2.0

extension WrongManifest {
  /// Networks of blocks that cannot be.
  static let graphs = [
    WrongManifest(
      name: "a block that reads something unknown",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: soruce, layers: [embedding: 8, gru: 8] }
          decoder: { from: previous, layers: [embedding: 8, gru: { hidden_size: 8, state: encoder }, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:20: error: there is neither a block nor an input `soruce`
          encoder: { from: soruce, layers: [embedding: 8, gru: 8] }
                           ^~~~~~
        hint: did you mean `source`?
        """#
    ),
    WrongManifest(
      name: "blocks that read each other in a ring",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          a: { from: [source, b], layers: [dense: 8] }
          b: { from: c, layers: [dense: 8] }
          c: { from: a, layers: [dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:14: error: blocks read each other in a ring: `a` reads `b` reads `c` reads `a`
          a: { from: [source, b], layers: [dense: 8] }
                     ^~~~~~~~~~~
        hint: leave out one of these readings: by `from`, `state`, `memory` or `tied`
        """#
    ),
    WrongManifest(
      name: "a block that reads itself",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          a: { from: a, layers: [dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:14: error: `a` reads itself
          a: { from: a, layers: [dense: 14] }
                     ^
        hint: a block reads inputs of the data and other blocks; what one of its layers is to read has to be a block of its own
        """#
    ),
    WrongManifest(
      name: "a block that leads nowhere",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8, gru: 8] }
          decoder: { from: previous, layers: [embedding: 8, gru: 8, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:3: error: no block reads `decoder` and `encoder`: of which of them the loss is taken is not clear
          encoder: { from: source, layers: [embedding: 8, gru: 8] }
          ^
        hint: say `of: BLOCK` beside each loss of a list, as in `loss: [{ loss: mse, of: decoder }]`
        """#
    ),
    WrongManifest(
      name: "results that do not stand side by side",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          a: { from: source, layers: [embedding: 8] }
          b: { from: a, layers: [reshape: [4, 18]] }
          c: { from: [a, b], layers: [dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:6:14: error: `from` puts results side by side that differ in the last axis only, but `a` gives a sequence [9, 8] and `b` gives a sequence [4, 18]
          c: { from: [a, b], layers: [dense: 14] }
                     ^~~~~~
        """#
    ),
    WrongManifest(
      name: "a state of another size",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8, gru: { hidden_size: 8, bidirectional: true }] }
          decoder: { from: previous, layers: [embedding: 8, gru: { hidden_size: 8, state: encoder }, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:53: error: `gru` cannot begin with that state: it needs 8 values, and `encoder` gives 16
          decoder: { from: previous, layers: [embedding: 8, gru: { hidden_size: 8, state: encoder }, dense: 14] }
                                                            ^~~
        hint: set its `hidden_size` to 16
        """#
    ),
    WrongManifest(
      name: "a state without a cell",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8, gru: 8] }
          decoder: { from: previous, layers: [embedding: 8, lstm: { hidden_size: 8, state: encoder }, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:53: error: `lstm` cannot begin with that state: it needs an LSTM's cell, which `encoder` does not have
          decoder: { from: previous, layers: [embedding: 8, lstm: { hidden_size: 8, state: encoder }, dense: 14] }
                                                            ^~~~
        hint: use an `lstm` there, too, or let the block end in a vector
        """#
    ),
    WrongManifest(
      name: "a state of something else",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8, gru: 8, dense: 8] }
          decoder: { from: previous, layers: [embedding: 8, gru: { hidden_size: 8, state: encoder }, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:83: error: `encoder` gives a sequence [9, 8], which is no state
          decoder: { from: previous, layers: [embedding: 8, gru: { hidden_size: 8, state: encoder }, dense: 14] }
                                                                                          ^~~~~~~
        hint: name a block that ends in `rnn`, `gru` or `lstm`, or in a vector
        """#
    ),
    WrongManifest(
      name: "attention to a vector",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8, gru: 8, last_step] }
          decoder: { from: previous, layers: [embedding: 8, attention: { memory: encoder }, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:53: error: `attention` attends to the steps of a sequence, but `encoder` gives [8]
          decoder: { from: previous, layers: [embedding: 8, attention: { memory: encoder }, dense: 14] }
                                                            ^~~~~~~~~
        hint: leave `last_step`, `final_state` or `flatten` out of that block
        """#
    ),
    WrongManifest(
      name: "attention to an unknown block",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8, gru: 8] }
          decoder: { from: previous, layers: [embedding: 8, attention: { memory: encodre }, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:74: error: there is neither a block nor an input `encodre`
          decoder: { from: previous, layers: [embedding: 8, attention: { memory: encodre }, dense: 14] }
                                                                                 ^~~~~~~
        hint: did you mean `encoder`?
        """#
    ),
    WrongManifest(
      name: "causal attention to another block",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8, gru: 8] }
          decoder: { from: previous, layers: [embedding: 8, attention: { memory: encoder, causal: true }, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:53: error: `attention`: `causal` does not go with `memory`: two sequences have no steps in common
          decoder: { from: previous, layers: [embedding: 8, attention: { memory: encoder, causal: true }, dense: 14] }
                                                            ^~~~~~~~~
        hint: leave out one of them
        """#
    ),
    WrongManifest(
      name: "like a block that is not there",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8, gru: 8] }
          other: { like: encode, from: previous }
          decoder: { from: [encoder, other], layers: [dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:18: error: there is no block `encode`
          other: { like: encode, from: previous }
                         ^~~~~~
        hint: did you mean `encoder`?
        """#
    ),
    WrongManifest(
      name: "weights that do not fit two inputs",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8] }
          one: { from: encoder, layers: [dense: 5] }
          two: { like: one, from: one }
          decoder: { from: [one, two], layers: [dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:6:8: error: the blocks that use the layers of `one` need `one.0.weight` as [5, 8] and as [5, 5]
          two: { like: one, from: one }
               ^~~~~~~~~~~~~~~~~~~~~~~~
        hint: what they read must agree in the features of a step, or the channels of an image
        """#
    ),
    WrongManifest(
      name: "like and layers",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8] }
          other: { like: encoder, from: previous, layers: [dense: 3] }
          decoder: { from: [encoder, other], layers: [dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:51: error: `model.other` uses another block's layers by `like` and has `layers` of its own
          other: { like: encoder, from: previous, layers: [dense: 3] }
                                                          ^~~~~~~~~~
        hint: leave out one of them, or put its own layers into a block that reads this one
        """#
    ),
    WrongManifest(
      name: "a block that does nothing",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source }
          decoder: { from: encoder, layers: [embedding: 8, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:3: error: `model.encoder` does nothing: it has no `layers` and joins nothing
          encoder: { from: source }
          ^~~~~~~
        hint: give it `layers`, `like: BLOCK`, or several names in `from`
        """#
    ),
    WrongManifest(
      name: "a layer in place of a block",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          embedding: 8
          dense: 14
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:14: error: `model.embedding` must be a list of layers or a mapping with `layers`, got `8`
          embedding: 8
                     ^
        hint: in a list of layers each begins with a dash: `- embedding: …`

        m.yaml:5:10: error: `model.dense` must be a list of layers or a mapping with `layers`, got `14`
          dense: 14
                 ^~
        hint: in a list of layers each begins with a dash: `- dense: …`

        2 errors
        """#
    ),
    WrongManifest(
      name: "a block with the name of an input",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          source: [embedding: 8, dense: 14]
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:11: error: the data have an input called `source`
          source: [embedding: 8, dense: 14]
                  ^~~~~~~~~~~~~~~~~~~~~~~~~
        hint: call the block something else
        """#
    ),
    WrongManifest(
      name: "a block with a strange name",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          "1st": [embedding: 8, dense: 14]
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:3: error: a block of `model` is called by ASCII letters, digits, `_` and `-`, beginning with a letter, got `1st`
          "1st": [embedding: 8, dense: 14]
          ^~~~~
        hint: its name begins the names of its tensors
        """#
    ),
    WrongManifest(
      name: "an unknown key of a block",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { form: source, layers: [embedding: 8, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:4:14: error: unknown key `form` in `model.encoder`
          encoder: { form: source, layers: [embedding: 8, dense: 14] }
                     ^~~~
        hint: did you mean `from`?
        """#
    ),
    WrongManifest(
      name: "a loss of an unknown block",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          trunk: { from: previous, layers: [embedding: 8, gru: 8] }
          words: { from: trunk, layers: [dense: 14] }
          echo: { from: trunk, layers: [dense: 14] }
        loss: [{ loss: cross_entropy, of: words }, { loss: cross_entropy, of: ehco }]
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:7:71: error: there is no block `ehco`
        loss: [{ loss: cross_entropy, of: words }, { loss: cross_entropy, of: ehco }]
                                                                              ^~~~
        hint: did you mean `echo`?
        """#
    ),
    WrongManifest(
      name: "two losses of one block",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          words: { from: previous, layers: [embedding: 8, gru: 8, dense: 14] }
        loss: [{ loss: cross_entropy, of: words }, { loss: hinge, of: words }]
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:63: error: `words` has a loss already
        loss: [{ loss: cross_entropy, of: words }, { loss: hinge, of: words }]
                                                                      ^~~~~
        hint: give the second loss a block of its own that reads `words`
        """#
    ),
    WrongManifest(
      name: "a loss with an unknown target",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          words: { from: previous, layers: [embedding: 8, gru: 8, dense: 14] }
        loss: [{ loss: cross_entropy, of: words, target: taget }]
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:50: error: the data have neither a target nor an input `taget`
        loss: [{ loss: cross_entropy, of: words, target: taget }]
                                                         ^~~~~
        hint: did you mean `target`?
        """#
    ),
    WrongManifest(
      name: "losses of a list of layers",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          - embedding: 8
          - gru: 8
          - dense: 14
        loss: [{ loss: cross_entropy }, { loss: hinge }]
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:7:7: error: a list of layers has one result, so it has one loss, without `of`
        loss: [{ loss: cross_entropy }, { loss: hinge }]
              ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: several losses need `model` as blocks by name
        """#
    ),
    WrongManifest(
      name: "a block without a loss",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          trunk: { from: previous, layers: [embedding: 8, gru: 8] }
          words: { from: trunk, layers: [dense: 14] }
          echo: { from: trunk, layers: [dense: 14] }
        loss: [{ loss: cross_entropy, of: words }]
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:6:9: error: neither a block nor a loss reads `echo`
          echo: { from: trunk, layers: [dense: 14] }
                ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        hint: leave it out, read it by `from`, or give it a loss: `{ loss: …, of: echo }`
        """#
    ),
    WrongManifest(
      name: "a list of layers that names a block",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          - embedding: 8
          - gru: { hidden_size: 8, state: encoder }
          - dense: 14
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:5:35: error: a list of layers has no blocks, so there is no `encoder`
          - gru: { hidden_size: 8, state: encoder }
                                          ^~~~~~~
        hint: write `model` as blocks by name, or leave the argument out
        """#
    ),
    WrongManifest(
      name: "a metric of what is not written",
      text: #"""
        name: wrong
        data: { dataset: reversal, train: 40, test: 10 }
        model:
          encoder: { from: source, layers: [embedding: 8, gru: 8, dense: 14] }
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        metrics: [exact_match]
        """#,
      talk: #"""
        m.yaml:8:10: error: `exact_match` is of what the network writes by itself, but no block reads what it has written before, an input `previous` with `<bos>` and `<eos>`
        metrics: [exact_match]
                 ^~~~~~~~~~~~~
        hint: `reversal`, `pairs` and `fra_eng` have one: let a block read it by `from: previous`
        """#
    ),
    WrongManifest(
      name: "a head that hides the best value of a metric",
      text: #"""
        name: wrong
        data: { dataset: glyphs, train: 40, test: 10 }
        model:
          class: [flatten, { dense: 10 }]
          best: [flatten, { dense: 10 }]
        loss:
          - { loss: cross_entropy, of: class }
          - { loss: cross_entropy, of: best }
        optimizer: { name: sgd, learning_rate: 0.1 }
        train: { epochs: 1, batch_size: 10 }
        """#,
      talk: #"""
        m.yaml:8:32: error: a block with one of several losses cannot be called `best`: `METRIC.best` tells of the metric itself
          - { loss: cross_entropy, of: best }
                                       ^~~~
        hint: call the block another name
        """#
    ),
    WrongManifest(
      name: "fewer steps than targets",
      text: #"""
        name: wrong
        data: { dataset: grammar, steps: 5, train: 30, test: 10 }
        model: [{ embedding: 8 }, { conv1d: { channels: 8, kernel_size: 3 } }, { dense: 22 }]
        loss: cross_entropy
        optimizer: { name: sgd, learning_rate: 0.01 }
        train: { epochs: 1, batch_size: 4 }
        """#,
      talk: #"""
        m.yaml:3:74: error: the last layer gives a sequence [3, 22], but each of 5 steps has a target of its own
        model: [{ embedding: 8 }, { conv1d: { channels: 8, kernel_size: 3 } }, { dense: 22 }]
                                                                                 ^~~~~
        hint: all steps have to be kept: `conv1d` does so with `causal: true`, or with `padding` and an odd `kernel_size`
        """#
    ),
  ]
}
