// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  static let datasets: [ComponentDefinition] =
    [
      ComponentDefinition(
        "fashion_mnist",
        "Fashion-MNIST: 60,000 + 10,000 grey 28×28 images, 10 classes.",
        facts: givenImages
      ),
      ComponentDefinition(
        "fashion_mnist_mini",
        "The first 1,000 + 500 images of Fashion-MNIST.",
        facts: givenImages
      ),
      ComponentDefinition(
        "mnist",
        "MNIST: 60,000 + 10,000 grey 28×28 digits.",
        facts: givenImages
      ),
      ComponentDefinition(
        "time_machine",
        "The Time Machine by H. G. Wells, the next token at each step.",
        arguments: [
          tokens,
          steps,
          partition,
          ArgumentDefinition(
            "max_tokens",
            .integer(2...1_000_000_000),
            standard: .integer(10_000),
            "Tokens used from the start of the text."
          ),
        ],
        facts: withoutTest
      ),
      ComponentDefinition(
        "airfoil",
        "NASA's airfoil self-noise: 1,503 records, 5 inputs, a real target.",
        arguments: [
          ArgumentDefinition(
            "standardized",
            .boolean,
            standard: .boolean(false),
            "Whether all six columns are standardised over all records, before limits and split, as the book does."
          )
        ],
        facts: withoutTest
      ),
      ComponentDefinition(
        "house_prices",
        "House prices of Ames, Iowa: 1,460 records, 331 encoded inputs, a real target.",
        arguments: [logTarget],
        facts: withoutTest
      ),
      ComponentDefinition(
        "fra_eng",
        "167,130 English sentences and their French translations: inputs `source` and `previous`, a sequence as target.",
        arguments: pairArguments,
        facts: .dataset(DatasetFacts(test: .never, hasVocabularyOfTraining: true))
      ),
      ComponentDefinition(
        "npy",
        "Arrays of your own: `inputs` [N, …] and `targets` [N] or [N, …], one or several of each.",
        arguments: [
          ArgumentDefinition("train", .mapping(arrayKeys), "The training arrays."),
          ArgumentDefinition(
            "test",
            .mapping(arrayKeys),
            standard: ArgumentValue.none,
            "The test arrays."
          ),
        ],
        facts: .dataset(DatasetFacts(isReadByType: true))
      ),
      ComponentDefinition(
        "csv",
        "Tables of your own: one column is the target, the others are numbers or categories.",
        arguments: [
          ArgumentDefinition("train", .path, "The training file."),
          ArgumentDefinition("test", .path, standard: ArgumentValue.none, "The test file."),
          ArgumentDefinition("target", .text, "The column that is predicted."),
          ArgumentDefinition(
            "header",
            .boolean,
            standard: .boolean(true),
            "Whether the first line names the columns; else they are called 1, 2, …"
          ),
          ArgumentDefinition(
            "separator",
            .text,
            standard: .text(","),
            "The character between two fields, or `tab`."
          ),
          ArgumentDefinition(
            "drop",
            .list(.text),
            standard: ArgumentValue.none,
            isOfInput: true,
            "Columns that are left out."
          ),
          ArgumentDefinition(
            "missing",
            .list(.text),
            standard: .list([.text(""), .text("NA")]),
            "Fields that stand for no value."
          ),
          ArgumentDefinition(
            "categorical",
            .list(.text),
            standard: ArgumentValue.none,
            isOfInput: true,
            "Columns whose numbers are categories."
          ),
          ArgumentDefinition(
            "numeric",
            .list(.text),
            standard: ArgumentValue.none,
            isOfInput: true,
            "Columns that must be numbers; else all values of a column decide."
          ),
          logTarget,
          ArgumentDefinition(
            "decimal",
            .choice([".", ","]),
            standard: .text("."),
            isAddition: true,
            "What stands before a number's fraction: a point or a comma."
          ),
          ArgumentDefinition(
            "thousands",
            .choice([",", ".", " ", "'", "_"]),
            standard: ArgumentValue.none,
            isAddition: true,
            "What stands between a number's groups of three digits."
          ),
        ],
        facts: .dataset(DatasetFacts())
      ),
      ComponentDefinition(
        "images",
        "Pictures of your own: a folder of PNG files for each class.",
        arguments: [
          ArgumentDefinition(
            "folder",
            .folder,
            "The folder that holds `train/` and `test/` with a folder for each class, or these alone."
          ),
          ArgumentDefinition(
            "color",
            .choice(["gray", "rgb"]),
            standard: .text("rgb"),
            isOfInput: true,
            "One channel or three."
          ),
          ArgumentDefinition(
            "size",
            .size(1...4096),
            standard: ArgumentValue.none,
            isOfInput: true,
            "Height and width that all pictures are resized to; else all must have the same."
          ),
        ],
        facts: .dataset(DatasetFacts(test: .folder, isOfImages: true, isReadByType: true))
      ),
      ComponentDefinition(
        "text",
        "A text of your own, the next token at each step.",
        arguments: [
          ArgumentDefinition("train", .path, "The text, UTF-8."),
          tokens,
          steps,
          partition,
          ArgumentDefinition(
            "max_tokens",
            .integer(2...1_000_000_000),
            standard: ArgumentValue.none,
            "Tokens used from the start of the text."
          ),
        ],
        facts: withoutTest
      ),
      ComponentDefinition(
        "pairs",
        "Pairs of sentences of your own: inputs `source` and `previous`, a sequence as target.",
        arguments: [
          ArgumentDefinition(
            "train",
            .path,
            "The training pairs, UTF-8: a line for each, a tab between source and target."
          ),
          ArgumentDefinition("test", .path, standard: ArgumentValue.none, "The test pairs."),
        ] + pairArguments,
        facts: .dataset(DatasetFacts(hasVocabularyOfTraining: true))
      ),
    ] + generators

  private static let givenImages = ComponentFacts.dataset(
    DatasetFacts(test: .always, isOfImages: true)
  )
  private static let withoutTest = ComponentFacts.dataset(DatasetFacts(test: .never))

  private static let tokens = ArgumentDefinition(
    "tokens",
    .choice(["char", "word"]),
    standard: .text("char"),
    "Unit of the text."
  )
  private static let steps = ArgumentDefinition(
    "steps",
    .integer(1...100_000),
    standard: .integer(35),
    isOfInput: true,
    "Steps per window."
  )
  private static let partition = ArgumentDefinition(
    "partition",
    .choice(["sequential", "random"]),
    standard: .text("random"),
    isOfInput: true,
    "Whether consecutive batches continue each other."
  )

  private static let pairArguments = [
    ArgumentDefinition(
      "steps",
      .integer(1...100_000),
      standard: .integer(10),
      "Tokens of each sentence with its end; longer ones are cut off, shorter ones filled up."
    ),
    ArgumentDefinition(
      "min_frequency",
      .integer(1...1_000_000_000),
      standard: .integer(2),
      "How often a token must appear in the training pairs; rarer ones are `<unk>`."
    ),
    ArgumentDefinition(
      "lower",
      .boolean,
      standard: .boolean(true),
      "Whether letters become small."
    ),
  ]

  private static let logTarget = ArgumentDefinition(
    "log_target",
    .boolean,
    standard: .boolean(false),
    "Whether the target is its natural logarithm; losses and errors are then in logarithms."
  )
  private static let arrayKeys: [ArgumentDefinition] = [
    ArgumentDefinition("inputs", .paths, "An npy file [N, …], or several by name."),
    ArgumentDefinition("targets", .paths, "An npy file [N] or [N, …], or several by name."),
    ArgumentDefinition(
      "lengths",
      .paths,
      standard: ArgumentValue.none,
      isAddition: true,
      "An npy file [N] of whole numbers: how many steps of each sequence [N, T, D] or [N, T], 1 … T, are real; by name of several inputs and targets."
    ),
  ]
}
