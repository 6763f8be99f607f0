// SPDX-License-Identifier: Apache-2.0

import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

/// What layers that look at several examples at once have to know of them.
struct BatchFacts {
  /// Examples of a batch in training, if they are known.
  var batchSize: Int?
  /// Whether sequences have lengths of their own, so that some steps stand for nothing.
  var hasLengths = false
  /// Whether tokens of the data may be meant as numbers.
  var tokensMayBeNumbers = false
  /// Whether the weights are another block's, too, and are counted there.
  var areWeightsShared = false
  /// What layers may read beside their input, by name: the inputs of the data and the blocks before them; nil in a list of
  /// layers, where nothing has a name.
  var blocks: [String: ReadableBlock]?
  /// What the model may take of memory; nil where nobody asks.
  var budget: MemoryBudget?
}

/// What a layer may read beside its input.
struct ReadableBlock {
  /// Where its result is found.
  let reference: BlockReference
  /// The recurrent layer that it ends in, if it does.
  var recurrent: (any StateGivingLayer)?
  /// The embedding that it begins with, if it does.
  var embedding: Embedding?
}

/// One layer to be built: its component, its place, which names its tensors, its input's shape, and its batches.
struct LayerRequest {
  let component: Component
  let path: LayerPath
  let input: SignalShape
  let batches: BatchFacts
  /// What the input's steps hold of a backward walk.
  var backwardHalf = BackwardHalf.absent

  /// The block that an argument names; nil where it was left out.
  func block(_ key: String) throws(ModelError) -> BlockReference? { try readable(key)?.reference }

  /// The last state of the block that an argument names, which is told to give it; nil where it was left out.
  func state(_ key: String) throws(ModelError) -> StateReference? {
    guard let block = try readable(key) else { return nil }
    if let recurrent = block.recurrent {
      recurrent.givesState = true
      return recurrent.lastState(of: block.reference)
    }
    if let vector = StateReference(vector: block.reference) { return vector }
    throw ModelError(layer: [key], .noState(block.reference.name, block.reference.shape))
  }

  /// The embedding of the block that an argument names; nil where it was left out.
  func tied(_ key: String) throws(ModelError) -> TiedWeight? {
    guard let block = try readable(key) else { return nil }
    guard let embedding = block.embedding else {
      throw ModelError(layer: [key], .noEmbedding(block.reference.name))
    }
    return embedding.tied(of: block.reference.name)
  }

  private func readable(_ key: String) throws(ModelError) -> ReadableBlock? {
    guard let name = component[key].text else { return nil }
    guard let blocks = batches.blocks else { throw ModelError(layer: [key], .noBlocks(name)) }
    guard let block = blocks[name] else {
      preconditionFailure("`\(name)` was not looked up among the blocks")
    }
    return block
  }

  /// A required number.
  func real(_ key: String) -> Double {
    guard let value = component[key].real else {
      preconditionFailure("`\(component.name)`: `\(key)` is no number")
    }
    return value
  }

  /// A required whole number.
  func integer(_ key: String) -> Int {
    guard let value = component[key].integer else {
      preconditionFailure("`\(component.name)`: `\(key)` is no integer")
    }
    return value
  }

  /// A required height and width.
  func size(_ key: String) -> (Int, Int) {
    guard let size = component[key].size else {
      preconditionFailure("`\(component.name)`: `\(key)` is no size")
    }
    return (size.height, size.width)
  }

  /// A required word.
  func text(_ key: String) -> String {
    guard let value = component[key].text else {
      preconditionFailure("`\(component.name)`: `\(key)` is no word")
    }
    return value
  }
}
