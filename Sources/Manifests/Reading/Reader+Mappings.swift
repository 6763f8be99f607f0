// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// Whose keys are read: how it is called in messages and where its foreign words stand.
struct Owner {
  /// `train`, `dense`, … or empty at the top level.
  var name: String
  /// Paths of the word lists, most specific first.
  var wordPaths: [String]

  init(_ name: String, words: [String]? = nil) {
    self.name = name
    wordPaths = words ?? [name]
  }

  static let top = Owner("")

  func label(of key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

  fileprivate func first<T>(_ lists: [String: [String: T]], _ key: String) -> T? {
    for path in wordPaths { if let found = lists[path]?[key] { return found } }
    return nil
  }
}

extension Reader {
  /// The entries of a mapping; anything else is refused, with the keys that it takes.
  func entries(of node: SourceNode, label: String, keys: [String] = []) -> [SourceEntry]? {
    if let entries = node.entries { return entries }
    if let text = node.text, let colon = text.firstIndex(of: ":"), text.first?.isLetter == true {
      let key = String(text[..<colon])
      findings.report(.missingSpace(afterKey: key), at: node)
    } else {
      findings.report(.wrongMapping(label, keys: keys, got: node), at: node)
    }
    return nil
  }

  /// Reports unknown and missing keys; true if there are none.
  ///
  /// A required key is not reported missing where an unknown key is its near miss.
  func checkKeys(
    _ entries: [SourceEntry],
    known: [String],
    required: [String],
    owner: Owner,
    at place: Place
  ) -> Bool {
    var isClean = true
    var meant: Set<String> = []
    for entry in entries where !known.contains(entry.key) {
      isClean = false
      if let name = reportUnknown(entry, known: known, owner: owner) { meant.insert(name) }
    }
    for name in required
    where !meant.contains(name) && !entries.contains(where: { $0.key == name }) {
      isClean = false
      findings.report(.missingKey(name, in: owner.name), at: place)
    }
    return isClean
  }

  /// Reports one unknown key and returns the known one that was most likely meant.
  private func reportUnknown(_ entry: SourceEntry, known: [String], owner: Owner) -> String? {
    let key = entry.key
    if owner.wordPaths.contains(where: { LaterWords.contains(key: key, in: $0) }) {
      report(.later(key), about: entry)
      return nil
    }
    if let colon = key.firstIndex(of: ":"), known.contains(String(key[..<colon])) {
      let name = String(key[..<colon])
      report(.missingSpace(afterKey: name), about: entry)
      return name
    }
    if let answer = owner.first(ForeignWords.answers, key) {
      report(.unknownKey(key, in: owner.name, hints: [answer]), about: entry)
      return nil
    }
    if let answer = ForeignWords.answer(to: entry, known: known) {
      report(.unknownKey(key, in: owner.name, hints: [answer]), about: entry)
      return nil
    }
    if let home = owner.first(ForeignWords.homes, key) {
      report(.misplacedKey(key, in: owner.name, home: home), about: entry)
      return nil
    }
    let foreign = owner.first(ForeignWords.keys, key).flatMap { known.contains($0) ? $0 : nil }
    if let near = foreign ?? nearestName(to: key, among: known) {
      let hint = "did you mean `\(near)`?"
      report(.unknownKey(key, in: owner.name, hints: [hint]), about: entry)
      return near
    }
    let hint = known.isEmpty ? "it takes no keys" : "it takes \(listed(known))"
    report(.unknownKey(key, in: owner.name, hints: [hint]), about: entry)
    return nil
  }

  /// Reports at a key; one that was merged in also names the place of the `<<`.
  private func report(_ mistake: Mistake, about entry: SourceEntry) {
    var mistake = mistake
    if let place = entry.mergePlace {
      mistake.hints.append("`<<` merges it in at \(place.description)")
    }
    findings.report(mistake, at: entry.keyPlace)
  }

  /// Checks the keys of a fixed mapping and returns its entries by name, without empty values.
  func fixed(
    _ node: SourceNode,
    _ keys: [Key],
    owner: Owner,
    alsoKnown: [String] = []
  ) -> [String: SourceNode]? {
    let names = keys.map(\.name) + alsoKnown
    guard let entries = entries(of: node, label: owner.name, keys: names) else { return nil }
    return fixed(entries, keys, owner: owner, alsoKnown: alsoKnown, at: node.place)
  }

  func fixed(
    _ entries: [SourceEntry],
    _ keys: [Key],
    owner: Owner,
    alsoKnown: [String] = [],
    at place: Place
  ) -> [String: SourceNode] {
    _ = checkKeys(
      entries,
      known: keys.map(\.name) + alsoKnown,
      required: keys.filter(\.isRequired).map(\.name),
      owner: owner,
      at: place
    )
    var values: [String: SourceNode] = [:]
    for entry in entries {
      if entry.value.isNull, keys.contains(where: { $0.name == entry.key }) {
        findings.report(.noValue(owner.label(of: entry.key)), at: entry.keyPlace)
      } else {
        values[entry.key] = entry.value
      }
    }
    return values
  }

  /// The value of one key of a fixed mapping, by the kind that its table says; nil if it is absent or wrong.
  func value(
    _ name: String,
    of keys: [Key],
    in values: [String: SourceNode],
    owner: String
  ) -> ArgumentValue? {
    guard let node = values[name], let key = keys.first(where: { $0.name == name }) else {
      return nil
    }
    guard case .argument(let kind) = key.kind else {
      preconditionFailure("`\(owner).\(name)` has no plain value")
    }
    return argument(node, kind, label: Owner(owner).label(of: name))
  }
}
