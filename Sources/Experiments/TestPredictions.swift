// SPDX-License-Identifier: Apache-2.0

/// What one finished run predicted on the test part, captured when it ended.
public struct TestPredictions: Hashable, Codable, Sendable {
  /// The class of each test example, in file order.
  public var targets: [Int32]
  /// The predicted class of each.
  public var predictions: [Int32]

  /// Predictions; both arrays have one element per test example.
  public init(targets: [Int32], predictions: [Int32]) {
    self.targets = targets
    self.predictions = predictions
  }
}

extension CaptureKind<TestPredictions> {
  /// The classes that a run predicted on the test part.
  public static var predictions: Self { Self("test_predictions") }
}

extension CaptureKind<[String]> {
  /// The names of the predicted classes, where they have names.
  public static var classNames: Self { Self("class_names") }
}
