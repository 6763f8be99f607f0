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
  package let model: Sequential
  /// Optimizer updates done.
  package internal(set) var step = 0
  /// Epochs done.
  package internal(set) var epoch = 0
  /// Time spent training and evaluating, earlier attempts of this state included.
  package internal(set) var elapsedSeconds = 0.0

  let specification: RunSpecification
  let seed: Int
  let optimizer: any Optimizer
  /// What early stopping has seen, if there is any.
  var stopping: StoppingWatch?
  var batch = 0
  var sums: MetricSums
  var logged: MetricSums
  var epochSeconds = 0.0

  let data: PreparedData
  private let tape: Tape
  private let loader: BatchLoader
  private let loss: any LossFunction
  private let metricSet: MetricSet
  private let seconds: () -> Double
  /// Those that are not frozen.
  private let parameters: [Tensors.Parameter]
  private let schedule: Schedule

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
    tape = Tape(threadCount: threads)
    let trained = ParameterSettings(specification.model)
      .trained(model.parameters, by: specification.optimizer)
    parameters = trained.map(\.parameter)
    optimizer = OptimizerBuilder.build(
      specification.optimizer,
      trained,
      context: tape.context
    )
    schedule = ScheduleBuilder.build(specification, seed: seed, data: data)
    stopping = specification.train.earlyStopping.map { StoppingWatch($0) }
    loader = BatchLoader(data: data)
    loss = lossFunction(specification.loss)
    do {
      metricSet = try MetricSet(
        loss: loss,
        target: data.description.target,
        names: specification.metrics,
        parameters: model.parameters.map(\.parameter)
      )
    } catch {
      throw ModelError(.metric(error))
    }
    sums = metricSet.empty
    logged = metricSet.empty
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
    tape.reset(training: true)
    for parameter in parameters { parameter.clearGradient() }
    let draws = isAugmented ? AugmentationDraws(seed: seed, epoch: epoch) : nil
    let loaded = loader.load(.train, ids, onto: tape, draws: draws)
    let (output, targets) = outputs(loaded)
    let predictions = metricSet.readsPredictions ? room(for: targets) : nil
    let result = loss(output, targets, on: tape, predictions: predictions)
    guard result.mean.isFinite else {
      let isWeightless = result.weight == 0 && result.rows > 0
      throw diverged(
        isWeightless
          ? "`class_weights` of all classes in the batch are 0" : "train.loss is \(result.mean)"
      )
    }
    tape.backward()
    let measured = MeasuredBatch(
      tape: tape,
      output: output,
      targets: targets,
      predictions: predictions,
      examples: ids.count,
      lengths: loaded.countedLengths
    )
    measure(measured, result)
    clip()
    let time = schedule.unit == .epoch ? epoch : step
    guard optimizer.step(rate: { schedule.rate($0, at: time) }) else {
      throw diverged("a gradient or parameter is not finite")
    }
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
        loss: result.mean,
        samplesPerSecond: Double(sums.examples) / max(epochSeconds, 1e-9)
      )
    )
    try logPoints(order.batchCount, observe)
  }

  /// What the network makes of a batch, and what it should: of real steps alone, where each has a target.
  private func outputs(_ batch: Batch) -> (output: Variable, targets: Targets) {
    let pass = Pass(tape: tape, seed: seed, step: UInt64(step), lengths: batch.lengths)
    return batch.counted(model(batch.input, pass), on: tape)
  }

  private var isAugmented: Bool { specification.data.augmentation != nil }

  /// Takes a step into the sums, its gradients before they are clipped.
  private func measure(_ batch: MeasuredBatch, _ result: Loss) {
    metricSet.add(batch, result, to: &sums)
    metricSet.addGradients(to: &sums)
    guard specification.train.logEverySteps != nil else { return }
    metricSet.add(batch, result, to: &logged)
    metricSet.addGradients(to: &logged)
  }

  /// Room for a class for each row; nil on real targets.
  private func room(for targets: Targets) -> Indices? {
    guard case .classes(let classes) = targets else { return nil }
    return unsafe tape.indices(classes.shape) { _ in }
  }

  private func clip() {
    if let limit = specification.train.clipValue {
      Clipping.byValue(parameters, limit: limit, context: tape.context)
    }
    if let limit = specification.train.clipNorm {
      Clipping.byNorm(parameters, limit: limit, context: tape.context)
    }
  }

  private func logPoints(
    _ batches: Int,
    _ observe: (TrainingEvent) throws -> Void
  ) throws {
    guard let every = specification.train.logEverySteps, step % every == 0, batch < batches else {
      return
    }
    let place = Double(epoch) + Double(batch) / Double(batches)
    let points = metricSet.points(.train, logged, step: step, epoch: place)
    logged.clear()
    try observe(.points(points))
  }

  private func diverged(_ what: String) -> DivergedError {
    DivergedError(reason: "diverged: \(what) at step \(step + 1) (epoch \(epoch + 1))")
  }

  // MARK: - The end of an epoch

  private func endEpoch(
    _ observe: (TrainingEvent) throws -> Void
  ) throws -> TestPredictions? {
    let start = seconds()
    epoch += 1
    var points = metricSet.points(.train, sums, step: step, epoch: Double(epoch))
    points.append(
      MetricPoint(
        name: "train.samples_per_second",
        step: step,
        epoch: Double(epoch),
        value: Double(sums.examples) / max(epochSeconds, 1e-9)
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
        points += metricSet.points(.test, result, step: step, epoch: Double(epoch))
        predictions = found
      }
    }
    batch = 0
    sums.clear()
    logged.clear()
    epochSeconds = 0
    model.clearStates()
    elapsedSeconds += seconds() - start
    try observe(.epoch(epoch, points: points))
    return predictions
  }

  private var validationPoints: [MetricPoint] {
    guard data.count(.validation) > 0 else { return [] }
    return metricSet.points(.val, evaluate(.validation).0, step: step, epoch: Double(epoch))
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

  /// What the finished network predicts, for a run resumed after its last epoch.
  private var testPredictions: TestPredictions? {
    data.count(.test) > 0 ? evaluate(.test, predicting: true).1 : nil
  }

  /// A part's sums in evaluation mode; with `predicting`, also what was predicted for classes.
  func evaluate(
    _ part: DataPart,
    predicting: Bool = false
  ) -> (MetricSums, TestPredictions?) {
    let states = model.states
    defer { model.states = states }
    model.clearStates()
    let order = data.order(part, batchSize: evaluationBatchSize, shuffle: false)
    var sums = metricSet.empty
    let isClassification = if case .classes = data.description.target { true } else { false }
    let isKept = predicting && isClassification
    var (found, classes): ([Int32], [Int32]) = ([], [])
    for batch in 0..<order.batchCount {
      let ids = order.ids[order.range(batch)]
      if !order.continues(batch) { model.clearStates() }
      tape.reset(training: false)
      let loaded = loader.load(part, ids, onto: tape)
      let (output, targets) = outputs(loaded)
      let predictions = isKept || metricSet.readsPredictions ? room(for: targets) : nil
      let result = loss(output, targets, on: tape, predictions: predictions)
      let measured = MeasuredBatch(
        tape: tape,
        output: output,
        targets: targets,
        predictions: predictions,
        examples: ids.count,
        lengths: loaded.countedLengths
      )
      metricSet.add(measured, result, to: &sums)
      if isKept, let predictions {
        found += predictions.array
        classes += targets.classes.array
      }
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
