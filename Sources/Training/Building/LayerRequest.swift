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
