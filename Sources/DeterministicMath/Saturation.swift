// SPDX-License-Identifier: Apache-2.0

extension Int {
  /// The product, or the largest integer where it is larger; for sizes, which are not negative.
  @inlinable
  public func saturatingProduct(_ other: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }

  /// The sum, or the largest integer where it is larger; for sizes, which are not negative.
  @inlinable
  public func saturatingSum(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}

extension Sequence<Int> {
  /// The product of all, or the largest integer where it is larger; for sizes, which are not negative.
  public var saturatingProduct: Int { reduce(1) { $0.saturatingProduct($1) } }
}
