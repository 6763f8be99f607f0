// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// What version 1 stored, in a manifest's words.
///
/// From JSON to JSON, so that no later change of a type changes what is made of an old file: nothing here is ever edited.
enum V1Words {
  /// A text that is none of version 1's.
  struct Unreadable: Error, CustomStringConvertible {
    let description = "a specification or an experiment of another form"
  }

  static func specification(_ old: JSON) throws -> JSON {
    let train = try old.value("train")
    return .record([
      ("data", try data(old.value("data"))),
      ("model", try components(old.value("model"))),
      ("init", try initialization(old.value("initialization"))),
      ("loss", try component(old.value("loss"))),
      ("optimizer", try component(old.value("optimizer"))),
      ("train", try self.train(train)),
      ("log", train.given("logEverySteps").map { .object([("every_steps", $0)]) }),
      ("metrics", try old.value("metrics")),
    ])
  }

  private static func data(_ old: JSON) throws -> JSON {
    .record([
      ("dataset", try component(old.value("dataset"))),
      ("validation", try old.given("validation").map { try $0.payload().value }),
      ("folds", old.given("folds")),
      ("train_limit", old.given("trainLimit")),
      ("test_limit", old.given("testLimit")),
      (
        "seed",
        old.given("followsRunSeed") == .boolean(true) ? .text("${seed}") : try old.value("seed")
      ),
      ("task", old.given("task")),
      ("standardize", try old.value("standardize")),
      ("outliers", old.given("outliers")),
      ("augment", try old.given("augmentation").map(augmentation)),
    ])
  }

  private static func augmentation(_ old: JSON) throws -> JSON {
    let padding = try old.value("cropPadding")
    return .record([
      ("flip", try old.value("flipsHorizontally") == .boolean(true) ? .text("horizontal") : nil),
      ("shift", try old.value("shift")),
      ("crop", padding == .integer(0) ? nil : .object([("padding", padding)])),
    ])
  }

  private static func initialization(_ old: JSON) throws -> JSON {
    .record([
      ("weights", try component(old.value("weights"))),
      ("biases", try component(old.value("biases"))),
      ("from", old.given("file")),
    ])
  }

  private static func train(_ old: JSON) throws -> JSON {
    .record([
      ("epochs", try old.value("epochs")),
      ("batch_size", old.given("batchSize") ?? .text("all")),
      ("shuffle", try old.value("shuffle")),
      ("clip_norm", old.given("clipNorm")),
      ("clip_value", old.given("clipValue")),
      ("evaluate_every", try old.value("evaluateEvery")),
      (
        "early_stopping",
        try old.given("earlyStopping").map { rule in
          .object([
            ("metric", try rule.value("metric")),
            ("goal", try rule.value("goal")),
            ("patience", try rule.value("patience")),
            ("min_delta", try rule.value("minimumDelta")),
            ("restore_best", try rule.value("restoresBest")),
          ])
        }
      ),
    ])
  }

  // MARK: - Components

  private static func component(_ old: JSON) throws -> JSON {
    guard case .object(let arguments) = try old.value("arguments") else { throw Unreadable() }
    return .object(
      [("name", try old.value("name"))] + (try arguments.map { ($0.0, try argument($0.1)) })
    )
  }

  private static func components(_ old: JSON) throws -> JSON {
    guard case .list(let layers) = old else { throw Unreadable() }
    return .list(try layers.map(component))
  }

  private static func argument(_ old: JSON) throws -> JSON {
    let (kind, value) = try old.payload()
    switch (kind, value) {
    case ("none", _): return .null
    case ("boolean", _), ("integer", _), ("real", _), ("text", _): return value
    case ("list", .list(let values)): return .list(try values.map(argument))
    case ("mapping", .object(let fields)):
      return .object(try fields.map { ($0.0, try argument($0.1)) })
    case ("component", _): return try component(value)
    case ("components", _): return try components(value)
    default: throw Unreadable()
    }
  }

  // MARK: - What a run is to leave behind

  static func demand(_ old: JSON) throws -> JSON {
    .record([
      ("evaluate_every", try old.value("evaluateEvery")),
      ("log_every_steps", old.given("logEverySteps")),
      ("metrics", try old.value("metrics")),
      ("extra_metrics", try old.value("extraMetrics")),
      ("checkpoint", try checkpoint(old.value("checkpoint"))),
      ("metric", try selection(old.value("selection"))),
    ])
  }

