// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// Components as the manifest's reader makes them: every argument of the catalog, defaults filled in.
extension Component {
  /// The component `name` of a family; what is not given takes the catalog's default.
  static func complete(
    _ family: Catalog.Family,
    _ name: String,
    _ given: [String: ArgumentValue] = [:]
  ) -> Component {
    guard let definition = Catalog.definition(name, in: family) else {
      preconditionFailure("the catalog's \(family.rawValue) have no `\(name)`")
    }
    var arguments = given
    for argument in definition.arguments where given[argument.name] == nil {
      guard let standard = argument.standard else {
        preconditionFailure("`\(name)` needs `\(argument.name)`")
      }
      arguments[argument.name] = standard
    }
    return Component(name, arguments)
  }

  static func dense(_ units: Int, _ activation: String? = nil) -> Component {
    complete(.layers, "dense", ["units": .integer(units)].adding(activation))
  }

  static func convolution(
    _ channels: Int,
    kernel: Int,
    padding: Int = 0,
    _ activation: String
  ) -> Component {
    let sizes: [String: ArgumentValue] = [
      "channels": .integer(channels), "kernel_size": .integer(kernel),
      "padding": .integer(padding),
    ]
    return complete(.layers, "conv2d", sizes.adding(activation))
  }

  /// A convolution that keeps the size of images but for its stride, and its normalisation.
  static func normalizedConvolution(_ channels: Int, kernel: Int, stride: Int = 1) -> [Component] {
    let sizes: [String: ArgumentValue] = [
      "channels": .integer(channels), "kernel_size": .integer(kernel),
      "stride": .integer(stride), "padding": .integer(kernel / 2), "bias": .boolean(false),
    ]
    return [complete(.layers, "conv2d", sizes), complete(.layers, "batch_norm")]
  }

  static func pool(_ kind: String) -> Component {
    complete(.layers, kind, ["kernel_size": .integer(2)])
  }

  /// Recurrent layers that begin with a block's state and look at it before each step.
  static func attentive(_ cell: String, _ size: Int, layers: Int, to block: String) -> Component {
    complete(
      .layers,
      cell,
      [
        "hidden_size": .integer(size), "layers": .integer(layers), "state": .text(block),
        "memory": .text(block),
      ]
    )
  }

  static func recurrent(_ cell: String, _ size: Int, layers: Int = 1) -> Component {
    complete(.layers, cell, ["hidden_size": .integer(size), "layers": .integer(layers)])
  }

  static func embedding(_ size: Int) -> Component {
    complete(.layers, "embedding", ["size": .integer(size)])
  }

  static func attention(heads: Int) -> Component {
    complete(.layers, "attention", ["heads": .integer(heads), "causal": .boolean(true)])
  }

  static func residual(_ body: [Component], shortcut: [Component]? = nil) -> Component {
    var ways: [String: ArgumentValue] = ["body": .components(body)]
    if let shortcut { ways["shortcut"] = .components(shortcut) }
    return complete(.layers, "residual", ways)
  }

  static let positionalEncoding = complete(.layers, "positional_encoding")
  static let layerNorm = complete(.layers, "layer_norm")
  static let relu = complete(.activations, "relu")
  static let globalAveragePool = complete(.layers, "global_avg_pool2d")
  static let flatten = complete(.layers, "flatten")
  static let lastStep = complete(.layers, "last_step")

  static func sgd(_ learningRate: Double) -> Component {
    complete(.optimizers, "sgd", ["learning_rate": .real(learningRate)])
  }

  static let adam = complete(.optimizers, "adam", ["learning_rate": .real(0.001)])
}

extension [String: ArgumentValue] {
  /// With an activation of that name, if there is one.
  fileprivate func adding(_ activation: String?) -> Self {
    guard let activation else { return self }
    let component = Component.complete(.activations, activation)
    return merging(["activation": .component(component)]) { _, new in new }
  }
}
