// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import NeuralNetworks
import Tensors

/// Why a layer of a manifest does not fit, in words.
struct LayerMistake {
  /// The component's name.
  let component: String
  /// The fact.
  let misfit: LayerMisfit
  /// Whether tokens of the data may be meant as numbers.
  let tokensMayBeNumbers: Bool

  private var name: String {
    ModelBuilder.activationFunctions[component] == nil ? "`\(component)`" : "an activation"
  }

  /// One sentence, and how to fix it.
  var words: (message: String, hint: String?) { (message, hint) }

  /// One sentence.
  var message: String {
    switch misfit {
    case .input(let input, let kind): "\(name) needs \(kind), got \(input)"
    case .window(let window, let input):
      "\(name) has a window of \(window), larger than its input of \(input) with padding"
    case .sequenceWindow(let window, let steps):
      "\(name) has a window of \(window) steps, longer than its sequence of \(steps) with padding"
    case .causalPadding:
      "\(name): `causal` puts `kernel_size` − 1 zeros before the sequence, and `padding` more of them"
    case .padding(let padding, let window):
      "`padding` of \(name) is at most half its `kernel_size`, got \(padding) for \(window)"
    case .nothingLeft(let padding, let whole):
      "the `padding` of \(name) leaves nothing of its result: \(padding) on each side of \(whole)"
    case .carriedStateOfBothDirections:
      "\(name): `carry_state` does not go with `bidirectional`: the walk from the end begins in the future"
    case .forgetBiasWithoutBias: "\(name): `forget_bias` needs a bias, but `bias` is `false`"
    case .firstState(let state): "\(name) cannot begin with that state: \(Self.words(state))"
    case .tied(let shape, let block, let needed):
      "\(name) needs a weight of \(needed), but the embedding of `\(block)` is \(shape)"
    case .attentiveWalk(let isBidirectional):
      "\(name): `memory` does not go with `\(isBidirectional ? "bidirectional" : "carry_state")`"
    case .memory(let shape, let block):
      "\(name) attends to the steps of a sequence, but `\(block)` gives \(shape)"
    case .causalMemory:
      "\(name): `causal` does not go with `memory`: two sequences have no steps in common"
    case .heads(let heads, let width):
      "the `heads` of \(name) must divide the features of a step: \(heads) do not divide \(width)"
    case .sizeCount(let sizes): "\(name) takes one to three sizes, got \(sizes)"
    case .openSizes(let sizes):
      "\(name) takes sizes of at least 1, one of which may be -1, got \(sizes)"
    case .valueCount(let needed, let sizes, let input):
      "\(name) to \(sizes) needs \(needed), got \((input.sizes ?? []).reduce(1, *)) in \(input)"
    case .bodyAndInput(let body, let input):
      "\(name) adds equal shapes, but its body gives \(body) and the input it is added to is \(input)"
    case .bodyAndShortcut(let body, let shortcut):
      "\(name) adds equal shapes, but its body gives \(body) and `shortcut` gives \(shortcut)"
    case .tokens(let shape, let branch):
      "\(name) needs values, but `\(branch)` gives \(shape)"
    case .sum(let one, let other):
      "\(name) adds equal shapes, but \(text(one)) and \(text(other))"
    case .concatenation(let one, let other, let alongChannels):
      "\(name) puts results side by side that differ in \(alongChannels ? "channels" : "the last axis") only, but \(text(one)) and \(text(other))"
    }
  }

  private static func words(_ state: FirstStateMisfit) -> String {
    switch state {
    case .size(let size, let block, let needed):
      "it needs \(needed) values, and `\(block)` gives \(size)"
    case .layers(let layers, let block, let needed):
      "it needs those of \(counted(needed, "layer")), and `\(block)` gives those of \(layers)"
    case .noCell(let block): "it needs an LSTM's cell, which `\(block)` does not have"
    case .surplusCell(let block): "`\(block)` ends in an `lstm`, whose cell it could not take"
    case .bothDirections: "`bidirectional` has two beginnings"
    case .carriedState: "`carry_state` begins with its own"
    }
  }

  private static func hint(_ state: FirstStateMisfit) -> String {
    switch state {
    case .size(let size, _, _): "set its `hidden_size` to \(size)"
    case .layers(let layers, _, _): "set its `layers` to \(layers)"
    case .noCell: "use an `lstm` there, too, or let the block end in a vector"
    case .surplusCell: "use an `lstm` here, too, or read the block through `last_step`"
    case .bothDirections, .carriedState: "leave out one of them"
    }
  }

  private func text(_ branch: LayerMisfit.BranchEnd) -> String {
    "`\(branch.name)` gives \(branch.shape)"
  }

  /// How to fix it.
  var hint: String? {
    switch misfit {
    case .input(let input, let kind): inputHint(input, kind)
    case .window: "use a smaller `kernel_size`, or fewer pooling layers before it"
    case .sequenceWindow: "use a smaller `kernel_size`, or `padding`"
    case .carriedStateOfBothDirections, .forgetBiasWithoutBias, .causalPadding:
      "leave out one of them"
    case .sizeCount: "write [D], [T, D] or [C, H, W]; the batch axis is not counted"
    case .bodyAndInput:
      "end the body with the input's shape, or give a `shortcut` that changes it as the body does"
    case .tokens: tokenHint(nil)
    case .firstState(let state): Self.hint(state)
    case .memory: "leave `last_step`, `final_state` or `flatten` out of that block"
    case .causalMemory, .attentiveWalk: "leave out one of them"
    case .tied(let shape, _, _):
      "it takes \(shape[1]) features of a step and has \(shape[0]) units"
    case .heads(_, let width): "use \(Self.divisors(of: width)) heads"
    case .nothingLeft: "lower `padding`, or raise `stride` or `kernel_size`"
    case .padding, .openSizes, .valueCount, .bodyAndShortcut, .sum, .concatenation: nil
    }
  }

  private func inputHint(_ input: SignalShape, _ kind: LayerInput) -> String? {
    let areTokens = input.sizes == nil
    return switch kind {
    case .values, .sequence: areTokens ? tokenHint("put an `embedding` before it") : nil
    // No embedding makes images.
    case .image: areTokens ? tokenHint(nil) : nil
    case .vectorOrSequence: "put `- flatten` before it"
    case .sequenceOrTokens: "`rows_as_sequence` reads an image row by row"
    case .directions: "put it behind an `rnn`, `gru` or `lstm` with `bidirectional: true`"
    case .tokens: "it must be the first layer, on a data set of tokens"
    }
  }

  /// The divisors of a number, such as `1, 2, 4 or 8`; of many the smallest.
  private static func divisors(of number: Int) -> String {
    let all = (1...min(number, 64)).filter { number % $0 == 0 }.prefix(6).map { "\($0)" }
    guard let last = all.last, all.count > 1 else { return "1" }
    return all.dropLast().joined(separator: ", ") + " or " + last
  }

  private func tokenHint(_ hint: String?) -> String? {
    Self.tokenHint(hint, mayBeNumbers: tokensMayBeNumbers)
  }

  /// The advice for a network that met tokens, behind the question whether they are meant as numbers.
  static func tokenHint(_ hint: String?, mayBeNumbers: Bool) -> String? {
    guard mayBeNumbers else { return hint }
    let numbers =
      "whole numbers are read as tokens: if they are quantities, save them with `array.astype(\"float32\")`"
    return hint.map { "\(numbers); if they stand for words, \($0)" } ?? numbers
  }
}
