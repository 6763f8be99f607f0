// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

/// What happens in one step of a training, and what is measured.
///
/// The loop around it – order, evaluation, checkpoints, control – is the `Trainer`'s and one for all. A new program costs a
/// file beside this.
protocol TrainingProgram: AnyObject {
  /// All that the next step needs beside the network; assigning restores it.
  var state: OptimizerState { get set }
  /// Sums of nothing, one for each loss.
  var empty: [MetricSums] { get }
  /// Takes a batch forward and back and updates the parameters; says what the loss was.
  func update(_ batch: TrainingBatch, at place: StepPlace, into sums: inout ProgramSums)
    throws(StepFault) -> Double
  /// Takes a batch in evaluation mode into the sums; gives what was predicted for classes if `keeping` asks for it.
  func evaluate(
    _ batch: TrainingBatch,
    at place: StepPlace,
    into sums: inout [MetricSums],
    keeping: Bool
  ) -> TestPredictions?
  /// The metrics that sums come to, by their quantity.
  func values(_ part: MetricName.Part, _ sums: [MetricSums]) -> [(quantity: String, value: Double)]
}

/// Examples of one part of the data.
struct TrainingBatch {
  let part: DataPart
  let ids: ArraySlice<Int32>
  /// How images are varied; nil for not at all.
  var draws: AugmentationDraws?
}

/// Where a training stands.
struct StepPlace {
  /// The run's seed.
  let seed: Int
  /// Optimizer updates done.
  let step: Int
  /// Epochs done.
  let epoch: Int
}

/// Sums of an epoch, and of the steps since the last point inside it; the latter are empty where there are no such points.
struct ProgramSums {
  var epoch: [MetricSums]
  var logged: [MetricSums]

  /// Starts anew.
  mutating func clear() {
    epoch.clear()
    logged.clear()
  }
}

extension [MetricSums] {
  /// Starts all anew, in the memory that is there.
  mutating func clear() { for index in indices { self[index].clear() } }
}

/// Why a step could not be made: the network's numbers have diverged.
enum StepFault: Error {
  /// All classes of the batch have the weight 0.
  case weightless
  /// The loss is no finite number.
  case loss(Double)
  /// A gradient or a parameter is no finite number.
  case parameters
}
