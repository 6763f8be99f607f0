// SPDX-License-Identifier: Apache-2.0

/// Ranges that several keys share.
package enum SettingRange {
  /// Every whole number that JSON and SQLite carry without loss.
  package static let wide = -9_007_199_254_740_991...9_007_199_254_740_991
  /// Seeds of runs and of draws.
  package static let seeds = 0...9_007_199_254_740_991
  /// Numbers of examples, records and steps.
  package static let count = 1...1_000_000_000
  /// Numbers of epochs and of evaluations.
  package static let epochs = 1...10_000_000
  /// Real numbers above 0.
  package static let positive = RealRange(from: 0, excludingMinimum: true)
}
