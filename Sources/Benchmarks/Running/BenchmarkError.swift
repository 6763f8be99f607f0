// SPDX-License-Identifier: Apache-2.0

/// Why a workload was not timed: its results are not what they have to be.
public enum BenchmarkError: Error, Hashable, Sendable {
  /// Small steps on one batch did not lower its loss.
  case notLearning(losses: [Double])
  /// An output of a forward pass is not finite.
  case outputNotFinite(index: Int)
  /// The first example's output depends on the batch it is in.
  case outputDependsOnBatch
  /// An element of a product is further from the exact value than rounding allows.
  case wrongProduct(row: Int, column: Int, expected: Double, got: Double)
}

extension BenchmarkError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .notLearning(let losses):
      "small steps on one batch did not lower its loss, it went \(losses.map { "\($0)" }.joined(separator: ", "))"
    case .outputNotFinite(let index): "output \(index) is not finite"
    case .outputDependsOnBatch:
      "the first example's output is another one alone than among other examples"
    case .wrongProduct(let row, let column, let expected, let got):
      "element (\(row), \(column)) of the product is \(got), expected \(expected)"
    }
  }
}
