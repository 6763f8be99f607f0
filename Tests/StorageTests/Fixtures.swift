// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Vocabulary

/// A folder for one test's database, removed at the end.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "runexp-storage-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var database: String { path + "/runexp.db" }
}

/// A clock that moves only when told.
final class ManualClock: @unchecked Sendable {
  // Safety: every access of `seconds` holds the lock.
  private let lock = NSLock()
  private var seconds: Double = 1_800_000_000

  var now: @Sendable () -> Date {
    { self.lock.withLock { Date(timeIntervalSince1970: self.seconds) } }
  }

  func advance(_ interval: Double) { lock.withLock { seconds += interval } }
}

/// A store in a folder of its own.
struct StoreFixture {
  let folder: TemporaryFolder
  let clock = ManualClock()
  let store: RunStore

  init() throws {
    folder = try TemporaryFolder()
    store = try RunStore(path: folder.database, mode: .create, clock: clock.now)
  }

  /// Another connection to the same file, as another process would have.
  func another(_ mode: RunStore.Mode = .open) throws -> RunStore {
    try RunStore(path: folder.database, mode: mode, clock: clock.now)
  }
}

func specification(
  learningRate: Double = 0.1,
  epochs: Int = 4,
  units: Int = 10
) -> RunSpecification {
  RunSpecification(
    data: DataSpecification(
      dataset: Component("glyphs", ["train": .integer(100), "noise": .real(0.1)]),
      validation: .count(20)
    ),
    model: [
      Component("flatten"),
      Component("dense", ["units": .integer(units), "bias": .boolean(true), "activation": .none]),
    ],
    loss: Component("cross_entropy"),
    optimizer: Component("sgd", ["learning_rate": .real(learningRate)]),
    train: TrainSpecification(epochs: epochs, batchSize: 32)
  )
}

func experiment(
  _ name: String = "rates",
  repeats: Int = 2,
  checkpoint: CheckpointPolicy = CheckpointPolicy()
) -> Experiment {
  Experiment(
    name: name,
    tags: ["lecture-3"],
    repeats: repeats,
    metric: MetricSelection(name: "val.accuracy", goal: .maximize),
    parameters: [DeclaredParameter(name: "learning_rate", values: [.real(0.1), .real(0.01)])],
    report: ReportOptions(metric: "test.accuracy", curves: ["train.loss"]),
    checkpoint: checkpoint
  )
}

func plan(
  _ name: String = "rates",
  rates: [Double] = [0.1, 0.01],
  repeats: Int = 2,
  data: String = "d1",
  numericVersion: Int = 1,
  isBare: Bool = false,
  change: (inout SweepPlan) -> Void = { _ in }
) -> SweepPlan {
  var plan = SweepPlan(
    experiment: experiment(name, repeats: repeats),
    cells: rates.enumerated().map { index, rate in
      PlannedCell(
        Cell(
          index: index,
          assignment: ["learning_rate": .real(rate)],
          specification: specification(learningRate: rate)
        ),
        dataSHA256: data,
        parameterCount: 7850,
        numericVersion: numericVersion
      )
    },
    manifest: "name: \(name)\n",
    version: "0.1.0",
    isBare: isBare
  )
  change(&plan)
  return plan
}

/// A worker that lives: this process.
let livingWorker = WorkerIdentity.current()

/// A worker of this machine that died: nobody has this process's number and that start time.
func deadWorker(supervisor: ProcessIdentity? = nil) -> WorkerIdentity {
  var process = ProcessIdentity.current
  process.startTime = (process.startTime ?? 0) - 1
  return WorkerIdentity(process: process, supervisor: supervisor)
}

/// A worker on a machine whose processes cannot be seen.
let remoteWorker = WorkerIdentity(
  process: ProcessIdentity(host: "elsewhere", bootID: "b", pid: 1, startTime: 1)
)

/// What evaluation after an epoch records, 10 steps an epoch.
func points(epoch: Int, accuracy: Double? = nil, loss: Double? = 0.5) -> [MetricPoint] {
  [
    MetricPoint(name: "train.loss", step: epoch * 10, epoch: Double(epoch), value: loss),
    MetricPoint(
      name: "val.accuracy",
      step: epoch * 10,
      epoch: Double(epoch),
      value: accuracy ?? Double(epoch) / 10
    ),
    MetricPoint(name: "test.accuracy", step: epoch * 10, epoch: Double(epoch), value: 0.7),
  ]
}

func result(weights: [UInt8] = [1, 2, 3], digest: String? = nil) throws -> RunResult {
  try RunResult(
    weightsSHA256: digest ?? String(repeating: "a", count: 64),
    weights: weights,
    step: 40,
    epochs: 4,
    elapsedSeconds: 8,
    captures: [
      Capture(.predictions, TestPredictions(targets: [0, 1, 2], predictions: [0, 1, 1])),
      Capture(.classNames, ["a", "b", "c"]),
    ].compactMap(\.self)
  )
}

extension RunStore {
  /// Trains every queued run of a plan at once, as far as the store can tell.
  func completeAll(_ sweep: PlannedSweep) throws {
    while let claimed = try claim(worker: livingWorker, in: .runs(sweep.runIDs)) {
      for epoch in 1...4 { try append(points(epoch: epoch), claimed.claim) }
      try complete(claimed.claim, result())
    }
  }
}
