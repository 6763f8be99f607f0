// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
public import Tensors

/// What a convolution or a batch normalisation does to its result on the way, in this order.
struct FusedEnd {
  /// A batch normalisation behind a convolution.
  var norm: BatchNorm?
  /// ReLU behind a batch normalisation.
  var rectifies = false
  /// A pooling, always the last.
  var pooling: Pooling?

  /// With the layer behind it; nil if that runs by itself. ReLU is part of a normalisation, so there has to be one.
  fileprivate func with(_ next: any Layer, isNormed: Bool) -> FusedEnd? {
    if pooling != nil { return nil }
    var end = self
    switch next {
    case let next as Pool2d where next.fused != nil: end.pooling = next.fused
    case let next as ActivationLayer where next.fused == .relu && isNormed && !rectifies:
      end.rectifies = true
    case let next as BatchNorm where !isNormed: end.norm = next
    default: return nil
    }
    return end
  }
}

/// Layers one after the other.
public final class Sequential {
  /// The layers.
  public let layers: [any Layer]
  /// All trained tensors, in the order of files.
  public let parameters: [LayerParameter]
  /// All trained tensors and all buffers, each layer's buffers behind its trained tensors: what a file holds.
  public let tensors: [Parameter]
  /// The layers, in the place of those that are made of others the inner ones.
  public let leaves: [any Layer]
  private let stateful: [any StatefulLayer]
  private let steps: [Step]

  /// What runs as one: a layer, or a layer with what it does to its result on the way.
  private enum Step {
    case layer(any Layer)
    case convolution(Conv2d, FusedEnd)
    case norm(BatchNorm, FusedEnd)
    case residual(Residual, Activation)

    init(_ layer: any Layer) {
      switch layer {
      case let layer as Conv2d: self = .convolution(layer, FusedEnd())
      case let layer as BatchNorm: self = .norm(layer, FusedEnd())
      case let layer as Residual: self = .residual(layer, .identity)
      default: self = .layer(layer)
      }
    }

    /// With the layer behind it; nil if that runs by itself.
    func fused(with next: any Layer) -> Step? {
      switch self {
      case .layer: return nil
      case .convolution(let layer, let end):
        return end.with(next, isNormed: end.norm != nil).map { .convolution(layer, $0) }
      case .norm(let layer, let end):
        return end.with(next, isNormed: true).map { .norm(layer, $0) }
      case .residual(let layer, let activation):
        guard activation == .identity, let next = (next as? ActivationLayer)?.fused else {
          return nil
        }
        return .residual(layer, next)
      }
    }
  }

  /// A network of at least one layer.
  public init(_ layers: [any Layer]) {
    precondition(!layers.isEmpty, "a network has at least one layer")
    self.layers = layers
    leaves = layers.flatMap(\.leaves)
    parameters = leaves.flatMap(\.parameters)
    tensors = leaves.flatMap { $0.parameters.map(\.parameter) + $0.buffers }
    stateful = leaves.compactMap { $0 as? any StatefulLayer }
    steps = Self.steps(layers)
  }

  private static func steps(_ layers: [any Layer]) -> [Step] {
    var steps: [Step] = []
    for layer in layers {
      if let fused = steps.last?.fused(with: layer) {
        steps[steps.count - 1] = fused
      } else {
        steps.append(Step(layer))
      }
    }
    return steps
  }

  /// The shape of the last layer's result for one example.
  public var output: SignalShape { layers[layers.count - 1].output }

  /// Number of trained values.
  public var parameterCount: Int {
    parameters.reduce(0) { $0.saturatingSum($1.parameter.count) }
  }

  /// Values that all layers, inner ones included, make and keep of one example.
  public var valuesPerExample: Int {
    layers.reduce(0) { total, layer in
      let kept = total.saturatingSum(layer.keptPerExample)
      let inside = layer.children.reduce(kept) { $0.saturatingSum($1.valuesPerExample) }
      guard case .values(let shape) = layer.output else { return inside }
      return inside.saturatingSum(shape.saturatingProduct)
    }
  }

  /// Values that a training step holds of one example: all that are made, their gradients, and what else layers hold.
  public var stepValuesPerExample: Int {
    leaves.reduce(valuesPerExample.saturatingProduct(2)) { $0.saturatingSum($1.heldPerExample) }
  }

  /// The last layer's result.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Variable {
    values(signal(of: input, pass))
  }

  /// The last layer's result, whatever it is.
  func signal(of input: Signal, _ pass: Pass) -> Signal {
    var signal = input
    for step in steps {
      signal =
        switch step {
        case .layer(let layer): layer(signal, pass)
        case .convolution(let layer, let end): layer(signal, pass, end)
        case .norm(let layer, let end): layer(signal, pass, end)
        case .residual(let layer, let activation): layer(signal, pass, activation: activation)
        }
    }
    return signal
  }

  /// Draws all initial values: the layer's own initializer first, then the model's, which normalisations do not follow.
  public func initialize(weights: Initializer, biases: Initializer, seed: Int) {
    for parameter in parameters {
      parameter.initialize(weights: weights, biases: biases, seed: seed)
    }
  }

  /// What stateful layers carry from batch to batch, in layer order.
  public var states: [RecurrentState?] {
    get { stateful.map(\.state) }
    set {
      precondition(newValue.count == stateful.count, "one state for each stateful layer")
      for (layer, state) in zip(stateful, newValue) { layer.state = state }
    }
  }

  /// Forgets the states: a pass over the data begins.
  public func clearStates() {
    for layer in stateful { layer.state = nil }
  }
}
