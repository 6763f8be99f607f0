// SPDX-License-Identifier: Apache-2.0

public import Vocabulary

/// One manifest, resolved: what is asked, how cells are made and how they are judged.
public struct Experiment: Hashable, Sendable {
  /// `[A-Za-z0-9._-]`; also the report's folder.
  public var name: String
  /// Any script.
  public var title: String?
  /// The question, in words: `description` in the manifest.
  public var summary: String?
  /// Free words.
  public var tags: [String]
  /// How cells are drawn.
  public var method: SearchMethod
  /// The first run seed.
  public var seed: Int
  /// Seeds per cell: `seed ..< seed + repeats`.
  public var repeats: Int
  /// What chooses.
  public var metric: MetricSelection
  /// Declared parameters, in manifest order.
  public var parameters: [DeclaredParameter]
  /// Nuisance parameters: each remaining cell takes their best values by mean `metric`.
  public var tune: [String]
  /// What the report shows.
  public var report: ReportOptions
  /// What is expected.
  public var expectations: [Expectation]
  /// Published values to show beside ours.
  public var references: [ReferenceValue]
  /// Which checkpoints are kept.
  public var checkpoint: CheckpointPolicy
  /// The plan whose leaders this one confirms; nil for all plans that a manifest made.
  public var confirmation: Confirmation?

  /// An experiment.
  public init(
    name: String,
    title: String? = nil,
    summary: String? = nil,
    tags: [String] = [],
    method: SearchMethod = .grid,
    seed: Int = 0,
    repeats: Int = 1,
    metric: MetricSelection,
    parameters: [DeclaredParameter] = [],
    tune: [String] = [],
    report: ReportOptions,
    expectations: [Expectation] = [],
    references: [ReferenceValue] = [],
    checkpoint: CheckpointPolicy = CheckpointPolicy(),
    confirmation: Confirmation? = nil
  ) {
    self.name = name
    self.title = title
    self.summary = summary
    self.tags = tags
    self.method = method
    self.seed = seed
    self.repeats = repeats
    self.metric = metric
    self.parameters = parameters
    self.tune = tune
    self.report = report
    self.expectations = expectations
    self.references = references
    self.checkpoint = checkpoint
    self.confirmation = confirmation
  }
}

/// Where the cells of a confirming plan come from: the leaders of an earlier one, on seeds that had no part in choosing them.
public struct Confirmation: Hashable, Codable, Sendable {
  /// `NAME@revision` of the plan in which they led.
  public var sweep: String
  /// How many cells they were chosen among.
  public var candidates: Int

  /// A confirmation.
  public init(sweep: String, candidates: Int) {
    self.sweep = sweep
    self.candidates = candidates
  }
}

/// How cells are made from parameters.
public enum SearchMethod: Hashable, Sendable {
  /// Every combination.
  case grid
  /// `runCap` independent draws; draw i depends on (`searchSeed`, i) only.
  case random(runCap: Int, searchSeed: Int)
}

/// A declared parameter: a name and, on a grid, its values in order.
public struct DeclaredParameter: Hashable, Sendable {
  /// The name.
  public var name: String
  /// The grid values, or the listed values of a random search; empty for a distribution.
  public var values: [ParameterValue]
  /// Whether distances between values are meant on a log scale.
  public var isLogarithmic: Bool

  /// A parameter.
  public init(name: String, values: [ParameterValue], isLogarithmic: Bool = false) {
    self.name = name
    self.values = values
    self.isLogarithmic = isLogarithmic
  }
}

/// The metric that chooses between cells.
public struct MetricSelection: Hashable, Codable, Sendable {
  /// At which epoch the sample is read.
  public enum Moment: String, Codable, Sendable, CaseIterable {
    /// The last epoch.
    case last
    /// The epoch that is best by this metric.
    case best
  }
  /// Dotted name, such as `val.accuracy`.
  public var name: String
  /// Which way is better.
  public var goal: MetricGoal
  /// Which epoch.
  public var moment: Moment

  private enum CodingKeys: String, CodingKey {
    case name, goal
    case moment = "at"
  }

  /// A selection.
  public init(name: String, goal: MetricGoal, moment: Moment = .last) {
    self.name = name
    self.goal = goal
    self.moment = moment
  }
}

