// SPDX-License-Identifier: Apache-2.0

internal import Experiments

/// Reads what decides a run's numbers: data, model, initial values, loss, optimizer, loop.
struct SpecificationReader {
  /// The top-level keys in which `${p}` is put in.
  static let sections = [
    "data", "model", "models", "init", "loss", "optimizer", "optimizers", "train", "log",
  ]

  let root: [String: SourceNode]
  var reader: Reader

  init(root: [String: SourceNode], reader: Reader) {
    self.root = root
    self.reader = reader
    self.reader.loss = root["loss"].flatMap(reader.quietName)
  }

  var findings: Findings { reader.findings }

  /// Everything; nil if a part is wrong or not known.
  func specification() -> RunSpecification? {
    let data = root["data"].flatMap { self.data($0) }
    let model = model()
    let initialization = root["init"].map { self.initialization($0) } ?? .some(Initialization())
    let loss = root["loss"].flatMap { reader.component($0, .losses, label: "loss") }
    let optimizer = optimizer()
    let logging = root["log"].map { self.logging($0) }
    let train = root["train"].flatMap {
      self.train($0, logEverySteps: logging ?? nil, data: data)
    }
    let metrics = root["metrics"].map { reader.metrics($0) } ?? .some([])
    guard let data, let model, let initialization, let loss, let optimizer, let train, let metrics
    else { return nil }
    if case .some(.none) = logging { return nil }
    return RunSpecification(
      data: data,
      model: model,
      initialization: initialization,
      loss: loss,
      optimizer: optimizer,
      train: train,
      metrics: metrics
    )
  }

  // MARK: - Model

  private func model() -> [Component]? {
    guard let node = root["model"] else {
      guard let models = root["models"] else { return nil }
      return chosenModel(
        SourceNode(text: "${model}", isQuoted: true, at: models.place)
      )
    }
    return node.items != nil ? reader.model(node, label: "model") : chosenModel(node)
  }

  /// The layers that a name stands for.
  private func chosenModel(_ node: SourceNode) -> [Component]? {
    guard let resolved = reader.resolve(node) else { return nil }
    guard let scalar = resolved.scalar, !resolved.isNull else {
      findings.report(
        .wrongValue("model", expected: "a list of layers or a name of `models`", got: resolved),
        at: resolved
      )
      return nil
    }
    let entries = root["models"]?.entries ?? []
    guard let layers = entries.first(where: { $0.key == scalar.text })?.value else {
      let names = root["models"] == nil ? nil : entries.map(\.key)
      findings.report(.unknownModel(scalar.text, names: names), at: resolved)
      return nil
    }
    return reader.model(layers, label: "models.\(scalar.text)")
  }

  /// Checks every named model, chosen or not.
  func checkModels() {
    guard let node = root["models"], let entries = reader.entries(of: node, label: "models") else {
      return
    }
    if entries.isEmpty { findings.report(.emptyMapping("models"), at: node) }
    for entry in entries { _ = reader.model(entry.value, label: "models.\(entry.key)") }
  }

  // MARK: - Data

  private func data(_ node: SourceNode) -> DataSpecification? {
    guard let node = dataMapping(node), let entries = node.entries else { return nil }
    let owner = Owner("data")
    guard let name = node["dataset"] else {
      _ = reader.checkKeys(
        entries.filter { entry in entry.key != "dataset" && isForeign(entry.key) },
        known: ManifestKeys.data.map(\.name) + ["dataset"],
        required: ["dataset"],
        owner: owner,
        at: node.place
      )
      return nil
    }
    let keys = ManifestKeys.data.map(\.name)
    let own = entries.filter { keys.contains($0.key) }
    let values = reader.fixed(own, ManifestKeys.data, owner: owner, at: node.place)
    guard let dataset = self.dataset(name, entries, at: node.place) else {
      _ = dataSpecification(Component(""), values)
      return nil
    }
    return dataSpecification(dataset, values)
  }

  /// A bare name is short for `{ dataset: name }`.
  private func dataMapping(_ node: SourceNode) -> SourceNode? {
    if let text = node.text, !node.isNull, !text.contains(":") {
      let entry = SourceEntry(key: "dataset", keyPlace: node.place, value: node)
      return SourceNode(.mapping([entry]), at: node.place)
    }
    return reader.entries(of: node, label: "data") == nil ? nil : node
  }

  /// Without a data set its arguments are unknown, so only words with an answer are reported.
  private func isForeign(_ key: String) -> Bool {
    ForeignWords.keys["data"]?[key] != nil || key.contains(":")
      || reader.isNear(key, to: "dataset")
  }

