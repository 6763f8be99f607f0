// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// Leads a reading: structure first, then every cell, then what holds between them.
struct Planner {
  let rootNode: SourceNode
  let findings: Findings
  let paths: PathRules
  /// The manifest's own values of parameters that the command line replaced.
  private let replaced: [String: SourceNode]
  private var root: [String: SourceNode] = [:]

  init(
    root: SourceNode,
    replaced: [String: SourceNode] = [:],
    findings: Findings,
    paths: PathRules
  ) {
    rootNode = root
    self.replaced = replaced
    self.findings = findings
    self.paths = paths
  }

  /// The experiment and its cells; nil if mistakes prevent them.
  mutating func plan() -> (experiment: Experiment, cells: [Cell])? {
    guard readTop() else { return nil }
    let bare = bareReader
    let method = bare.searchMethod(root)
    let parameters = ParametersReader(
      root: root,
      replaced: replaced,
      reader: bare,
      isRandom: method != .grid
    )
    let uses = ReferenceCheck(root: root, declared: parameters.declared, findings: findings)
    uses.reportUnused(parameters.axes)
    let declared = Set(parameters.declared)

    let structure = specificationReader(Scope(declared: declared, bindings: nil))
    let outline = structure.specification()
    structure.checkModels()
    structure.checkOptimizers()

    let drafts = parameters.expansion().map { self.drafts($0, method: method) } ?? []
    let cells = self.cells(drafts, declared: declared)
    let experiment = self.experiment(
      method: method,
      parameters: parameters,
      drafts: drafts,
      specifications: cells.isEmpty ? [outline].compactMap { $0 } : cells.map(\.specification)
    )
    if cells.count * experiment.repeats > Expansion.runLimit {
      let place = (root["repeat"] ?? root["parameters"] ?? rootNode).place
      let mistake = Mistake.tooManyRuns(
        cells: cells.count,
        repeats: experiment.repeats,
        limit: Expansion.runLimit
      )
      findings.report(mistake, at: place)
    }
    let (seed, repeats) = (experiment.seed, experiment.repeats)
    if seed > SettingRange.seeds.upperBound - (repeats - 1) {
      let mistake = Mistake.seedsBeyond(SettingRange.seeds.upperBound, from: seed, repeats: repeats)
      findings.report(mistake, at: (root["repeat"] ?? root["seed"] ?? rootNode).place)
    }
    warnOfIdenticalCells(cells, parameters: experiment.parameters.map(\.name))
    return cells.isEmpty ? nil : (experiment, cells)
  }

  // MARK: - Top level

  private mutating func readTop() -> Bool {
    guard let entries = rootNode.entries else {
      findings.report(.wrongManifest(got: rootNode), at: rootNode)
      return false
    }
    root = bareReader.fixed(entries, topKeys(entries), owner: .top, at: rootNode.place)
    let hasModel = entries.contains { $0.key == "model" || $0.key == "models" }
    let nearMiss = entries.contains { entry in
      !ManifestKeys.top.contains { $0.name == entry.key }
        && (bareReader.isNear(entry.key, to: "model") || bareReader.isNear(entry.key, to: "models")
          || ForeignWords.keys[""]?[entry.key]?.hasPrefix("model") == true)
    }
    if !hasModel, !nearMiss { findings.report(.missingModel, at: rootNode.place) }
    if root["model"].map({ $0.items != nil || $0.entries != nil }) == true,
      let entry = rootNode.entry("models")
    {
      findings.report(.unusedModels, at: entry.keyPlace)
    }
    if root["optimizer"]?.entries != nil, let entry = rootNode.entry("optimizers") {
      findings.report(.unusedOptimizers, at: entry.keyPlace)
    }
    return true
  }

  /// The keys of the top; with `optimizers`, the key `optimizer` may be left out.
  private func topKeys(_ entries: [SourceEntry]) -> [Key] {
    guard entries.contains(where: { $0.key == "optimizers" }) else { return ManifestKeys.top }
    return ManifestKeys.top.map { key in
      var key = key
      if key.name == "optimizer" { key.isRequired = false }
      return key
    }
  }

  private var bareReader: Reader {
    Reader(findings: findings, paths: paths, scope: .closed)
  }

  private func specificationReader(_ scope: Scope) -> SpecificationReader {
    SpecificationReader(
      root: root,
      reader: Reader(findings: findings, paths: paths, scope: scope)
    )
  }

  // MARK: - Cells

