// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// Tiny trainings that together pass through every layer, activation, loss and optimizer.
enum TinyTrainings {
  static let names = [
    "mlp", "cnn", "lstm", "gru", "rnn", "embedding", "spirals", "average pool", "rows", "carried",
    "tiles", "normed", "residual", "branches", "stacked", "lengths", "both ends", "strided",
    "attention", "translated", "enlarged", "two heads", "functions", "robust",
  ]

  /// A text that stands in for The Time Machine; put it at `time-machine/timemachine.txt`.
  static let text = String(
    repeating: "the quick brown fox jumps over the lazy dog and naps in the old red barn\n",
    count: 5
  )

  static func subject(_ name: String, folder: TemporaryFolder) throws -> Subject {
    switch name {
    case "strided":
      // Twenty-eight rows: the last one lies under no window of the second convolution.
      Subject(
        generated("glyphs", train: 40, test: 10),
        [
          paddedConv(4, 3), strided(6, 3, stride: 2), strided(5, 7, stride: 3), layer("flatten"),
          dense(10),
        ],
        sgd(0.05, momentum: 0.9),
        TrainSpecification(epochs: 2, batchSize: 16)
      )
    case "mlp":
      Subject(
        validated(generated("glyphs", train: 150, test: 40), 30),
        [layer("flatten"), dense(48, "relu"), layer("dropout", ["p": .real(0.3)]), dense(10)],
        sgd(0.05, momentum: 0.9),
        TrainSpecification(epochs: 2, batchSize: 32, logEverySteps: 2)
      )
    case "cnn":
      Subject(
        generated("glyphs", train: 50, test: 20),
        [
          conv(4, 5, "relu"), layer("max_pool2d", ["kernel_size": .integer(2)]), conv(6, 3),
          layer("relu"), layer("max_pool2d", ["kernel_size": .integer(2)]), layer("flatten"),
          dense(10),
        ],
        adam(0.01),
        TrainSpecification(epochs: 2, batchSize: 16)
      )
    case "lstm":
      Subject(
        generated("sine", train: 40, test: 10),
        [recurrent("lstm", 12), layer("last_step"), dense(1)],
        loss: "mse",
        sgd(0.3, momentum: 0.9),
        TrainSpecification(epochs: 2, batchSize: 16, clipNorm: 0.5)
      )
    case "gru":
      Subject(
        generated("sine", train: 40, test: 10),
        [recurrent("gru", 12), layer("last_step"), layer("tanh"), dense(1)],
        loss: "half_mse",
        adam(0.02, weightDecay: 0.01),
        TrainSpecification(epochs: 2, batchSize: 16)
      )
    case "rnn":
      Subject(
        generated("grammar", train: 30, test: 6, ["steps": .integer(12)]),
        [recurrent("rnn", 16), dense(22)],
        sgd(0.5, momentum: 0.8, nesterov: true, weightDecay: 0.001),
        TrainSpecification(epochs: 2, batchSize: 8, clipValue: 0.05)
      )
    case "embedding":
      Subject(
        generated("grammar", train: 30, test: 6, ["steps": .integer(12)]),
        [
          layer("embedding", ["size": .integer(9)]), layer("dropout", ["p": .real(0.2)]),
          recurrent("lstm", 16), dense(22),
        ],
        adam(0.02),
        TrainSpecification(epochs: 2, batchSize: 8)
      )
    case "spirals":
      Subject(
        standardized(generated("spirals", train: 60, test: 20, ["classes": .integer(3)])),
        [dense(16, "tanh"), dense(16), layer("sigmoid"), dense(3)],
        sgd(0.5),
        TrainSpecification(epochs: 6, batchSize: nil, evaluateEvery: 2)
      )
    case "average pool":
      Subject(
        generated("noise_images", train: 24, test: 8, images),
        [
          conv(5, 3, "sigmoid"),
          layer("avg_pool2d", ["kernel_size": .integer(3), "padding": .integer(1)]),
          layer("flatten"), dense(4),
        ],
        loss: "mse",
        sgd(0.2, momentum: 0.5),
        TrainSpecification(epochs: 3, batchSize: 8, shuffle: false)
      )
    case "rows":
      xavier(
        Subject(
          generated("noise_images", train: 24, test: 8, images),
          [layer("rows_as_sequence"), recurrent("lstm", 10), layer("last_step"), dense(4)],
          loss: "half_mse",
          adam(0.01),
          TrainSpecification(epochs: 2, batchSize: 10)
        )
      )
    case "carried": try carried(folder)
    case "normed":
      // The last batch of an epoch has one example.
      Subject(
        generated("glyphs", train: 49, test: 20),
        [
          layer("flatten"), dense(20), layer("batch_norm"), layer("relu"), dense(20),
          layer("layer_norm"), layer("tanh"), dense(10),
        ],
        sgd(0.1, momentum: 0.9),
        TrainSpecification(epochs: 2, batchSize: 16, clipNorm: 1)
      )
    case "residual":
      Subject(
        generated("noise_images", train: 24, test: 8, images),
        [
          paddedConv(17, 3), layer("batch_norm"), layer("relu"),
          residual([
            paddedConv(17, 3), layer("batch_norm"), layer("relu"),
            layer("dropout", ["p": .real(0.1)]), paddedConv(17, 3),
          ]),
          residual(
            [conv(18, 3, "relu"), layer("max_pool2d", ["kernel_size": .integer(2)])],
            shortcut: [
              paddedConv(18, 1), layer("avg_pool2d", ["kernel_size": .integer(2)]), resize(5, 4),
            ]
          ), layer("global_avg_pool2d"), dense(4),
        ],
        adam(0.01),
        TrainSpecification(epochs: 2, batchSize: 7)
      )
    case "branches":
      Subject(
        generated("sine", train: 40, test: 10),
        [
          branches(
            "concat",
            [
              ("far", [recurrent("gru", 6), layer("batch_norm")]), ("itself", []),
              ("near", [dense(3, "tanh"), residual([dense(3), layer("layer_norm")])]),
            ]
          ), layer("last_step"), branches("add", [("a", [dense(4)]), ("b", [dense(4)])]), dense(1),
        ],
        loss: "mse",
        sgd(0.1, momentum: 0.9),
        TrainSpecification(epochs: 2, batchSize: 16)
      )
    case "stacked": try stacked(folder)
    case "lengths": try lengths(folder)
    case "both ends": try bothEnds(folder)
    case "attention": attention
    case "translated": translated
    case "enlarged": enlarged
    case "two heads": twoHeads
    case "functions": functions
    case "robust": robust
    default:
      // Convolutions by tiles, with and without a pooling behind them, of more channels than a vector has lanes.
      Subject(
        generated("noise_images", train: 24, test: 8, images),
        [
          conv(16, 3, "relu"), conv(20, 3, "tanh"), conv(17, 3, "relu"),
          layer("max_pool2d", ["kernel_size": .integer(2)]), layer("flatten"), dense(4),
        ],
        sgd(0.1, momentum: 0.9),
        TrainSpecification(epochs: 2, batchSize: 8)
      )
    }
  }