  private func dataset(
    _ nameNode: SourceNode,
    _ entries: [SourceEntry],
    at place: Place
  ) -> Component? {
    guard let resolved = reader.resolve(nameNode),
      let name = reader.scalar(resolved, expected: "a data set", label: "data.dataset"),
      let definition = reader.definition(named: name.text, .datasets, at: resolved)
    else { return nil }
    let own = ManifestKeys.data.map(\.name) + ["dataset"]
    let arguments = reader.arguments(
      entries.filter { !own.contains($0.key) },
      definition.arguments,
      alsoKnown: own,
      owner: Owner("data", words: ["data", definition.name]),
      at: place
    )
    return arguments.map { Component(definition.name, $0) }
  }

  private func dataSpecification(
    _ dataset: Component,
    _ values: [String: SourceNode]
  ) -> DataSpecification? {
    var isComplete = true
    func read<T>(_ key: String, _ read: (SourceNode) -> T?) -> T? {
      guard let node = values[key] else { return nil }
      if ManifestKeys.optionalData.contains(key),
        reader.resolve(node)?.text == "none"
      {
        return nil
      }
      let value = read(node)
      if value == nil { isComplete = false }
      return value
    }
    func argument(_ key: String) -> ArgumentValue? {
      read(key) { _ in reader.value(key, of: ManifestKeys.data, in: values, owner: "data") }
    }
    let validation = read("validation") { self.validation($0) }
    let folds = argument("folds")?.integer
    let outliers = read("outliers") { self.outliers($0) }
    let augmentation = read("augment") { self.augmentation($0) }
    let trainLimit = read("train_limit") { limit($0, "train_limit", values) }
    let testLimit = read("test_limit") { limit($0, "test_limit", values) }
    let followsRunSeed = values["seed"]?.text == "${seed}"
    let seed = followsRunSeed ? 0 : argument("seed")?.integer
    let task = argument("task")?.text.flatMap(DataSpecification.Task.init)
    let standardize = argument("standardize")?.text
      .flatMap(DataSpecification.Standardization.init)
    if folds != nil, validation != nil, let node = values["folds"] {
      findings.report(.foldsWithValidation, at: node)
      return nil
    }
    guard isComplete else { return nil }
    return DataSpecification(
      dataset: dataset,
      validation: validation,
      folds: folds,
      trainLimit: trainLimit,
      testLimit: testLimit,
      seed: seed ?? 0,
      followsRunSeed: followsRunSeed,
      task: task,
      standardize: standardize ?? .none,
      outliers: outliers,
      augmentation: augmentation
    )
  }

  /// Nil if a key is wrong.
  private func outliers(_ node: SourceNode) -> Outliers? {
    guard let node = reader.resolve(node),
      let keys = reader.fixed(node, ManifestKeys.outliers, owner: Owner("data.outliers"))
    else { return nil }
    func value(_ key: String) -> Double? {
      reader.value(key, of: ManifestKeys.outliers, in: keys, owner: "data.outliers")?.real
    }
    let (share, deviation) = (value("share"), value("deviation"))
    guard let share, (keys["deviation"] == nil) == (deviation == nil) else { return nil }
    return Outliers(share: share, deviation: deviation ?? 10)
  }

  /// Nil if a key is wrong; nothing set is the same as left out.
  private func augmentation(_ node: SourceNode) -> Augmentation? {
    guard let node = reader.resolve(node),
      let keys = reader.fixed(node, ManifestKeys.augmentation, owner: Owner("data.augment"))
    else { return nil }
    func value(_ key: String) -> ArgumentValue? {
      reader.value(key, of: ManifestKeys.augmentation, in: keys, owner: "data.augment")
    }
    let flip = value("flip")?.text
    let shift = value("shift")?.integer
    var padding: Int?
    if let crop = keys["crop"].flatMap({ reader.resolve($0) }) {
      let inner = reader.fixed(crop, ManifestKeys.crop, owner: Owner("data.augment.crop"))
      guard let inner else { return nil }
      padding =
        reader.value(
          "padding",
          of: ManifestKeys.crop,
          in: inner,
          owner: "data.augment.crop"
        )?.integer
      guard padding != nil else { return nil }
    }
    guard (keys["flip"] == nil) == (flip == nil), (keys["shift"] == nil) == (shift == nil) else {
      return nil
    }
    return Augmentation(
      flipsHorizontally: flip != nil,
      shift: shift ?? 0,
      cropPadding: padding ?? 0
    )
  }

