// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

extension Reader {
  /// A mapping of parameter names to a value or a list of values.
  func conditions(_ node: SourceNode, label: String) -> [ValueCondition]? {
    guard let entries = entries(of: node, label: label) else { return nil }
    guard !entries.isEmpty else {
      findings.report(.emptyMapping(label), at: node)
      return nil
    }
    return all(entries) { entry in
      let accepted = entry.value.items ?? [entry.value]
      guard !accepted.isEmpty, accepted.allSatisfy({ $0.scalar != nil && !$0.isNull }) else {
        let expected = "a value or a list of values"
        findings.report(
          .wrongValue("\(label).\(entry.key)", expected: expected, got: entry.value),
          at: entry.value
        )
        return nil
      }
      return ValueCondition(name: entry.key, place: entry.keyPlace, accepted: accepted)
    }
  }

  private func all(
    _ entries: [SourceEntry],
    _ read: (SourceEntry) -> ValueCondition?
  ) -> [ValueCondition]? {
    let conditions = entries.compactMap(read)
    return conditions.count == entries.count ? conditions : nil
  }
}

/// Reads `parameters`, `zip`, `exclude` and the seeds, and makes an `Expansion` of them.
struct ParametersReader {
  let root: [String: SourceNode]
  /// The manifest's own values of parameters that the command line replaced.
  private let replaced: [String: SourceNode]
  let reader: Reader
  let isRandom: Bool

  private(set) var axes: [Axis] = []
  /// The seeds of a swept `seed`.
  private(set) var seeds: ClosedRange<Int>?
  /// Every declared name, also of axes that are wrong.
  private(set) var declared: [String] = []
  private(set) var isComplete = true

  private var findings: Findings { reader.findings }

  init(
    root: [String: SourceNode],
    replaced: [String: SourceNode] = [:],
    reader: Reader,
    isRandom: Bool
  ) {
    self.root = root
    self.replaced = replaced
    self.reader = reader
    self.isRandom = isRandom
    readAxes()
  }

  // MARK: - Axes

  private mutating func readAxes() {
    let axisReader = AxisReader(reader: reader, isRandom: isRandom)
    var entries: [SourceEntry] = []
    if let node = root["parameters"] {
      entries = reader.entries(of: node, label: "parameters") ?? []
    }
    entries.insert(contentsOf: implicitAxes(entries), at: 0)
    for entry in entries {
      if entry.key != "seed" { declared.append(entry.key) }
      guard let axis = axisReader.axis(entry) else {
        isComplete = false
        continue
      }
      if entry.key == "seed" { readSeeds(axis, at: entry.value) } else { axes.append(axis) }
    }
    checkConditions()
  }

  /// With `models` and neither `model` nor a parameter of that name, every model is compared; likewise optimizers.
  private func implicitAxes(_ entries: [SourceEntry]) -> [SourceEntry] {
    alternatives.compactMap { name, alternatives in
      guard root[name] == nil, let all = root[alternatives], let named = all.entries,
        !named.isEmpty, !entries.contains(where: { $0.key == name })
      else { return nil }
      let names = named.map { SourceNode(text: $0.key, at: $0.keyPlace) }
      return SourceEntry(
        key: name,
        keyPlace: all.place,
        value: SourceNode(.sequence(names), at: all.place)
      )
    }
  }

  private mutating func readSeeds(_ axis: Axis, at node: SourceNode) {
    if let repeats = root["repeat"] ?? root["seed"] {
      findings.report(.seedTwice, at: repeats)
      isComplete = false
    }
    let texts = axis.values.compactMap(\.text)
    let numbers = texts.compactMap(Scalars.integer)
    let allowed = SettingRange.seeds
    if let index = numbers.firstIndex(where: { !allowed.contains($0) }),
      numbers.count == texts.count
    {
      let mistake = Mistake.wrongValue(
        "parameters.seed",
        expected: words(for: allowed),
        got: axis.values[index]
      )
      findings.report(mistake, at: axis.values[index])
      isComplete = false
      return
    }
    guard let first = numbers.first, numbers.count == texts.count,
      Swift.zip(numbers, numbers.dropFirst()).allSatisfy({ $1 == $0 + 1 }), axis.conditions.isEmpty
    else {
      findings.report(.brokenSeeds(texts), at: node)
      isComplete = false
      return
    }
    seeds = first...(first + numbers.count - 1)
  }

  // MARK: - Conditions

  private mutating func checkConditions() {
    for axis in axes {
      for condition in axis.conditions {
        let label = "parameters.\(axis.name).when"
        if condition.name == axis.name {
          findings.report(.ownCondition(axis.name), at: condition.place)
          isComplete = false
        } else if !isKnown(condition, in: label) {
          isComplete = false
        }
      }
    }
  }

  /// Whether the command line replaced a parameter, so that the manifest speaks of cells that are not planned.
  var leavesOut: Bool { !replaced.isEmpty }

