// SPDX-License-Identifier: Apache-2.0

/// All that decides a run's numbers but its seed: what a worker needs to train one cell.
public struct RunSpecification: Hashable, Sendable {
  /// The data.
  public var data: DataSpecification
  /// The network.
  public var model: ModelSpecification
  /// Initial values of all parameters.
  public var initialization: Initialization
  /// The losses whose weighted sum is minimised, at least one.
  public var losses: [LossSpecification]
  /// The optimizer, of family `optimizers`.
  public var optimizer: Component
  /// The loop.
  public var train: TrainSpecification
  /// Extra metrics by name.
  public var metrics: [String]

  /// A specification.
  public init(
    data: DataSpecification,
    model: ModelSpecification,
    initialization: Initialization = Initialization(),
    loss: Component,
    optimizer: Component,
    train: TrainSpecification,
    metrics: [String] = []
  ) {
    self.data = data
    self.model = model
    self.initialization = initialization
    losses = [LossSpecification(loss)]
    self.optimizer = optimizer
    self.train = train
    self.metrics = metrics
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