  /// A count; `1.0` is none, for it may stand for all.
  private func limit(_ node: SourceNode, _ key: String, _ values: [String: SourceNode]) -> Int? {
    if let resolved = reader.resolve(node), isOneAsShare(resolved) {
      findings.report(.oneAsShare("data.\(key)"), at: resolved)
      return nil
    }
    return reader.value(key, of: ManifestKeys.data, in: values, owner: "data")?.integer
  }

  /// Whether the text is 1, written like a fraction.
  private func isOneAsShare(_ node: SourceNode) -> Bool {
    guard let text = node.text else { return false }
    return Scalars.real(text) == 1 && Scalars.plainInteger(text) == nil
  }

  private func validation(_ node: SourceNode) -> DataSpecification.Validation? {
    guard let node = reader.resolve(node) else { return nil }
    let counts = ManifestKeys.count
    let expected = words(for: counts) + ", or a fraction between 0 and 1"
    guard let scalar = reader.scalar(node, expected: expected, label: "data.validation") else {
      return nil
    }
    if isOneAsShare(node) {
      findings.report(.oneAsShare("data.validation"), at: node)
      return nil
    }
    if !scalar.isInterpolated {
      if let count = Scalars.integer(scalar.text), counts.contains(count) { return .count(count) }
      if let share = Scalars.real(scalar.text), share > 0, share < 1 { return .fraction(share) }
    }
    findings.report(.wrongValidation(expected: expected, got: node), at: node)
    return nil
  }

  // MARK: - Initial values, optimizer, loop

  private func initialization(_ node: SourceNode) -> Initialization? {
    guard let values = reader.fixed(node, ManifestKeys.initialization, owner: Owner("init")) else {
      return nil
    }
    func part(_ key: String) -> Component? {
      guard let node = values[key] else { return Component("default") }
      return reader.component(node, .initializers, label: "init.\(key)")
    }
    let weights = part("weights")
    let biases = part("biases")
    let from = values["from"].flatMap { reader.resolve($0)?.text == "none" ? nil : $0 }
    let file = from.map { reader.file($0, label: "init.from") }
    guard let weights, let biases else { return nil }
    if case .some(.none) = file { return nil }
    return Initialization(weights: weights, biases: biases, file: file ?? nil)
  }

  private func optimizer() -> Component? {
    guard let all = root["optimizers"] else { return root["optimizer"].flatMap(optimizer) }
    let node =
      root["optimizer"] ?? SourceNode(text: "${optimizer}", isQuoted: true, at: all.place)
    guard node.scalar != nil else { return optimizer(node) }
    guard let resolved = reader.resolve(node), let name = resolved.text else { return nil }
    guard let chosen = all.entries?.first(where: { $0.key == name })?.value else {
      let names = (all.entries ?? []).map(\.key)
      findings.report(.unknownNamedOptimizer(name, names: names), at: resolved)
      return nil
    }
    return optimizer(chosen)
  }

  /// Checks every named optimizer, chosen or not.
  func checkOptimizers() {
    guard let node = root["optimizers"],
      let entries = reader.entries(of: node, label: "optimizers")
    else { return }
    if entries.isEmpty { findings.report(.emptyMapping("optimizers"), at: node) }
    for entry in entries { _ = optimizer(entry.value) }
  }

  private func optimizer(_ node: SourceNode) -> Component? {
    if node.scalar != nil, !node.isNull, node.text?.contains(":") == false {
      return reader.named(node, [], .optimizers, label: "optimizer", at: node.place)
    }
    guard let entries = reader.entries(of: node, label: "optimizer") else { return nil }
    guard let name = node["name"] else {
      reportNamelessOptimizer(node, entries)
      return nil
    }
    let arguments = entries.filter { $0.key != "name" }
    return reader.named(name, arguments, .optimizers, label: "optimizer", at: node.place)
  }

  private func reportNamelessOptimizer(_ node: SourceNode, _ entries: [SourceEntry]) {
    if entries.count == 1, let entry = entries.first,
      Catalog.definition(entry.key, in: .optimizers) != nil
    {
      findings.report(.optimizerAsKey(entry.key), at: entry.keyPlace)
      return
    }
    var seen = Set<String>()
    let known = (Catalog.definitions(.optimizers).flatMap { $0.arguments.map(\.name) } + ["name"])
      .filter { seen.insert($0).inserted }
    _ = reader.checkKeys(
      entries,
      known: known,
      required: ["name", "learning_rate"],
      owner: Owner("optimizer"),
      at: node.place
    )
  }

  private func logging(_ node: SourceNode) -> Int? {
    guard let keys = reader.fixed(node, ManifestKeys.log, owner: Owner("log")) else { return nil }
    return reader.value("every_steps", of: ManifestKeys.log, in: keys, owner: "log")?.integer
  }
}
