// SPDX-License-Identifier: Apache-2.0

internal import Tensors

/// Where a layer stands in its network, such as `2.body.0`: what its tensors are called and what its draws depend on.
///
/// Blocks that use the same weights find them by it: their tensors are called alike, while their draws stay their own.
public struct LayerPath: ExpressibleByStringInterpolation, CustomStringConvertible {
  /// The path in words.
  public let description: String
  private let shared: (weights: SharedWeights, block: Int)?

  /// A path whose layer has tensors of its own.
  public init(_ description: String) {
    self.description = description
    shared = nil
  }

  /// A path whose layer has tensors of its own.
  public init(stringLiteral value: String) { self.init(value) }

  fileprivate init(_ block: String, weights: SharedWeights) {
    description = block
    shared = (weights, block.utf8.count)
  }

  private init(_ path: LayerPath, _ step: String) {
    description = "\(path.description).\(step)"
    shared = path.shared
  }

  /// The path one step further in.
  public func appending(_ step: String) -> LayerPath { LayerPath(self, step) }

  /// The layer's tensor of that name and shape: a new one, or the one that another block made at the same place.
  func tensor(_ name: String, _ shape: Shape, initialValue: Float = 0) -> Parameter {
    let own = "\(description).\(name)"
    guard let shared else { return Parameter(name: own, shape: shape, initialValue: initialValue) }
    let place = own[own.utf8.index(own.startIndex, offsetBy: shared.block)...]
    return shared.weights.tensor(place, shape, initialValue)
  }
}

/// The tensors of a block whose layers are used by several: each is made once, by whichever block is built first.
public final class SharedWeights {
  /// A tensor that one block needs in another shape than the others.
  public struct Misfit: Hashable, Sendable {
    /// The tensor's name.
    public let name: String
    /// Its shape.
    public let shape: [Int]
    /// The shape that is needed as well.
    public let needed: [Int]
  }

  /// The first tensor that does not fit all blocks; nil while all do.
  public private(set) var misfit: Misfit?
  /// The block whose name the tensors' names begin with.
  public let owner: String
  private var tensors: [String: Parameter] = [:]

  /// Tensors whose names begin with that of `owner`.
  public init(of owner: String) { self.owner = owner }

  /// The path of the first layers of a block that uses them.
  public func path(of block: String) -> LayerPath { LayerPath(block, weights: self) }

  /// The tensor at `place` in a block, by its own name.
  fileprivate func tensor(_ place: Substring, _ shape: Shape, _ initialValue: Float) -> Parameter {
    let name = owner + place
    guard let tensor = tensors[name] else {
      let made = Parameter(name: name, shape: shape, initialValue: initialValue)
      tensors[name] = made
      return made
    }
    guard tensor.shape != shape else { return tensor }
    misfit = misfit ?? Misfit(name: name, shape: tensor.shape.array, needed: shape.array)
    return Parameter(name: name, shape: shape, initialValue: initialValue)
  }
}
