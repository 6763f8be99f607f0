// SPDX-License-Identifier: Apache-2.0

/// All that decides a run's numbers but its seed: what a worker needs to train one cell.
public struct RunSpecification: Hashable, Sendable {
  /// The data.
  public var data: DataSpecification
  /// The layers, first to last.
  public var model: [Component]
  /// Initial values of all parameters.
  public var initialization: Initialization
  /// The loss, of family `losses`.
  public var loss: Component
  /// The optimizer, of family `optimizers`.
  public var optimizer: Component
  /// The loop.
  public var train: TrainSpecification
  /// Extra metrics by name.
  public var metrics: [String]

  /// A specification.
  public init(
    data: DataSpecification,
    model: [Component],
    initialization: Initialization = Initialization(),
    loss: Component,
    optimizer: Component,
    train: TrainSpecification,
    metrics: [String] = []
  ) {
    self.data = data
    self.model = model
    self.initialization = initialization
    self.loss = loss
    self.optimizer = optimizer
    self.train = train
    self.metrics = metrics
  }
}

/// The `data:` of a manifest.
public struct DataSpecification: Hashable, Sendable {
  /// What the targets mean.
  public enum Task: String, Sendable, CaseIterable {
    /// Classes.
    case classification
    /// Real numbers.
    case regression
  }
  /// What is standardised, with the training part's mean and population standard deviation.
  public enum Standardization: String, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// The inputs, per feature.
    case inputs
    /// Inputs and real targets.
    case both
  }
  /// How much of the training part is held out for validation.
  public enum Validation: Hashable, Sendable {
    /// This many examples.
    case count(Int)
    /// This share, in (0, 1).
    case fraction(Double)
  }

  /// Name and arguments, of family `datasets`. Paths are resolved (absolute).
  public var dataset: Component
  /// Held out by a draw that depends on `seed` only; nil for none.
  public var validation: Validation?
  /// Parts of k-fold cross-validation, at least 2: each is held out once; nil for none. Excludes `validation`.
  public var folds: Int?
  /// The first records in file order that are used, before the split.
  public var trainLimit: Int?
  /// The first test records in file order that are used.
  public var testLimit: Int?
  /// Seed of the split and of generated data.
  public var seed: Int
  /// Whether the run's own seed takes the place of `seed`: `seed: "${seed}"` in the manifest.
  public var followsRunSeed: Bool
  /// Overrides what the targets' type says.
  public var task: Task?
  /// What is standardised.
  public var standardize: Standardization
  /// Training targets that are falsified; nil for none.
  public var outliers: Outliers?
  /// How training images are varied; nil for not at all.
  public var augmentation: Augmentation?

  /// A data specification.
  public init(
    dataset: Component,
    validation: Validation? = nil,
    folds: Int? = nil,
    trainLimit: Int? = nil,
    testLimit: Int? = nil,
    seed: Int = 0,
    followsRunSeed: Bool = false,
    task: Task? = nil,
    standardize: Standardization = .none,
    outliers: Outliers? = nil,
    augmentation: Augmentation? = nil
  ) {
    self.dataset = dataset
    self.validation = validation
    self.folds = folds
    self.trainLimit = trainLimit
    self.testLimit = testLimit
    self.seed = seed
    self.followsRunSeed = followsRunSeed
    self.task = task
    self.standardize = standardize
    self.outliers = outliers
    self.augmentation = augmentation
  }
}

/// The `outliers:` of `data:`: gross errors in real training targets, drawn with the data's seed.
public struct Outliers: Hashable, Sendable {
  /// The share of the training examples that are hit, in [0, 1].
  public var share: Double
  /// The errors' standard deviation, in standard deviations of the training part's targets.
  public var deviation: Double

  /// These.
  public init(share: Double, deviation: Double) {
    self.share = share
    self.deviation = deviation
  }
}

/// The `augment:` of `data:`: how training images are varied anew in each epoch.
public struct Augmentation: Hashable, Sendable {
  /// Whether one of two images, by a draw, is mirrored left to right.
  public var flipsHorizontally: Bool
  /// Each image is moved by up to this many pixels in both directions.
  public var shift: Int
  /// Each image gets a border of this many zeros, and a window of its own size is drawn from it.
  public var cropPadding: Int

