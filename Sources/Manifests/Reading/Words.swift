// SPDX-License-Identifier: Apache-2.0

internal import Experiments

/// "`a`, `b` or `c`".
func alternatives(_ words: [String]) -> String {
  let quoted = words.map { "`\($0)`" }
  guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
  return quoted.dropLast().joined(separator: ", ") + " or " + last
}

/// "`a`, `b` and `c`".
func listed(_ words: [String]) -> String {
  let quoted = words.map { "`\($0)`" }
  guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
  return quoted.dropLast().joined(separator: ", ") + " and " + last
}

/// A range of whole numbers in words.
func words(for range: ClosedRange<Int>) -> String {
  let ends = ManifestKeys.wide
  return switch (range.lowerBound <= ends.lowerBound, range.upperBound >= ends.upperBound) {
  case (true, true): "a whole number"
  case (false, true): "a whole number, at least \(range.lowerBound)"
  case (true, false): "a whole number, at most \(range.upperBound)"
  case (false, false): "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }
}

/// A range of real numbers in words.
func words(for range: RealRange) -> String {
  let low =
    range.minimum == -.greatestFiniteMagnitude
    ? nil : (range.excludesMinimum ? "above " : "at least ") + number(range.minimum)
  let high =
    range.maximum == .greatestFiniteMagnitude
    ? nil : (range.excludesMaximum ? "below " : "at most ") + number(range.maximum)
  let ends = [low, high].compactMap { $0 }.joined(separator: " and ")
  return ends.isEmpty ? "a finite number" : "a number \(ends)"
}

/// A number as one would write it.
func number(_ value: Double) -> String { ParameterValue.real(value).description }