  private func drafts(_ expansion: Expansion, method: SearchMethod) -> [Draft] {
    let place = root["parameters"]?.place ?? rootNode.place
    switch method {
    case .grid:
      guard let drafts = expansion.grid() else {
        findings.report(.tooManyCells(limit: Expansion.limit), at: place)
        return []
      }
      checkExclusions(expansion, drafts)
      return drafts
    case .random(let count, let seed):
      guard !expansion.groups.isEmpty else {
        findings.report(.randomWithoutParameters, at: root["method"] ?? rootNode)
        return []
      }
      let drafts = expansion.random(count, seed: seed)
      if drafts.isEmpty { findings.report(.noCells, at: root["exclude"]?.place ?? place) }
      if drafts.count < count {
        findings.warn(.fewDraws(drafts.count, wanted: count), at: root["run_cap"]?.place)
      }
      return drafts
    }
  }

  private func checkExclusions(_ expansion: Expansion, _ drafts: [Draft]) {
    guard !expansion.exclusions.isEmpty, let node = root["exclude"] else { return }
    if drafts.isEmpty { findings.report(.noCells, at: node) }
    let whole = Expansion(groups: expansion.groups, exclusions: []).grid() ?? []
    for (index, conditions) in expansion.exclusions.enumerated() {
      let matches =
        conditions.contains { replaced[$0.name] != nil }
        || whole.contains { draft in conditions.allSatisfy { $0.holds(in: draft) } }
      let place = node.items?[index].place ?? node.place
      if !matches { findings.warn(.uselessExclusion, at: place) }
    }
  }

  private func cells(_ drafts: [Draft], declared: Set<String>) -> [Cell] {
    var cells: [Cell] = []
    var isComplete = true
    for (index, draft) in drafts.enumerated() {
      let scope = Scope(declared: declared, bindings: draft)
      guard let specification = specificationReader(scope).specification() else {
        isComplete = false
        continue
      }
      let assignment = draft.compactMapValues(\.value)
      cells.append(Cell(index: index, assignment: assignment, specification: specification))
    }
    return isComplete ? cells : []
  }

  private func warnOfIdenticalCells(_ cells: [Cell], parameters: [String]) {
    var first: [RunSpecification: Cell] = [:]
    var names: Set<String> = []
    var count = 0
    for cell in cells {
      guard let twin = first[cell.specification] else {
        first[cell.specification] = cell
        continue
      }
      count += 1
      names.formUnion(parameters.filter { twin.assignment[$0] != cell.assignment[$0] })
    }
    guard count > 0 else { return }
    let changed = parameters.filter(names.contains)
    findings.warn(.identicalCells(changed, count), at: root["parameters"]?.place)
  }

  // MARK: - Experiment

  private func experiment(
    method: SearchMethod,
    parameters: ParametersReader,
    drafts: [Draft],
    specifications: [RunSpecification]
  ) -> Experiment {
    let reader = bareReader
    let parts = DataParts(
      hasValidation: specifications.isEmpty
        ? root["data"]?["validation"] != nil || root["data"]?["folds"] != nil
        : specifications.allSatisfy { $0.data.validation != nil || $0.data.folds != nil },
      withoutTest: specifications.first { !$0.data.hasTest }?.data.dataset.name,
      metrics: reader.quietMetrics(root["metrics"])
    )
    var experiment = ExperimentReader(
      root: root,
      reader: reader,
      parameters: parameters,
      parts: parts,
      hasClasses: specifications.contains { Catalog.loss($0.loss.name)?.targets == .classes }
    ).experiment(method: method)
    if let node = root["expect"] {
      experiment.expectations = ExpectationReader(
        reader: reader,
        parameters: parameters,
        parts: parts,
        experiment: experiment,
        drafts: drafts
      ).expectations(node)
    }
    return experiment
  }
}

extension Reader {
  /// How cells are made.
  fileprivate func searchMethod(_ root: [String: SourceNode]) -> SearchMethod {
    func read(_ key: String) -> ArgumentValue? {
      value(key, of: ManifestKeys.top, in: root, owner: "")
    }
    let method = read("method")?.text
    let count = read("run_cap")?.integer
    let seed = read("search_seed")?.integer
    guard method == "random" else {
      let isOther = root["method"] != nil && method == nil
      for key in ["run_cap", "search_seed"] where !isOther {
        if let node = root[key] { findings.report(.needsGridMethod(key), at: node) }
      }
      return .grid
    }
    if root["run_cap"] == nil, let node = root["method"] {
      findings.report(.missingRunCap, at: node)
    }
    return .random(runCap: count ?? 1, searchSeed: seed ?? 0)
  }

  /// The name of a component in any form, parameters put in, without any report.
  func quietName(_ node: SourceNode) -> String? {
    let node = node["name"] ?? node
    guard let text = node.text else { return node.entries?.first?.key }
    guard case .reference(let name)? = pieces(of: text).first else { return text }
    return scope.bindings?[name]?.text
  }

  /// Whether `word` most likely meant `name`.
  func isNear(_ word: String, to name: String) -> Bool {
    nearestName(to: word, among: [name]) != nil
  }
}
