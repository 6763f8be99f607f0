// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Ranges of the numbers that options take.
enum OptionRange {
  /// Most threads, and most processes: no machine has more cores, and each costs memory.
  static let most = 1024

  /// By the option's name.
  static let ranges: [String: ClosedRange<Int>] = [
    "--jobs": 1...most, "--threads": 1...most, "--max-retries": 0...1_000_000,
    "--limit": 1...1_000_000_000, "--top": 1...100_000, "--repeat": 1...100_000,
    "--reps": 1...1000, "--examples": 1...1_000_000_000,
  ]

  /// Throws where a number that was given is outside.
  static func check(_ option: String, _ value: Int?) throws(ValidationError) {
    guard let value, let range = ranges[option], !range.contains(value) else { return }
    throw ValidationError("\(option) takes \(words(range)), got \(value)")
  }

  /// What such an option takes, in words.
  static func words(_ range: ClosedRange<Int>) -> String {
    "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }
}
