// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Manifests
@testable import Workbench
@testable import runexp

/// What `init --from RUN` writes, read again, is the run's specification.
@Suite struct ManifestTextTests {
  private let box: Sandbox
  private let samples: ComponentSamples

  init() throws {
    box = try Sandbox().write("data \"1\".bin", "")
    samples = ComponentSamples(file: box.path("data \"1\".bin"), folder: box.path("home"))
  }

  private var base: RunSpecification {
    RunSpecification(
      data: DataSpecification(
        dataset: samples.component("moons", in: .datasets),
        validation: .count(5)
      ),
      model: [samples.component("dense", in: .layers)],
      loss: samples.component("cross_entropy", in: .losses),
      optimizer: samples.component("sgd", in: .optimizers),
      train: TrainSpecification(
        epochs: 3,
        batchSize: 10,
        earlyStopping: EarlyStopping(metric: "val.loss", goal: .minimize, patience: 3)
      )
    )
  }

  private func text(
    _ specification: RunSpecification,
    in sweep: SweepRecord? = nil
  ) throws -> String {
    let run = RunRecord(
      id: "0123456789ab",
      experiment: "m",
      seed: 3,
      state: .completed,
      parameters: ["note": .text("two\nlines")],
      numericVersion: 1,
      specification: specification
    )
    // Throws unless the text, read again, is the specification.
    return try ManifestText(run: run, sweep: sweep, name: "again")
      .checked(file: "again.yaml", rules: PathRules(folder: box.folder.path))
  }

  @Test func `a stored run is written although planning refuses such a schedule or end today`()
    throws
  {
    let cosine = samples.component(
      "cosine",
      in: .schedules,
      ["minimum": .real(5), "warm_up": .integer(50)]
    )
    var slow = base
    slow.optimizer.arguments["schedule"] = .component(cosine)
    #expect(try text(slow).contains("minimum: 5"))
    var doubled = base
    doubled.model = [
      samples.component(
        "branches",
        in: .layers,
        ["paths": .named([("a", [samples.component("softmax", in: .activations)])])]
      )
    ]
    #expect(try text(doubled).contains("softmax"))
  }

  // MARK: - Properties

  /// A change of every property of a specification, by its path.
  private var changes: [(path: String, change: (inout RunSpecification) -> Void)] {
    [
      ("data.dataset", { $0.data.dataset.arguments["noise"] = .real(0.25) }),
      ("data.validation", { $0.data.validation = .fraction(0.2) }),
      ("data.folds", { ($0.data.validation, $0.data.folds) = (nil, 4) }),
      ("data.trainLimit", { $0.data.trainLimit = 40 }),
      ("data.testLimit", { $0.data.testLimit = 30 }),
      ("data.seed", { ($0.data.seed, $0.data.followsRunSeed) = (7, false) }),
      ("data.followsRunSeed", { ($0.data.seed, $0.data.followsRunSeed) = (0, true) }),
      ("data.task", { $0.data.task = .classification }),
      ("data.standardize", { $0.data.standardize = .both }),
      ("data.outliers.share", { $0.data.outliers = Outliers(share: 0.25, deviation: 10) }),
      ("data.outliers.deviation", { $0.data.outliers = Outliers(share: 0, deviation: 1e-3) }),
      (
        "data.augmentation.flipsHorizontally",
        { $0.data.augmentation = Augmentation(flipsHorizontally: true) }
      ),
      ("data.augmentation.shift", { $0.data.augmentation = Augmentation(shift: 2) }),
      ("data.augmentation.cropPadding", { $0.data.augmentation = Augmentation(cropPadding: 4) }),
      ("model.blocks", { [samples] in $0.model.layers?.insert(samples.nested, at: 0) }),
      ("model.blocks", { [samples] in $0.model = Self.graph(samples) }),
      (
        "initialization.weights",
        { [samples] in $0.initialization.weights = samples.component("uniform", in: .initializers) }
      ),
      (
        "initialization.biases",
        { [samples] in $0.initialization.biases = samples.component("zeros", in: .initializers) }
      ),
      ("initialization.file", { [samples] in $0.initialization.file = samples.file }),
      ("losses", { $0.loss.arguments["label_smoothing"] = .real(0.1) }),
      (
        "losses",
        {
          $0.losses = [
            LossSpecification($0.loss, of: "end"),
            LossSpecification($0.loss, of: "two", target: "other", weight: 0.25),
          ]
        }
      ),
      (
        "optimizer",
        { [samples] in $0.optimizer = samples.component("adam", in: .optimizers) }
      ),
      ("train.epochs", { $0.train.epochs = 4 }),
      ("train.batchSize", { $0.train.batchSize = nil }),
      ("train.shuffle", { $0.train.shuffle = false }),
      ("train.clipNorm", { $0.train.clipNorm = 0.5 }),
      ("train.clipValue", { $0.train.clipValue = 1e-5 }),
      ("train.evaluateEvery", { $0.train.evaluateEvery = 2 }),
      ("train.logEverySteps", { $0.train.logEverySteps = 9 }),
      ("train.earlyStopping.metric", { $0.train.earlyStopping?.metric = "train.loss" }),
      ("train.earlyStopping.goal", { $0.train.earlyStopping?.goal = .maximize }),
      ("train.earlyStopping.patience", { $0.train.earlyStopping?.patience = 5 }),
      ("train.earlyStopping.minimumDelta", { $0.train.earlyStopping?.minimumDelta = 0.01 }),
      ("train.earlyStopping.restoresBest", { $0.train.earlyStopping?.restoresBest = true }),
      ("metrics", { $0.metrics = ["top_3", "f1", "gradient_norm"] }),
    ]
  }