  static let images: [String: ArgumentValue] = [
    "height": .integer(12), "width": .integer(10), "channels": .integer(3), "classes": .integer(4),
  ]

  private static func validated(_ data: DataSpecification, _ count: Int) -> DataSpecification {
    var data = data
    data.validation = .count(count)
    return data
  }

  static func standardized(_ data: DataSpecification) -> DataSpecification {
    var data = data
    data.standardize = .inputs
    return data
  }

  private static func xavier(_ subject: Subject) -> Subject {
    var subject = subject
    subject.specification.initialization = Initialization(
      weights: component(.initializers, "xavier_uniform"),
      biases: component(.initializers, "zeros")
    )
    return subject
  }

  /// Sequences of several lengths with a target for each step, through walks from both ends.
  private static func lengths(_ folder: TemporaryFolder) throws -> Subject {
    let count = 22
    let data = try folder.data(
      train: (
        TestArray(sines(count * 18, start: 0, scale: 1), [count, 6, 3]),
        TestArray((0..<Int32(count) * 6).map { $0 * $0 % 4 }, [count, 6])
      ),
      test: (
        TestArray(sines(5 * 18, start: 3, scale: 1), [5, 6, 3]),
        TestArray((0..<Int32(30)).map { $0 % 4 }, [5, 6])
      ),
      lengths: (
        TestArray((0..<Int32(count)).map { 1 + $0 * $0 % 6 }, [count]),
        TestArray([6, 1, 3, 2, 5] as [Int32], [5])
      )
    )
    let more: [String: ArgumentValue] = [
      "layers": .integer(2), "bidirectional": .boolean(true), "dropout": .real(0.2),
    ]
    return Subject(
      standardized(data),
      [recurrent("gru", 6, more), recurrent("rnn", 5, ["activation": .text("relu")]), dense(4)],
      adam(0.02),
      TrainSpecification(epochs: 2, batchSize: 6, logEverySteps: 2)
    )
  }

