// SPDX-License-Identifier: Apache-2.0

/// The manifest that `init` writes: it runs as it is, on drawn shapes that need no download.
package enum ManifestTemplate {
  /// The text with that name.
  package static func text(name: String) -> String {
    """
    # What is compared, in one file. `runexp plan FILE` shows what it makes, `runexp sweep FILE` trains it
    # and writes a report. All keys: docs/manifest.md; editors complete them: `runexp schema`.
    name: \(name)                # letters, digits, `.`, `_`, `-`; also the report's folder
    description: Which activation suits a small network on ten drawn shapes, each at its best learning rate?
    # tags: [lecture-3]          # words to find the runs by

    # The data: `runexp data list` prints the names and their keys. `validation` is held out once, by a
    # draw that is the same for every seed.
    data: { dataset: glyphs, train: 1000, test: 500, validation: 200 }

    # The layers, first to last; the last one has an output for each class. "${activation}" takes the
    # value of the parameter below; inside braces it must be quoted.
    model:
      - flatten
      - dense: { units: 64, activation: "${activation}" }
      - dense: 10                # short for { units: 10 }

    loss: cross_entropy
    optimizer: { name: adam, learning_rate: "${learning_rate}" }
    train: { epochs: 5, batch_size: 32 }

    repeat: 3                    # seeds 0, 1, 2 in every cell: a number comes with its uncertainty
    parameters:                  # every combination is a cell: 2 × 2 cells, 12 runs
      activation: [relu, tanh]
      learning_rate: [0.001, 0.01]
    tune: [learning_rate]        # each activation takes its best value, by `metric`

    metric: val.accuracy         # chooses; the test set only reports
    report: { metric: test.accuracy, curves: [train.loss, val.accuracy] }
    # expect:                    # published numbers that the runs are held against
    #   - { where: { activation: relu }, metric: test.accuracy, at_least: 0.9, source: Chapter 3 }

    """
  }
}
