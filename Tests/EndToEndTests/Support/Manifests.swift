// SPDX-License-Identifier: Apache-2.0

/// Manifests that take moments.
enum Sample {
  /// Two cells, two seeds, eight steps each.
  static func tiny(
    activation: String = "[relu, tanh]",
    repeats: Int = 2,
    learningRate: String = "0.1",
    more: String = ""
  ) -> String {
    """
    name: tiny
    data: { dataset: spirals, classes: 2, train: 100, test: 50, noise: 0.1 }
    model: [{ dense: { units: 8, activation: "${activation}" } }, { dense: 2 }]
    loss: cross_entropy
    optimizer: { name: sgd, learning_rate: \(learningRate) }
    train: { epochs: 2, batch_size: 25 }
    repeat: \(repeats)
    parameters: { activation: \(activation) }
    report: { metric: test.accuracy, curves: [train.loss] }
    \(more)
    """
  }

  /// Work that threads share: convolutions on batches of images.
  static let images = """
    name: images
    data: { dataset: noise_images, height: 20, width: 20, channels: 3, classes: 4, train: 96, test: 32 }
    model:
      - conv2d: { channels: 16, kernel_size: 5, activation: relu }
      - max_pool2d: 2
      - flatten
      - dense: "${units}"
      - dense: 4
    loss: cross_entropy
    optimizer: { name: adam, learning_rate: 0.01 }
    train: { epochs: 2, batch_size: 32 }
    parameters: { units: [32, 65] }
    report: { metric: test.accuracy, curves: [train.loss] }
    """

  /// Many of the keys that are usually left out, and layers in layers.
  static let many = """
    name: many
    data: { dataset: noise_images, height: 6, width: 6, channels: 1, classes: 3, train: 40, test: 20, folds: 2, seed: "${seed}", augment: { flip: horizontal, crop: { padding: 1 } } }
    model:
      - conv2d: { channels: 2, kernel_size: 3, padding: 1, learning_rate: 0.01, init: { weights: kaiming_normal } }
      - branches: { paths: { b: [{ residual: [relu, { conv2d: { channels: 2, kernel_size: 1 } }] }], a: [] } }
      - global_avg_pool2d
      - dense: { units: 3, weight_decay: 0.5 }
    init: { weights: { normal: 0.1 }, biases: zeros }
    loss: { name: cross_entropy, label_smoothing: 0.1 }
    optimizer: { name: sgd, learning_rate: 0.1, momentum: 0.9, schedule: { name: cosine, warm_up: 1 } }
    train: { epochs: 4, batch_size: 10, early_stopping: { patience: 1, min_delta: 0.5, restore_best: true } }
    metrics: [f1, { top_k: 2 }]
    metric: val.f1
    report: { metric: test.f1, curves: [train.loss, val.f1] }
    """

  /// Two runs of thousands of small steps in few epochs, so that a signal finds them at work inside an epoch.
  static let long = """
    name: long
    data: { dataset: spirals, classes: 2, train: 12000, test: 100, noise: 0.1 }
    model: [{ dense: { units: 96, activation: tanh } }, { dense: { units: 96, activation: "${activation}" } }, { dense: 2 }]
    loss: cross_entropy
    optimizer: { name: adam, learning_rate: 0.001 }
    train: { epochs: 6, batch_size: 1 }
    log: { every_steps: 1500 }
    parameters: { activation: [relu, tanh] }
    report: { metric: test.accuracy, curves: [train.loss] }
    """
}
