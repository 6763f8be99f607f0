// SPDX-License-Identifier: Apache-2.0

import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

/// What layers say about the training of their own parameters.
///
/// Layers are found by their path among the model's components, which begins their tensors' names (`2.body.0.weight`):
/// so no layer has to know of it.
struct ParameterSettings {
  private struct Own {
    var learningRate: Double?
    var weightDecay: Double?
    var isFrozen: Bool
  }

  private var layers: [String: Own] = [:]
  private var blocks: Set<String> = []

  init(_ model: ModelSpecification) {
    for part in model.parts { note(part.layers, under: part.place.prefix) }
    blocks = Set(model.blocks.map(\.name).filter { !$0.isEmpty })
  }

  private mutating func note(_ components: [Component], under prefix: String) {
    for (index, component) in components.enumerated() {
      let path = "\(prefix)\(index)"
      layers[path] = Own(
        learningRate: component.arguments["learning_rate"]?.real,
        weightDecay: component.arguments["weight_decay"]?.real,
        isFrozen: component.arguments["frozen"]?.boolean ?? false
      )
      for (key, value) in component.arguments { note(value, under: "\(path).\(key).", at: path) }
    }
  }

  /// Nested layers, under their key or under the names of a mapping of branches.
  private mutating func note(_ value: ArgumentValue, under prefix: String, at path: String) {
    if let components = value.components { note(components, under: prefix) }
    for (name, branch) in value.namedLayers { note(branch, under: "\(path).\(name).") }
  }

  /// What the layer of a tensor says: the nearest place above the tensor that is a layer's, as `2` of `2.out_proj.weight`.
  private func own(_ name: String) -> Own? {
    var place = name[...]
    while let dot = place.lastIndex(of: ".") {
      place = place[..<dot]
      if let own = layers[String(place)] { return own }
    }
    return nil
  }

  /// Throws where a frozen layer has a rate of its own.
  func check() throws(ModelError) {
    for (path, own) in layers.sorted(by: { $0.key < $1.key }) where own.isFrozen {
      guard own.learningRate != nil || own.weightDecay != nil else { continue }
      var steps = path.split(separator: ".").map(String.init)
      if blocks.contains(steps[0]) { steps.insert("layers", at: 1) }
      throw ModelError(
        layer: steps,
        .frozen(hasRate: own.learningRate != nil)
      )
    }
  }

  /// Freezes what is to stay and gives what is trained, with the layers' own numbers before the optimizer's.
  func trained(_ parameters: [LayerParameter], by optimizer: Component) -> [OptimizedParameter] {
    let (learningRate, weightDecay) = (
      optimizer.number("learning_rate"), optimizer.number("weight_decay")
    )
    var trained: [OptimizedParameter] = []
    for parameter in parameters.map(\.parameter) {
      let own = own(parameter.name)
      parameter.isFrozen = own?.isFrozen ?? false
      if parameter.isFrozen { continue }
      trained.append(
        OptimizedParameter(
          parameter,
          learningRate: own?.learningRate ?? learningRate,
          weightDecay: own?.weightDecay ?? weightDecay
        )
      )
    }
    return trained
  }
}
