// SPDX-License-Identifier: Apache-2.0

package import Datasets
package import NeuralNetworks
package import Tensors
package import Vocabulary

/// A part of a specification that does not fit the rest of it, or the data: the fact and where it is.
package struct ModelError: Error, Hashable, Sendable {
  /// The layer's place: indices and keys, such as `2` or `2.body.0`; nil where it is no layer.
  package private(set) var layer: [String]?
  /// What does not fit.
  package let fault: ModelFault
  /// The place of the loss that is at fault, where there are several.
  package private(set) var loss: Int?

  /// An error at a layer that those who made the list of layers place, or at no layer.
  init(layer: [String]? = nil, _ fault: ModelFault) {
    self.layer = layer
    self.fault = fault
  }

  /// A layer of the network's own that does not fit.
  init(_ error: LayerError, of layer: LayerRequest) {
    let mayBeNumbers = layer.batches.tokensMayBeNumbers
    let name = layer.component.name
    self.init(layer: [], .layer(name, error.misfit, tokensMayBeNumbers: mayBeNumbers))
  }

  /// The same error about one of several losses.
  func of(loss index: Int) -> ModelError {
    var error = self
    error.loss = index
    return error
  }

  /// The same error, seen from further outside.
  func inside(_ steps: String...) -> ModelError {
    ModelError(layer: steps + (layer ?? []), fault)
  }
}

/// What does not fit in a model, its loss, metrics and training. Names are those of components and metrics.
package enum ModelFault: Hashable, Sendable {
  // MARK: Layers

  /// A layer does not fit what comes before it.
  case layer(String, LayerMisfit, tokensMayBeNumbers: Bool)
  /// Batches would be normalised over steps behind the ends of sequences.
  case normalizationBehindEnds
  /// A layer makes other steps of sequences whose lengths count the ones before.
  case stepsOfLengths(String, made: Int, of: Int)
  /// Batches of one example give their normalisation one value for each feature.
  case normalizationOfOneValue
  /// A final state is asked of halves that are not there, or that a layer before it mixed.
  case finalState(areMixed: Bool)
  /// A run takes more memory than there is.
  case memory(MemoryNeed)
  /// A layer that is not trained has a rate or a decay of its own.
  case frozen(hasRate: Bool)
  /// There are no layers.
  case noLayers

  // MARK: Blocks

  /// A block has the name of an input of the data.
  case blockIsInput(String)
  /// A name leads to no block; `inputs` of the data could be meant as well.
  case unknownBlock(String, blocks: [String], inputs: [String])
  /// A layer of a list of layers names a block.
  case noBlocks(String)
  /// A block ends neither in a recurrent layer nor in a vector, so that it gives no state.
  case noState(String, SignalShape)
  /// A block does not begin with an embedding.
  case noEmbedding(String)
  /// Blocks read each other in a ring, the first one again at its end.
  case cycle([String])
  /// Blocks are like each other in a ring.
  case likeCycle([String])
  /// The block that another is like has no layers.
  case likeWithoutLayers(String)
  /// What a block reads cannot be combined.
  case join(LayerMisfit)
  /// A layer that is used by several blocks needs a tensor in two shapes.
  case sharedWeights(SharedWeights.Misfit, owner: String)
  /// Several blocks are read by no other, and no loss says of which it is taken.
  case severalEnds([String])
  /// Neither a block nor a loss reads a block.
  case unusedBlock(String)
  /// A list of layers has one result, and a loss names a block, or there are several losses.
  case lossesOfList
  /// A loss is of a block that is not there; `loss` is its place.
  case unknownLossBlock(String, loss: Int, blocks: [String])
  /// Two losses are of the same block.
  case repeatedLossBlock(String, loss: Int)
  /// A network is asked by itself, but reads several inputs.
  case severalInputs([String])
  /// A loss is held against something that the data do not have.
  case unknownTarget(String, loss: Int, targets: [String], inputs: [String])

  // MARK: Both ends

  /// One example's input has more axes than layers take.
  case inputAxes([Int])
  /// The last layer gives tokens.
  case tokensAtEnd(mayBeNumbers: Bool)
  /// The loss takes neither such targets nor such an output; `reducer` would make one result of those of all steps.
  case loss(LossFault, reducer: String?, tokensMayBeNumbers: Bool)
  /// A real target is outside the range that the loss is defined on.
  case target(Float, in: DataPart, loss: String, range: ClosedRange<Int>)
  /// Each step has a target, but `reducer` leaves no result for each.
  case stepTargets(steps: Int, output: SignalShape, reducer: String?)

  // MARK: Metrics and schedules

  /// The targets do not have a metric.
  case metric(MeasureMisfit)
  /// A metric in the targets' own units, which were standardised.
  case standardizedTargets(metric: String)
  /// A metric in the targets' own units, which became logarithms.
  case logarithmicTargets(metric: String)
  /// The metric that early stopping watches has no value.
  case stopping(MetricName, StoppingFault)
  /// A schedule ends within its warm-up.
  case schedule(end: Int, warmUp: Int)
  /// The warm-up takes more updates than the training.
  case warmUp(Int, updates: Int)
}

/// A loss that does not take the data's targets or the model's output.
package struct LossFault: Error, Hashable, Sendable {
  /// The loss's name.
  package let name: String
  /// Why not.
  package let misfit: LossMisfit
  /// Whether it is a squared error.
  package let isSquared: Bool
  /// One example's output.
  package let output: [Int]
  /// The targets.
  package let target: TargetShape

  /// Throws where the loss of a component does not take an example's output of this shape for such targets.
  static func check(
    _ component: Component,
    _ output: [Int],
    _ target: TargetShape
  ) throws(LossFault) {
    let loss = lossFunction(component)
    do { try loss.check(output, target) } catch {
      throw LossFault(
        name: component.name,
        misfit: error,
        isSquared: loss.squaredErrorFactor != nil,
        output: output,
        target: target
      )
    }
  }
}

/// What a run takes of memory up to the layer with which it is too much. `Int.max` stands for more than it.
package struct MemoryNeed: Hashable, Sendable {
  /// The layer's name.
  package let layer: String
  /// Bytes of all layers up to this one.
  package let bytes: Int
  /// Bytes that there are.
  package let limit: Int
  /// The layer's parameters.
  package let parameters: Int
  /// Bytes of these, of their gradients and of what the optimizer remembers.
  package let parameterBytes: Int
  /// Values that the layer keeps for each example.
  package let results: Int
  /// Examples of a batch.
  package let batch: Int
  /// Bytes of these values for a batch.
  package let resultBytes: Int
}

/// Why the metric that early stopping watches has no value.
package enum StoppingFault: Hashable, Sendable {
  /// It is measured on such targets only.
  case needs(TargetNeed)
  /// This loss has no perplexity.
  case loss(String)
  /// It is none of these quantities of its part.
  case unmeasured([String])
  /// No loss is of this block, or there is one loss only.
  case noLoss(of: String)
  /// Its part holds one example.
  case oneExample
  /// All so many targets of its part are equal.
  case equalTargets(Int)
}
