// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a report needs to know of the data that a run saw, noted when the run ends.
public struct DataFacts: Hashable, Codable, Sendable {
  /// Training examples.
  public var trainCount: Int
  /// Validation examples.
  public var validationCount: Int
  /// Test examples.
  public var testCount: Int
  /// The training loss of the best prediction that does not look at the input; nil where it has no closed form.
  public var constantLoss: Double?

  /// Facts.
  public init(trainCount: Int, validationCount: Int, testCount: Int, constantLoss: Double? = nil) {
    self.trainCount = trainCount
    self.validationCount = validationCount
    self.testCount = testCount
    self.constantLoss = constantLoss
  }

  private enum CodingKeys: String, CodingKey {
    case trainCount = "train"
    case validationCount = "validation"
    case testCount = "test"
    case constantLoss = "constant_loss"
  }

  /// Examples of the part that a metric such as `val.accuracy` is taken over; nil for no such part.
  public func count(of metric: String) -> Int? {
    switch metric.split(separator: ".").first {
    case "train": trainCount
    case "val": validationCount
    case "test": testCount
    default: nil
    }
  }
}

extension CaptureKind<DataFacts> {
  /// What is known of a run's data.
  public static var facts: Self { Self("facts") }
}
