// SPDX-License-Identifier: Apache-2.0

/// Sizes of an attention, and which keys a query sees.
package struct AttentionShape {
  /// Examples N.
  package var batch: Int
  /// Heads H.
  package var heads: Int
  /// Queries of an example.
  package var queries: Int
  /// Keys and values of an example.
  package var keys: Int
  /// Elements of a head's query and key.
  package var width: Int
  /// Elements of a head's value.
  package var valueWidth: Int
  /// Whether query i sees the keys 0 … i only.
  package var isCausal: Bool

  /// Sizes.
  package init(
    batch: Int,
    heads: Int,
    queries: Int,
    keys: Int,
    width: Int,
    valueWidth: Int,
    isCausal: Bool
  ) {
    self.batch = batch
    self.heads = heads
    self.queries = queries
    self.keys = keys
    self.width = width
    self.valueWidth = valueWidth
    self.isCausal = isCausal
  }

  /// Floats of all heads' weights [N, H, queries, keys].
  package var weightCount: Int { batch &* heads &* queries &* keys }
  /// Divides by the deviation of a product of two standard normal vectors.
  var scale: Float { 1 / Float(width).squareRoot() }
  /// Multiplications of all products.
  var work: Int { weightCount &* (width &+ valueWidth) }

  /// Keys that the queries before `query` see of `length` ones.
  @inline(__always)
  func visible(before query: Int, of length: Int) -> Int {
    isCausal ? min(length, query) : length
  }
}

/// Rows of heads side by side: head h of step t of example n begins at `base` + (n · steps + t) · `stride` + h · width.
package struct HeadRows {
  /// The first element.
  package var base: UnsafePointer<Float>
  /// Elements between steps.
  package var stride: Int

  /// Rows.
  package init(_ base: UnsafePointer<Float>, stride: Int) {
    self.base = base
    self.stride = stride
  }

  @inline(__always)
  func head(_ head: Head, steps: Int, width: Int) -> Matrix {
    Matrix(base + (head.example &* steps &* stride &+ head.index &* width), rowStride: stride)
  }
}

/// Real steps of each example, [N] each 0 … steps; nil where all are real.
package struct AttentionLengths {
  package var queries: UnsafePointer<Int32>?
  package var keys: UnsafePointer<Int32>?

  /// Lengths.
  package init(queries: UnsafePointer<Int32>? = nil, keys: UnsafePointer<Int32>? = nil) {
    self.queries = queries
    self.keys = keys
  }
}

/// One head of one example, and its real steps.
struct Head {
  let piece: Int
  let example: Int
  let index: Int
  let queries: Int
  let keys: Int

  @inline(__always)
  init(_ piece: Int, _ shape: AttentionShape, _ lengths: AttentionLengths) {
    self.piece = piece
    example = piece / shape.heads
    index = piece % shape.heads
    let example = example
    queries = lengths.queries.map { Int($0[example]) } ?? shape.queries
    keys = lengths.keys.map { Int($0[example]) } ?? shape.keys
  }
}
