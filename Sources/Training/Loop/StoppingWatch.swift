// SPDX-License-Identifier: Apache-2.0

import Experiments
import ModelFiles
import NeuralNetworks
import Vocabulary

/// What early stopping has seen: the best value, how long ago it was, and the weights it was reached with.
struct StoppingWatch {
  let rule: EarlyStopping
  /// The best value; nil before the first finite one.
  var best: Double?
  /// Its epoch, from 1; 0 before.
  var bestEpoch = 0
  /// Evaluations since.
  var waited = 0
  /// All tensors of the network at the best evaluation, if they are to be put back.
  var bestWeights: SafeTensors?

  init(_ rule: EarlyStopping) { self.rule = rule }

  /// Whether the training has ended.
  var isStopped: Bool { waited >= rule.patience }

  /// Takes note of an evaluation; a value that is not finite is no improvement.
  mutating func note(_ value: Double?, epoch: Int, weights: () -> SafeTensors) {
    guard rule.improves(value, on: best) else {
      waited += 1
      return
    }
    best = value
    bestEpoch = epoch
    waited = 0
    if rule.restoresBest { bestWeights = weights() }
  }
}

extension Network {
  /// Puts back weights that were this network's own before.
  func restore(_ weights: SafeTensors) {
    do {
      try load(weights)
    } catch {
      preconditionFailure("the network's own weights do not fit it: \(error)")
    }
  }
}
