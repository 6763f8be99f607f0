// SPDX-License-Identifier: Apache-2.0

import Codecs
package import Datasets
package import Diagnostics
import Experiments
import Foundation
package import Manifests
import ModelFiles
import NeuralNetworks
import Reports
package import Storage
import Tensors
import Training
package import Vocabulary

/// Turns a manifest on disk into a plan that is checked to the last layer, before anything is created.
package struct ManifestPlanner {
  /// The manifest's path as typed.
  package let path: String
  /// Overrides as typed.
  package let overrides: [String]
  /// The database that will hold the plan: its folder is a project root.
  package let database: String
  /// Where data sets are looked for.
  package let library: DatasetLibrary

  package init(
    path: String,
    overrides: [String],
    database: String,
    library: DatasetLibrary = .standard
  ) {
    self.path = path
    self.overrides = overrides
    self.database = database
    self.library = library
  }

  /// The plan; throws every mistake at once, with its place.
  package func plan() throws -> CheckedPlan {
    let text = try read()
    let plan = try Manifests.plan(
      manifest: text,
      file: path,
      overrides: overrides,
      rules: pathRules
    )
    return try check(plan)
  }

  private func read() throws -> String {
    if let names = try? FileManager.default.contentsOfDirectory(atPath: path) {
      throw folderMistake(names)
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      let exists = FileManager.default.fileExists(atPath: path)
      throw Diagnostic(
        exists ? "the manifest `\(path)` cannot be read" : "there is no manifest `\(path)`",
        hints: exists ? [] : ["a manifest is named by the path of its YAML file"]
      )
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Diagnostic("the manifest `\(path)` is not UTF-8 text")
    }
    return text
  }

  /// A folder where a manifest should be, with the manifests in it.
  private func folderMistake(_ names: [String]) -> Diagnostic {
    let manifests = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
    let folder = path.hasSuffix("/") ? path : path + "/"
    let shown = manifests.prefix(5).map { "`\(folder == "./" ? "" : folder)\($0)`" }
    let rest = manifests.count - shown.count
    let hint =
      shown.isEmpty
      ? "there is no YAML file in it; `runexp init` writes a manifest to start from"
      : "name one of its files: " + shown.joined(separator: ", ")
        + (rest > 0 ? " and \(rest) more" : "")
    return Diagnostic("`\(path)` is a folder, and a manifest is a YAML file", hints: [hint])
  }

  /// Which files the manifest may name.
  package var pathRules: PathRules {
    let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    let databaseFolder =
      URL(fileURLWithPath: database).standardizedFileURL.deletingLastPathComponent().path
    let data = (ProcessInfo.processInfo.environment["RUNEXP_DATA"] ?? "").split(separator: ":")
    let roots = [databaseFolder, gitRoot(above: folder)].compactMap { $0 } + data.map(String.init)
    return PathRules(folder: folder, roots: roots)
  }

  private func gitRoot(above folder: String) -> String? {
    var url = URL(fileURLWithPath: folder)
    while url.path != "/" {
      if FileManager.default.fileExists(atPath: url.appendingPathComponent(".git").path) {
        return url.path
      }
      url.deleteLastPathComponent()
    }
    return nil
  }

  // MARK: - Data and models

  private func check(_ plan: Plan) throws -> CheckedPlan {
    var descriptions: [DataSpecification: DatasetDescription] = [:]
    var mistakes: [Diagnostic] = []
    var cells: [PlannedCell] = []
    var prepared: [DataSpecification: PreparedData] = [:]
    var wrong = Set<Int>()
    var measured = Set<String>()
    var noted = NotedFindings()
    for cell in plan.cells {
      let data = cell.specification.data
      let count = mistakes.count
      do {
        let description = try descriptions[data] ?? describe(data, plan)
        descriptions[data] = description
        cells.append(try planned(cell, description, &measured, &noted))
        try checkTargets(cell, plan, &prepared)
      } catch let error as DatasetError {
        let fact = error.advised
        let argument =
          error.argument.map { [ManifestStep.key($0)] }
          ?? error.path.flatMap { Self.steps(to: $0, in: data.dataset.arguments) } ?? []
        mistakes.append(
          plan.diagnostic(fact.message, hints: fact.hints, at: ["data"] + argument, in: cell)
        )
      } catch let error as ModelError {
        mistakes.append(Self.diagnostic(error.mistake, .error, plan, cell))
      } catch let error as WeightsError {
        mistakes += error.problems.map { plan.diagnostic($0, at: ["init", "from"], in: cell) }
      } catch let error as SafeTensors.FormatError {
        mistakes.append(plan.diagnostic("\(error)", at: ["init", "from"], in: cell))
      } catch let error as FileError {
        mistakes.append(plan.diagnostic("\(error)", at: ["init", "from"], in: cell))
      }
      if mistakes.count > count { wrong.insert(cell.index) }
    }
    let findings = self.findings(descriptions, plan)
    guard mistakes.isEmpty else {
      var list = DiagnosticList(mistakes).diagnostics
      if let hint = RightCells(plan, wrong: wrong).hint { list[list.count - 1].hints.append(hint) }
      throw DiagnosticList(list + findings)
    }
    var checked = plan
    let more =
      unmeasured(plan, measured)
      + noted.all.map { Self.diagnostic($0.finding.mistake, .warning, plan, $0.cell) }
    checked.warnings = DiagnosticList(plan.warnings + more + findings).diagnostics
    return CheckedPlan(plan: checked, cells: cells, descriptions: descriptions)
  }

  /// Of a cell's model, at its place.
  private static func diagnostic(
    _ mistake: ModelMistake,
    _ severity: Diagnostic.Severity,
    _ plan: Plan,
    _ cell: Cell
  ) -> Diagnostic {
    plan.diagnostic(
      mistake.message,
      severity: severity,
      hints: mistake.hint.map { [$0] } ?? [],
      at: mistake.layer.map { [.key("model")] + $0.map(step) }
        ?? ManifestStep.path(mistake.subject.rawValue) + mistake.key.map(step),
      in: cell
    )
  }

  private static func step(_ text: String) -> ManifestStep {
    Int(text).map(ManifestStep.index) ?? .key(text)
  }

  /// The argument that names a file, or the folder in which it lies.
  private static func steps(
    to path: String,
    in arguments: [String: ArgumentValue]
  ) -> [ManifestStep]? {
    for (key, value) in arguments.sorted(by: { $0.key < $1.key }) {
      if let text = value.text, !text.isEmpty,
        text == path || path.hasSuffix("/" + text) || path.hasPrefix(text + "/")
      {
        return [.key(key)]
      }
      let named = Dictionary(
        value.namedFiles.map { ($0.name, ArgumentValue.text($0.path)) },
        uniquingKeysWith: { first, _ in first }
      )
      if let inner = steps(to: path, in: value.mapping ?? named) { return [.key(key)] + inner }
    }
    return nil
  }

  /// What the readers noticed, each at the `data` of the first cell that has it.
  private func findings(
    _ descriptions: [DataSpecification: DatasetDescription],
    _ plan: Plan
  ) -> [Diagnostic] {
    var seen = Set<DataSpecification>()
    let cells = plan.cells.filter { seen.insert($0.specification.data).inserted }
    return cells.flatMap { cell in
      let facts = (descriptions[cell.specification.data]?.findings ?? []).map(\.diagnostic)
      return facts.map { fact in
        plan.diagnostic(fact.message, severity: .warning, hints: fact.hints, at: ["data"], in: cell)
      }
    }
  }

  /// The losses and metrics that ask for it see the targets themselves.
  private func checkTargets(
    _ cell: Cell,
    _ plan: Plan,
    _ prepared: inout [DataSpecification: PreparedData]
  ) throws {
    guard
      TargetRange.isLimited(cell.specification)
        || StoppingMetric.dependsOnTargets(cell.specification)
    else { return }
    let specification = cell.specification.data
    let data =
      try prepared[specification]
      ?? library.prepare(
        DatasetRequest(specification, runSeed: plan.experiment.seed),
        specification.options
      )
    prepared[specification] = data
    try TargetRange.check(cell.specification, data)
    try StoppingMetric.check(cell.specification, data)
  }

  private func describe(
    _ data: DataSpecification,
    _ plan: Plan
  ) throws -> DatasetDescription {
    try library.describe(
      DatasetRequest(data, runSeed: plan.experiment.seed),
      data.options
    )
  }

  /// Metrics by which is chosen, and which are shown, that no run measures.
  private func unmeasured(_ plan: Plan, _ measured: Set<String>) -> [Diagnostic] {
    let experiment = plan.experiment
    var names: [(name: String, path: [ManifestStep])] = [
      (experiment.metric.name, ["metric"]), (experiment.report.metric, ["report"]),
    ]
    names += experiment.report.curves.map { ($0, ["report", "curves"]) }
    var seen = Set<String>()
    return names.compactMap { name, path in
      guard let metric = MetricName(name), !measured.contains(metric.quantity),
        seen.insert(name).inserted
      else { return nil }
      return plan.diagnostic(
        "no run measures `\(name)`",
        severity: .warning,
        hints: ["these runs measure \(listed(measured.sorted()))"],
        at: path
      )
    }
  }

  private func planned(
    _ cell: Cell,
    _ description: DatasetDescription,
    _ measured: inout Set<String>,
    _ noted: inout NotedFindings
  ) throws -> PlannedCell {
    let model = try ModelBuilder.build(
      cell.specification,
      for: description,
      memoryBytes: library.memoryBytes ?? Machine.memoryBytes
    )
    try StoppingMetric.check(cell.specification, description, model)
    try WarmUp.check(cell.specification, description)
    measured.formUnion(try MeasuredQuantities.all(cell.specification, description, model))
    noted.look(at: cell, description, model)
    var digest: String?
    if let file = cell.specification.initialization.file {
      try model.load(SafeTensors(decoding: ByteFile.read(file)))
      digest = try SHA256.hexadecimal(ofFile: file)
    }
    return PlannedCell(
      cell,
      dataSHA256: description.contentSHA256,
      roundedDataSHA256: description.roundedContentSHA256,
      initializationSHA256: digest,
      parameterCount: model.parameterCount,
      numericVersion: cell.specification.numericVersion(for: description)
    )
  }
}

