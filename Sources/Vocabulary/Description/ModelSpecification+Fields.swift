// SPDX-License-Identifier: Apache-2.0

extension BlockSpecification: Described {
  package static let blank = BlockSpecification(name: "")

  /// The keys of a block, below its name.
  package static let fields: [Field<BlockSpecification>] = [
    Field(
      "from",
      \.sources,
      .argument(.names),
      leftOut: "the data's first input",
      "The inputs of the data and the blocks that it reads, by name."
    ),
    Field(
      "combine",
      .argument(.choice(Combination.allCases.map(\.rawValue))),
      "How several results become one: `concat` puts them side by side, channels of images and the last axis of all else; `add` adds equal shapes. Beside sequences a vector stands at every step.",
      get: { .text($0.combine.rawValue) },
      set: { block, value in
        guard let combine = value.text.flatMap(Combination.init) else { return false }
        block.combine = combine
        return true
      }
    ),
    Field(
      "like",
      \.like,
      .argument(.text),
      "The block whose layers and weights it uses, on what it reads itself."
    ),
    Field(
      "layers",
      \.layers,
      .argument(.layers),
      leftOut: "hands on what it reads",
      "Its layers."
    ),
  ]

  private var sources: Names {
    get { Names(from) }
    set { from = newValue.values }
  }
}

/// One name or several, as a manifest has them.
private struct Names: Setting {
  let values: [String]

  init(_ values: [String]) { self.values = values }

  var argument: ArgumentValue {
    switch values.count {
    case 0: .none
    case 1: .text(values[0])
    default: .list(values.map(ArgumentValue.text))
    }
  }

  static func setting(_ argument: ArgumentValue) -> Names? {
    if case .none = argument { return Names([]) }
    if let name = argument.text { return Names([name]) }
    return argument.list.map { Names($0.compactMap(\.text)) }
  }
}

/// A list of layers as such, blocks as a mapping of their names.
extension ModelSpecification: Setting {
  package var argument: ArgumentValue {
    if let layers { return .components(layers) }
    return .mapping(
      Dictionary(blocks.map { ($0.name, $0.argument) }, uniquingKeysWith: { one, _ in one })
    )
  }

  package static func setting(_ argument: ArgumentValue) -> ModelSpecification? {
    if let layers = argument.components { return ModelSpecification(layers) }
    guard let named = argument.mapping else { return nil }
    let blocks = named.compactMap { name, value -> BlockSpecification? in
      guard var block = BlockSpecification.setting(value) else { return nil }
      block.name = name
      return block
    }
    return blocks.count == named.count ? ModelSpecification(blocks: blocks) : nil
  }
}
