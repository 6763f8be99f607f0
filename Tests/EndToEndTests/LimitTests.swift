// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Experiments
import Foundation
import Storage
import Testing
import Training
import Vocabulary

@testable import Manifests
@testable import Workbench
@testable import runexp

/// Every number that a user can type, at its limits: from the descriptions of keys and arguments and from the program's
/// own help, so that new ones are tried as well. What traps ends the whole test program.
@Suite(.inTurns) struct LimitTests {
  private static let base = """
    name: limits
    data: { dataset: xor, train: 32, test: 8 }
    model: [{ dense: 2 }]
    loss: cross_entropy
    optimizer: { name: sgd, learning_rate: 0.1 }
    train: { epochs: 3, batch_size: 8 }
    """

  /// Plans the small manifest with these overrides and looks at what the plan would show and store; nil if it is refused.
  @discardableResult
  private func plan(
    _ overrides: [String],
    in box: Sandbox,
    memoryBytes: Int = 8_000_000_000
  ) throws -> CheckedPlan? {
    let planner = ManifestPlanner(
      path: box.path("m.yaml"),
      overrides: overrides,
      database: box.path("runexp.db"),
      library: DatasetLibrary(
        DataLocations(searched: [], decoded: nil),
        memoryBytes: memoryBytes
      )
    )
    do {
      let checked = try planner.plan()
      let overview = PlanOverview(
        PlanOutlook(checked, seconds: checked.cells.map { _ in nil })
      )
      if checked.plan.experiment.repeats * checked.cells.count <= 1000 {
        #expect(!overview.lines(width: nil).isEmpty && !overview.jsonLines.isEmpty)
        _ = try RunStore(path: box.path("preview.db"), mode: .create)
          .preview(checked.stored())
      }
      return checked
    } catch let list as DiagnosticList {
      #expect(!list.diagnostics.isEmpty, "\(overrides)")
      for diagnostic in list.diagnostics {
        #expect(diagnostic.location != nil && !diagnostic.message.isEmpty, "\(overrides)")
      }
      return nil
    }
  }

  /// A few real steps and an evaluation of each cell.
  private func train(_ checked: CheckedPlan, _ box: Sandbox) throws {
    for cell in checked.cells.prefix(2) {
      let specification = cell.cell.specification
      let data = try DatasetLibrary(DataLocations(searched: [], decoded: nil)).prepare(
        DatasetRequest(specification.data, runSeed: checked.plan.experiment.seed),
        specification.data.options
      )
      let trainer = try runTrainer(
        specification,
        seed: checked.plan.experiment.seed,
        data: data,
        threads: 1,
        seconds: Attempt.now
      )
      var steps = 0
      do {
        _ = try trainer.train(
          control: {
            steps += 1
            return steps > 16 ? .interrupt : .proceed
          },
          observe: { _ in }
        )
      } catch is DivergedError {
        continue
      }
    }
  }

  // MARK: - Fixed keys

  /// The numbers that a kind of value is tried with, as one types them.
  private static let integers = [
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "0", "-1", "1e308",
    "9007199254740991", "nan",
  ]
  private static let reals = ["1e308", "-1e308", "1e-308", "0", "-1", "1e999", "nan", "inf"]

  private static func texts(_ kind: ArgumentKind) -> [String] {
    switch kind {
    case .integer(let range), .size(let range):
      integers + ["\(range.lowerBound)", "\(range.upperBound)"]
    case .real(let range): reals + ["\(range.minimum)", "\(range.maximum)"]
    case .list(let element): texts(element).map { "[\($0)]" }
    default: []
    }
  }

  /// Each numeric key below `keys` by its dotted path, with what it is tried with.
  private static func trials(_ keys: [Key], _ path: String) -> [(path: String, text: String)] {
    keys.flatMap { key -> [(path: String, text: String)] in
      let own = path.isEmpty ? key.name : "\(path).\(key.name)"
      switch key.kind {
      case .argument(let kind): return texts(kind).map { (own, $0) }
      case .countOrFraction: return (integers + reals).map { (own, $0) }
      case .integerOr(let range, _):
        return (integers + ["\(range.upperBound)"]).map { (own, $0) }
      case .mapping(let keys, _), .data(let keys): return trials(keys, own)
      default: return []
      }
    }
  }

  @Test func `every number of the manifest's keys is planned, trained or refused`() throws {
    let box = try Sandbox().manifest(Self.base)
    let trials = Self.trials(ManifestKeys.top, "")
    #expect(trials.count > 150)
    let first = ["train.epochs", "train.batch_size"]
    for (path, text) in trials {
      var overrides = ["\(path)=\(text)"]
      if path == "run_cap" { overrides += ["method=random", "parameters={a: {min: 0, max: 1}}"] }
      let checked = try plan(overrides, in: box)
      if let checked, path.hasPrefix("train.") || path.hasPrefix("log.") || first.contains(path) {
        try train(checked, box)
      }
    }
  }

