// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Ranges of the numbers that options take.
enum OptionRange {
  /// Most threads, and most processes: no machine has more cores, and each costs memory.
  static let most = 1024

  /// Throws where a number that was given is outside.
  static func check(
    _ option: String,
    _ value: Int?,
    _ range: ClosedRange<Int>
  ) throws(ValidationError) {
    guard let value, !range.contains(value) else { return }
    if value < range.lowerBound {
      throw ValidationError("\(option) takes at least \(range.lowerBound), got \(value)")
    }
    throw ValidationError("\(option) takes at most \(range.upperBound), got \(value)")
  }
}
