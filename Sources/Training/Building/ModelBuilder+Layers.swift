// SPDX-License-Identifier: Apache-2.0

import Experiments
import NeuralNetworks
import Tensors

/// What layers that look at several examples at once have to know of them.
struct BatchFacts {
  /// Examples of a batch in training, if they are known.
  var batchSize: Int?
  /// Whether sequences have lengths of their own, so that some steps stand for nothing.
  var hasLengths = false
  /// What the model may take of memory; nil where nobody asks.
  var budget: MemoryBudget?
}

/// One layer to be built: its component, its place, which names its tensors, its input's shape, and its batches.
struct LayerRequest {
  let component: Component
  let path: String
  let input: SignalShape
  let batches: BatchFacts
  /// What the input's steps hold of a backward walk.
  var backwardHalf = BackwardHalf.absent

  /// A required number.
  func real(_ key: String) -> Double {
    guard let value = component[key].real else {
      preconditionFailure("`\(component.name)`: `\(key)` is no number")
    }
    return value
  }

  /// A required word.
  func text(_ key: String) -> String {
    guard let value = component[key].text else {
      preconditionFailure("`\(component.name)`: `\(key)` is no word")
    }
    return value
  }
}

extension ModelBuilder {
  typealias Builder = @Sendable (LayerRequest) throws(LayerError) -> any Layer

  /// How each layer is made, by its name in manifests; a new one costs its entry.
  static let builders: [String: Builder] = [
    "global_avg_pool2d": { layer throws(LayerError) in
      try GlobalAveragePool2d(input: layer.input)
    },
    "batch_norm": { layer throws(LayerError) in
      initialized(try batchNorm(layer), by: layer.component)
    },
    "layer_norm": { layer throws(LayerError) in
      initialized(
        try LayerNorm(path: layer.path, input: layer.input, epsilon: layer.real("epsilon")),
        by: layer.component
      )
    },
    "reshape": { layer throws(LayerError) in
      let sizes = layer.component["shape"].list ?? []
      return try Reshape(input: layer.input, sizes: sizes.compactMap(\.integer))
    },
    "resize": { layer throws(LayerError) in
      try Resize(
        input: layer.input,
        size: layer.component["size"].size ?? (1, 1),
        interpolation: layer.text("mode") == "nearest" ? .nearest : .bilinear
      )
    },
    "final_state": { layer throws(LayerError) in try finalState(layer) },
    "residual": { layer throws(LayerError) in try residual(layer) },
    "branches": { layer throws(LayerError) in try branches(layer) },
  ]

  private static func batchNorm(_ layer: LayerRequest) throws(LayerError) -> BatchNorm {
    let norm = try BatchNorm(
      path: layer.path,
      input: layer.input,
      momentum: layer.real("momentum"),
      epsilon: layer.real("epsilon")
    )
    guard !layer.batches.hasLengths || layer.input.sizes?.count != 2 else {
      throw LayerError(
        "`batch_norm` over sequences would count the steps behind their ends, for the data have `lengths`",
        hint: "`layer_norm` normalises each step by itself; behind `last_step` there are vectors"
      )
    }
    guard layer.batches.batchSize != 1 || norm.valuesPerChannel > 1 else {
      throw LayerError(
        "`batch_norm` normalises over the batch, but batches of one example give it one value for each feature",
        hint: "use a larger `train.batch_size`, or `layer_norm`"
      )
    }
    return norm
  }

  private static func finalState(_ layer: LayerRequest) throws(LayerError) -> FinalState {
    switch layer.backwardHalf {
    case .second: return try FinalState(input: layer.input)
    case .mixed:
      throw LayerError(
        "`final_state` needs the two halves of a bidirectional layer, but a layer before it mixes them",
        hint: "put it right behind the bidirectional layer"
      )
    case .absent:
      throw LayerError(
        "`final_state` needs the two halves of a bidirectional layer, but the layer before it has one direction",
        hint: "use `last_step`: it takes the last step of any sequence"
      )
    }
  }

  private static func residual(_ layer: LayerRequest) throws(LayerError) -> Residual {
    func part(_ key: String) throws(LayerError) -> Sequential? {
      guard let layers = layer.component[key].components else { return nil }
      do { return try network(layers, inside: layer, key) } catch { throw error.inside(key) }
    }
    guard let body = try part("body") else {
      preconditionFailure("`residual`: `body` is no list of layers")
    }
    return try Residual(input: layer.input, body: body, shortcut: part("shortcut"))
  }

  private static func branches(_ layer: LayerRequest) throws(LayerError) -> Branches {
    var branches: [Branches.Branch] = []
    for (name, layers) in layer.component["paths"].namedLayers {
      do {
        branches.append(Branches.Branch(name, try network(layers, inside: layer, name)))
      } catch { throw error.inside("paths", name) }
    }
    return try Branches(
      input: layer.input,
      branches: branches,
      combination: layer.text("combine") == "add" ? .add : .concat
    )
  }

  /// A network inside a layer, called `name` there.
  private static func network(
    _ components: [Component],
    inside layer: LayerRequest,
    _ name: String
  ) throws(LayerError) -> Sequential? {
    try network(
      components,
      path: "\(layer.path).\(name)",
      input: layer.input,
      batches: layer.batches,
      backwardHalf: layer.backwardHalf
    )
  }

  /// Layers one after the other, each tensor's name beginning with `path`; nil if there are none.
  static func network(
    _ components: [Component],
    path: String?,
    input: SignalShape,
    batches: BatchFacts,
    backwardHalf: BackwardHalf = .absent
  ) throws(LayerError) -> Sequential? {
    var shape = input
    var half = backwardHalf
    var layers: [any Layer] = []
    for (index, component) in components.enumerated() {
      do {
        let place = path.map { "\($0).\(index)" } ?? "\(index)"
        let layer = try layer(
          component,
          path: place,
          input: shape,
          batches: batches,
          backwardHalf: half
        )
        let next = index + 1 < components.count ? components[index + 1] : nil
        try batches.budget?.add(layer, component, next: next)
        shape = layer.output
        half = component.backwardHalf(behind: half)
        layers.append(layer)
      } catch { throw error.inside("\(index)") }
    }
    return layers.isEmpty ? nil : Sequential(layers)
  }
}