  @Test func `every number of an axis and of a published value is planned or refused`() throws {
    let box = try Sandbox().manifest(Self.base)
    let numbers = Self.integers + Self.reals
    for text in numbers {
      for other in ["0", "1", text] {
        for form in ["", "points: 3, ", "points: \(text), ", "scale: log, points: 3, "] {
          try plan(["parameters={a: {\(form)min: \(other), max: \(text)}}"], in: box)
          try plan(["parameters={a: {\(form)min: \(text), max: \(other)}}"], in: box)
        }
        for form in ["int_uniform", "q_uniform", "log_uniform_values", "q_log_uniform_values"] {
          let axis = "{distribution: \(form), min: \(other), max: \(text)}"
          try plan(["method=random", "run_cap=3", "parameters={a: \(axis)}"], in: box)
        }
        for form in ["normal", "q_normal", "log_normal", "q_log_normal"] {
          let axis = "{distribution: \(form), mu: \(other), sigma: \(text)}"
          try plan(["method=random", "run_cap=3", "parameters={a: \(axis)}"], in: box)
        }
      }
      for list in ["[\(text)]", "[0, \(text)]", "[\(text), 0]"] {
        try plan(["parameters={seed: \(list)}"], in: box)
        try plan(
          ["parameters={a: {values: [1], probabilities: \(list)}}", "method=random"],
          in: box
        )
      }
      for key in ["at_least", "at_most", "value", "tolerance", "between"] {
        let value = key == "between" ? "[0, \(text)]" : text
        try plan(["expect=[{metric: test.accuracy, \(key): \(value)}]"], in: box)
        try plan(["reference=[{metric: test.accuracy, \(key): \(value), source: x}]"], in: box)
      }
      try plan(["train.epochs=range(\(text))"], in: box)
      try plan(["parameters={a: [1]}", "a=range(0,\(text))"], in: box)
      try plan(["parameters={a: [1]}", "a=range(0,1,\(text))"], in: box)
    }
  }

  // MARK: - Components

  /// A value as a manifest may hold it, for arguments that are not under trial; nil if the standard does.
  private static func sample(_ argument: ArgumentDefinition) -> String? {
    guard argument.standard == nil else { return nil }
    switch argument.kind {
    case .integer(let range): return "\(min(range.upperBound, max(range.lowerBound, 2)))"
    case .size(let range): return "\(min(range.upperBound, max(range.lowerBound, 2)))"
    case .real(let range): return "\(min(range.maximum, max(range.minimum, 0.1)))"
    case .list(let kind):
      return sample(ArgumentDefinition(argument.name, kind, "")).map { "[\($0)]" }
    case .component(let family): return Catalog.definitions(family).first?.name
    case .layers: return "[relu]"
    case .namedLayers: return "{ a: [relu], b: [] }"
    case .choice(let words): return words.first
    case .boolean: return "true"
    default: return "x"
    }
  }

  /// `{ name: { … } }` with one argument at each of its limits.
  private static func trials(_ definition: ComponentDefinition) -> [String] {
    definition.arguments.flatMap { tried -> [String] in
      texts(tried.kind).map { text in
        let pairs = definition.arguments.compactMap { argument -> String? in
          let value = argument.name == tried.name ? text : sample(argument)
          return value.map { "\(argument.name): \($0)" }
        }
        return "{ \(definition.name): { \(pairs.joined(separator: ", ")) } }"
      }
    }
  }

  @Test func `every number of every layer is planned or refused`() throws {
    let box = try Sandbox().manifest(Self.base)
    let data = [
      "{dataset: noise_images, height: 6, width: 6, channels: 2, train: 8, test: 4}",
      "{dataset: sine, steps: 6, train: 8, test: 4}", "{dataset: copy, train: 8, test: 4}",
      "{dataset: xor, train: 8, test: 4}",
    ]
    for definition in Catalog.definitions(.layers) + Catalog.definitions(.activations) {
      for layer in Self.trials(definition) {
        for set in data {
          let model = "[\(layer), flatten, { dense: 1000000 }]"
          try plan(["model=\(model)", "data=\(set)"], in: box)
        }
      }
    }
  }

  @Test func `a model of a trillion parameters is planned, on a machine that could train it`()
    throws
  {
    let box = try Sandbox().manifest(Self.base)
    let model = "model=[{dense: 1000000}, {dense: 1000000}, {dense: 2}]"
    let checked = try #require(try plan([model], in: box, memoryBytes: 1 << 45))
    let counts = checked.cells.map(\.parameterCount)
    #expect(counts == [3_000_000 + 1_000_001_000_000 + 2_000_002])
    #expect(try plan([model], in: box) == nil)
  }

