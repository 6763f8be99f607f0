// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

extension SourceNode {
  /// Sets or adds one key of a mapping.
  mutating func set(_ key: String, _ value: SourceNode, keyPlace: Place) {
    var entries = self.entries ?? []
    let entry = SourceEntry(key: key, keyPlace: keyPlace, value: value)
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
    content = .mapping(entries)
  }

  /// Changes the value of a key, which is made if it is missing.
  mutating func edit<T>(_ key: String, at place: Place, _ change: (inout SourceNode) -> T) -> T {
    var entries = self.entries ?? []
    guard let index = entries.firstIndex(where: { $0.key == key }) else {
      var value = SourceNode(.mapping([]), at: place)
      let result = change(&value)
      entries.append(SourceEntry(key: key, keyPlace: place, value: value))
      content = .mapping(entries)
      return result
    }
    let result = change(&entries[index].value)
    content = .mapping(entries)
    return result
  }

  /// Sets what a path of keys and positions leads to; returns why it cannot be.
  mutating func set(
    _ path: ArraySlice<String>,
    _ value: SourceNode,
    places: ArraySlice<Place>
  ) -> Mistake? {
    guard let step = path.first, let place = places.first else {
      self = value
      return nil
    }
    if var items {
      guard let index = Int(step), items.indices.contains(index) else {
        return .overridePosition(step, count: items.count)
      }
      let mistake = items[index].set(path.dropFirst(), value, places: places.dropFirst())
      content = .sequence(items)
      return mistake
    }
    if let scalar { becomeMapping(scalar, for: step, atEnd: path.count == 1) }
    guard entries != nil else { return .overrideIntoValue(step, got: self) }
    return edit(step, at: place) { child in
      if path.count == 1 {
        child = value
        return nil
      }
      child.expandShorthand(of: step)
      return child.set(path.dropFirst(), value, places: places.dropFirst())
    }
  }

  /// A layer's bare name takes arguments: `flatten` becomes `{ flatten: {} }`.
  private mutating func becomeMapping(_ scalar: Scalar, for step: String, atEnd: Bool) {
    guard scalar.text == step, !atEnd else { return }
    let entry = SourceEntry(key: step, keyPlace: place, value: SourceNode(.mapping([]), at: place))
    content = .mapping([entry])
  }

  /// `dense: 10` becomes `dense: { units: 10 }` before an argument is set.
  private mutating func expandShorthand(of name: String) {
    guard entries == nil, items == nil || Catalog.definition(name, in: .layers) != nil,
      let shorthand = Catalog.definition(name, in: .layers)?.shorthand
    else { return }
    guard !isNull else {
      content = .mapping([])
      return
    }
    let entry = SourceEntry(key: shorthand, keyPlace: place, value: self)
    content = .mapping([entry])
  }

  /// The same node with places in one line of another source.
  func moved(to source: SourceText, line: Int, offset: Int) -> SourceNode {
    func moved(_ place: Place) -> Place {
      Place(source: source, line: line, column: place.column + offset, length: place.length)
    }
    var node = self
    node.place = moved(place)
    switch content {
    case .scalar: break
    case .sequence(let items):
      node.content = .sequence(items.map { $0.moved(to: source, line: line, offset: offset) })
    case .mapping(let entries):
      node.content = .mapping(
        entries.map { entry in
          var other = SourceEntry(
            key: entry.key,
            keyPlace: moved(entry.keyPlace),
            value: entry.value.moved(to: source, line: line, offset: offset)
          )
          other.mergePlace = entry.mergePlace.map(moved)
          return other
        }
      )
    }
    return node
  }
}
