// SPDX-License-Identifier: Apache-2.0

import Experiments

/// What was trained as an object with a manifest's keys; a component is `{"name": …}` with its arguments.
struct SpecificationObject {
  let specification: RunSpecification

  init(_ specification: RunSpecification) { self.specification = specification }

  var json: JSONValue {
    .object([
      ("data", data),
      ("model", .list(specification.model.map(Self.object))),
      ("init", initialization),
      ("loss", Self.object(specification.loss)),
      ("optimizer", Self.object(specification.optimizer)),
      ("train", train),
      ("metrics", .list(specification.metrics.map { .text($0) })),
    ])
  }

  private var data: JSONValue {
    let data = specification.data
    let validation: JSONValue =
      switch data.validation {
      case .count(let count)?: .integer(count)
      case .fraction(let share)?: .real(share)
      case nil: .null
      }
    return .object([
      ("dataset", Self.object(data.dataset)),
      ("validation", validation),
      ("train_limit", JSONValue(data.trainLimit)),
      ("test_limit", JSONValue(data.testLimit)),
      ("seed", data.followsRunSeed ? .text("${seed}") : .integer(data.seed)),
      ("task", JSONValue(data.task?.rawValue)),
      ("standardize", .text(data.standardize.rawValue)),
      ("folds", JSONValue(data.folds)),
      ("augment", data.augmentation.map(Self.object) ?? .null),
    ])
  }

  private static func object(_ augmentation: Augmentation) -> JSONValue {
    .object([
      ("flip", augmentation.flipsHorizontally ? .text("horizontal") : .null),
      ("shift", .integer(augmentation.shift)),
      ("crop", .object([("padding", .integer(augmentation.cropPadding))])),
    ])
  }

  private var initialization: JSONValue {
    .object([
      ("weights", Self.object(specification.initialization.weights)),
      ("biases", Self.object(specification.initialization.biases)),
      ("from", JSONValue(specification.initialization.file)),
    ])
  }

  private var train: JSONValue {
    let train = specification.train
    let stopping = train.earlyStopping.map { [("early_stopping", Self.object($0))] } ?? []
    let loop: [(String, JSONValue)] = [
      ("epochs", .integer(train.epochs)),
      ("batch_size", train.batchSize.map { .integer($0) } ?? .text("all")),
      ("shuffle", .boolean(train.shuffle)),
      ("clip_norm", JSONValue(train.clipNorm)),
      ("clip_value", JSONValue(train.clipValue)),
      ("evaluate_every", .integer(train.evaluateEvery)),
    ]
    return .object(loop + stopping)
  }

  private static func object(_ rule: EarlyStopping) -> JSONValue {
    .object([
      ("metric", .text(rule.metric)),
      ("goal", .text(rule.goal.rawValue)),
      ("patience", .integer(rule.patience)),
      ("min_delta", .real(rule.minimumDelta)),
      ("restore_best", .boolean(rule.restoresBest)),
    ])
  }

  private static func object(_ component: Component) -> JSONValue {
    .object(
      [("name", .text(component.name))]
        + component.arguments.sorted { $0.key < $1.key }.map { ($0, value($1)) }
    )
  }

  private static func value(_ argument: ArgumentValue) -> JSONValue {
    switch argument {
    case .none: .null
    case .boolean(let flag): .boolean(flag)
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .list(let values): .list(values.map(value))
    case .mapping(let values):
      .object(values.sorted { $0.key < $1.key }.map { ($0, value($1)) })
    case .component(let component): object(component)
    case .components(let layers): .list(layers.map(object))
    }
  }
}
