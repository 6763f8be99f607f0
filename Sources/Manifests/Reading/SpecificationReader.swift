// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

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
    guard let items = root["loss"]?.items else {
      self.reader.loss = root["loss"].flatMap(reader.quietName)
      return
    }
    for item in items {
      guard let name = item["loss"].flatMap(reader.quietName) else { continue }
      if let block = item["of"]?.text { self.reader.lossOfBlock[block] = name }
      if items.count == 1 { self.reader.loss = name }
    }
  }

  var findings: Findings { reader.findings }

  /// Everything; nil if a part is wrong or not known.
  func specification() -> RunSpecification? {
    let data = root["data"].flatMap { self.data($0) }
    let model = model()
    let initialization = root["init"].map { self.initialization($0) } ?? .some(Initialization())
    let losses = root["loss"].flatMap { reader.losses($0, label: "loss") }
    let optimizer = optimizer()
    let logging = root["log"].map { self.logging($0) }
    let train = root["train"].flatMap {
      self.train($0, logEverySteps: logging ?? nil, data: data)
    }
    let metrics = root["metrics"].map { reader.metrics($0) } ?? .some([])
    guard let data, let model, let initialization, let losses, let optimizer, let train, let metrics
    else { return nil }
    if case .some(.none) = logging { return nil }
    var specification = RunSpecification(
      data: data,
      model: model,
      initialization: initialization,
      loss: losses[0].loss,
      optimizer: optimizer,
      train: train,
      metrics: metrics
    )
    specification.losses = losses
    return specification
  }

  // MARK: - Model

  private func model() -> ModelSpecification? {
    guard let node = root["model"] else {
      guard let models = root["models"] else { return nil }
      return chosenModel(
        SourceNode(text: "${model}", isQuoted: true, at: models.place)
      )
    }
    let isGiven = node.items != nil || node.entries != nil
    return isGiven ? reader.model(node, label: "model") : chosenModel(node)
  }

  /// The layers that a name stands for.
  private func chosenModel(_ node: SourceNode) -> ModelSpecification? {
    guard let resolved = reader.resolve(node) else { return nil }
    guard let scalar = resolved.scalar, !resolved.isNull else {
      findings.report(
        .wrongValue(
          "model",
          expected: "a list of layers, blocks by name or a name of `models`",
          got: resolved
        ),
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
    return arguments.flatMap { arguments in
      reader.checked(Component(definition.name, arguments), entries: entries, at: place)
    }
  }

  private func dataSpecification(
    _ dataset: Component,
    _ values: [String: SourceNode]
  ) -> DataSpecification? {
    var nodes = values
    let followsRunSeed = values["seed"]?.text == DataSpecification.runSeed
    if followsRunSeed { nodes["seed"] = nil }
    let keys = DataSpecification.settings.map(\.description)
    guard var settings = reader.settings(nodes, keys, label: "data") else { return nil }
    settings["dataset"] = .component(dataset)
    if followsRunSeed { settings["seed"] = .text(DataSpecification.runSeed) }
    guard let data = DataSpecification.setting(.mapping(settings)) else { return nil }
    if data.folds != nil, data.validation != nil, let node = values["folds"] {
      findings.report(.foldsWithValidation, at: node)
      return nil
    }
    return data
  }

  // MARK: - Initial values, optimizer, loop

  private func initialization(_ node: SourceNode) -> Initialization? {
    reader.section(node, label: "init")
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
    let logging: Logging? = reader.section(node, label: "log")
    return logging?.everySteps
  }
}
