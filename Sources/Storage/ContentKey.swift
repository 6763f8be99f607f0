// SPDX-License-Identifier: Apache-2.0

internal import Codecs
public import Experiments

/// All that decides a run's bits, and nothing else: two runs with the same content are one run.
///
/// In it: the resolved model, initial values, loss, optimizer and loop, the data by content, the seed and the version of
/// the numerics. Not in it: names and words, metrics, reports, expectations, checkpoints, the cadence of evaluation
/// (unless early stopping follows it) and logging, jobs and threads, and every path: a file enters by its digest.
public struct RunContent: Hashable, Sendable {
  let json: CanonicalJSON

  /// The content of one seed of a cell.
  ///
  /// `dataSHA256` is the digest of the data's content (for a generator: of its name, version and arguments),
  /// `initializationSHA256` that of the file in `init.from`, if there is one.
  public init(
    specification: RunSpecification,
    seed: Int,
    dataSHA256: String,
    initializationSHA256: String? = nil,
    numericVersion: Int
  ) {
    precondition(
      (specification.initialization.file == nil) == (initializationSHA256 == nil),
      "an initialization file and its digest come together"
    )
    json = .record([
      "model": .list(specification.model.map { Self.content(of: $0) }),
      "init": Self.content(of: specification.initialization, file: initializationSHA256),
      "loss": Self.content(of: specification.loss),
      "optimizer": Self.content(of: specification.optimizer),
      "train": Self.content(of: specification.train),
      "data": Self.content(of: specification.data, runSeed: seed, sha256: dataSHA256),
      "seed": .integer(seed),
      "numeric_version": .integer(numericVersion),
    ])
  }

  /// The canonical JSON text.
  public var text: String { json.encoded }

  /// SHA-256 of the text, 64 lower-case hexadecimal digits.
  public var key: String { SHA256.hexadecimal(of: text) }

  private static func content(of component: Component) -> CanonicalJSON {
    CanonicalJSON(component.withoutStandardAdditions)
  }

  private static func content(of initialization: Initialization, file: String?) -> CanonicalJSON {
    .record([
      "weights": content(of: initialization.weights),
      "biases": content(of: initialization.biases),
      "from_sha256": file.map(CanonicalJSON.text),
    ])
  }

  private static func content(of train: TrainSpecification) -> CanonicalJSON {
    .record([
      "epochs": .integer(train.epochs),
      "batch_size": train.batchSize.map(CanonicalJSON.integer) ?? .text("all"),
      "shuffle": .boolean(train.shuffle),
      "clip_norm": train.clipNorm.map(CanonicalJSON.real),
      "clip_value": train.clipValue.map(CanonicalJSON.real),
      "early_stopping": train.earlyStopping.map { content(of: $0, every: train.evaluateEvery) },
    ])
  }

  /// Where training ends also depends on when it is evaluated.
  private static func content(of rule: EarlyStopping, every epochs: Int) -> CanonicalJSON {
    .record([
      "metric": .text(rule.metric),
      "goal": .text(rule.goal.rawValue),
      "patience": .integer(rule.patience),
      "min_delta": .real(rule.minimumDelta),
      "restore_best": .boolean(rule.restoresBest),
      "evaluate_every": .integer(epochs),
    ])
  }

  /// A data seed that follows the run's is the number it comes to.
  private static func content(
    of data: DataSpecification,
    runSeed: Int,
    sha256: String
  ) -> CanonicalJSON {
    .record([
      "dataset": content(of: withoutPaths(data.dataset)),
      "sha256": .text(sha256),
      "validation": data.validation.map(content(of:)),
      "folds": data.folds.map(CanonicalJSON.integer),
      "outliers": data.outliers.map { outliers in
        .record(["share": .real(outliers.share), "deviation": .real(outliers.deviation)])
      },
      "augment": data.augmentation.map { augmentation in
        .record([
          "flip": augmentation.flipsHorizontally ? .text("horizontal") : nil,
          "shift": augmentation.shift > 0 ? .integer(augmentation.shift) : nil,
          "crop_padding": augmentation.cropPadding > 0 ? .integer(augmentation.cropPadding) : nil,
        ])
      },
      "train_limit": data.trainLimit.map(CanonicalJSON.integer),
      "test_limit": data.testLimit.map(CanonicalJSON.integer),
      "seed": .integer(data.followsRunSeed ? runSeed : data.seed),
      "task": data.task.map { .text($0.rawValue) },
      "standardize": .text(data.standardize.rawValue),
    ])
  }

  private static func content(of validation: DataSpecification.Validation) -> CanonicalJSON {
    switch validation {
    case .count(let count): .integer(count)
    case .fraction(let fraction): .object(["fraction": .real(fraction)])
    }
  }

  /// The component without those arguments that the catalog calls paths, nested ones included.
  private static func withoutPaths(_ dataset: Component) -> Component {
    guard let definition = Catalog.definition(dataset.name, in: .datasets) else { return dataset }
    return Component(
      dataset.name,
      withoutPaths(dataset.arguments, definitions: definition.arguments)
    )
  }

  private static func withoutPaths(
    _ arguments: [String: ArgumentValue],
    definitions: [ArgumentDefinition]
  ) -> [String: ArgumentValue] {
    var kept = arguments
    for definition in definitions {
      switch (definition.kind, arguments[definition.name]) {
      case (.path, _), (.folder, _), (.list(.path), _): kept[definition.name] = nil
      case (.mapping(let inner), .mapping(let fields)?):
        let left = withoutPaths(fields, definitions: inner)
        kept[definition.name] = left.isEmpty ? nil : .mapping(left)
      default: break
      }
    }
    return kept
  }
}
