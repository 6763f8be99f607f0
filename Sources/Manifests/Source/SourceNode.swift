// SPDX-License-Identifier: Apache-2.0

/// A node of a manifest with its place; scalars keep their source text, whatever YAML would guess from it.
struct SourceNode: Sendable {
  indirect enum Content: Sendable {
    case scalar(Scalar)
    case mapping([SourceEntry])
    case sequence([SourceNode])
  }

  struct Scalar: Sendable {
    var text: String
    /// Quoted, or a block scalar.
    var isQuoted: Bool
    /// Whether a parameter was put into longer text, which makes it text for good.
    var isInterpolated = false
  }

  var content: Content
  var place: Place
  /// Where `${…}` stood that this value was put in for.
  var usage: Place?

  init(_ content: Content, at place: Place, usedAt usage: Place? = nil) {
    self.content = content
    self.place = place
    self.usage = usage
  }

  init(text: String, isQuoted: Bool = false, at place: Place) {
    self.init(.scalar(Scalar(text: text, isQuoted: isQuoted)), at: place)
  }

  var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
  var text: String? { scalar?.text }
  var entries: [SourceEntry]? { if case .mapping(let entries) = content { entries } else { nil } }
  var items: [SourceNode]? { if case .sequence(let items) = content { items } else { nil } }

  /// Whether nothing stands here: an empty value, `~` or `null`.
  var isNull: Bool {
    guard let scalar, !scalar.isQuoted else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
  }

  /// The value under `key` of a mapping.
  subscript(key: String) -> SourceNode? { entry(key)?.value }

  func entry(_ key: String) -> SourceEntry? { entries?.first { $0.key == key } }

  /// What it is, in the words of a message.
  var kindWord: String {
    switch content {
    case .scalar(let scalar): isNull ? "nothing" : "`\(scalar.text)`"
    case .mapping: "a mapping"
    case .sequence: "a list"
    }
  }
}

/// One key of a mapping with its value.
struct SourceEntry: Sendable {
  var key: String
  var keyPlace: Place
  var value: SourceNode
  /// Whether it is YAML's `<<`, which stands for the entries of its value.
  var isMerge = false
  /// Where the `<<` stands that put this entry into its mapping.
  var mergePlace: Place?

  init(key: String, keyPlace: Place, value: SourceNode) {
    self.key = key
    self.keyPlace = keyPlace
    self.value = value
  }

  /// The same entry in another mapping.
  func merged(at place: Place) -> SourceEntry {
    var entry = self
    entry.mergePlace = place
    return entry
  }
}
