// SPDX-License-Identifier: Apache-2.0

/// What measuring one workload gave, before it is named and divided by anything.
struct Outcome {
  /// Those that count; seconds are per call.
  var repetitions: [Repetition]
  /// Floating-point operations of one call.
  var operations: Double
  /// Samples, tokens or steps of one call.
  var work: Double
  var firstLoss: Double?
  var lastLoss: Double?
  var allocationsPerStep: Double?
  var peakMemoryBytes: Int?
  /// Where the data came from.
  var source: String?
}
