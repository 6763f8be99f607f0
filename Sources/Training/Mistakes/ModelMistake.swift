// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import NeuralNetworks
import Vocabulary

/// What does not fit, in the words of a manifest.
package struct ModelMistake: Hashable, Sendable {
  /// The layer's place: indices and keys, such as `2` or `2.body.0`; nil where it is no layer.
  package var layer: [String]?
  /// One sentence.
  package var message: String
  /// How to fix it.
  package var hint: String?
  /// What is wrong where it is no layer.
  package var subject = Subject.loss
  /// Where below the subject it is, such as the key of one of several losses.
  package var key: [String] = []

  /// A part of the manifest beside the model.
  package enum Subject: String, Sendable {
    /// The loss.
    case loss
    /// An entry of `metrics`.
    case metrics
    /// The optimizer.
    case optimizer
    /// The model as a whole.
    case model
    /// The data.
    case data
    /// What early stopping watches.
    case stopping = "train.early_stopping.metric"
    /// How long the rate rises.
    case warmUp = "optimizer.schedule.warm_up"
  }

  init(
    layer: [String]?,
    message: String,
    hint: String? = nil,
    subject: Subject = .loss,
    key: [String] = []
  ) {
    self.layer = layer
    self.message = message
    self.hint = hint
    self.subject = subject
    self.key = key
  }
}

extension ModelError: CustomStringConvertible {
  /// The error in the words of a manifest.
  package var mistake: ModelMistake {
    let words = fault.words
    var mistake = ModelMistake(
      layer: layer,
      message: words.message,
      hint: words.hint,
      subject: fault.subject
    )
    mistake.key = loss.map { ["\($0)", LossSpecification.descriptions[0].name] } ?? fault.lossKey
    return mistake
  }

  /// The sentence in the words of a manifest.
  package var description: String { fault.words.message }
}

extension ModelFault {
  fileprivate typealias Words = (message: String, hint: String?)

  /// The part of a manifest that is at fault where it is no layer.
  fileprivate var subject: ModelMistake.Subject {
    switch self {
    case .inputAxes: .data
    case .noLayers, .severalEnds: .model
    case .metric, .standardizedTargets, .logarithmicTargets: .metrics
    case .stopping: .stopping
    case .schedule: .optimizer
    case .warmUp: .warmUp
    default: .loss
    }
  }

  /// The key of one of several losses that is at fault.
  fileprivate var lossKey: [String] {
    switch self {
    case .unknownLossBlock(_, let index, _), .repeatedLossBlock(_, let index): ["\(index)", "of"]
    case .unknownTarget(_, let index, _, _): ["\(index)", "target"]
    default: []
    }
  }

  fileprivate var words: Words {
    switch self {
    case .layer, .normalizationBehindEnds, .stepsOfLengths, .normalizationOfOneValue, .finalState,
      .memory, .frozen, .noLayers:
      layerWords
    case .blockIsInput, .unknownBlock, .cycle, .likeCycle, .likeWithoutLayers, .join,
      .sharedWeights, .severalEnds, .unusedBlock, .lossesOfList, .unknownLossBlock,
      .repeatedLossBlock, .unknownTarget, .severalInputs, .noBlocks, .noState,
      .noEmbedding:
      blockWords
    case .inputAxes, .tokensAtEnd, .loss, .target, .stepTargets: endWords
    case .metric, .standardizedTargets, .logarithmicTargets, .stopping, .schedule, .warmUp:
      trainingWords
    }
  }

  private var layerWords: Words {
    switch self {
    case .layer(let name, let misfit, let mayBeNumbers):
      LayerMistake(component: name, misfit: misfit, tokensMayBeNumbers: mayBeNumbers).words
    case .normalizationBehindEnds:
      (
        "`batch_norm` over sequences would count the steps behind their ends, for the data have `lengths`",
        "`layer_norm` normalises each step by itself; behind `last_step` there are vectors"
      )
    case .stepsOfLengths(let name, let made, let steps):
      (
        "`\(name)` makes \(made) steps of \(steps), but the data have `lengths`, which count the \(steps)",
        "`causal: true` keeps the steps, as does an odd `kernel_size` with half of it, rounded down, as `padding`; both with `stride: 1`"
      )
    case .normalizationOfOneValue:
      (
        "`batch_norm` normalises over the batch, but batches of one example give it one value for each feature",
        "use a larger `train.batch_size`, or `layer_norm`"
      )
    case .finalState(areMixed: true):
      (
        "`final_state` needs the two halves of a bidirectional layer, but a layer before it mixes them",
        "put it right behind the bidirectional layer"
      )
    case .finalState(areMixed: false):
      (
        "`final_state` needs the two halves of a bidirectional layer, but the layer before it has one direction",
        "use `last_step`: it takes the last step of any sequence"
      )
    case .memory(let need): (need.message, need.hint)
    case .frozen(let hasRate):
      (
        "a frozen layer is not trained, but has a \(hasRate ? "`learning_rate`" : "`weight_decay`") of its own",
        "leave out one of them"
      )
    case .noLayers: ("the model has no layers", nil)
    default: preconditionFailure("not about a layer: \(self)")
    }
  }

