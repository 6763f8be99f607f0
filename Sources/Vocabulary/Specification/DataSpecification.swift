// SPDX-License-Identifier: Apache-2.0

/// The `data:` of a manifest.
@dynamicMemberLookup
public struct DataSpecification: Hashable, Sendable {
  /// Name and arguments, of family `datasets`. Paths are resolved (absolute).
  public var dataset: Component
  /// Seed of the split and of generated data.
  public var seed: Int
  /// Whether the run's own seed takes the place of `seed`: `seed: "${seed}"` in the manifest.
  public var followsRunSeed: Bool
  /// What is done with the data before training; its properties are reached through the specification itself.
  public var options: DataOptions

  /// A data specification.
  public init(
    dataset: Component,
    validation: DataOptions.Validation? = nil,
    folds: Int? = nil,
    trainLimit: Int? = nil,
    testLimit: Int? = nil,
    seed: Int = 0,
    followsRunSeed: Bool = false,
    task: DataOptions.Task? = nil,
    standardize: DataOptions.Standardization = .none,
    outliers: Outliers? = nil,
    augmentation: Augmentation? = nil
  ) {
    self.dataset = dataset
    self.seed = seed
    self.followsRunSeed = followsRunSeed
    options = DataOptions(
      validation: validation,
      folds: folds,
      trainLimit: trainLimit,
      testLimit: testLimit,
      task: task,
      standardize: standardize,
      outliers: outliers,
      augmentation: augmentation
    )
  }

  /// A property of `options`.
  public subscript<Value>(dynamicMember path: WritableKeyPath<DataOptions, Value>) -> Value {
    get { options[keyPath: path] }
    set { options[keyPath: path] = newValue }
  }
}

/// What is done with a data set before training: limits, split, meaning of the targets, standardisation, augmentation.
public struct DataOptions: Hashable, Sendable {
  /// What the targets mean, against what their type says.
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
    /// This many examples (windows of a text).
    case count(Int)
    /// This share, in (0, 1), rounded to the nearest number of examples.
    case fraction(Double)
  }

  /// Held out by a draw that depends on the data's seed only; nil for none.
  public var validation: Validation?
  /// Parts of k-fold cross-validation, at least 2: each is held out once; nil for none. Excludes `validation`.
  public var folds: Int?
  /// The first training records in file order that are used, before the split.
  public var trainLimit: Int?
  /// The first test records in file order that are used.
  public var testLimit: Int?
  /// Overrides what the targets' type says.
  public var task: Task?
  /// What is standardised.
  public var standardize: Standardization
  /// Training targets that are falsified; nil for none.
  public var outliers: Outliers?
  /// How training images are varied; nil for not at all.
  public var augmentation: Augmentation?

  /// Everything as it is, nothing held out, unless given.
  public init(
    validation: Validation? = nil,
    folds: Int? = nil,
    trainLimit: Int? = nil,
    testLimit: Int? = nil,
    task: Task? = nil,
    standardize: Standardization = .none,
    outliers: Outliers? = nil,
    augmentation: Augmentation? = nil
  ) {
    self.validation = validation
    self.folds = folds
    self.trainLimit = trainLimit
    self.testLimit = testLimit
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