  /// Sequences of several lengths with one class each, read from both ends.
  private static func bothEnds(_ folder: TemporaryFolder) throws -> Subject {
    let count = 22
    let data = try folder.data(
      train: (
        TestArray(sines(count * 18, start: 0, scale: 1), [count, 6, 3]),
        TestArray((0..<Int32(count)).map { $0 * $0 % 4 }, [count])
      ),
      test: (
        TestArray(sines(5 * 18, start: 3, scale: 1), [5, 6, 3]),
        TestArray((0..<Int32(5)).map { $0 % 4 }, [5])
      ),
      lengths: (
        TestArray((0..<Int32(count)).map { 1 + $0 * $0 % 6 }, [count]),
        TestArray([6, 1, 3, 2, 5] as [Int32], [5])
      )
    )
    let more: [String: ArgumentValue] = [
      "layers": .integer(2), "bidirectional": .boolean(true), "dropout": .real(0.2),
    ]
    return Subject(
      data,
      [
        recurrent("lstm", 6, more), layer("layer_norm"), layer("dropout", ["p": .real(0.1)]),
        layer("final_state"), dense(4),
      ],
      adam(0.02),
      TrainSpecification(epochs: 2, batchSize: 6, logEverySteps: 2)
    )
  }

  /// Stacks that carry their states through a text.
  private static func stacked(_ folder: TemporaryFolder) throws -> Subject {
    var subject = try carried(folder)
    subject.specification.model = [
      recurrent("lstm", 7, carryState: true, ["layers": .integer(2), "dropout": .real(0.2)]),
      recurrent(
        "gru",
        6,
        carryState: true,
        ["layers": .integer(2), "reset_after": .boolean(false)]
      ),
      dense(28),
    ]
    return subject
  }

  /// An LSTM and a GRU that carry their states through a text.
  private static func carried(_ folder: TemporaryFolder) throws -> Subject {
    _ = try folder.write("time-machine/timemachine.txt", text.utf8)
    let data = DataSpecification(
      dataset: component(
        .datasets,
        "time_machine",
        [
          "steps": .integer(6), "partition": .text("sequential"), "max_tokens": .integer(320),
        ]
      ),
      validation: .count(8)
    )
    return Subject(
      data,
      [
        recurrent("lstm", 8, carryState: true), recurrent("gru", 7, carryState: true),
        layer("dropout", ["p": .real(0.1)]), dense(28),
      ],
      sgd(0.5, momentum: 0.9),
      TrainSpecification(epochs: 2, batchSize: 4, clipNorm: 1, logEverySteps: 3),
      searched: [folder.path]
    )
  }
}