  @Test
  func `every number of every loss, optimizer, schedule and initializer is trained or refused`()
    throws
  {
    let box = try Sandbox().manifest(Self.base)
    var overrides: [[String]] = []
    for definition in Catalog.definitions(.losses) {
      overrides += Self.trials(definition).map { ["loss=\($0)"] }
      let values = ["data={dataset: linear, train: 32, test: 8}", "model=[{dense: 1}]"]
      overrides += Self.trials(definition).map { values + ["loss=\($0)"] }
    }
    for definition in Catalog.definitions(.optimizers) {
      overrides += Self.trials(definition).map { ["optimizer=\($0)"] }
    }
    for definition in Catalog.definitions(.schedules) {
      overrides += Self.trials(definition).map { ["optimizer.schedule=\($0)"] }
    }
    for definition in Catalog.definitions(.initializers) {
      overrides += Self.trials(definition).map { ["init={weights: \($0)}"] }
    }
    for definition in Catalog.definitions(.metrics) {
      overrides += Self.trials(definition).map { ["metrics=[\($0)]"] }
    }
    for overrides in overrides {
      if let checked = try plan(overrides, in: box) { try train(checked, box) }
    }
  }

  /// Whether a set is drawn: its parts are counts, not files.
  private func isCount(_ kind: ArgumentKind) -> Bool {
    if case .integer = kind { true } else { false }
  }

  @Test func `every number of every data set is planned or refused`() throws {
    let box = try Sandbox().manifest(Self.base)
    for definition in Catalog.definitions(.datasets)
    where definition.arguments.contains(where: { $0.name == "train" && isCount($0.kind) }) {
      for tried in definition.arguments {
        for text in Self.texts(tried.kind) {
          try plan(["data={dataset: \(definition.name), \(tried.name): \(text)}"], in: box)
        }
      }
    }
  }

  // MARK: - Options

  private struct Help: Decodable {
    struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable {
          var kind: String
          var name: String
        }
        var kind: String
        var names: [Name]?
      }
      var commandName: String
      var arguments: [Argument]?
      var subcommands: [Command]?

      func all(_ path: [String] = []) -> [(path: [String], command: Command)] {
        let own = path + (commandName == "runexp" ? [] : [commandName])
        return [(own, self)] + (subcommands ?? []).flatMap { $0.all(own) }
      }
    }
    var command: Command
  }

  /// What each command needs before its options; a command that is not here is refused for what is missing.
  private static let arguments: [String: [String]] = [
    "sweep": ["m.yaml"], "run": ["m.yaml", "activation=relu"], "plan": ["m.yaml"],
    "confirm": ["tiny"], "verify": ["last"], "watch": ["tiny"], "report": ["tiny"],
    "predict": ["last", "x.npy"], "bench": ["--workload", "tiny"], "why": ["tiny"],
    "compare": ["tiny"], "show": ["last"], "note": ["last", "x"], "retry": ["tiny"],
  ]

  /// Options that take text, of which any is right.
  private static let texts: Set<String> = [
    "db", "set", "where", "sort", "columns", "metric", "reports", "output", "html", "format",
    "workload", "from", "as", "sweep", "run", "parent", "db-file", "help", "version",
  ]

  @Test func `every number of every option is taken or refused`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml").expectExit(0)
    let dump = try await box.run("--experimental-dump-help").expectExit(0).output
    let help = try JSONDecoder().decode(Help.self, from: Data(dump.utf8))
    var tried = 0
    for (path, command) in help.command.all() {
      for argument in command.arguments ?? [] where argument.kind == "option" {
        guard let name = argument.names?.first(where: { $0.kind == "long" })?.name,
          !Self.texts.contains(name)
        else { continue }
        for value in ["9223372036854775807", "-9223372036854775808", "0", "-1", "1e308", "nan"] {
          let typed = path + (Self.arguments[path.last ?? ""] ?? []) + ["--\(name)=\(value)"]
          let ended = try await box.start(typed).finished()
          #expect([0, 1, 2, 64, 130].contains(ended.status), "\(typed): \(ended)")
          // A worker without its sweep ends without a word.
          #expect([0, 130].contains(ended.status) || !ended.talk.isEmpty, "\(typed)")
          tried += 1
        }
      }
    }
    #expect(tried > 100)
  }

  @Test func `numbers in names of runs, plans and cells are found or refused`() async throws {
    let box = try Sandbox().manifest(Sample.tiny(activation: "[relu]", repeats: 1))
    try await box.run("sweep", "m.yaml").expectExit(0)
    let largest = "9223372036854775807"
    for target in ["tiny@\(largest)", "tiny@9\(largest)", "tiny#\(largest)", "tiny#-1", "tiny@-1"] {
      for command in ["compare", "why", "export"] {
        let more = command == "export" ? ["--format", "csv"] : []
        let ended = try await box.start([command, target] + more).finished()
        #expect(
          ended.status == 2 && ended.talk.hasPrefix("error: "),
          "\(command) \(target): \(ended)"
        )
      }
    }
    try box.write("a.csv", "seed,test.accuracy\n0,0.5\n\(largest),0.5\n")
    try await box.run("import", "a.csv", "--as", "a").expectExit(2).expectTalk(
      "a.csv:3:1: error: `seed` takes whole numbers from 0 to 9007199254740991, got `\(largest)`"
    )
  }
}
