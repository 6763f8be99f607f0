// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

// MARK: - Training

extension Workload {
  /// A whole optimizer step: shuffled minibatch, forward, backward, clipping, update.
  static let training: [Workload] = [
    images("mlp", multilayer(256), batchSize: 256, .sgd(0.1)),
    images("mlp-deep", multilayer(512, 512, 512), batchSize: 128, .adam),
    images("lenet", leNet, batchSize: 256, .sgd(0.9), initializer: "xavier_uniform"),
    images("cnn", convolutional, batchSize: 128, .adam),
    largeImages, residual, text("lstm"), text("gru"), text("rnn"), stack, sequences, translation,
    transformer, tiny,
  ]

  private static func images(
    _ name: String,
    _ model: [Component],
    batchSize: Int,
    _ optimizer: Component,
    initializer: String = "default"
  ) -> Workload {
    var specification = RunSpecification(
      model: model,
      optimizer: optimizer,
      train: .endless(batchSize: batchSize)
    )
    specification.initialization.weights = .complete(.initializers, initializer)
    return trained(name, .samplesPerSecond, specification, .fashion)
  }

  private static let largeImages = trained(
    "keras-cnn-224",
    .samplesPerSecond,
    RunSpecification(
      model: [32, 64, 128].flatMap { channels in
        [.convolution(channels, kernel: 3, "relu"), .pool("max_pool2d")]
      } + [.flatten, .dense(128, "relu"), .dense(10)],
      optimizer: .adam,
      train: .endless(batchSize: 32)
    ),
    .largeImages,
    checkedSteps: 3
  )

  /// A stage of 32 channels and one of 64, a block each, with normalised convolutions (He et al. 2016).
  private static let residual = trained(
    "resnet",
    .samplesPerSecond,
    RunSpecification(
      model: Component.normalizedConvolution(32, kernel: 3) + [
        .relu, block(32), .relu,
        block(64, stride: 2, shortcut: Component.normalizedConvolution(64, kernel: 1, stride: 2)),
        .relu,
        .globalAveragePool, .dense(10),
      ],
      optimizer: .adam,
      train: .endless(batchSize: 32)
    ),
    .smallImages
  )

  private static func block(
    _ channels: Int,
    stride: Int = 1,
    shortcut: [Component]? = nil
  ) -> Component {
    .residual(
      Component.normalizedConvolution(channels, kernel: 3, stride: stride) + [.relu]
        + Component.normalizedConvolution(channels, kernel: 3),
      shortcut: shortcut
    )
  }

  /// Two layers one on the other, with the sizes of Zaremba, Sutskever & Vinyals 2014.
  private static let stack = trained(
    "lstm-stack",
    .tokensPerSecond,
    RunSpecification(
      model: [.recurrent("lstm", 200, layers: 2), .dense(BenchmarkData.vocabularySize)],
      optimizer: .sgd(1),
      train: .endless(batchSize: 20, clipNorm: 1)
    ),
    .windows(steps: 50)
  )

  private static func text(_ cell: String) -> Workload {
    trained(
      "\(cell)-lm",
      .tokensPerSecond,
      RunSpecification(
        model: [.recurrent(cell, 256), .dense(BenchmarkData.vocabularySize)],
        optimizer: .sgd(1),
        train: .endless(batchSize: 32, clipNorm: 1)
      ),
      .windows(steps: 35)
    )
  }

  private static let sequences = trained(
    "lstm-cls",
    .samplesPerSecond,
    RunSpecification(
      model: [.recurrent("lstm", 64), .lastStep, .dense(10)],
      optimizer: .adam,
      train: .endless(batchSize: 32)
    ),
    .sequences
  )

  /// An encoder, and a decoder that looks at it before each step (Bahdanau, Cho & Bengio 2015), of two layers each.
  private static let translation = trained(
    "seq2seq",
    .tokensPerSecond,
    RunSpecification(
      model: ModelSpecification(blocks: [
        BlockSpecification(
          name: "encoder",
          from: ["source"],
          layers: [.embedding(64), .recurrent("gru", 64, layers: 2)]
        ),
        BlockSpecification(
          name: "decoder",
          from: ["previous"],
          layers: [
            .embedding(64), .attentive("gru", 64, layers: 2, to: "encoder"),
            .dense(BenchmarkData.sentence.vocabulary),
          ]
        ),
      ]),
      optimizer: .adam,
      train: .endless(batchSize: 64, clipNorm: 1)
    ),
    .pairs
  )

