// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// A cell with the facts that only the caller knows.
public struct PlannedCell: Hashable, Sendable {
  /// The cell.
  public var cell: Cell
  /// Digest of its data's content.
  public var dataSHA256: String
  /// The digest by which runs from before numeric version 5 identify the data, if it differs.
  public var roundedDataSHA256: String?
  /// Digest of the file in `init.from`; nil if there is none.
  public var initializationSHA256: String?
  /// Number of trained values of its model, if known.
  public var parameterCount: Int?
  /// The numeric version of its runs.
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

  /// The content of its run with one seed, as a run of numeric version `version` has it; nil for
  /// today's version.
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
  /// Overrides of the command line, as the user typed them.
  public var overrides: [String]
  /// Version of this program.
  public var version: String
  /// Whether the runs are made without a sweep, as the command `run` does.
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

/// What planning found out about a run, which decides what will happen to it.
public enum RunDisposition: String, Hashable, Codable, Sendable, CaseIterable {
  /// No stored run has its content.
  case new
  /// It was planned before, but never started.
  case queued
  /// It was started before, and continues.
  case resumed
  /// It crashed before, and is tried again.
  case retried
  /// It was completed before, but lacks something that this plan asks for.
  case repeated
  /// Another live worker is training it.
  case running
  /// It was completed before, so nothing is left to do.
  case reused
  /// It ended without a result and is not tried again: diverged, pruned or cancelled.
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
  /// What will happen to it.
  public var disposition: RunDisposition
  /// The reason, as a clause.
  public var reason: String?
  /// The stored run that this one replaces, because the numerics changed since then; nil if there
  /// is none.
  public var renewal: Renewal?

  /// Whether a worker still has to work on it.
  public var isOpen: Bool { disposition != .reused && disposition != .kept }
}

/// A stored run whose content differs from that of a planned run only in its older numeric version.
public struct Renewal: Hashable, Sendable {
  /// The stored run's id.
  public var run: String
  /// Its numeric version.
  public var version: Int
  /// The changes since then.
  public var changes: [NumericChange]

  /// Why it is not reused, as a clause.
  public var reason: String {
    (["run \(run) is of numeric version \(version)"] + changes.map(\.announcement))
      .joined(separator: "; ")
  }
}

/// A plan as it was frozen, or as it would be.
public struct PlannedSweep: Hashable, Sendable {
  /// The stored plan; nil for bare runs and for a preview.
  public var sweep: SweepRecord?
  /// Whether a revision was added, because the newest plan of that name was different.
  public var isNewRevision: Bool
  /// The runs in plan order: cell by cell, seed by seed.
  public var runs: [PlannedRun]

  /// Ids of the runs on which a worker still has to work, each once.
  public var openRuns: [String] {
    var seen = Set<String>()
    return runs.filter { $0.isOpen && seen.insert($0.id).inserted }.map(\.id)
  }

  /// Ids of all runs, each once, in plan order.
  public var runIDs: [String] {
    var seen = Set<String>()
    return runs.map(\.id).filter { seen.insert($0).inserted }
  }

  /// What happens to stored runs of older numeric versions, one line for each set of changes.
  public var renewalLines: [String] {
    let renewals = Dictionary(grouping: runs.compactMap(\.renewal), by: \.changes)
    return renewals.map { changes, renewals in
      let count = Set(renewals.map(\.run)).count
      let subject = count == 1 ? "1 stored run is" : "\(count) stored runs are"
      return "\(subject) trained anew under another id: "
        + changes.map(\.announcement).joined(separator: "; ")
    }.sorted()
  }

  /// How many runs have this disposition.
  public func count(_ disposition: RunDisposition) -> Int {
    runs.count { $0.disposition == disposition }
  }
}
