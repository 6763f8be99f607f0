// SPDX-License-Identifier: Apache-2.0

import Codecs
package import Datasets
import Experiments
import Foundation
import ModelFiles
import NeuralNetworks
package import Storage
import Synchronization
import Training
import Vocabulary

/// One try at one run: trains from the newest checkpoint and keeps the store up to date.
///
/// Metric points wait at most half a second before they are committed. A second thread renews the lease while a long
/// step or evaluation runs.
package final class Attempt {
  private let run: ClaimedRun
  private let data: PreparedData
  private let store: RunStore
  private let stop: StopRequest
  private let tell: (WorkerMessage) -> Void
  private let trainer: any RunTrainer
  private let heartbeat: Heartbeat
  private var pending: [MetricPoint] = []
  private var lastFlush = 0.0
  private var lastTold = 0.0
  private var lastEpoch: WorkerMessage?
  private let startSeconds: Double
  private let threads: Int

  /// How many of the worst errors are kept.
  private static let keptErrors = 10
  /// Examples whose written sequences are kept.
  private static let keptSequences = 8
  /// Predictions of real targets that a run keeps.
  private static let keptPredictions = 500

  package init(
    _ run: ClaimedRun,
    data: PreparedData,
    store: RunStore,
    threads: Int,
    stop: StopRequest,
    tell: @escaping (WorkerMessage) -> Void
  ) throws {
    let numericVersion = run.specification.numericVersion(for: data.description)
    guard run.numericVersion == numericVersion else {
      throw OutdatedRun(
        "planned for numeric version \(run.numericVersion), this program trains it by version "
          + "\(numericVersion): plan it again, `runexp why` tells what changed"
      )
    }
    self.run = run
    self.data = data
    self.store = store
    self.stop = stop
    self.tell = tell
    let weights = try run.specification.initialization.file.map {
      try SafeTensors(decoding: ByteFile.read($0))
    }
    trainer = try runTrainer(
      run.specification,
      seed: run.seed,
      data: data,
      threads: threads,
      initialWeights: weights,
      seconds: Self.now
    )
    if run.resume != nil, let bytes = try store.resumeCheckpoint(ofRun: run.claim.runID) {
      try trainer.restore(bytes)
    }
    startSeconds = trainer.elapsedSeconds
    self.threads = threads
    heartbeat = Heartbeat(store: store, claim: run.claim)
  }

  /// Trains to the end, or to a checkpoint if the worker is asked to stop.
  package func perform() throws {
    defer { heartbeat.end() }
    do {
      let outcome = try trainer.train(
        control: { stop.isAsked ? .interrupt : .proceed },
        observe: { try observe($0) }
      )
      switch outcome {
      case .interrupted: try checkpointAndRelease()
      case .completed(let predictions): try complete(predictions)
      }
    } catch let error as DivergedError {
      try store.fail(
        run.claim,
        reason: error.reason,
        elapsedSeconds: spentSeconds,
        points: pending
      )
      tell(.ended(run: run.claim.runID, state: "failed", reason: error.reason))
    }
  }

  /// Seconds of a clock that only moves forward.
  package static func now() -> Double {
    let elapsed = ContinuousClock.now - start
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }
  private static let start = ContinuousClock.now

  private var spentSeconds: Double { trainer.elapsedSeconds - startSeconds }

  // MARK: - Events

  private func observe(_ event: TrainingEvent) throws {
    switch event {
    case .step(let epoch, let step, let steps, let loss, let rate):
      // An evaluation may follow the last step, and take long.
      try flush(isDue: step == steps)
      tellStep(epoch, step, steps, loss, rate)
    case .points(let points):
      pending += points
      try flush()
    case .epoch(let epoch, let points):
      pending += points
      try store(epoch: epoch)
      let metrics = points.compactMap { point in point.value.map { (point.name, $0) } }
      let message = WorkerMessage.epoch(
        run: run.claim.runID,
        epoch: epoch,
        metrics: Dictionary(metrics, uniquingKeysWith: { _, new in new })
      )
      // What is told is stored: the last epoch's points are committed with the result.
      if trainer.isFinished { lastEpoch = message } else { tell(message) }
    }
  }

  /// Commits what waits, if it waits for long or `isDue`.
  private func flush(isDue: Bool = false) throws {
    let now = Self.now()
    guard !pending.isEmpty, isDue || now - lastFlush > 0.4 else { return }
    try store.append(pending, run.claim)
    pending = []
    lastFlush = now
  }

  private func store(epoch: Int) throws {
    let isLast = trainer.isFinished
    if !isLast, epoch % run.checkpoint.everyEpochs == 0 {
      try saveCheckpoint()
    } else if !isLast {
      try store.append(pending, run.claim)
      pending = []
    }
    lastFlush = Self.now()
  }

  private func saveCheckpoint() throws {
    let metric = pending.last { $0.name == run.metric.name }?.value
    try store.saveCheckpoint(
      trainer.checkpoint(),
      step: trainer.step,
      epoch: trainer.progress,
      metricValue: metric,
      elapsedSeconds: spentSeconds,
      points: pending,
      run.claim
    )
    pending = []
  }

  private func tellStep(_ epoch: Int, _ step: Int, _ steps: Int, _ loss: Double, _ rate: Double) {
    let now = Self.now()
    guard now - lastTold > 0.2 else { return }
    lastTold = now
    tell(
      .step(
        run: run.claim.runID,
        epoch: epoch,
        step: step,
        steps: steps,
        loss: loss,
        samplesPerSecond: rate
      )
    )
  }

  // MARK: - Endings

  private func checkpointAndRelease() throws {
    try saveCheckpoint()
    try store.release(run.claim)
    tell(.ended(run: run.claim.runID, state: "queued", reason: "checkpointed"))
  }

  private func complete(_ predictions: TestPredictions?) throws {
    let weights = trainer.model.weights
    try store.complete(
      run.claim,
      RunResult(
        weightsSHA256: weights.sha256,
        weights: weights.encoded(),
        step: trainer.step,
        epochs: trainer.epoch,
        elapsedSeconds: spentSeconds,
        parameterCount: trainer.model.parameterCount,
        captures: captures(predictions, weights)
      ),
      points: pending
    )
    if let lastEpoch { tell(lastEpoch) }
    tell(.ended(run: run.claim.runID, state: "completed", reason: nil))
  }

  /// What the run leaves for its report, a line for each kind.
  private func captures(
    _ predictions: TestPredictions?,
    _ weights: SafeTensors
  ) throws -> [Capture] {
    let names = predictions == nil ? [] : data.description.classNames
    let text = TextSampler(run.specification, data: data, weights: weights)?.sample(seed: run.seed)
    let errors = trainer.last.worstErrors(Self.keptErrors, threads: threads)
    let regression = trainer.last.regression(Self.keptPredictions, threads: threads)
    let writings = trainer.last.writings(Self.keptSequences, threads: threads)
    let maps = writings?.maps ?? []
    return try [
      Capture(.predictions, predictions),
      Capture(.classNames, names.isEmpty ? nil : names),
      Capture(.sampledText, text),
      Capture(.worstErrors, errors.isEmpty ? nil : errors),
      Capture(.regression, regression),
      Capture(.columns, DataColumns(data.description)),
      Capture(.facts, DataFacts(run.specification, data)),
      Capture(.network, NetworkOutline(run.specification, trainer.model)),
      Capture(.written, writings?.sequences),
      Capture(.attention, maps.isEmpty ? nil : maps),
    ].compactMap(\.self)
  }
}

/// Renews a claim every few seconds while its owner is busy.
package final class Heartbeat: Sendable {
  private let isEnded = Mutex(false)

  package init(store: RunStore, claim: Claim) {
    Thread.detachNewThread { [weak self] in
      var quiet = 0.0
      while true {
        Thread.sleep(forTimeInterval: 0.25)
        guard let self, !self.isEnded.withLock({ $0 }) else { return }
        quiet += 0.25
        guard quiet >= 4 else { continue }
        quiet = 0
        do {
          try store.renew(claim)
        } catch StorageError.claimLost {
          // It shows at the owner's next write, which knows what to do.
          return
        } catch {
          // Busy or refused now: the next renewal may pass, and the owner's own writes tell.
          continue
        }
      }
    }
  }

  package func end() { isEnded.withLock { $0 = true } }
}