  private static func checkpoint(_ old: JSON) throws -> JSON {
    .object([
      ("every_epochs", try old.value("everyEpochs")),
      ("keep_best", try old.value("keepBest")),
      ("keep_last", try old.value("keepLast")),
    ])
  }

  private static func selection(_ old: JSON) throws -> JSON {
    .object([
      ("name", try old.value("name")),
      ("goal", try old.value("goal")),
      ("at", try old.value("moment")),
    ])
  }

  // MARK: - Experiments

  static func experiment(_ old: JSON) throws -> JSON {
    let method = try old.value("method").payload()
    let report = try old.value("report")
    return .record([
      ("name", try old.value("name")),
      ("title", old.given("title")),
      ("description", old.given("summary")),
      ("tags", try old.value("tags")),
      ("method", .text(method.kind)),
      ("run_cap", method.value.given("runCap")),
      ("search_seed", method.value.given("searchSeed")),
      ("seed", try old.value("seed")),
      ("repeat", try old.value("repeats")),
      ("metric", try selection(old.value("metric"))),
      ("parameters", try old.values("parameters", parameter)),
      ("tune", try old.value("tune")),
      (
        "report",
        .record([
          ("metric", try report.value("metric")),
          ("rows", report.given("rows")),
          ("columns", report.given("columns")),
          ("curves", try report.value("curves")),
          ("looks", report.given("looks")),
          ("format", report.given("formats")),
          ("titles", report.given("titles")),
        ])
      ),
      ("expect", try old.values("expectations", expectation)),
      ("reference", try old.value("references")),
      ("checkpoint", try checkpoint(old.value("checkpoint"))),
      ("confirmation", old.given("confirmation")),
    ])
  }

  private static func parameter(_ old: JSON) throws -> JSON {
    .record([
      ("name", try old.value("name")),
      ("values", try old.value("values")),
      ("scale", old.given("isLogarithmic") == .boolean(true) ? .text("log") : nil),
    ])
  }

  private static func expectation(_ old: JSON) throws -> JSON {
    let selection = old.given("selection")
    let claim = try old.value("claim").payload()
    var fields: [(String, JSON?)] = [
      ("where", selection == .object([]) ? nil : selection),
      ("of", old.given("judgesEvery") == .boolean(true) ? .text("every") : nil),
      ("metric", try old.value("metric")),
    ]
    switch claim.kind {
    case "within":
      fields.append(
        ("within", .list([try claim.value.value("low"), try claim.value.value("high")]))
      )
    case "value":
      fields += [
        ("value", claim.value["_0"] ?? claim.value), ("margin", claim.value.given("margin")),
        ("because", claim.value.given("because")),
      ]
    case "atLeast": fields.append(("at_least", claim.value))
    case "atMost": fields.append(("at_most", claim.value))
    case "equals": fields.append(("equals", claim.value))
    default: throw Unreadable()
    }
    return .record(fields + [("source", old.given("source"))])
  }
}

extension JSON {
  /// The value of a key that is always there.
  fileprivate func value(_ key: String) throws -> JSON {
    guard let value = self[key] else { throw V1Words.Unreadable() }
    return value
  }

  /// The value of a key that may be left out.
  fileprivate func given(_ key: String) -> JSON? {
    self[key].flatMap { if case .null = $0 { nil } else { $0 } }
  }

  /// The elements of a list, each translated.
  fileprivate func values(_ key: String, _ body: (JSON) throws -> JSON) throws -> JSON {
    guard case .list(let values) = try value(key) else { throw V1Words.Unreadable() }
    return .list(try values.map(body))
  }

  /// The case of an enum and its value: the one without a name, or the object of all.
  fileprivate func payload() throws -> (kind: String, value: JSON) {
    guard case .object(let fields) = self, fields.count == 1 else { throw V1Words.Unreadable() }
    let (kind, values) = fields[0]
    if case .object(let members) = values, members.count == 1, members[0].0 == "_0" {
      return (kind, members[0].1)
    }
    return (kind, values)
  }
}
