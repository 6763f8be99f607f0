// SPDX-License-Identifier: Apache-2.0

/// What is known of a data set before it is read.
public struct DatasetFacts: Sendable {
  /// Where its test part comes from.
  public enum TestPart: Sendable {
    /// The set has one.
    case always
    /// The set has none.
    case never
    /// From what the argument `test` says, unless that is `none` or 0.
    case argument
    /// From the folder `test` beside `train`, if both are in the folder that the argument `folder` names.
    case folder
  }

  /// Where its test part comes from.
  public var test: TestPart
  /// Whether its examples are images.
  public var isOfImages: Bool
  /// Whether its files are the user's own and their types decide how they are read, so that the user is told.
  public var isReadByType: Bool
  /// Whether the training examples in use decide which tokens the target has, so that numbers on other ones answer another
  /// question.
  public var hasVocabularyOfTraining: Bool

  /// The facts of a data set; those that are left out do not hold.
  public init(
    test: TestPart = .argument,
    isOfImages: Bool = false,
    isReadByType: Bool = false,
    hasVocabularyOfTraining: Bool = false
  ) {
    self.test = test
    self.isOfImages = isOfImages
    self.isReadByType = isReadByType
    self.hasVocabularyOfTraining = hasVocabularyOfTraining
  }
}
