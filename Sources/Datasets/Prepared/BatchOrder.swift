// SPDX-License-Identifier: Apache-2.0

/// Which examples each batch of an epoch holds, in order.
public struct BatchOrder: Hashable, Sendable {
  /// The ids of all batches, one after the other, as `gather` takes them.
  ///
  /// An id is the index of the example in file order; for a text it is the first token of the
  /// window.
  public let ids: [Int32]
  /// The index in `ids` at which each batch begins, followed by `ids.count`.
  public let starts: [Int]
  /// Whether each row of a batch continues where the same row of the batch before ended, so that
  /// state can be carried.
  ///
  /// The first batch, and a smaller one at the end, never continue.
  public let isContiguous: Bool

  init(ids: [Int32], batchSize: Int, isContiguous: Bool = false) {
    self.ids = ids
    self.isContiguous = isContiguous
    starts = stride(from: 0, to: ids.count, by: max(batchSize, 1)).map { $0 } + [ids.count]
  }

  /// The number of batches.
  public var batchCount: Int { starts.count - 1 }

  /// The range of one batch in `ids`.
  public func range(_ batch: Int) -> Range<Int> { starts[batch]..<starts[batch + 1] }

  /// Whether this batch continues the one before, row by row.
  public func continues(_ batch: Int) -> Bool {
    isContiguous && batch > 0 && range(batch).count == range(batch - 1).count
  }
}
