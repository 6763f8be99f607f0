// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// One step of a network. It knows its input's shape from the start, so that a misfit shows before anything runs.
public protocol Layer: AnyObject {
  /// The shape of what it makes of one example.
  var output: SignalShape { get }
  /// Its trained tensors with what their initial values follow, in the order of files.
  var parameters: [LayerParameter] { get }
  /// Computes the layer on a batch.
  func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal
}

extension Layer {
  /// None unless the layer says so.
  public var parameters: [LayerParameter] { [] }
}

/// A layer that remembers something from batch to batch.
public protocol StatefulLayer: Layer {
  /// The state between batches; nil at the start of a pass over the data.
  var state: RecurrentState? { get set }
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
}