  /// Nothing unless given.
  public init(flipsHorizontally: Bool = false, shift: Int = 0, cropPadding: Int = 0) {
    self.flipsHorizontally = flipsHorizontally
    self.shift = shift
    self.cropPadding = cropPadding
  }
}

/// The `init:` of a model.
public struct Initialization: Hashable, Sendable {
  /// Initializer of the weights, of family `initializers`.
  public var weights: Component
  /// Initializer of the biases.
  public var biases: Component
  /// A safetensors file (resolved path) whose tensors replace the drawn ones.
  public var file: String?

  /// PyTorch's defaults unless given.
  public init(
    weights: Component = Component("default"),
    biases: Component = Component("default"),
    file: String? = nil
  ) {
    self.weights = weights
    self.biases = biases
    self.file = file
  }
}

/// The `train:` of a manifest.
public struct TrainSpecification: Hashable, Sendable {
  /// Passes over the training part, at least 1.
  public var epochs: Int
  /// Examples per step; nil for `all`.
  public var batchSize: Int?
  /// Whether each epoch draws a new order.
  public var shuffle: Bool
  /// Largest global Euclidean norm of the gradients.
  public var clipNorm: Double?
  /// Largest absolute value of a gradient's element.
  public var clipValue: Double?
  /// Epochs between evaluations; the last epoch is always evaluated.
  public var evaluateEvery: Int
  /// Steps between metric points inside an epoch (`log.every_steps`); nil for none.
  public var logEverySteps: Int?
  /// Whether training may end before `epochs`; nil if not.
  public var earlyStopping: EarlyStopping?

  /// A loop.
  public init(
    epochs: Int,
    batchSize: Int?,
    shuffle: Bool = true,
    clipNorm: Double? = nil,
    clipValue: Double? = nil,
    evaluateEvery: Int = 1,
    logEverySteps: Int? = nil,
    earlyStopping: EarlyStopping? = nil
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.clipNorm = clipNorm
    self.clipValue = clipValue
    self.evaluateEvery = evaluateEvery
    self.logEverySteps = logEverySteps
    self.earlyStopping = earlyStopping
  }
}

/// The `train.early_stopping` of a manifest. It is part of a run's content, and so is then the cadence of evaluation.
public struct EarlyStopping: Hashable, Sendable {
  /// The metric that is to get better, of the training or the validation part.
  public var metric: String
  /// Which way is better.
  public var goal: MetricGoal
  /// Training ends after so many evaluations without an improvement, at least 1.
  public var patience: Int
  /// How much better than the best so far counts as an improvement, ≥ 0.
  public var minimumDelta: Double
  /// Whether the weights of the best evaluation become the final ones, also when training was not stopped.
  public var restoresBest: Bool

  /// A rule.
  public init(
    metric: String,
    goal: MetricGoal,
    patience: Int,
    minimumDelta: Double = 0,
    restoresBest: Bool = false
  ) {
    self.metric = metric
    self.goal = goal
    self.patience = patience
    self.minimumDelta = minimumDelta
    self.restoresBest = restoresBest
  }

  /// Whether `value` is an improvement on `best`; what is not a number never is.
  public func improves(_ value: Double?, on best: Double?) -> Bool {
    guard let value, value.isFinite else { return false }
    guard let best else { return true }
    return goal == .minimize ? value < best - minimumDelta : value > best + minimumDelta
  }
}

/// The `checkpoint:` of a manifest; not part of a run's content.
public struct CheckpointPolicy: Hashable, Codable, Sendable {
  /// Epochs between checkpoints.
  public var everyEpochs: Int
  /// How many of the best by `metric` are kept.
  public var keepBest: Int
  /// How many of the newest are kept.
  public var keepLast: Int

  private enum CodingKeys: String, CodingKey {
    case everyEpochs = "every_epochs"
    case keepBest = "keep_best"
    case keepLast = "keep_last"
  }

  /// One checkpoint an epoch, the last one kept, unless given.
  public init(everyEpochs: Int = 1, keepBest: Int = 0, keepLast: Int = 1) {
    self.everyEpochs = everyEpochs
    self.keepBest = keepBest
    self.keepLast = keepLast
  }
}