  /// Whether the manifest's own parameter takes the value, but the command line's may not.
  private func isReplaced(_ node: SourceNode, of name: String) -> Bool {
    guard let own = replaced[name] else { return false }
    let values = own.items ?? own["values"]?.items
    return values.map { values in values.contains { $0.means(node) } } ?? true
  }

  /// Whether the condition names a parameter and values that it takes; reports otherwise.
  ///
  /// It may take them in the manifest alone, and not on the command line.
  func isKnown(_ condition: ValueCondition, in label: String) -> Bool {
    guard isDeclared(condition.name, in: label, at: condition.place) else { return false }
    guard let axis = axes.first(where: { $0.name == condition.name }), !axis.values.isEmpty else {
      return true
    }
    var isClean = true
    for node in condition.accepted
    where !axis.values.contains(where: { $0.means(node) }) && !isReplaced(node, of: axis.name) {
      let values = axis.values.compactMap(\.text)
      findings.report(.valueNeverTaken(axis.name, node.text ?? "", values: values), at: node)
      isClean = false
    }
    return isClean
  }

  func isDeclared(_ name: String, in label: String, at place: Place) -> Bool {
    if declared.contains(name) { return true }
    if name == "seed" {
      findings.report(.seedIsNoParameter(label), at: place)
    } else {
      findings.report(.undeclaredName(name, in: label, declared: declared), at: place)
    }
    return false
  }

  // MARK: - Expansion

  /// The expansion, or nil if something is wrong.
  func expansion() -> Expansion? {
    let exclusions = self.exclusions()
    guard let zips = zips(), let exclusions, isComplete, let groups = ordered(zips) else {
      return nil
    }
    return Expansion(groups: groups, exclusions: exclusions)
  }

  private func exclusions() -> [[ValueCondition]]? {
    guard let node = root["exclude"] else { return [] }
    guard let items = reader.items(node, expected: "a list of mappings", label: "exclude") else {
      return nil
    }
    return reader.all(items) { item in
      guard let conditions = reader.conditions(item, label: "exclude") else { return nil }
      let isClean = conditions.map { isKnown($0, in: "exclude") }.allSatisfy { $0 }
      return isClean ? conditions : nil
    }
  }

  /// The groups of `zip` by name.
  private func zips() -> [[String]]? {
    guard let node = root["zip"] else { return [] }
    let expected = "a list of lists of parameters"
    guard let items = reader.items(node, expected: expected, label: "zip") else { return nil }
    if !items.isEmpty, items.allSatisfy({ $0.scalar != nil }) {
      findings.report(.flatZip(items.compactMap(\.text)), at: node)
      return nil
    }
    var seen: Set<String> = []
    return reader.all(items) { item in
      guard let names = reader.items(item, expected: "a list of parameters", label: "zip") else {
        return nil
      }
      return zip(item, names, &seen)
    }
  }

  private func zip(
    _ node: SourceNode,
    _ names: [SourceNode],
    _ seen: inout Set<String>
  ) -> [String]? {
    var isClean = names.count >= 2
    if !isClean { findings.report(.shortZip, at: node) }
    for item in names {
      let name = item.text ?? ""
      guard isDeclared(name, in: "zip", at: item.place) else {
        isClean = false
        continue
      }
      if !seen.insert(name).inserted {
        findings.report(.zippedTwice(name), at: item)
        isClean = false
      }
    }
    let members = names.compactMap { item in axes.first { $0.name == item.text } }
    guard isClean, members.count == names.count else { return nil }
    return haveEqualLengths(members, at: node) ? members.map(\.name) : nil
  }

  private func haveEqualLengths(_ members: [Axis], at node: SourceNode) -> Bool {
    for axis in members {
      guard case .listed(_, let probabilities) = axis.origin else {
        findings.report(.zippedDistribution(axis.name), at: node)
        return false
      }
      if probabilities != nil {
        findings.report(.zippedProbabilities, at: node)
        return false
      }
    }
    guard Set(members.map(\.values.count)).count > 1 else { return true }
    findings.report(.zipLengths(members.map { ($0.name, $0.values.count) }), at: node)
    return false
  }

  /// Groups in manifest order, each as early as its conditions' parameters allow.
  private func ordered(_ zips: [[String]]) -> [[Axis]]? {
    var remaining: [[Axis]] = []
    for axis in axes {
      guard let zip = zips.first(where: { $0.contains(axis.name) }) else {
        remaining.append([axis])
        continue
      }
      if !remaining.contains(where: {
        $0[0].name != axis.name && $0.contains { $0.name == axis.name }
      }) {
        remaining.append(axes.filter { zip.contains($0.name) })
      }
    }
    var placed: Set<String> = []
    var groups: [[Axis]] = []
    while !remaining.isEmpty {
      let next = remaining.firstIndex { group in
        group.allSatisfy { $0.conditions.allSatisfy { placed.contains($0.name) } }
      }
      guard let next else {
        let stuck = remaining.flatMap { $0 }
        findings.report(.circularConditions(stuck.map(\.name)), at: stuck[0].place)
        return nil
      }
      let group = remaining.remove(at: next)
      placed.formUnion(group.map(\.name))
      groups.append(group)
    }
    return groups
  }
}
