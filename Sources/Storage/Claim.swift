// SPDX-License-Identifier: Apache-2.0

public import Experiments
internal import GRDB
public import Vocabulary

/// The right to write the results of one run; every write checks it.
///
/// The number of the attempt is the fencing number. Each claim starts a new attempt, and a claim is
/// valid only while its attempt is the run's newest.
public struct Claim: Hashable, Sendable {
  /// The run's id.
  public var runID: String
  /// The attempt.
  public var attempt: Int

  /// A claim that `RunStore.claim` gave to, for example, another process.
  public init(runID: String, attempt: Int) {
    self.runID = runID
    self.attempt = attempt
  }
}

/// A run with everything that its worker needs.
public struct ClaimedRun: Hashable, Sendable {
  /// The right to write its results.
  public var claim: Claim
  /// The experiment's name.
  public var experiment: String
  /// The seed.
  public var seed: Int
  /// What is trained.
  public var specification: RunSpecification
  /// The cell's assignment.
  public var parameters: [String: ParameterValue]
  /// When checkpoints are made, and which are kept.
  public var checkpoint: CheckpointPolicy
  /// The metric that is stored with each checkpoint.
  public var metric: MetricSelection
  /// Digest of the data for which it was planned.
  public var dataSHA256: String
  /// Version of the numerics for which it was planned.
  public var numericVersion: Int
  /// The checkpoint from which it continues; nil if it starts from the beginning.
  public var resume: CheckpointInfo?
}

/// One stored checkpoint, without its bytes.
public struct CheckpointInfo: Hashable, Sendable {
  /// What a checkpoint is for.
  public enum Kind: String, Hashable, Sendable {
    /// Everything that exact resumption needs.
    case resume
    /// The final weights, as a safetensors file.
    case final
  }
  /// The id that `RunStore.checkpointBytes` takes.
  public var id: Int64
  /// What it is for.
  public var kind: Kind
  /// Optimizer updates done.
  public var step: Int
  /// Epochs done.
  public var epoch: Double
  /// The run's metric at that point, if the worker told it.
  public var metricValue: Double?
  /// Time spent on training until then, over all attempts that counted.
  public var elapsedSeconds: Double
  /// Size of its bytes.
  public var sizeBytes: Int

  init(_ row: Row) {
    id = row["id"]
    let text: String = row["kind"]
    kind = Kind(rawValue: text) ?? .resume
    step = row["step"]
    epoch = row["epoch"]
    metricValue = row["metric_value"]
    elapsedSeconds = row["elapsed_seconds"]
    sizeBytes = row["size"]
  }

  static func newest(_ database: Database, run: Int64, kind: Kind) throws -> CheckpointInfo? {
    let statement = try database.cachedStatement(
      sql: "SELECT * FROM checkpoint WHERE run_id = ? AND kind = ? ORDER BY step DESC LIMIT 1"
    )
    return try Row.fetchOne(statement, arguments: [run, kind.rawValue]).map(CheckpointInfo.init)
  }
}

/// The runs that a query or a worker is about.
public enum RunScope: Hashable, Sendable {
  /// Every run.
  case all
  /// The runs of a plan, `NAME@revision`.
  case sweep(String)
  /// The runs with these ids, in this order.
  case runs([String])
}

/// The machine and the settings of an attempt.
public struct RunEnvironment: Hashable, Sendable {
  /// The processor's name.
  public var cpu: String
  /// Operating system and version.
  public var system: String
  /// Usable cores.
  public var cores: Int
  /// Runs at once.
  public var jobs: Int
  /// Threads per run.
  public var threads: Int
  /// Version of runexp.
  public var version: String

  /// An environment.
  public init(cpu: String, system: String, cores: Int, jobs: Int, threads: Int, version: String) {
    self.cpu = cpu
    self.system = system
    self.cores = cores
    self.jobs = jobs
    self.threads = threads
    self.version = version
  }
}
