// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
public import Tensors

/// Blocks of layers, each of which reads inputs of the data or what other blocks give.
///
/// A list of layers is a network of one block. Blocks are computed, their tensors are listed and their gradients add up in
/// one order that follows from who reads whom, and from the names where that leaves a choice.
public final class Network {
  /// One input of an example.
  public struct Input: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its shape.
    public let shape: SignalShape

    /// An input.
    public init(_ name: String, _ shape: SignalShape) {
      self.name = name
      self.shape = shape
    }
  }

  /// One block.
  public struct Block {
    /// Its name, with which its tensors' names begin; empty if it is the only one.
    public let name: String
    /// What it reads, and how that becomes one.
    public let join: BlockJoin
    /// Its layers; nil hands on what it reads.
    public let layers: Sequential?
    /// What it gives.
    public let output: BlockReference

    /// What it reads; its layers may read more.
    public var sources: [BlockReference] { join.sources }
  }

  /// The inputs.
  public private(set) var inputs: [Input]
  /// The blocks, each behind those that it reads.
  public private(set) var blocks: [Block] = []
  /// What the network gives: results of blocks, in the order of the losses.
  public var outputs: [BlockReference] = []
  /// Inputs that are to be given back: losses ask for them, whether a block reads them or not.
  public var wantedInputs: Set<Int> = []
  /// All trained tensors, in the order of files.
  public private(set) var parameters: [LayerParameter] = []
  /// All trained tensors and all buffers, each layer's buffers behind its trained tensors: what a file holds.
  public private(set) var tensors: [Parameter] = []
  private var stateful: [any StatefulLayer] = []
  private var results: BlockResults
  /// Which inputs are read.
  private var areRead: [Bool]

  /// A network without blocks, for data with these inputs.
  public init(inputs: [Input]) {
    precondition(!inputs.isEmpty, "a network reads something")
    self.inputs = inputs
    areRead = inputs.map { _ in false }
    results = BlockResults(count: inputs.count)
  }

  /// A network of one block, on data with one input.
  public convenience init(_ layers: Sequential, input: SignalShape) {
    self.init(layers, inputs: [Input("input", input)])
  }

  /// A network of one block, which reads the first of these inputs.
  public convenience init(_ layers: Sequential, inputs: [Input]) {
    self.init(inputs: inputs)
    let join: BlockJoin
    do { join = try BlockJoin([reference(toInput: 0)], .concat) } catch {
      preconditionFailure("one source always fits: \(error)")
    }
    outputs = [add("", join, layers)]
  }

  /// Whether a block, or a layer in one, reads an input.
  public func reads(input index: Int) -> Bool { areRead[index] }

  /// Whether a batch has to bring an input: it is read, or a loss asks for it.
  public func needs(input index: Int) -> Bool { areRead[index] || wantedInputs.contains(index) }

  /// What an input gives.
  public func reference(toInput index: Int) -> BlockReference {
    BlockReference(name: inputs[index].name, shape: inputs[index].shape, slot: index)
  }

  /// Adds a block that reads inputs and earlier blocks, and whose layers read `layersRead` beside them; says where others
  /// find what it gives.
  @discardableResult
  public func add(
    _ name: String,
    _ join: BlockJoin,
    _ layers: Sequential?,
    layersRead: [BlockReference] = []
  ) -> BlockReference {
    let output = BlockReference(
      name: name,
      shape: layers?.output ?? join.output,
      slot: inputs.count + blocks.count
    )
    for read in join.sources + layersRead where read.slot < inputs.count {
      areRead[read.slot] = true
    }
    blocks.append(Block(name: name, join: join, layers: layers, output: output))
    results = BlockResults(count: inputs.count + blocks.count)
    guard let layers else { return output }
    // Shared weights stand where they are used first.
    let known = Set(tensors.map(ObjectIdentifier.init))
    parameters += layers.parameters.filter { !known.contains(ObjectIdentifier($0.parameter)) }
    tensors += layers.tensors.filter { !known.contains(ObjectIdentifier($0)) }
    stateful += layers.leaves.compactMap { $0 as? any StatefulLayer }
    return output
  }

  /// The shape of the first result for one example.
  public var output: SignalShape { outputs[0].shape }

  /// The layers of all blocks.
  public var layers: [any Layer] { blocks.flatMap { $0.layers?.layers ?? [] } }

  /// Number of trained values.
  public var parameterCount: Int {
    parameters.reduce(0) { $0.saturatingSum($1.parameter.count) }
  }

  /// Values that all blocks make and keep of one example.
  public var valuesPerExample: Int {
    blocks.reduce(0) { total, block in
      total.saturatingSum(block.join.valuesPerExample)
        .saturatingSum(block.layers?.valuesPerExample ?? 0)
    }
  }

  /// Values that a training step holds of one example, gradients included.
  public var stepValuesPerExample: Int {
    blocks.reduce(0) { total, block in
      total.saturatingSum(block.join.valuesPerExample.saturatingProduct(2))
        .saturatingSum(block.layers?.stepValuesPerExample ?? 0)
    }
  }

  /// Draws all initial values: the layer's own initializer first, then the model's, which normalisations do not follow.
  public func initialize(weights: Initializer, biases: Initializer, seed: Int) {
    for parameter in parameters {
      parameter.initialize(weights: weights, biases: biases, seed: seed)
    }
  }
}

