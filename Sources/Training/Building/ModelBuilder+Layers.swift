// SPDX-License-Identifier: Apache-2.0

import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

extension ModelBuilder {
  typealias Builder = @Sendable (LayerRequest) throws(ModelError) -> any Layer

  /// How each layer is made, by its name in manifests; a new one costs its entry. Each activation is a layer, too.
  static let builders = layerBuilders.merging(
    activationFunctions.keys.map { ($0, activation) },
    uniquingKeysWith: { _, _ in preconditionFailure("a layer has the name of an activation") }
  )

  static let layerBuilders = simpleBuilders.mapValues(builder).merging(
    knowingBuilders,
    uniquingKeysWith: { _, _ in preconditionFailure("a layer has two builders") }
  )

  /// Makes a layer that knows its input's shape and its own arguments.
  typealias SimpleBuilder = @Sendable (LayerRequest) throws(LayerError) -> any Layer

  private static func builder(_ build: @escaping SimpleBuilder) -> Builder {
    { layer throws(ModelError) in
      do throws(LayerError) { return try build(layer) } catch { throw ModelError(error, of: layer) }
    }
  }

  private static let simpleBuilders: [String: SimpleBuilder] = [
    "conv2d": { layer throws(LayerError) in try convolution(layer, Conv2d.init) },
    "conv_transpose2d": { layer throws(LayerError) in
      try convolution(layer, ConvTranspose2d.init)
    },
    "max_pool2d": { layer throws(LayerError) in try pooling(layer, .maximum) },
    "avg_pool2d": { layer throws(LayerError) in try pooling(layer, .average) },
    "global_avg_pool2d": { layer throws(LayerError) in
      try GlobalAveragePool2d(input: layer.input)
    },
    "resize": { layer throws(LayerError) in
      try Resize(
        input: layer.input,
        size: layer.component["size"].size ?? (1, 1),
        interpolation: layer.text("mode") == "nearest" ? .nearest : .bilinear
      )
    },
    "embedding": { layer throws(LayerError) in
      initialized(
        try Embedding(path: layer.path, input: layer.input, size: layer.integer("size")),
        by: layer.component
      )
    },
    "positional_encoding": { layer throws(LayerError) in
      initialized(
        try PositionalEncoding(
          path: layer.path,
          input: layer.input,
          kind: layer.text("kind") == "learned" ? .learned : .sinusoidal
        ),
        by: layer.component
      )
    },
    "layer_norm": { layer throws(LayerError) in
      initialized(
        try LayerNorm(path: layer.path, input: layer.input, epsilon: layer.real("epsilon")),
        by: layer.component
      )
    },
    "dropout": { layer throws(LayerError) in
      try Dropout(
        path: layer.path,
        input: layer.input,
        probability: layer.component["p"].real ?? 0
      )
    },
    "flatten": { layer throws(LayerError) in try Flatten(input: layer.input) },
    "reshape": { layer throws(LayerError) in
      let sizes = layer.component["shape"].list ?? []
      return try Reshape(input: layer.input, sizes: sizes.compactMap(\.integer))
    },
    "rows_as_sequence": { layer throws(LayerError) in try RowsAsSequence(input: layer.input) },
    "last_step": { layer throws(LayerError) in try LastStep(input: layer.input) },
  ]

  /// Layers that also ask for the batch or the layers before them, or are made of layers.
  private static let knowingBuilders: [String: Builder] = [
    "dense": { layer throws(ModelError) in try dense(layer) },
    "rnn": { layer throws(ModelError) in
      let isReLU = layer.component["activation"].text == "relu"
      return try recurrent(layer, isReLU ? .rnnReLU : .rnn)
    },
    "gru": { layer throws(ModelError) in
      let resetsAfter = layer.component["reset_after"].boolean ?? true
      return try recurrent(layer, resetsAfter ? .gru : .gruResetBefore)
    },
    "lstm": { layer throws(ModelError) in
      try recurrent(layer, .lstm, forgetBias: layer.component["forget_bias"].real)
    },
    "attention": { layer throws(ModelError) in try attention(layer) },
    "additive_attention": { layer throws(ModelError) in try additiveAttention(layer) },
    "batch_norm": { layer throws(ModelError) in
      initialized(try batchNorm(layer), by: layer.component)
    },
    "conv1d": { layer throws(ModelError) in try sequenceConvolution(layer) },
    "final_state": { layer throws(ModelError) in try finalState(layer) },
    "residual": { layer throws(ModelError) in try residual(layer) },
    "branches": { layer throws(ModelError) in try branches(layer) },
  ]

  /// One layer, by its only entry in the table; a name without one is a mistake in this program, which a test finds.
  static func layer(_ request: LayerRequest) throws(ModelError) -> any Layer {
    guard let build = builders[request.component.name] else {
      preconditionFailure("no layer or activation is called `\(request.component.name)`")
    }
    return try build(request)
  }

