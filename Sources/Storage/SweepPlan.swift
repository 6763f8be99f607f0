// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// A cell with what only the caller knows of it.
public struct PlannedCell: Hashable, Sendable {
  /// The cell.
  public var cell: Cell
  /// Digest of its data's content.
  public var dataSHA256: String
  /// The digest by which runs of before numeric version 5 know the data, where it is another one.
  public var roundedDataSHA256: String?
  /// Digest of the file in `init.from`; nil if there is none.
  public var initializationSHA256: String?
  /// Number of trained values of its model, if known.
  public var parameterCount: Int?
  /// Version of the numbers that its runs come to.
  public var numericVersion: Int

  /// A cell.
  public init(
    _ cell: Cell,
    dataSHA256: String,
    roundedDataSHA256: String? = nil,
    initializationSHA256: String? = nil,
    parameterCount: Int? = nil,
    numericVersion: Int
  ) {
    self.cell = cell
    self.dataSHA256 = dataSHA256
    self.roundedDataSHA256 = roundedDataSHA256
    self.initializationSHA256 = initializationSHA256
    self.parameterCount = parameterCount
    self.numericVersion = numericVersion
  }

  /// The content of its run of one seed, as a run of `version` has it; nil for the version of today.
  public func content(seed: Int, version: Int? = nil) -> RunContent {
    let version = version ?? numericVersion
    let isRounded = version < NumericChange.doubleStandardization.version
    return RunContent(
      specification: cell.specification,
      seed: seed,
      dataSHA256: isRounded ? roundedDataSHA256 ?? dataSHA256 : dataSHA256,
      initializationSHA256: initializationSHA256,
      numericVersion: version
    )
  }
}

/// All that one plan is made of.
public struct SweepPlan: Hashable, Sendable {
  /// The experiment.
  public var experiment: Experiment
  /// Its cells, in order.
  public var cells: [PlannedCell]
  /// The manifest's text as it was read.
  public var manifest: String
  /// Overrides of the command line, as typed.
  public var overrides: [String]
  /// Version of this program.
  public var version: String
  /// Whether the runs are made without a sweep, as `run` does.
  public var isBare: Bool

  /// A plan.
  public init(
    experiment: Experiment,
    cells: [PlannedCell],
    manifest: String,
    overrides: [String] = [],
    version: String,
    isBare: Bool = false
  ) {
    self.experiment = experiment
    self.cells = cells
    self.manifest = manifest
    self.overrides = overrides
    self.version = version
    self.isBare = isBare
  }
}

/// What planning found of a run, and so what will happen to it.
public enum RunDisposition: String, Hashable, Codable, Sendable, CaseIterable {
  /// No stored run has its content.
  case new
  /// Planned before, never started.
  case queued
  /// Started before, goes on.
  case resumed
  /// Crashed before, tried again.
  case retried
  /// Completed before, but lacks something that this plan asks for.
  case repeated
  /// Another live worker has it.
  case running
  /// Completed before: nothing to do.
  case reused
  /// Ended without a result that would change: diverged, pruned or cancelled.
  case kept
}

/// One run of a plan.
public struct PlannedRun: Hashable, Sendable {
  /// The run's id.
  public var id: String
  /// The cell's position.
  public var cell: Int
  /// The seed.
  public var seed: Int
  /// What will happen.
  public var disposition: RunDisposition
  /// Why, as a clause.
  public var reason: String?
  /// The stored run that this one takes the place of, because the numbers changed since; nil if there is none.
  public var renewal: Renewal?

  /// Whether a worker still has to work on it.
  public var isOpen: Bool { disposition != .reused && disposition != .kept }
}

/// A stored run that has the content of a planned one but for an older numeric version.
public struct Renewal: Hashable, Sendable {
  /// The stored run's id.
  public var run: String
  /// Its numeric version.
  public var version: Int
  /// What changed since.
  public var changes: [NumericChange]

  /// Why it is not reused, as a clause.
  public var reason: String {
    (["run \(run) is of numeric version \(version)"] + changes.map(\.announcement))
      .joined(separator: "; ")
  }
}

/// A plan as it was frozen, or would be.
public struct PlannedSweep: Hashable, Sendable {
  /// The stored plan; nil for bare runs and for a preview.
  public var sweep: SweepRecord?
  /// Whether a revision was added: the newest of that name was another plan.
  public var isNewRevision: Bool
  /// The runs in plan order: cell by cell, seed by seed.
  public var runs: [PlannedRun]

  /// Ids of the runs a worker still has to work on, each once.
  public var openRuns: [String] {
    var seen = Set<String>()
    return runs.filter { $0.isOpen && seen.insert($0.id).inserted }.map(\.id)
  }

  /// Ids of all runs, each once, in plan order.
  public var runIDs: [String] {
    var seen = Set<String>()
    return runs.map(\.id).filter { seen.insert($0).inserted }
  }

  /// What became of stored runs of older numeric versions, a line for each set of changes.
  public var renewalLines: [String] {
    let renewals = Dictionary(grouping: runs.compactMap(\.renewal), by: \.changes)
    return renewals.map { changes, renewals in
      let count = Set(renewals.map(\.run)).count
      let subject = count == 1 ? "1 stored run is" : "\(count) stored runs are"
      return "\(subject) trained anew under another id: "
        + changes.map(\.announcement).joined(separator: "; ")
    }.sorted()
  }

  /// How many runs have that disposition.
  public func count(_ disposition: RunDisposition) -> Int {
    runs.count { $0.disposition == disposition }
  }
}