  /// Two blocks of causal attention with 4 heads, normalised in front, on 64 characters.
  private static let transformer = trained(
    "transformer",
    .tokensPerSecond,
    RunSpecification(
      model: [.embedding(128), .positionalEncoding]
        + (0..<2).flatMap { _ in
          [
            Component.residual([.layerNorm, .attention(heads: 4)]),
            .residual([.layerNorm, .dense(512, "relu"), .dense(128)]),
          ]
        } + [.layerNorm, .dense(BenchmarkData.vocabularySize)],
      optimizer: .adam,
      train: .endless(batchSize: 32)
    ),
    .windows(steps: 64)
  )

  private static let tiny = trained(
    "tiny",
    .stepsPerSecond,
    RunSpecification(
      model: [.dense(16, "tanh"), .dense(1)],
      loss: "mse",
      optimizer: .sgd(0.1),
      train: .endless(batchSize: 32)
    ),
    .plane
  )

  private static func trained(
    _ name: String,
    _ unit: Unit,
    _ specification: RunSpecification,
    _ data: BenchmarkData,
    checkedSteps: Int = 8
  ) -> Workload {
    Workload(
      name: name,
      family: name,
      unit: unit,
      work: .training(specification, data, checkedSteps: checkedSteps)
    )
  }
}

// MARK: - Models

extension Workload {
  private static func multilayer(_ units: Int...) -> [Component] {
    [.flatten] + units.map { .dense($0, "relu") } + [.dense(10)]
  }

  /// LeCun et al. 1998 as "Dive into Deep Learning" 6.6 has it.
  private static let leNet: [Component] = [
    .convolution(6, kernel: 5, padding: 2, "sigmoid"), .pool("avg_pool2d"),
    .convolution(16, kernel: 5, "sigmoid"), .pool("avg_pool2d"), .flatten,
    .dense(120, "sigmoid"), .dense(84, "sigmoid"), .dense(10),
  ]

  private static let convolutional: [Component] = [
    .convolution(32, kernel: 3, "relu"), .pool("max_pool2d"),
    .convolution(64, kernel: 3, "relu"), .pool("max_pool2d"), .flatten,
    .dense(128, "relu"), .dense(10),
  ]
}

// MARK: - Inference and products

extension Workload {
  /// Forward passes in evaluation mode: the delay of one example, the rate of many.
  static let inference: [Workload] = [
    ("infer-mlp", multilayer(256)), ("infer-cnn", convolutional),
  ].flatMap { family, model in
    [1, 256].map { batchSize in
      Workload(
        name: "\(family)-b\(batchSize)",
        family: family,
        unit: batchSize == 1 ? .microseconds : .samplesPerSecond,
        work: .inference(
          RunSpecification(
            model: model,
            optimizer: .sgd(0.1),
            train: .endless(batchSize: batchSize)
          ),
          .fashion,
          batchSize: batchSize
        )
      )
    }
  }

  /// Matrix products: square ones and one of a dense layer, then ragged, thin and transposed ones.
  static let products: [Workload] =
    [
      (256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048), (256, 784, 256),
    ].map { m, k, n in product("gemm", ProductShape(m: m, k: k, n: n)) }
    + [
      ProductShape(m: 255, k: 257, n: 253), ProductShape(m: 1021, k: 509, n: 131),
      ProductShape(m: 32, k: 784, n: 256, turnsB: true), ProductShape(m: 2048, k: 2048, n: 16),
      ProductShape(m: 16, k: 2048, n: 2048),
      ProductShape(m: 512, k: 512, n: 512, turnsA: true),
      ProductShape(m: 512, k: 512, n: 512, turnsB: true),
      ProductShape(m: 512, k: 512, n: 512, turnsA: true, turnsB: true),
    ].map { product("gemm-shapes", $0) }

  private static func product(_ family: String, _ shape: ProductShape) -> Workload {
    Workload(
      name: "gemm-\(shape.name)",
      family: family,
      unit: .gigaflops,
      work: .product(shape)
    )
  }
}

// MARK: - What all have in common

extension RunSpecification {
  /// A specification whose data are `BenchmarkData`'s, which no manifest names.
  fileprivate init(
    model: [Component],
    optimizer: Component,
    train: TrainSpecification
  ) {
    self.init(model: ModelSpecification(model), optimizer: optimizer, train: train)
  }

  fileprivate init(
    model: ModelSpecification,
    loss: String = "cross_entropy",
    optimizer: Component,
    train: TrainSpecification
  ) {
    self.init(
      data: DataSpecification(dataset: Component("benchmark")),
      model: model,
      loss: .complete(.losses, loss),
      optimizer: optimizer,
      train: train
    )
  }
}

extension TrainSpecification {
  /// Goes on until it is interrupted and evaluates nothing.
  fileprivate static func endless(batchSize: Int, clipNorm: Double? = nil) -> TrainSpecification {
    TrainSpecification(
      epochs: .max,
      batchSize: batchSize,
      clipNorm: clipNorm,
      evaluateEvery: .max
    )
  }
}
