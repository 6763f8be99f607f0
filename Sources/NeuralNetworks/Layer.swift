// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// One step of a network. It knows its input's shape from the start, so that a misfit shows before anything runs.
public protocol Layer: AnyObject {
  /// The shape of what it makes of one example.
  var output: SignalShape { get }
  /// Its trained tensors with what their initial values follow, in the order of files.
  var parameters: [LayerParameter] { get }
  /// Tensors that it changes itself, such as running statistics; in files they follow the trained ones.
  var buffers: [Parameter] { get }
  /// The networks inside, in the order of files; a layer that has some has no tensors of its own.
  var children: [Sequential] { get }
  /// Values beside its result that a step keeps of one example.
  var keptPerExample: Int { get }
  /// Values beside these, without gradients, that a training step holds of one example.
  var heldPerExample: Int { get }
  /// Multiplications of results with each other, not with weights, for one example.
  var productsPerExample: Int { get }
  /// Computes the layer on a batch.
  func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal
}

extension Layer {
  /// The inner networks' unless the layer says so.
  public var parameters: [LayerParameter] { children.flatMap(\.parameters) }
  /// None unless the layer says so.
  public var buffers: [Parameter] { [] }
  /// None unless the layer says so.
  public var keptPerExample: Int { 0 }
  /// None unless the layer says so.
  public var heldPerExample: Int { 0 }
  /// None unless the layer says so.
  public var productsPerExample: Int { 0 }
  /// None unless the layer says so.
  public var children: [Sequential] { [] }

  /// The layer, or those that it is made of.
  var leaves: [any Layer] {
    let children = children
    return children.isEmpty ? [self] : children.flatMap(\.leaves)
  }
}

/// A layer that remembers something from batch to batch.
public protocol StatefulLayer: Layer {
  /// The state between batches; nil at the start of a pass over the data.
  var state: RecurrentState? { get set }
}

/// A layer in whose last states a layer of another block can begin.
public protocol StateGivingLayer: Layer {
  /// Whether another block begins with the last states.
  var givesState: Bool { get set }
  /// The last states, for another block; `block` is the one that ends in this layer.
  func lastState(of block: BlockReference) -> StateReference
}

/// A trained tensor and the facts that initializers need.
public struct LayerParameter {
  /// What the tensor is for.
  public enum Role: Sendable {
    /// Multiplies inputs.
    case weight
    /// Is added.
    case bias
  }
  /// How PyTorch draws it by default.
  public enum Standard: Sendable {
    /// Uniform on ± this bound.
    case uniform(bound: Double)
    /// Standard normal.
    case normal
    /// All equal.
    case constant(Double)
  }

  /// The tensor.
  public let parameter: Parameter
  /// What it is for.
  public let role: Role
  /// Inputs that one output sums over.
  public let fanIn: Int
  /// Outputs that one input reaches.
  public let fanOut: Int
  /// PyTorch's default.
  public let standard: Standard
  /// The layer's own initializer, before the model's.
  public var initializer: Initializer?
  /// Elements that begin at a value of their own, whatever the initializer says.
  public var preset: (elements: Range<Int>, value: Float)?
  /// Whether it scales or shifts what was normalised: then the model's initializers are not meant.
  public var isNormalization = false

  /// Draws the initial values: by its own initializer, else by the model's unless it belongs to a normalisation.
  func initialize(weights: Initializer, biases: Initializer, seed: Int) {
    let model = role == .weight ? weights : biases
    (initializer ?? (isNormalization ? .standard : model)).fill(self, seed: seed)
  }

  /// A weight whose default is uniform on ±1/√fanIn unless given.
  public static func weight(
    _ parameter: Parameter,
    fanIn: Int,
    fanOut: Int,
    standard: Standard? = nil
  ) -> Self {
    Self(
      parameter: parameter,
      role: .weight,
      fanIn: fanIn,
      fanOut: fanOut,
      standard: standard ?? .uniform(bound: 1 / Double(fanIn).squareRoot())
    )
  }

  /// A bias whose default is uniform on ±1/√fanIn unless given.
  public static func bias(_ parameter: Parameter, fanIn: Int, standard: Standard? = nil) -> Self {
    Self(
      parameter: parameter,
      role: .bias,
      fanIn: fanIn,
      fanOut: parameter.count,
      standard: standard ?? .uniform(bound: 1 / Double(fanIn).squareRoot())
    )
  }

  /// The factor of a normalisation, 1 by default.
  public static func gain(_ parameter: Parameter) -> Self {
    var gain = weight(
      parameter,
      fanIn: parameter.count,
      fanOut: parameter.count,
      standard: .constant(1)
    )
    gain.isNormalization = true
    return gain
  }

  /// The term of a normalisation, 0 by default.
  public static func shift(_ parameter: Parameter) -> Self {
    var shift = bias(parameter, fanIn: parameter.count, standard: .constant(0))
    shift.isNormalization = true
    return shift
  }
}
