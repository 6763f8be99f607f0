// SPDX-License-Identifier: Apache-2.0

package import Datasets
package import ModelFiles
package import NeuralNetworks
package import Vocabulary

/// One run in training, from its first step to its last: one network, or one for each fold of cross-validation.
package protocol RunTrainer: AnyObject {
  /// The network whose weights are the run's.
  var model: Network { get }
  /// The trainer of that network, which tells what the run leaves for its report.
  var last: Trainer { get }
  /// Optimizer updates done.
  var step: Int { get }
  /// Epochs done.
  var epoch: Int { get }
  /// Whether all epochs are done, or early stopping has ended the training before.
  var isFinished: Bool { get }
  /// Epochs done, with the fraction of the one in progress.
  var progress: Double { get }
  /// Time spent training and evaluating, earlier attempts of this state included.
  var elapsedSeconds: Double { get }

  /// Trains from the current state to the end, or until `control` interrupts; both are called once a step.
  func train(
    control: () -> TrainingControl,
    observe: (TrainingEvent) throws -> Void
  ) throws -> TrainingOutcome

  /// Everything the next step needs; valid between steps.
  func checkpoint() throws -> [UInt8]

  /// Takes over the state of a checkpoint of the same specification and seed.
  func restore(_ bytes: [UInt8]) throws
}

extension Trainer: RunTrainer {
  /// Itself.
  package var last: Trainer { self }
}

/// What trains a run: a `Trainer`, or a `FoldedTrainer` where the data have folds.
package func runTrainer(
  _ specification: RunSpecification,
  seed: Int,
  data: PreparedData,
  threads: Int,
  initialWeights: SafeTensors? = nil,
  seconds: @escaping () -> Double
) throws -> any RunTrainer {
  func trainer(_ data: PreparedData) throws -> Trainer {
    try Trainer(
      specification,
      seed: seed,
      data: data,
      threads: threads,
      initialWeights: initialWeights,
      seconds: seconds
    )
  }
  guard data.foldCount > 1 else { return try trainer(data) }
  return FoldedTrainer(try (0..<data.foldCount).map { try trainer(data.fold($0)) })
}
