// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What came later: sequences that look at each other, images that grow, several losses, the other optimizers.
extension TinyTrainings {
  /// A Transformer's block over a grammar's words.
  static let attention = Subject(
    generated("grammar", train: 30, test: 6, ["steps": .integer(12)]),
    [
      layer("embedding", ["size": .integer(12)]), layer("positional_encoding"),
      residual([
        layer("layer_norm"),
        layer(
          "attention",
          ["heads": .integer(3), "causal": .boolean(true), "dropout": .real(0.2)]
        ),
      ]), layer("positional_encoding", ["kind": .text("learned")]),
      residual([layer("layer_norm"), dense(20, "gelu"), dense(12)]), dense(22),
    ],
    component(.optimizers, "adamw", ["learning_rate": .real(0.02)]),
    TrainSpecification(epochs: 2, batchSize: 8, clipNorm: 1)
  )

  /// An encoder that reads both ways, a decoder that begins with its states, looks at it in three ways and writes with the
  /// words that it reads.
  static let translated = graph(
    generated(
      "reversal",
      train: 30,
      test: 9,
      ["symbols": .integer(4), "shortest": .integer(1), "longest": .integer(6)]
    ),
    [
      BlockSpecification(
        name: "encoder",
        from: ["source"],
        layers: [
          layer("embedding", ["size": .integer(5)]),
          recurrent("lstm", 4, ["bidirectional": .boolean(true), "layers": .integer(2)]),
        ]
      ),
      BlockSpecification(
        name: "words",
        from: ["previous"],
        layers: [
          layer("embedding", ["size": .integer(7)]),
          recurrent(
            "lstm",
            8,
            [
              "layers": .integer(2), "dropout": .real(0.2), "state": .text("encoder"),
              "memory": .text("encoder"),
            ]
          ),
        ]
      ),
      BlockSpecification(
        name: "found",
        from: ["words"],
        layers: [
          layer(
            "attention",
            ["heads": .integer(2), "memory": .text("encoder"), "dropout": .real(0.1)]
          )
        ]
      ),
      BlockSpecification(
        name: "looked",
        from: ["words"],
        layers: [
          layer(
            "additive_attention",
            ["memory": .text("encoder"), "hidden_size": .integer(6), "dropout": .real(0.1)]
          )
        ]
      ),
      BlockSpecification(
        name: "decoder",
        from: ["words", "found", "looked"],
        layers: [
          dense(7, "tanh"), layer("dense", ["units": .integer(8), "tied": .text("words")]),
        ]
      ),
    ],
    [LossSpecification(loss("cross_entropy"))],
    adam(0.02),
    batchSize: 7
  )

  /// Images that become larger, and sequences that a kernel walks along.
  static let enlarged = Subject(
    generated("noise_images", train: 24, test: 8, images),
    [
      layer(
        "conv_transpose2d",
        ["channels": .integer(5), "kernel_size": .integer(3), "stride": .integer(2)]
      ), layer("batch_norm"), layer("relu"),
      layer("max_pool2d", ["kernel_size": .integer(3)]), resize(9, 7, "nearest"), paddedConv(6, 3),
      layer("batch_norm"), layer("avg_pool2d", ["kernel_size": .integer(2)]), reshape(-1, 6),
      layer(
        "conv1d",
        [
          "channels": .integer(7), "kernel_size": .integer(3), "causal": .boolean(true),
          "activation": .component(component(.activations, "tanh")),
        ]
      ),
      layer(
        "conv1d",
        ["channels": .integer(3), "kernel_size": .integer(2), "stride": .integer(2)]
      ),
      layer("flatten"), dense(4),
    ],
    loss: "hinge",
    component(.optimizers, "adadelta"),
    TrainSpecification(epochs: 2, batchSize: 7)
  )

  /// Two losses on what one block gives, one of them of the input; its layers are used twice.
  static let twoHeads = graph(
    generated("glyphs", train: 40, test: 10),
    [
      BlockSpecification(name: "trunk", layers: [layer("flatten"), dense(12, "sigmoid")]),
      BlockSpecification(name: "again", from: ["trunk"], layers: [dense(12, "tanh")]),
      BlockSpecification(name: "once more", from: ["again"], like: "again"),
      BlockSpecification(
        name: "class",
        from: ["trunk", "once more"],
        combine: .add,
        layers: [dense(10)]
      ),
      BlockSpecification(
        name: "picture",
        from: ["once more"],
        layers: [dense(784), reshape(1, 28, 28)]
      ),
    ],
    [
      LossSpecification(loss("cross_entropy"), of: "class"),
      LossSpecification(loss("mae"), of: "picture", target: "input", weight: 3),
    ],
    component(.optimizers, "adagrad", ["learning_rate": .real(0.05)]),
    batchSize: 16
  )

  /// The activations that no other one has.
  static let functions = Subject(
    standardized(generated("moons", train: 50, test: 20)),
    [dense(8)] + ["identity", "leaky_relu", "elu", "selu", "gelu", "silu"].map { layer($0) }
      + [dense(8), layer("softplus"), layer("hard_sigmoid"), dense(6), layer("softmax"), dense(1)],
    loss: "binary_cross_entropy",
    component(.optimizers, "rmsprop", ["learning_rate": .real(0.02), "momentum": .real(0.5)]),
    TrainSpecification(epochs: 3, batchSize: 16)
  )

  /// A number at the end of a sequence.
  static let robust = Subject(
    generated("sine", train: 40, test: 10),
    [
      layer("conv1d", ["channels": .integer(4), "kernel_size": .integer(4)]), layer("flatten"),
      dense(1),
    ],
    loss: "huber",
    sgd(0.2),
    TrainSpecification(epochs: 2, batchSize: 16)
  )

  private static func graph(
    _ data: DataSpecification,
    _ blocks: [BlockSpecification],
    _ losses: [LossSpecification],
    _ optimizer: Component,
    batchSize: Int
  ) -> Subject {
    var subject = Subject(
      data,
      [],
      optimizer,
      TrainSpecification(epochs: 2, batchSize: batchSize)
    )
    subject.specification.model = ModelSpecification(blocks: blocks)
    subject.specification.losses = losses
    return subject
  }
}
