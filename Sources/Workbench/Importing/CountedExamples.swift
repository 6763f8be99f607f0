// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import Experiments
import Vocabulary

/// The number of examples that shares of a file were measured on, as it was told with `--examples`.
package struct CountedExamples {
  package let count: Int
  /// The part whose shares must be whole numbers of these: the examples of other parts may be more.
  private let part: MetricName.Part

  /// Nil if no metric is a number of examples over the number of all.
  package init?(_ count: Int, _ metrics: [String]) {
    let parts = metrics.compactMap { MetricName($0) }.filter(\.isCountOfExamples).map(\.part)
    guard let part = [.test, .val, .train].first(where: parts.contains) else { return nil }
    self.count = count
    self.part = part
  }

  /// Says that a number is no whole number of examples over their count, up to the rounding of its text or of float32.
  package func mistake(
    _ column: String,
    _ value: Double,
    _ field: ImportedField,
    _ reader: ImportedRows,
    _ isPercent: Bool
  ) -> Diagnostic? {
    guard let metric = MetricName(column), metric.part == part, metric.isCountOfExamples,
      value.isFinite
    else { return nil }
    let nearest = (value * Double(count)).rounded() / Double(count)
    let ofText = 0.5 * Self.lastPlace(field.text) * (isPercent ? 0.01 : 1)
    guard abs(value - nearest) > max(ofText * (1 + 1e-6), abs(value) * 0x1p-24) else { return nil }
    return reader.mistake(
      "`\(column)` is no share of \(count) examples: \(field.text)",
      at: field,
      hints: ["give with `--examples` on how many examples it was measured, or leave it out"]
    )
  }

  /// What 1 in the last written decimal is worth: `0.872` gives 0.001, `1.5e-05` 0.000001, `1` nothing, for it is whole.
  private static func lastPlace(_ text: String) -> Double {
    let parts = text.lowercased().split(separator: "e")
    let decimals = parts.first?.split(separator: ".").dropFirst().first?.count ?? 0
    let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    return decimals == 0 ? 0 : Double("1e\(exponent - decimals)") ?? 0
  }
}
