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
