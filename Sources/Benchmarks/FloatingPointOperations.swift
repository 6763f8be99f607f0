// SPDX-License-Identifier: Apache-2.0

import NeuralNetworks
import Tensors

/// Floating-point operations of a network's matrix products and convolutions for one example; a multiply-add is two.
///
/// Forward, a layer multiplies each weight once at every place it is applied to: a dense layer at every step of a
/// sequence, a convolution at every pixel of its result, a recurrent layer at every step. Going back costs the same for
/// the gradients of the weights, and again for those of the inputs, which the first trained layer does not need; what a
/// recurrent layer sends back through time it always needs. Tokens select rows instead of being multiplied. Activations,
/// pooling, losses and updates are not counted, nor is what a cleverer algorithm saves: the number is the same for every
/// implementation.
struct FloatingPointOperations: Hashable, Sendable {
  /// Of one forward pass.
  private(set) var forward = 0.0
  /// Of one backward pass.
  private(set) var backward = 0.0

  /// The operations of all blocks of `model` on an example; a block is counted each time its weights are used.
  init(_ model: Network) {
    var trained: Set<String> = []
    for block in model.blocks {
      let readsTrained = block.sources.contains { trained.contains($0.name) }
      var isFirst = !readsTrained
      if let layers = block.layers { add(layers, input: block.join.output, &isFirst) }
      if !isFirst { trained.insert(block.name) }
    }
  }

  /// The operations of `model` on an example of shape `input`.
  init(_ model: Sequential, input: SignalShape) {
    var isFirst = true
    add(model, input: input, &isFirst)
  }

  /// Adds a network's layers, inner ones included; `isFirst` until a trained layer was met.
  private mutating func add(_ model: Sequential, input: SignalShape, _ isFirst: inout Bool) {
    var signal = input
    for layer in model.layers {
      let wasFirst = isFirst
      for child in layer.children {
        // Every way from the input starts as far from the first trained layer as the others.
        var isFirstHere = wasFirst
        add(child, input: signal, &isFirstHere)
        isFirst = isFirst && isFirstHere
      }
      if layer.children.isEmpty { add(layer, input: signal, &isFirst) }
      signal = layer.output
    }
  }

  private mutating func add(_ layer: any Layer, input: SignalShape, _ isFirst: inout Bool) {
    // Learned places are added, and multiply nothing.
    let weights =
      layer is PositionalEncoding
      ? [] : layer.parameters.filter { $0.role == .weight && !$0.isNormalization }
    for (index, weight) in weights.enumerated() {
      // The first weight meets the input, as does that of a walk from the end; others meet what the layer itself made.
      let meetsInput = index == 0 || weight.parameter.name.hasSuffix("weight_ih_l0_reverse")
      if meetsInput, case .tokens = input { continue }
      // A kernel that is laid down is used once at every pixel of the input.
      let places = Self.places(layer is ConvTranspose2d ? input : layer.output)
      let products = 2 * Double(weight.parameter.count * places)
      forward += products
      backward += products * (meetsInput && isFirst ? 1 : 2)
    }
    // What multiplies two results has two gradients.
    forward += 2 * Double(layer.productsPerExample)
    backward += 4 * Double(layer.productsPerExample)
    isFirst = isFirst && layer.parameters.isEmpty
  }

  /// Places of a result at which the same weights are applied: steps, or pixels.
  private static func places(_ output: SignalShape) -> Int {
    guard case .values(let sizes) = output else { return 0 }
    return sizes.count == 3 ? sizes[1] * sizes[2] : sizes.dropLast().reduce(1, *)
  }

  /// Of a whole training step.
  var training: Double { forward + backward }
}
