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

  private static let coordinateNoise = ArgumentDefinition(
    "noise",
    .real(RealRange(from: 0, to: 10)),
    standard: .real(0.1),
    "Standard deviation added to each coordinate."
  )

  private static func targetNoise(_ standard: Double) -> ArgumentDefinition {
    ArgumentDefinition(
      "noise",
      .real(RealRange(from: 0, to: 1000)),
      standard: .real(standard),
      "Standard deviation added to the target."
    )
  }

  /// The data sets that this program draws.
  static let generators: [ComponentDefinition] = [
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
      ],
      facts: .dataset(DatasetFacts(isOfImages: true))
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
      ],
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "grammar",
      "Text of a small grammar, the next character at each step.",
      arguments: [
        ArgumentDefinition(
          "steps",
          .integer(1...100_000),
          standard: .integer(32),
          isOfInput: true,
          "Steps per window."
        )
      ] + examples(1000, 200),
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "moons",
      "Two interleaved half circles in the plane.",
      arguments: examples(1000, 500) + [coordinateNoise],
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "xor",
      "Points of a square, the class is XOR of their signs.",
      arguments: examples(1000, 500) + [coordinateNoise],
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "linear",
      "y = Σ wᵢxᵢ + b + noise with standard normal inputs.",
      arguments: [
        ArgumentDefinition(
          "weights",
          .list(.real(RealRange())),
          standard: .list([.real(2), .real(-3.4)]),
          "The true weights, one for each input."
        ),
        ArgumentDefinition(
          "bias",
          .real(RealRange()),
          standard: .real(4.2),
          "The true bias."
        ),
      ] + examples(1000, 1000) + [targetNoise(0.01)],
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "polynomial",
      "y = 5 + 1.2x − 3.4x²/2! + 5.6x³/3! + noise; the inputs are xⁱ/i!.",
      arguments: [
        ArgumentDefinition(
          "degree",
          .integer(1...100),
          standard: .integer(3),
          "The inputs are x, x²/2!, … up to this power."
        )
      ] + examples(100, 100) + [targetNoise(0.1)],
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "high_dimensional_linear",
      "y = b + Σ w·xᵢ + noise with many inputs and few examples.",
      arguments: [
        ArgumentDefinition(
          "inputs",
          .integer(1...1_000_000),
          standard: .integer(200),
          "Number of inputs."
        ),
        ArgumentDefinition(
          "weight",
          .real(RealRange()),
          standard: .real(0.01),
          "The true weight of each input."
        ),
        ArgumentDefinition(
          "bias",
          .real(RealRange()),
          standard: .real(0.05),
          "The true bias."
        ),
      ] + examples(20, 100) + [targetNoise(0.01)],
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "sine",
      "Windows of a noisy sine; the target is the next value.",
      arguments: [
        ArgumentDefinition(
          "steps",
          .integer(1...100_000),
          standard: .integer(20),
          isOfInput: true,
          "Steps per window."
        )
      ] + examples(1000, 200) + [
        ArgumentDefinition(
          "noise",
          .real(RealRange(from: 0, to: 10)),
          standard: .real(0.1),
          "Standard deviation of the noise."
        )
      ],
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "copy",
      "Symbols to be repeated after a lag; a token target at each step.",
      arguments: [
        ArgumentDefinition(
          "symbols",
          .integer(2...10_000),
          standard: .integer(8),
          "Size of the alphabet."
        ),
        ArgumentDefinition(
          "length",
          .integer(1...10_000),
          standard: .integer(5),
          "Symbols to remember."
        ),
        ArgumentDefinition(
          "lag",
          .integer(1...100_000),
          standard: .integer(10),
          "Steps from the last symbol shown to the signal to repeat them."
        ),
        ArgumentDefinition(
          "targets",
          .choice(["all", "symbols"]),
          standard: .text("all"),
          isAddition: true,
          "Which steps have a target: all, a blank where nothing is asked, or those of the repeated symbols alone."
        ),
      ] + examples(1000, 200),
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "adding",
      "The sum of two marked numbers of a sequence, one in each half.",
      arguments: [
        ArgumentDefinition(
          "lag",
          .integer(2...100_000),
          standard: .integer(50),
          "Steps of the sequence."
        )
      ] + examples(1000, 200),
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "reversal",
      "Sequences of symbols to be written backwards: inputs `source` and `previous`, a sequence as target.",
      arguments: [
        ArgumentDefinition(
          "symbols",
          .integer(2...10_000),
          standard: .integer(10),
          "Size of the alphabet."
        ),
        ArgumentDefinition(
          "shortest",
          .integer(1...10_000),
          standard: .integer(3),
          "Symbols of the shortest sequence."
        ),
        ArgumentDefinition(
          "longest",
          .integer(1...10_000),
          standard: .integer(8),
          "Symbols of the longest sequence."
        ),
      ] + examples(2000, 500),
      rule: .atMost("shortest", "longest"),
      facts: .dataset(DatasetFacts())
    ),
    ComponentDefinition(
      "noise_images",
      "Images of a class pattern in noise, of any size: for trying shapes and speed.",
      arguments: [
        ArgumentDefinition("height", .integer(1...4096), standard: .integer(32), "Rows."),
        ArgumentDefinition("width", .integer(1...4096), standard: .integer(32), "Columns."),
        ArgumentDefinition("channels", .integer(1...1024), standard: .integer(3), "Channels."),
        ArgumentDefinition("classes", .integer(2...1000), standard: .integer(10), "Classes."),
      ] + examples(256, 64),
      facts: .dataset(DatasetFacts(isOfImages: true))
    ),
  ]
}