  private var blockWords: Words {
    switch self {
    case .blockIsInput(let name):
      ("the data have an input called `\(name)`", "call the block something else")
    case .unknownBlock(let name, let blocks, let inputs):
      (
        inputs.isEmpty
          ? "there is no block `\(name)`" : "there is neither a block nor an input `\(name)`",
        nearestName(to: name, among: blocks + inputs).map { "did you mean `\($0)`?" }
          ?? Self.known(blocks, inputs)
      )
    case .cycle(let way) where way.count == 2:
      (
        "`\(way[0])` reads itself",
        "a block reads inputs of the data and other blocks; what one of its layers is to read has to be a block of its own"
      )
    case .cycle(let way):
      (
        "blocks read each other in a ring: \(way.map { "`\($0)`" }.joined(separator: " reads "))",
        "leave out one of these readings: by `from`, `state`, `memory` or `tied`"
      )
    case .likeCycle(let way):
      (
        "blocks are like each other in a ring: \(way.map { "`\($0)`" }.joined(separator: " is like "))",
        "give one of them the layers"
      )
    case .likeWithoutLayers(let name):
      ("`\(name)` has no layers to use", "name a block that has `layers`")
    case .join(let misfit):
      (LayerMistake(component: "from", misfit: misfit, tokensMayBeNumbers: false).message, nil)
    case .sharedWeights(let misfit, let owner):
      (
        "the blocks that use the layers of `\(owner)` need `\(misfit.name)` as \(misfit.shape) and as \(misfit.needed)",
        "what they read must agree in the features of a step, or the channels of an image"
      )
    case .severalEnds(let names):
      (
        "no block reads \(listed(names)): of which of them the loss is taken is not clear",
        "say `of: BLOCK` beside each loss of a list, as in `loss: [{ loss: mse, of: \(names[0]) }]`"
      )
    case .unusedBlock(let name):
      (
        "neither a block nor a loss reads `\(name)`",
        "leave it out, read it by `from`, or give it a loss: `{ loss: …, of: \(name) }`"
      )
    case .lossesOfList:
      (
        "a list of layers has one result, so it has one loss, without `of`",
        "several losses need `model` as blocks by name"
      )
    case .unknownLossBlock(let name, _, let blocks):
      (
        "there is no block `\(name)`",
        nearestName(to: name, among: blocks).map { "did you mean `\($0)`?" }
          ?? Self.known(blocks, [])
      )
    case .repeatedLossBlock(let name, _):
      (
        "`\(name)` has a loss already",
        "give the second loss a block of its own that reads `\(name)`"
      )
    case .noBlocks(let name):
      (
        "a list of layers has no blocks, so there is no `\(name)`",
        "write `model` as blocks by name, or leave the argument out"
      )
    case .noState(let name, let shape):
      (
        "`\(name)` gives \(shape), which is no state",
        "name a block that ends in `rnn`, `gru` or `lstm`, or in a vector"
      )
    case .noEmbedding(let name):
      ("`\(name)` does not begin with an `embedding`", "name a block whose first layer is one")
    case .severalInputs(let names):
      (
        "the network reads \(listed(names)), and only networks that read the data's first input alone can be asked by themselves",
        nil
      )
    case .unknownTarget(let name, _, let targets, let inputs):
      (
        "the data have neither a target nor an input `\(name)`",
        nearestName(to: name, among: targets + inputs).map { "did you mean `\($0)`?" }
          ?? "they have \(listed(targets + inputs))"
      )
    default: preconditionFailure("not about blocks: \(self)")
    }
  }

  private static func known(_ blocks: [String], _ inputs: [String]) -> String {
    let parts = [
      blocks.isEmpty ? nil : "there are the blocks \(listed(blocks))",
      inputs.isEmpty ? nil : "the data have \(listed(inputs))",
    ]
    return parts.compactMap { $0 }.joined(separator: ", and ")
  }