extension Network {
  /// Draws values of the usual size for all tensors, whatever their own initializers say: what then depends on nothing
  /// never does.
  public func probe(seed: Int) {
    for var parameter in parameters {
      parameter.initializer = nil
      parameter.initialize(weights: .standard, biases: .standard, seed: seed)
    }
  }
}

// MARK: - A pass

extension Network {
  /// Puts one input of a batch in place, with the lengths of its sequences.
  public func read(_ signal: Signal, lengths: SequenceLengths? = nil, as index: Int) {
    precondition(index < inputs.count, "input \(index) of \(inputs.count)")
    results[index] = BlockResults.Entry(signal: signal, lengths: lengths)
  }

  /// Computes all blocks from the inputs that were read.
  public func forward(_ pass: Pass) {
    for block in blocks {
      let joined = block.join(pass.tape, results)
      var inner = pass
      inner.results = results
      inner.lengths = joined.lengths
      inner.slot = block.output.slot
      pass.record?.block = block.name
      results.clearStates(block.output.slot)
      guard let layers = block.layers else {
        results[block.output.slot] = joined
        continue
      }
      let signal = layers.signal(of: joined.signal, inner)
      results[block.output.slot] = BlockResults.Entry(
        signal: signal,
        lengths: block.keepsSteps(of: joined.lengths) ? joined.lengths : nil
      )
    }
  }

  /// What was read as an input of the last pass.
  public func signal(ofInput index: Int) -> Signal { results[index].signal }

  /// What a block gave in the last pass.
  public func values(of block: BlockReference) -> Variable {
    NeuralNetworks.values(results[block.slot].signal)
  }

  /// The lengths of what a block gave in the last pass; nil where all steps are real.
  public func lengths(of block: BlockReference) -> SequenceLengths? { results[block.slot].lengths }

  /// The first result of a network with one input.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Variable {
    read(input, lengths: pass.lengths, as: 0)
    forward(pass)
    return values(of: outputs[0])
  }
}

extension Network.Block {
  /// Whether its result has the steps that lengths speak of.
  fileprivate func keepsSteps(of lengths: SequenceLengths?) -> Bool {
    guard let lengths, let sizes = output.shape.sizes, sizes.count == 2 else { return false }
    return sizes[0] == lengths.steps
  }
}

// MARK: - States

extension Network {
  /// What stateful layers carry from batch to batch, block by block.
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
