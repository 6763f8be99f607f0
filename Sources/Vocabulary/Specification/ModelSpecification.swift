// SPDX-License-Identifier: Apache-2.0

/// The `model` of a manifest: a list of layers, or blocks that read inputs of the data and each other.
public struct ModelSpecification: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// The blocks in the order of their names; a list of layers is one block without a name.
  public private(set) var blocks: [BlockSpecification]

  /// Layers one after the other.
  public init(_ layers: [Component]) {
    blocks = [BlockSpecification(name: "", layers: layers)]
  }

  /// Layers one after the other.
  public init(arrayLiteral layers: Component...) { self.init(layers) }

  /// Blocks with names.
  public init(blocks: [BlockSpecification]) {
    precondition(!blocks.contains { $0.name.isEmpty }, "each block of several has a name")
    self.blocks = blocks.sorted { $0.name < $1.name }
  }

  /// The layers of a list; nil of named blocks.
  public var layers: [Component]? {
    get { isGraph ? nil : blocks.first?.layers }
    set { if let newValue { self = ModelSpecification(newValue) } }
  }

  /// Whether the blocks have names.
  public var isGraph: Bool { blocks.first.map { !$0.name.isEmpty } ?? true }

  /// The block of that name, or nil.
  public func block(_ name: String) -> BlockSpecification? { blocks.first { $0.name == name } }

  /// The layers of all blocks that have weights of their own, with the places under which a manifest has them and their
  /// tensors' names begin.
  public var parts: [(place: ModelPlace, layers: [Component])] {
    blocks.filter { $0.like == nil }.map { (ModelPlace(block: $0.name), $0.layers) }
  }

  /// The model with each list of layers changed.
  public func mapLayers(_ change: ([Component]) -> [Component]) -> ModelSpecification {
    var changed = self
    for index in blocks.indices { changed.blocks[index].layers = change(blocks[index].layers) }
    return changed
  }
}

/// Where a list of layers stands in a model.
public struct ModelPlace: Hashable, Sendable {
  /// The block's name; empty for a list of layers.
  public var block: String

  /// The steps from `model` to it, as in `encoder`, `layers`.
  public var steps: [String] { block.isEmpty ? [] : [block, "layers"] }

  /// Whether a block can have this name: a letter followed by letters, digits, `_` and `-`, all ASCII.
  ///
  /// Names stand in tensors' names between points, beside numbers.
  public static func isBlockName(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first) else { return false }
    return name.utf8.allSatisfy {
      isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// What its tensors' names begin with.
  public var prefix: String { block.isEmpty ? "" : "\(block)." }
}

/// A named block of a model.
public struct BlockSpecification: Hashable, Sendable {
  /// How several results become one.
  public enum Combination: String, Sendable, CaseIterable {
    /// Side by side.
    case concat
    /// Their sum.
    case add
  }

  /// Its name, with which its tensors' names begin; empty for a list of layers.
  public var name: String
  /// The inputs of the data and the blocks that it reads; empty for the data's first input.
  public var from: [String]
  /// How what it reads becomes one.
  public var combine: Combination
  /// The block whose layers and weights it uses; nil if it has its own.
  public var like: String?
  /// Its layers, first to last.
  public var layers: [Component]

  /// A block.
  public init(
    name: String,
    from: [String] = [],
    combine: Combination = .concat,
    like: String? = nil,
    layers: [Component] = []
  ) {
    self.name = name
    self.from = from
    self.combine = combine
    self.like = like
    self.layers = layers
  }
}