/// What is worth a look in the cells' models, once for all cells that differ in nothing that it depends on.
private struct NotedFindings {
  private struct Kind: Hashable {
    var data: DataSpecification
    var model: ModelSpecification
    var losses: [LossSpecification]
    var metrics: [String]
  }

  private(set) var all: [(cell: Cell, finding: ModelFinding)] = []
  private var seen = Set<Kind>()

  /// Looks at a cell whose `model` was built for its data.
  mutating func look(at cell: Cell, _ description: DatasetDescription, _ model: Network) {
    let specification = cell.specification
    let kind = Kind(
      data: specification.data,
      model: specification.model,
      losses: specification.losses,
      metrics: specification.metrics
    )
    guard seen.insert(kind).inserted else { return }
    let findings = ModelBuilder.findings(specification, description, model)
    all += findings.map { (cell, $0) }
  }
}

/// A manifest's plan whose data exist and whose models fit.
package struct CheckedPlan {
  package let plan: Plan
  package let cells: [PlannedCell]
  package let descriptions: [DataSpecification: DatasetDescription]

  /// What should be known before training: of the manifest, and of the data.
  package var warnings: [Diagnostic] { plan.warnings }

  /// What the report's pictures will not be able to show.
  package var fontWarning: String? {
    let names = cells.compactMap { descriptions[$0.cell.specification.data]?.classNames }
    return FontWarning.text(
      for: PictureTexts.all(
        plan.experiment,
        cells.map(\.cell),
        classNames: Set(names.flatMap(\.self)).sorted()
      )
    )
  }

  /// What the store freezes.
  package func stored(isBare: Bool = false) -> SweepPlan {
    SweepPlan(
      experiment: plan.experiment,
      cells: cells,
      manifest: plan.manifestText,
      overrides: plan.overrides,
      version: runexpVersion,
      isBare: isBare
    )
  }
}

extension DatasetLibrary {
  /// The library of the current environment and folder.
  package static var standard: DatasetLibrary {
    DatasetLibrary(
      DataLocations(
        environment: ProcessInfo.processInfo.environment,
        workingDirectory: FileManager.default.currentDirectoryPath
      ),
      memoryBytes: Machine.memoryBytes
    )
  }
}
