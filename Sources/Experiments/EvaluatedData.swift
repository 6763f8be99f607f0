// SPDX-License-Identifier: Apache-2.0

public import Vocabulary

/// What a run's metrics are measured on: equal for runs whose numbers answer the same question.
///
/// The data set with the arguments that make it another task, such as a lag, the noise or a logarithmic target; not what
/// a network is trained on or shown, such as the number of training examples, outliers, augmentation or the size of
/// images. Training examples whose tokens are the vocabulary count, too.
public struct EvaluatedData: Hashable, Sendable {
  private let dataset: Component
  private let task: DataOptions.Task?
  /// Standardised targets have units of their own.
  private let hasStandardTargets: Bool
  private let testLimit: Int?
  /// Where it decides which tokens there are.
  private let trainLimit: Int?

  /// That of a data specification.
  public init(_ data: DataSpecification) {
    var dataset = data.dataset.withoutStandardAdditions
    let definition = Catalog.definition(dataset.name, in: .datasets)
    let hasTest = dataset.arguments["test"].map { $0 != .none } ?? false
    let hasVocabularyOfTraining = definition?.dataset?.hasVocabularyOfTraining == true
    dataset.arguments = dataset.arguments.filter { name, value in
      // A count of training examples; training files too, if the test has a file of its own.
      if name == "train" { return value.integer == nil && (!hasTest || hasVocabularyOfTraining) }
      return definition?.argument(name)?.isOfInput != true
    }
    self.dataset = dataset
    task = data.task
    hasStandardTargets = data.standardize == .both
    testLimit = data.testLimit
    trainLimit = hasVocabularyOfTraining ? data.trainLimit : nil
  }
}