  private var endWords: Words {
    switch self {
    case .inputAxes(let shape):
      (
        "one example's input has the shape \(shape), but layers take at most three axes",
        "save the inputs as [N, D], [N, T, D] or [N, C, H, W]"
      )
    case .tokensAtEnd(let mayBeNumbers):
      (
        "the last layer gives tokens, not values",
        LayerMistake.tokenHint(nil, mayBeNumbers: mayBeNumbers)
      )
    case .loss(let fault, let reducer, let mayBeNumbers):
      (
        LossMistake(fault).message,
        reducer.map {
          let hint = "each step has a result: put `- \($0)` before the last layer"
          return LayerMistake.tokenHint(hint, mayBeNumbers: mayBeNumbers)
        } ?? LossMistake(fault).hint
      )
    case .target(let value, let part, let loss, let range):
      (
        "`\(loss)` needs targets in \(range.lowerBound) … \(range.upperBound), but one of part `\(part.rawValue)` is \(value)",
        "use `loss: mse`"
      )
    case .stepTargets(let steps, let output, let reducer):
      (
        "the last layer gives \(output), but each of \(steps) steps has a target of its own",
        reducer.map {
          "leave out `\($0)`; targets of whole sequences with \(steps) numbers are [N, 1, \(steps)]"
        }
          ?? "all steps have to be kept: `conv1d` does so with `causal: true`, or with `padding` and an odd `kernel_size`"
      )
    default: preconditionFailure("not about what goes in or comes out: \(self)")
    }
  }

  private var trainingWords: Words {
    switch self {
    case .metric(let misfit): (misfit.message, misfit.hint)
    case .standardizedTargets(let metric):
      (
        "`\(metric)` needs targets in their own units, but these are standardised",
        "use `standardize: inputs`, or the metric `rmse`"
      )
    case .logarithmicTargets(let metric):
      (
        "`\(metric)` needs targets in their own units, but `log_target` made them logarithms",
        "their `rmse` is that error"
      )
    case .stopping(let metric, let fault):
      (
        "`train.early_stopping` would watch `\(metric)`, which is \(fault.text)",
        "watch `\(metric.part.rawValue).loss`"
      )
    case .schedule(let end, let warmUp):
      (
        "the schedule ends at \(end), within its warm-up of \(warmUp)",
        "raise `end` or lower `warm_up`"
      )
    case .warmUp(let warmUp, let updates):
      (
        "a warm-up of \(counted(warmUp, "update")) is longer than the training of \(updates): the rate would never reach its full height",
        "lower `warm_up`"
      )
    default: preconditionFailure("not about metrics or schedules: \(self)")
    }
  }
}

extension StoppingFault {
  /// What follows "which is".
  fileprivate var text: String {
    switch self {
    case .needs(.classes): "not measured: the targets are real numbers"
    case .needs(.tokens): "not measured: the targets are no tokens"
    case .needs(.sequences): "not measured: the targets are no sequences of their own"
    case .needs(.values), .needs(.any): "not measured: the targets are classes"
    case .loss(let name): "not measured: `\(name)` is no cross-entropy of the data here"
    case .unmeasured(let quantities): "not measured here: its part has \(listed(quantities))"
    case .noLoss(let block): "not measured: none of several losses is of `\(block)`"
    case .oneExample: "not defined on one example"
    case .equalTargets(let count):
      "not defined here: all \(count) targets of its part are equal"
    }
  }
}

extension MeasureMisfit {
  fileprivate var message: String {
    switch self {
    case .targets(let metric, .tokens, let areReal):
      "`\(metric)` needs a target token at each step, but the targets are "
        + (areReal ? "real numbers" : "one class per example")
    case .targets(let metric, .sequences, _):
      "`\(metric)` needs a sequence that the network writes, and the targets are none"
    case .targets(let metric, .classes, _):
      "`\(metric)` needs classes, but the targets are real numbers"
    case .targets(let metric, .values, _), .targets(let metric, .any, _):
      "`\(metric)` needs real targets, but these are classes"
    case .unread(let metric):
      "`\(metric)` is of what the network writes by itself, but no block reads what it has written before, an input `previous` with `<bos>` and `<eos>`"
    case .topCount(let k, let classes):
      "`top_k: \(k)` is more than there are classes, \(classes)"
    }
  }

  fileprivate var hint: String? {
    if case .unread = self {
      return "`reversal`, `pairs` and `fra_eng` have one: let a block read it by `from: previous`"
    }
    guard case .targets(_, _, let areReal) = self else { return nil }
    return areReal
      ? "real targets have \(Self.metrics(of: .values))"
      : "classes have \(Self.metrics(of: .classes))"
  }

  /// All extra metrics of such targets, in backquotes.
  private static func metrics(of need: TargetNeed) -> String {
    let names = Catalog.definitions(.metrics).filter { $0.metric?.targets == need }
      .map { "`\($0.name)`" }
    return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
  }
}

extension MemoryNeed {
  fileprivate var message: String {
    "with `\(layer)` a run takes \(text(bytes)) of memory, and this machine has \(byteText(limit))"
  }

  fileprivate var hint: String {
    parameterBytes >= resultBytes
      ? "its \(grouped(parameters)) parameters take \(text(parameterBytes)) with their gradients and what the optimizer remembers: make the layer smaller"
      : "its \(grouped(results)) values for each of \(counted(batch, "example", shown: grouped(batch))) of a batch take \(text(resultBytes)): make the layer or `train.batch_size` smaller"
  }

  private func text(_ count: Int) -> String {
    count == .max ? "more than \(byteText(count))" : byteText(count)
  }

}
