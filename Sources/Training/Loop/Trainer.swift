// SPDX-License-Identifier: Apache-2.0

package import Datasets
package import Experiments
package import ModelFiles
package import NeuralNetworks
import Tensors
package import Vocabulary

/// A loss, gradient or parameter that is no longer finite: the run ends as failed and is not retried.
package struct DivergedError: Error, Hashable, Sendable {
  /// Begins with `diverged:`.
  package var reason: String
}

/// What the caller of a training wants at a step.
package enum TrainingControl: Sendable {
  /// Go on.
  case proceed
  /// Stop at this step; the trainer's checkpoint then holds everything.
  case interrupt
}

/// What a training tells while it runs.
package enum TrainingEvent: Sendable {
  /// A step is done; `loss` is its batch's mean.
  case step(epoch: Int, step: Int, stepsPerEpoch: Int, loss: Double, samplesPerSecond: Double)
  /// Points inside an epoch.
  case points([MetricPoint])
  /// An epoch is done, evaluated where it is due; a checkpoint may be taken now.
  case epoch(Int, points: [MetricPoint])
}

/// How a training ended.
package enum TrainingOutcome: Sendable {
  /// All epochs are done.
  case completed(TestPredictions?)
  /// `interrupt` was asked for.
  case interrupted
}

/// Trains one run: the loop, evaluation and the state between steps.
///
/// The bits depend on specification, seed and data only: never on threads, the clock or interruptions.
package final class Trainer {
  /// The network.
  package let model: Network
  /// Optimizer updates done.
  package internal(set) var step = 0
  /// Epochs done.
  package internal(set) var epoch = 0
  /// Time spent training and evaluating, earlier attempts of this state included.
  package internal(set) var elapsedSeconds = 0.0

  let specification: RunSpecification
  let seed: Int
  let program: any TrainingProgram
  /// What early stopping has seen, if there is any.
  var stopping: StoppingWatch?
  var batch = 0
  var sums: ProgramSums
  var epochSeconds = 0.0

  let data: PreparedData
  private let seconds: () -> Double

  /// A training at its first step, with initial values drawn from `seed`.
  ///
  /// `initialWeights` replaces drawn tensors by those of a file. `seconds` is a clock that only moves forward.
  /// Throws `ModelError` or `WeightsError`.
  package init(
    _ specification: RunSpecification,
    seed: Int,
    data: PreparedData,
    threads: Int,
    initialWeights: SafeTensors? = nil,
    seconds: @escaping () -> Double
  ) throws {
    self.specification = specification
    self.seed = seed
    self.data = data
    self.seconds = seconds
    model = try ModelBuilder.build(specification, for: data.description)
    model.initialize(
      weights: ModelBuilder.initializer(specification.initialization.weights),
      biases: ModelBuilder.initializer(specification.initialization.biases),
      seed: seed
    )
    if let initialWeights { try model.load(initialWeights) }
    program = try SupervisedProgram(
      specification,
      seed: seed,
      model: model,
      data: data,
      tape: Tape(threadCount: threads)
    )
    stopping = specification.train.earlyStopping.map { StoppingWatch($0) }
    let isLogged = specification.train.logEverySteps != nil
    sums = ProgramSums(epoch: program.empty, logged: isLogged ? program.empty : [])
    try TargetRange.check(specification, data)
  }

  /// Trains from the current state to the end, or until `control` interrupts; both are called once a step.
  ///
  /// Throws `DivergedError`, and whatever `observe` throws.
  package func train(
    control: () -> TrainingControl,
    observe: (TrainingEvent) throws -> Void
  ) throws -> TrainingOutcome {
    var predictions: TestPredictions?
    while !isFinished {
      let order = data.order(
        .train,
        batchSize: specification.train.batchSize,
        shuffle: specification.train.shuffle,
        seed: seed,
        epoch: epoch
      )
      if batch == 0 { model.clearStates() }
      while batch < order.batchCount {
        if case .interrupt = control() { return .interrupted }
        try trainBatch(order, observe)
      }
      predictions = try endEpoch(observe)
    }
    return .completed(predictions ?? testPredictions)
  }

  // MARK: - One step

  private func trainBatch(
    _ order: BatchOrder,
    _ observe: (TrainingEvent) throws -> Void
  ) throws {
    let start = seconds()
    let ids = order.ids[order.range(batch)]
    if !order.continues(batch) { model.clearStates() }
    let draws = isAugmented ? AugmentationDraws(seed: seed, epoch: epoch) : nil
    let loss: Double
    do {
      let batch = TrainingBatch(part: .train, ids: ids, draws: draws)
      loss = try program.update(batch, at: place, into: &sums)
    } catch { throw diverged(error) }
    step += 1
    batch += 1
    let spent = seconds() - start
    epochSeconds += spent
    elapsedSeconds += spent
    try observe(
      .step(
        epoch: epoch,
        step: batch,
        stepsPerEpoch: order.batchCount,
        loss: loss,
        samplesPerSecond: Double(sums.epoch[0].examples) / max(epochSeconds, 1e-9)
      )
    )
    try logPoints(order.batchCount, observe)
  }

  private var place: StepPlace { StepPlace(seed: seed, step: step, epoch: epoch) }

  private var isAugmented: Bool { specification.data.augmentation != nil }

  private func logPoints(
    _ batches: Int,
    _ observe: (TrainingEvent) throws -> Void
  ) throws {
    guard let every = specification.train.logEverySteps, step % every == 0, batch < batches else {
      return
    }
    let place = Double(epoch) + Double(batch) / Double(batches)
    let points = points(.train, sums.logged, epoch: place)
    sums.logged.clear()
    try observe(.points(points))
  }

  private func points(
    _ part: MetricName.Part,
    _ sums: [MetricSums],
    epoch: Double
  ) -> [MetricPoint] {
    program.values(part, sums).map { quantity, value in
      MetricPoint(name: "\(part.rawValue).\(quantity)", step: step, epoch: epoch, value: value)
    }
  }

  private func diverged(_ fault: StepFault) -> DivergedError {
    let what =
      switch fault {
      case .weightless: "`class_weights` of all classes in the batch are 0"
      case .loss(let value): "train.loss is \(value)"
      case .parameters: "a gradient or parameter is not finite"
      }
    return DivergedError(reason: "diverged: \(what) at step \(step + 1) (epoch \(epoch + 1))")
  }

  // MARK: - The end of an epoch

  private func endEpoch(
    _ observe: (TrainingEvent) throws -> Void
  ) throws -> TestPredictions? {
    let start = seconds()
    epoch += 1
    var points = points(.train, sums.epoch, epoch: Double(epoch))
    points.append(
      MetricPoint(
        name: "train.samples_per_second",
        step: step,
        epoch: Double(epoch),
        value: Double(sums.epoch[0].examples) / max(epochSeconds, 1e-9)
      )
    )
    var predictions: TestPredictions?
    if epoch == specification.train.epochs || epoch % specification.train.evaluateEvery == 0 {
      var evaluated = validationPoints
      noteForStopping(points + evaluated)
      if isFinished, restoreBest() { evaluated = validationPoints }
      points += evaluated
      if data.count(.test) > 0 {
        let (result, found) = evaluate(.test, predicting: isFinished)
        points += self.points(.test, result, epoch: Double(epoch))
        predictions = found
      }
    }
    batch = 0
    sums.clear()
    epochSeconds = 0
    model.clearStates()
    elapsedSeconds += seconds() - start
    try observe(.epoch(epoch, points: points))
    return predictions
  }

  private var validationPoints: [MetricPoint] {
    guard data.count(.validation) > 0 else { return [] }
    return points(.val, evaluate(.validation).0, epoch: Double(epoch))
  }

  /// Shows an evaluation to early stopping, which may end the training by it.
  private func noteForStopping(_ points: [MetricPoint]) {
    guard let name = stopping?.rule.metric else { return }
    let value = points.last { $0.name == name }?.value
    stopping?.note(value, epoch: epoch) { model.weights }
  }

  /// Puts the best evaluation's weights back, if that is asked for; whether others than the present ones were best.
  private func restoreBest() -> Bool {
    guard let stopping, let best = stopping.bestWeights, stopping.bestEpoch != epoch else {
      return false
    }
    model.restore(best)
    return true
  }

  /// What the finished network predicts for classes, for a run resumed after its last epoch.
  private var testPredictions: TestPredictions? {
    predictsClasses && data.count(.test) > 0 ? evaluate(.test, predicting: true).1 : nil
  }

  /// Whether the network predicts the classes of examples: of nothing else predictions are kept.
  private var predictsClasses: Bool {
    guard case .classes = data.description.target else { return false }
    return isOfPrincipalTarget
  }

  /// A part's sums in evaluation mode; with `predicting`, also what was predicted for classes.
  func evaluate(
    _ part: DataPart,
    predicting: Bool = false
  ) -> ([MetricSums], TestPredictions?) {
    let states = model.states
    defer { model.states = states }
    model.clearStates()
    let order = data.order(part, batchSize: evaluationBatchSize, shuffle: false)
    var sums = program.empty
    let isKept = predicting && predictsClasses
    var (found, classes): ([Int32], [Int32]) = ([], [])
    for batch in 0..<order.batchCount {
      let ids = order.ids[order.range(batch)]
      if !order.continues(batch) { model.clearStates() }
      let batch = TrainingBatch(part: part, ids: ids)
      let kept = program.evaluate(batch, at: place, into: &sums, keeping: isKept)
      found += kept?.predictions ?? []
      classes += kept?.targets ?? []
    }
    return (sums, isKept ? TestPredictions(targets: classes, predictions: found) : nil)
  }

  /// Examples evaluated at once: few enough that all layers' results stay below 2²⁴ values, at most 256. Depends on
  /// the network's shape alone, for the order of sums follows it.
  private var evaluationBatchSize: Int {
    let perExample = model.valuesPerExample
    return max(1, min(256, (1 << 24) / max(1, perExample)))
  }
}

extension Trainer {
  /// Whether the first loss is held against the data's first target.
  var isOfPrincipalTarget: Bool {
    specification.losses[0].target.map { $0 == data.description.targets[0].name } ?? true
  }

  /// Whether all epochs are done, or early stopping has ended the training before.
  package var isFinished: Bool {
    epoch >= specification.train.epochs || stopping?.isStopped ?? false
  }

  /// Epochs done, with the fraction of the one in progress.
  package var progress: Double {
    guard batch > 0 else { return Double(epoch) }
    let count = data.order(
      .train,
      batchSize: specification.train.batchSize,
      shuffle: false,
      seed: seed,
      epoch: epoch
    ).batchCount
    return Double(epoch) + Double(batch) / Double(max(1, count))
  }
}