  /// Blocks in all their forms.
  private static func graph(_ samples: ComponentSamples) -> ModelSpecification {
    ModelSpecification(blocks: [
      BlockSpecification(name: "one", layers: [samples.nested]),
      BlockSpecification(name: "two", from: ["one", "input"], combine: .add, like: "one"),
      BlockSpecification(name: "end", from: ["two"], layers: [samples.nested, samples.nested]),
      BlockSpecification(name: "null", from: ["two", "end"]),
    ])
  }

  /// Of a value without nil, down to what a manifest writes as one value.
  private func paths(_ value: Any, _ prefix: String = "") -> [String] {
    Mirror(reflecting: value).children.flatMap { label, child -> [String] in
      let path = prefix + (label ?? "?")
      let mirror = Mirror(reflecting: child)
      let inner: Any? =
        mirror.displayStyle == .optional ? mirror.children.first?.value : .some(child)
      guard let inner else { return ["\(path) is nil"] }
      let isWhole =
        inner is Component || Mirror(reflecting: inner).displayStyle != .struct
        || Mirror(reflecting: inner).children.isEmpty
      return isWhole ? [path] : paths(inner, path + ".")
    }
  }

  @Test func `every property of a specification is tried`() {
    var full = base
    for (_, change) in changes { change(&full) }
    (full.data.validation, full.train.batchSize) = (.count(1), 1)
    let paths = paths(full).map { $0.replacing("data.options.", with: "data.") }
    #expect(Set(paths) == Set(changes.map(\.path)))
  }

  @Test func `a change of any property is written`() throws {
    let plain = try text(base)
    var written = plain
    for (path, change) in changes {
      var changed = base
      change(&changed)
      #expect(changed != base, "\(path)")
      written += try text(changed)
    }
    let keys =
      DataSpecification.descriptions + Outliers.descriptions + Augmentation.descriptions
      + Augmentation.Crop.descriptions + Initialization.descriptions
      + TrainSpecification.descriptions + EarlyStopping.descriptions + Logging.descriptions
    for key in keys.filter(\.isKey) {
      #expect(written.contains("\(key.name): "), "`\(key.name)` was not written")
    }
    var nothing = base
    (nothing.data.validation, nothing.data.augmentation) = (nil, Augmentation())
    nothing.train.earlyStopping = nil
    _ = try text(nothing)
  }

  @Test func `any changes together are written`() throws {
    for seed in 0..<200 {
      var (state, changed) = (UInt64(seed) &* 0x9E37_79B9_7F4A_7C15, base)
      for (_, change) in changes {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        if state >> 62 == 0 { change(&changed) }
      }
      if changed.data.folds != nil { changed.data.validation = nil }
      do { _ = try text(changed) } catch { Issue.record("seed \(seed): \(error)") }
    }
  }

  // MARK: - Components

  /// Where a component of the family stands in a specification.
  private func specifications(_ component: Component, _ family: Catalog.Family)
    -> [RunSpecification]
  {
    func changed(_ change: (inout RunSpecification) -> Void) -> RunSpecification {
      var result = base
      change(&result)
      return result
    }
    let dense = base.model.parts[0].layers[0]
    switch family {
    case .layers: return [changed { $0.model.layers?.insert(component, at: 0) }]
    case .activations:
      return [
        changed { $0.model = [component, dense] },
        changed { specification in
          specification.model.layers?.insert(dense, at: 0)
          specification.model.layers?[0].arguments["activation"] = .component(component)
        },
      ]
    case .losses: return [changed { $0.loss = component }]
    case .optimizers: return [changed { $0.optimizer = component }]
    case .schedules:
      return [changed { $0.optimizer.arguments["schedule"] = .component(component) }]
    case .initializers:
      return [
        changed { $0.initialization.weights = component },
        changed { $0.initialization.biases = component },
      ]
    case .datasets: return [changed { $0.data.dataset = component }]
    case .metrics: return [changed { $0.metrics = [Catalog.quantity(component)] }]
    }
  }

  @Test(arguments: Catalog.Family.allCases)
  func `every component with every argument is written`(family: Catalog.Family) {
    for component in samples.variants(of: family) {
      for specification in specifications(component, family) {
        do { _ = try text(specification) } catch {
          Issue.record("\(component): \(error)")
        }
      }
    }
  }

  // MARK: - The plan it is seen in

  private func sweep(metric: MetricSelection, report: String) -> SweepRecord {
    SweepRecord(
      name: "m",
      revision: 1,
      experiment: Experiment(
        name: "m",
        metric: metric,
        report: ReportOptions(metric: report, curves: ["train.loss", "val.f1"])
      ),
      cells: [],
      manifest: "",
      createdAt: "",
      version: ""
    )
  }

  @Test func `early stopping keeps its goal beside a plan's metric`() throws {
    let turned = MetricSelection(name: "val.loss", goal: .maximize)
    for goal in MetricGoal.allCases {
      var specification = base
      specification.train.earlyStopping?.goal = goal
      let written = try text(specification, in: sweep(metric: turned, report: "test.accuracy"))
      #expect(written.contains("metric: { name: val.loss, goal: \(goal.rawValue), at: last }"))
    }
  }

  @Test func `what the run does not measure is not asked for`() throws {
    let other = MetricSelection(name: "val.f1", goal: .maximize)
    let without = try text(base, in: sweep(metric: other, report: "test.f1"))
    #expect(!without.contains("f1"))
    var measured = base
    measured.metrics = ["f1"]
    let with = try text(measured, in: sweep(metric: other, report: "test.f1"))
    #expect(with.contains("report: { metric: test.f1, curves: [train.loss, val.f1] }"))
  }
}
