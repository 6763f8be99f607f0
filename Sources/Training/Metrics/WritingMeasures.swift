// SPDX-License-Identifier: Apache-2.0

/// A quantity of sequences that a network writes by itself: the mean of a score over examples. A new one costs a file beside
/// this, a line of `writingMeasure` and its entry in the catalog.
protocol WritingMeasure: Sendable {
  /// The quantity's name, such as `exact_match`.
  var quantity: String { get }
  /// The score of one sequence against the wanted one, both without their ends.
  func score(_ written: [Int32], label: [Int32]) -> Double
}

/// BLEU up to pairs.
struct WrittenBLEU: WritingMeasure {
  let quantity = "bleu"

  func score(_ written: [Int32], label: [Int32]) -> Double {
    label.isEmpty ? (written.isEmpty ? 1 : 0) : bleu(written, label: label, k: 2)
  }
}

/// Whether the sequence is the wanted one.
struct ExactMatch: WritingMeasure {
  let quantity = "exact_match"

  func score(_ written: [Int32], label: [Int32]) -> Double { written == label ? 1 : 0 }
}