  private static let activation = builder { layer throws(LayerError) in
    try ActivationLayer(input: layer.input, activationFunction(layer.component))
  }

  private static func dense(_ layer: LayerRequest) throws(ModelError) -> any Layer {
    let tied = try layer.tied("tied")
    do {
      let dense = try Dense(
        path: layer.path,
        input: layer.input,
        units: layer.integer("units"),
        activation: fusedActivation(layer.component),
        hasBias: layer.component["bias"].boolean ?? true,
        tied: tied
      )
      return try activated(initialized(dense, by: layer.component), by: layer.component)
    } catch { throw ModelError(error, of: layer) }
  }

  /// How both convolutions are made: name, input, channels, kernel, stride, padding, activation, whether there is a bias.
  private typealias Convolution<Layer> = (
    LayerPath, SignalShape, Int, (Int, Int), (Int, Int), (Int, Int), Activation, Bool
  ) throws(LayerError) -> Layer

  private static func convolution<Layer: InitializableLayer>(
    _ layer: LayerRequest,
    _ make: Convolution<Layer>
  ) throws(LayerError) -> any NeuralNetworks.Layer {
    let convolution = try make(
      layer.path,
      layer.input,
      layer.integer("channels"),
      layer.size("kernel_size"),
      layer.size("stride"),
      layer.size("padding"),
      fusedActivation(layer.component),
      layer.component["bias"].boolean ?? true
    )
    return try activated(initialized(convolution, by: layer.component), by: layer.component)
  }

  private static func pooling(
    _ layer: LayerRequest,
    _ kind: Pool2d.Kind
  ) throws(LayerError) -> Pool2d {
    let kernel = layer.size("kernel_size")
    return try Pool2d(
      input: layer.input,
      kind: kind,
      kernel: kernel,
      stride: layer.component["stride"].size ?? kernel,
      padding: layer.size("padding")
    )
  }

  private static func recurrent(
    _ layer: LayerRequest,
    _ cell: RecurrentCell,
    forgetBias: Double? = nil
  ) throws(ModelError) -> any Layer {
    let component = layer.component
    let options = Recurrent.Options(
      layers: layer.integer("layers"),
      isBidirectional: component["bidirectional"].boolean ?? false,
      dropout: component["dropout"].real ?? 0,
      carriesState: component["carry_state"].boolean ?? false,
      hasBias: component["bias"].boolean ?? true,
      forgetBias: forgetBias,
      initialState: try layer.state("state")
    )
    let memory = try layer.block("memory")
    do throws(LayerError) {
      if let memory {
        let attentive = try AttentiveRecurrent(
          path: layer.path,
          input: layer.input,
          memory: memory,
          cell: cell,
          hiddenSize: layer.integer("hidden_size"),
          options: options
        )
        return initialized(attentive, by: component)
      }
      let recurrent = try Recurrent(
        path: layer.path,
        input: layer.input,
        cell: cell,
        hiddenSize: layer.integer("hidden_size"),
        options: options
      )
      return initialized(recurrent, by: component)
    } catch { throw ModelError(error, of: layer) }
  }

  /// Attention to the layer's own input, or to another block.
  private static func attention(_ layer: LayerRequest) throws(ModelError) -> any Layer {
    let heads = layer.integer("heads")
    let isCausal = layer.component["causal"].boolean ?? false
    let hasBias = layer.component["bias"].boolean ?? true
    let dropout = layer.component["dropout"].real ?? 0
    let memory = try layer.block("memory")
    do throws(LayerError) {
      guard let memory else {
        let attention = try SelfAttention(
          path: layer.path,
          input: layer.input,
          heads: heads,
          isCausal: isCausal,
          dropout: dropout,
          hasBias: hasBias
        )
        return initialized(attention, by: layer.component)
      }
      if isCausal { throw LayerError(CrossAttention.self, .causalMemory) }
      let attention = try CrossAttention(
        path: layer.path,
        input: layer.input,
        memory: memory,
        heads: heads,
        dropout: dropout,
        hasBias: hasBias
      )
      return initialized(attention, by: layer.component)
    } catch { throw ModelError(error, of: layer) }
  }

  private static func additiveAttention(_ layer: LayerRequest) throws(ModelError) -> any Layer {
    guard let memory = try layer.block("memory") else {
      preconditionFailure("`additive_attention`: `memory` is no block")
    }
    do {
      let attention = try AdditiveAttention(
        path: layer.path,
        input: layer.input,
        memory: memory,
        hiddenSize: layer.integer("hidden_size"),
        dropout: layer.component["dropout"].real ?? 0
      )
      return initialized(attention, by: layer.component)
    } catch { throw ModelError(error, of: layer) }
  }

