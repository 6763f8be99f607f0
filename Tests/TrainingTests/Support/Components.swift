// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// A component with these arguments, the others as the catalog's defaults say: what Manifests would make.
func component(
  _ family: Catalog.Family,
  _ name: String,
  _ arguments: [String: ArgumentValue] = [:]
) -> Component {
  let definition = Catalog.definition(name, in: family)
  precondition(definition != nil, "`\(name)` is in the catalog")
  var all = arguments
  for argument in definition?.arguments ?? [] where all[argument.name] == nil {
    precondition(argument.standard != nil, "`\(name)` needs `\(argument.name)`")
    all[argument.name] = argument.standard
  }
  return Component(name, all)
}

func layer(_ name: String, _ arguments: [String: ArgumentValue] = [:]) -> Component {
  Catalog.definition(name, in: .layers) == nil
    ? component(.activations, name, arguments) : component(.layers, name, arguments)
}

func dense(_ units: Int, _ activation: String? = nil) -> Component {
  layer("dense", ["units": .integer(units), "activation": activated(activation)])
}

func conv(_ channels: Int, _ kernel: Int, _ activation: String? = nil) -> Component {
  layer(
    "conv2d",
    [
      "channels": .integer(channels), "kernel_size": .integer(kernel),
      "activation": activated(activation),
    ]
  )
}

/// A convolution without padding.
func strided(_ channels: Int, _ kernel: Int, stride: Int) -> Component {
  layer(
    "conv2d",
    [
      "channels": .integer(channels), "kernel_size": .integer(kernel), "stride": .integer(stride),
      "activation": activated("relu"),
    ]
  )
}

/// A convolution that keeps height and width, or halves them.
func paddedConv(_ channels: Int, _ kernel: Int, stride: Int = 1) -> Component {
  layer(
    "conv2d",
    [
      "channels": .integer(channels), "kernel_size": .integer(kernel), "stride": .integer(stride),
      "padding": .integer(kernel / 2),
    ]
  )
}

func residual(_ body: [Component], shortcut: [Component]? = nil) -> Component {
  layer(
    "residual",
    ["body": .components(body), "shortcut": shortcut.map { .components($0) } ?? .none]
  )
}

func branches(_ combine: String, _ paths: [(name: String, layers: [Component])]) -> Component {
  layer("branches", ["paths": .named(paths), "combine": .text(combine)])
}

func resize(_ height: Int, _ width: Int, _ mode: String = "bilinear") -> Component {
  layer(
    "resize",
    ["size": .list([.integer(height), .integer(width)]), "mode": .text(mode)]
  )
}

func reshape(_ sizes: Int...) -> Component {
  layer("reshape", ["shape": .list(sizes.map { .integer($0) })])
}

func recurrent(
  _ name: String,
  _ size: Int,
  carryState: Bool = false,
  _ more: [String: ArgumentValue] = [:]
) -> Component {
  let arguments: [String: ArgumentValue] = [
    "hidden_size": .integer(size), "carry_state": .boolean(carryState),
  ]
  return layer(name, arguments.merging(more) { $1 })
}

private func activated(_ name: String?) -> ArgumentValue {
  name.map { .component(component(.activations, $0)) } ?? .none
}

func sgd(
  _ rate: Double,
  momentum: Double = 0,
  nesterov: Bool = false,
  weightDecay: Double = 0
) -> Component {
  component(
    .optimizers,
    "sgd",
    [
      "learning_rate": .real(rate), "momentum": .real(momentum), "nesterov": .boolean(nesterov),
      "weight_decay": .real(weightDecay),
    ]
  )
}

func adam(_ rate: Double, weightDecay: Double = 0) -> Component {
  component(
    .optimizers,
    "adam",
    ["learning_rate": .real(rate), "weight_decay": .real(weightDecay)]
  )
}

func loss(_ name: String) -> Component { component(.losses, name) }

/// Data of a built-in generator.
func generated(
  _ name: String,
  train: Int,
  test: Int = 0,
  _ arguments: [String: ArgumentValue] = [:]
) -> DataSpecification {
  let counts: [String: ArgumentValue] = ["train": .integer(train), "test": .integer(test)]
  return DataSpecification(
    dataset: component(.datasets, name, arguments.merging(counts) { $1 })
  )
}