/// What the report shows.
public struct ReportOptions: Hashable, Codable, Sendable {
  /// The metric of tables, winners and tests.
  public var metric: String
  /// The parameter whose values are table rows; nil for one row per cell.
  public var rows: String?
  /// The parameter whose values are table columns.
  public var columns: String?
  /// Metrics drawn over epochs.
  public var curves: [String]
  /// How often the cells may be compared as seeds are added: 1 for once; nil for as often as wished.
  public var looks: Int?
  /// The kinds of file that each picture is written as, each once, in their order; nil for PNG.
  public var formats: [PictureFormat]?
  /// Whether pictures carry their title, subtitle and footnote; nil for yes.
  public var titles: Bool?

  private enum CodingKeys: String, CodingKey {
    case metric, rows, columns, curves, looks, titles
    case formats = "format"
  }

  /// Options.
  public init(
    metric: String,
    rows: String? = nil,
    columns: String? = nil,
    curves: [String] = [],
    looks: Int? = nil,
    formats: [PictureFormat]? = nil,
    titles: Bool? = nil
  ) {
    self.metric = metric
    self.rows = rows
    self.columns = columns
    self.curves = curves
    self.looks = looks
    self.formats = formats
    self.titles = titles
  }
}

/// A published number that the runs are held against.
public struct Expectation: Hashable, Sendable {
  /// What is claimed of the metric.
  public enum Claim: Hashable, Sendable {
    /// It lies in a range.
    case within(low: Double, high: Double)
    /// It is one published run's value; `margin` (with `because`) makes "reproduced" possible.
    case value(Double, margin: Double?, because: String?)
    /// It is no smaller.
    case atLeast(Double)
    /// It is no larger.
    case atMost(Double)
    /// Every printed digit agrees; the text is the number as printed.
    case equals(String)
  }
  /// Parameter values that select cells.
  public var selection: [String: ParameterValue]
  /// Whether every selected cell is judged (`of: every`) instead of exactly one.
  public var judgesEvery: Bool
  /// The metric's name.
  public var metric: String
  /// The claim.
  public var claim: Claim
  /// Where the number was published.
  public var source: String?

  /// An expectation.
  public init(
    selection: [String: ParameterValue] = [:],
    judgesEvery: Bool = false,
    metric: String,
    claim: Claim,
    source: String? = nil
  ) {
    self.selection = selection
    self.judgesEvery = judgesEvery
    self.metric = metric
    self.claim = claim
    self.source = source
  }
}

/// A published value: a line in plots, a row in tables.
public struct ReferenceValue: Hashable, Codable, Sendable {
  /// What it is called.
  public var label: String
  /// Of which metric.
  public var metric: String
  /// The number.
  public var value: Double
  /// Where it was published.
  public var source: String?

  /// A reference.
  public init(label: String, metric: String, value: Double, source: String? = nil) {
    self.label = label
    self.metric = metric
    self.value = value
    self.source = source
  }
}

/// One assignment of the parameters, with what it resolves to.
public struct Cell: Hashable, Sendable {
  /// Position in the plan, from 0.
  public var index: Int
  /// The parameters that are active in this cell (`when` holds).
  public var assignment: [String: ParameterValue]
  /// What is trained.
  public var specification: RunSpecification

  /// A cell.
  public init(
    index: Int,
    assignment: [String: ParameterValue],
    specification: RunSpecification
  ) {
    self.index = index
    self.assignment = assignment
    self.specification = specification
  }
}

/// The `checkpoint:` of a manifest; not part of a run's content.
public struct CheckpointPolicy: Hashable, Codable, Sendable {
  /// Epochs between checkpoints.
  public var everyEpochs: Int
  /// How many of the best by `metric` are kept.
  public var keepBest: Int
  /// How many of the newest are kept.
  public var keepLast: Int

  private enum CodingKeys: String, CodingKey {
    case everyEpochs = "every_epochs"
    case keepBest = "keep_best"
    case keepLast = "keep_last"
  }

  /// One checkpoint an epoch, the last one kept, unless given.
  public init(everyEpochs: Int = 1, keepBest: Int = 0, keepLast: Int = 1) {
    self.everyEpochs = everyEpochs
    self.keepBest = keepBest
    self.keepLast = keepLast
  }
}
