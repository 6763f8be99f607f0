// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// "`a`, `b` or `c`".
func alternatives(_ words: [String]) -> String {
  let quoted = words.map { "`\($0)`" }
  guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
  return quoted.dropLast().joined(separator: ", ") + " or " + last
}

/// A range of whole numbers in words: both ends, for each can be the one that is passed.
func words(for range: ClosedRange<Int>) -> String {
  range.lowerBound == range.upperBound
    ? "`\(range.lowerBound)`" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
}

/// A range of real numbers in words. The ends of all numbers are left out, except `withEveryEnd`.
func words(for range: RealRange, withEveryEnd: Bool = false) -> String {
  let largest = "1.797e308"
  let low =
    range.minimum == -.greatestFiniteMagnitude
    ? (withEveryEnd ? "at least -" + largest : nil)
    : (range.excludesMinimum ? "above " : "at least ") + number(range.minimum)
  let high =
    range.maximum == .greatestFiniteMagnitude
    ? (withEveryEnd ? "at most " + largest : nil)
    : (range.excludesMaximum ? "below " : "at most ") + number(range.maximum)
  let ends = [low, high].compactMap { $0 }.joined(separator: " and ")
  return ends.isEmpty ? "a finite number" : "a number \(ends)"
}

/// A number as one would write it.
func number(_ value: Double) -> String { ParameterValue.real(value).description }