  private static func batchNorm(_ layer: LayerRequest) throws(ModelError) -> BatchNorm {
    let norm: BatchNorm
    do {
      norm = try BatchNorm(
        path: layer.path,
        input: layer.input,
        momentum: layer.real("momentum"),
        epsilon: layer.real("epsilon")
      )
    } catch { throw ModelError(error, of: layer) }
    guard !layer.batches.hasLengths || layer.input.sizes?.count != 2 else {
      throw ModelError(layer: [], .normalizationBehindEnds)
    }
    guard layer.batches.batchSize != 1 || norm.valuesPerChannel > 1 else {
      throw ModelError(layer: [], .normalizationOfOneValue)
    }
    return norm
  }

  private static func sequenceConvolution(
    _ layer: LayerRequest
  ) throws(ModelError) -> any Layer {
    let component = layer.component
    let convolution: any Layer
    do throws(LayerError) {
      convolution = try activated(
        initialized(
          try Conv1d(
            path: layer.path,
            input: layer.input,
            channels: layer.integer("channels"),
            kernel: layer.integer("kernel_size"),
            stride: layer.integer("stride"),
            padding: layer.integer("padding"),
            isCausal: component["causal"].boolean ?? false,
            activation: fusedActivation(component),
            hasBias: component["bias"].boolean ?? true
          ),
          by: component
        ),
        by: component
      )
    } catch { throw ModelError(error, of: layer) }
    if layer.batches.hasLengths, let steps = layer.input.sizes?.first,
      let made = convolution.output.sizes?.first, made != steps
    {
      throw ModelError(layer: [], .stepsOfLengths(component.name, made: made, of: steps))
    }
    return convolution
  }

  private static func finalState(_ layer: LayerRequest) throws(ModelError) -> FinalState {
    switch layer.backwardHalf {
    case .second:
      do { return try FinalState(input: layer.input) } catch { throw ModelError(error, of: layer) }
    case .mixed:
      throw ModelError(layer: [], .finalState(areMixed: true))
    case .absent:
      throw ModelError(layer: [], .finalState(areMixed: false))
    }
  }

  private static func residual(_ layer: LayerRequest) throws(ModelError) -> Residual {
    func part(_ key: String) throws(ModelError) -> Sequential? {
      guard let layers = layer.component[key].components else { return nil }
      do { return try network(layers, inside: layer, key) } catch { throw error.inside(key) }
    }
    guard let body = try part("body") else {
      preconditionFailure("`residual`: `body` is no list of layers")
    }
    let shortcut = try part("shortcut")
    do { return try Residual(input: layer.input, body: body, shortcut: shortcut) } catch {
      throw ModelError(error, of: layer)
    }
  }

  private static func branches(_ layer: LayerRequest) throws(ModelError) -> Branches {
    var branches: [Branches.Branch] = []
    for (name, layers) in layer.component["paths"].namedLayers {
      do {
        branches.append(Branches.Branch(name, try network(layers, inside: layer, name)))
      } catch { throw error.inside("paths", name) }
    }
    do {
      return try Branches(
        input: layer.input,
        branches: branches,
        combination: layer.text("combine") == "add" ? .add : .concat
      )
    } catch { throw ModelError(error, of: layer) }
  }

  /// A network inside a layer, called `name` there.
  private static func network(
    _ components: [Component],
    inside layer: LayerRequest,
    _ name: String
  ) throws(ModelError) -> Sequential? {
    try network(
      components,
      path: layer.path.appending(name),
      input: layer.input,
      batches: layer.batches,
      backwardHalf: layer.backwardHalf
    )
  }

  /// Layers one after the other, each tensor's name beginning with `path`; nil if there are none.
  static func network(
    _ components: [Component],
    path: LayerPath?,
    input: SignalShape,
    batches: BatchFacts,
    backwardHalf: BackwardHalf = .absent
  ) throws(ModelError) -> Sequential? {
    var shape = input
    var half = backwardHalf
    var layers: [any Layer] = []
    for (index, component) in components.enumerated() {
      do {
        let place = path.map { $0.appending("\(index)") } ?? LayerPath("\(index)")
        let layer = try layer(
          LayerRequest(
            component: component,
            path: place,
            input: shape,
            batches: batches,
            backwardHalf: half
          )
        )
        let next = index + 1 < components.count ? components[index + 1] : nil
        try batches.budget?.add(
          layer,
          component,
          next: next,
          areWeightsShared: batches.areWeightsShared
        )
        shape = layer.output
        half = component.backwardHalf(behind: half)
        layers.append(layer)
      } catch { throw error.inside("\(index)") }
    }
    return layers.isEmpty ? nil : Sequential(layers)
  }
}
