// SPDX-License-Identifier: Apache-2.0

public import Vocabulary

/// The stored state of a run. `interrupted` is only ever shown: a `running` row whose claim is void.
public enum RunState: String, Codable, Sendable, CaseIterable {
  /// Waiting for a worker, perhaps with a checkpoint.
  case queued
  /// Claimed by a worker.
  case running
  /// Trained to the end.
  case completed
  /// Stopped early by the search.
  case pruned
  /// Ended without a result, `reason` says why.
  case failed
  /// Taken out by the user.
  case cancelled
  /// Shown for a running row whose worker is gone; never stored.
  case interrupted

  /// Whether nothing more will happen to the run by itself.
  public var isTerminal: Bool {
    switch self {
    case .completed, .pruned, .failed, .cancelled: true
    case .queued, .running, .interrupted: false
    }
  }
}

/// Everything the store knows of one run, as listings and reports show it.
public struct RunRecord: Hashable, Sendable {
  /// The id, for ever.
  public var id: String
  /// The experiment's name.
  public var experiment: String
  /// `NAME@revision` of the plan it is seen in; nil for a bare `run`.
  public var sweep: String?
  /// The cell's position in that plan.
  public var cell: Int?
  /// The seed.
  public var seed: Int
  /// The state as shown (`interrupted` included).
  public var state: RunState
  /// Attempts started so far.
  public var attempts: Int
  /// Why it failed or was cancelled.
  public var reason: String?
  /// The cell's assignment.
  public var parameters: [String: ParameterValue]
  /// Completed epochs.
  public var epochs: Int
  /// Time spent training, over all attempts that counted.
  public var durationSeconds: Double?
  /// ISO 8601 UTC.
  public var startedAt: String?
  /// ISO 8601 UTC.
  public var finishedAt: String?
  /// Digest of the final weights; nil if not finite or not finished.
  public var weightsSHA256: String?
  /// Digest of the data's content.
  public var dataSHA256: String?
  /// Version of the numerics that trained it.
  public var numericVersion: Int
  /// The newest numeric version of a program that knew the data and found `numericVersion` to be right; nil if none did.
  public var checkedNumericVersion: Int?
  /// Number of trained values.
  public var parameterCount: Int?
  /// Free words.
  public var tags: [String]
  /// Last and best of each metric.
  public var metrics: [String: MetricSummary]
  /// What was trained.
  public var specification: RunSpecification

  /// A record.
  public init(
    id: String,
    experiment: String,
    sweep: String? = nil,
    cell: Int? = nil,
    seed: Int,
    state: RunState,
    attempts: Int = 0,
    reason: String? = nil,
    parameters: [String: ParameterValue] = [:],
    epochs: Int = 0,
    durationSeconds: Double? = nil,
    startedAt: String? = nil,
    finishedAt: String? = nil,
    weightsSHA256: String? = nil,
    dataSHA256: String? = nil,
    numericVersion: Int,
    checkedNumericVersion: Int? = nil,
    parameterCount: Int? = nil,
    tags: [String] = [],
    metrics: [String: MetricSummary] = [:],
    specification: RunSpecification
  ) {
    self.id = id
    self.experiment = experiment
    self.sweep = sweep
    self.cell = cell
    self.seed = seed
    self.state = state
    self.attempts = attempts
    self.reason = reason
    self.parameters = parameters
    self.epochs = epochs
    self.durationSeconds = durationSeconds
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.weightsSHA256 = weightsSHA256
    self.dataSHA256 = dataSHA256
    self.numericVersion = numericVersion
    self.checkedNumericVersion = checkedNumericVersion
    self.parameterCount = parameterCount
    self.tags = tags
    self.metrics = metrics
    self.specification = specification
  }
}

extension RunRecord {
  /// What stands for the version of the numerics where another program trained the run.
  public static let importedVersion = 0

  /// Whether another program measured it: it has no weights, and its seed means nothing to ours.
  public var isImported: Bool { numericVersion == Self.importedVersion }
}

/// One frozen plan as the store holds it.
public struct SweepRecord: Hashable, Sendable {
  /// The experiment's name.
  public var name: String
  /// Counts the plans of that name, from 1.
  public var revision: Int
  /// The experiment.
  public var experiment: Experiment
  /// The cells, in plan order.
  public var cells: [Cell]
  /// The manifest's text as it was read.
  public var manifest: String
  /// Overrides of the command line, as typed.
  public var overrides: [String]
  /// ISO 8601 UTC.
  public var createdAt: String
  /// Version of runexp that planned it.
  public var version: String

  /// A record.
  public init(
    name: String,
    revision: Int,
    experiment: Experiment,
    cells: [Cell],
    manifest: String,
    overrides: [String] = [],
    createdAt: String,
    version: String
  ) {
    self.name = name
    self.revision = revision
    self.experiment = experiment
    self.cells = cells
    self.manifest = manifest
    self.overrides = overrides
    self.createdAt = createdAt
    self.version = version
  }

  /// `NAME@revision`.
  public var label: String { "\(name)@\(revision)" }
}

/// The filters of a network's first convolution, as a finished run left them.
public struct FilterBank: Hashable, Sendable {
  /// How many filters there are.
  public var count: Int
  /// Input channels.
  public var channels: Int
  /// Rows of a filter.
  public var height: Int
  /// Columns of a filter.
  public var width: Int
  /// The weights [count, channels, height, width].
  public var values: [Float]

  /// Filters; `values` has a weight for each place.
  public init(count: Int, channels: Int, height: Int, width: Int, values: [Float]) {
    self.count = count
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values
  }

  /// Weights of one filter.
  public var size: Int { channels * height * width }
}

/// A sweep with all that its report shows, read in one transaction.
public struct SweepSnapshot: Sendable {
  /// The plan.
  public var sweep: SweepRecord
  /// Its runs in plan order: cell by cell, seed by seed.
  public var runs: [RunRecord]
  /// The stored curve of each run id, by metric name, in step order.
  public var curves: [String: [String: [MetricPoint]]]
  /// What its runs left when they ended.
  public var captures: Captures
  /// Filters of the first convolution, of those run ids whose report shows them.
  public var filters: [String: FilterBank]
  /// How many candidates all plans gave the row of each cell, by the cell's index: the assignment without what is tuned.
  public var tried: [Int: Int]
  /// The plans that hold each cell, by its index, oldest first; empty where only this one is known.
  public var plans: [Int: [CellPlan]]

  /// A snapshot.
  public init(
    sweep: SweepRecord,
    runs: [RunRecord],
    curves: [String: [String: [MetricPoint]]],
    captures: Captures = Captures(),
    filters: [String: FilterBank] = [:],
    tried: [Int: Int] = [:],
    plans: [Int: [CellPlan]] = [:]
  ) {
    self.sweep = sweep
    self.runs = runs
    self.curves = curves
    self.captures = captures
    self.filters = filters
    self.tried = tried
    self.plans = plans
  }
}
