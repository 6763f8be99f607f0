// SPDX-License-Identifier: Apache-2.0

/// Which examples an epoch's batches hold, in order.
public struct BatchOrder: Hashable, Sendable {
  /// The ids of all batches, one after the other: what `gather` takes.
  ///
  /// An id is the example's index in file order, for a text the window's first token.
  public let ids: [Int32]
  /// Where each batch begins in `ids`, and at the end `ids.count`.
  public let starts: [Int]
  /// Whether each row of a batch goes on where that row of the batch before ended, so that state may be carried.
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

  /// The places in `ids` of one batch.
  public func range(_ batch: Int) -> Range<Int> { starts[batch]..<starts[batch + 1] }

  /// Whether this batch continues the one before, row by row.
  public func continues(_ batch: Int) -> Bool {
    isContiguous && batch > 0 && range(batch).count == range(batch - 1).count
  }
}
