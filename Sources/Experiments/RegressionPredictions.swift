// SPDX-License-Identifier: Apache-2.0

/// What one finished run predicted for some examples with real targets, captured when it ended.
public struct RegressionPredictions: Hashable, Codable, Sendable {
  /// `test`, or `val` where there is no test part.
  public var part: String
  /// How many examples the part has, of which these are evenly spaced ones in file order.
  public var count: Int
  /// The targets [output][example].
  public var targets: [[Float]]
  /// The predictions [output][example].
  public var predictions: [[Float]]

  /// Predictions; both arrays have the same shape.
  public init(part: String, count: Int, targets: [[Float]], predictions: [[Float]]) {
    self.part = part
    self.count = count
    self.targets = targets
    self.predictions = predictions
  }
}

extension CaptureKind<RegressionPredictions> {
  /// What a run predicted for real targets.
  public static var regression: Self { Self("regression") }
}
