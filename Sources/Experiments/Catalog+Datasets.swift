// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  private static func examples(_ train: Int, _ test: Int) -> [ArgumentDefinition] {
    [
      ArgumentDefinition(
        "train",
        .integer(1...100_000_000),
        standard: .integer(train),
        "Training examples."
      ),
      ArgumentDefinition(
        "test",
        .integer(0...100_000_000),
        standard: .integer(test),
        "Test examples."
      ),
    ]
  }

  static let datasets: [ComponentDefinition] = [
    ComponentDefinition(
      "fashion_mnist",
      "Fashion-MNIST: 60,000 + 10,000 grey 28×28 images, 10 classes."
    ),
    ComponentDefinition("fashion_mnist_mini", "The first 1,000 + 500 images of Fashion-MNIST."),
    ComponentDefinition("mnist", "MNIST: 60,000 + 10,000 grey 28×28 digits."),
    ComponentDefinition(
      "time_machine",
      "The Time Machine by H. G. Wells, the next token at each step.",
      arguments: [
        ArgumentDefinition(
          "tokens",
          .choice(["char", "word"]),
          standard: .text("char"),
          "Unit of the text."
        ),
        ArgumentDefinition(
          "steps",
          .integer(1...100_000),
          standard: .integer(35),
          "Steps per window."
        ),
        ArgumentDefinition(
          "partition",
          .choice(["sequential", "random"]),
          standard: .text("random"),
          "Whether consecutive batches continue each other."
        ),
        ArgumentDefinition(
          "max_tokens",
          .integer(2...1_000_000_000),
          standard: .integer(10_000),
          "Tokens used from the start of the text."
        ),
      ]
    ),
    ComponentDefinition(
      "npy",
      "Arrays of your own: `inputs` [N, …] and `targets` [N] or [N, …].",
      arguments: [
        ArgumentDefinition("train", .mapping(arrayKeys), "The training arrays."),
        ArgumentDefinition(
          "test",
          .mapping(arrayKeys),
          standard: ArgumentValue.none,
          "The test arrays."
        ),
      ]
    ),
    ComponentDefinition(
      "glyphs",
      "Ten drawn shapes, distorted: grey 28×28 images, built in.",
      arguments: examples(2000, 500) + [
        ArgumentDefinition(
          "noise",
          .real(RealRange(from: 0, to: 1)),
          standard: .real(0.1),
          "Standard deviation of the pixel noise."
        )
      ]
    ),
    ComponentDefinition(
      "spirals",
      "Interleaved spirals in the plane.",
      arguments: [
        ArgumentDefinition(
          "classes",
          .integer(2...100),
          standard: .integer(2),
          "Number of spirals."
        )
      ] + examples(1000, 500) + [
        ArgumentDefinition(
          "noise",
          .real(RealRange(from: 0, to: 10)),
          standard: .real(0.1),
          "Standard deviation added to each coordinate."
        )
      ]
    ),
    ComponentDefinition(
      "grammar",
      "Text of a small grammar, the next character at each step.",
      arguments: [
        ArgumentDefinition(
          "steps",
          .integer(1...100_000),
          standard: .integer(32),
          "Steps per window."
        )
      ] + examples(1000, 200)
    ),
    ComponentDefinition(
      "sine",
      "Windows of a noisy sine; the target is the next value.",
      arguments: [
        ArgumentDefinition(
          "steps",
          .integer(1...100_000),
          standard: .integer(20),
          "Steps per window."
        )
      ] + examples(1000, 200) + [
        ArgumentDefinition(
          "noise",
          .real(RealRange(from: 0, to: 10)),
          standard: .real(0.1),
          "Standard deviation of the noise."
        )
      ]
    ),
    ComponentDefinition(
      "noise_images",
      "Images of a class pattern in noise, of any size: for trying shapes and speed.",
      arguments: [
        ArgumentDefinition("height", .integer(1...4096), standard: .integer(32), "Rows."),
        ArgumentDefinition("width", .integer(1...4096), standard: .integer(32), "Columns."),
        ArgumentDefinition("channels", .integer(1...1024), standard: .integer(3), "Channels."),
        ArgumentDefinition("classes", .integer(2...1000), standard: .integer(10), "Classes."),
      ] + examples(256, 64)
    ),
  ]
  private static let arrayKeys: [ArgumentDefinition] = [
    ArgumentDefinition("inputs", .path, "An npy file [N, …]."),
    ArgumentDefinition("targets", .path, "An npy file [N] or [N, …]."),
    ArgumentDefinition(
      "lengths",
      .path,
      standard: ArgumentValue.none,
      isAddition: true,
      "An npy file [N] of whole numbers: how many steps of each sequence [N, T, D] or [N, T], 1 … T, are real."
    ),
  ]

  static let laterDatasets = ["airfoil", "house_prices", "moons", "csv", "images"]
}
