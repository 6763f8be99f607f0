// SPDX-License-Identifier: Apache-2.0

import DeterministicMath

/// The sizes of a tensor's axes, outermost first; up to four axes, held inline.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// Number of axes, 0 … 4.
  public let rank: Int
  private let sizes: SIMD4<Int>

  /// A shape of these sizes.
  public init(arrayLiteral sizes: Int...) { self.init(sizes) }

  /// A shape of these sizes, each at least 0.
  public init(_ sizes: [Int]) {
    precondition(sizes.count <= 4, "a shape has at most 4 axes, got \(sizes)")
    precondition(sizes.allSatisfy { $0 >= 0 }, "sizes are not negative, got \(sizes)")
    rank = sizes.count
    var padded = SIMD4<Int>(repeating: 1)
    for (axis, size) in sizes.enumerated() { padded[axis] = size }
    self.sizes = padded
  }

  /// A batch of examples of `shape`, without making an array: at most three axes, each at least 0.
  public init(batch: Int, _ shape: [Int]) {
    precondition(shape.count <= 3, "a batch has at most 4 axes, got \(batch) of \(shape)")
    precondition(batch >= 0 && shape.allSatisfy { $0 >= 0 }, "sizes are not negative")
    rank = 1 + shape.count
    var sizes = SIMD4<Int>(repeating: 1)
    sizes[0] = batch
    for axis in shape.indices { sizes[axis + 1] = shape[axis] }
    self.sizes = sizes
  }

  /// One axis, without making an array.
  public init(_ a: Int) {
    rank = 1
    sizes = SIMD4(a, 1, 1, 1)
  }

  /// Two axes.
  public init(_ a: Int, _ b: Int) {
    rank = 2
    sizes = SIMD4(a, b, 1, 1)
  }

  /// Three axes.
  public init(_ a: Int, _ b: Int, _ c: Int) {
    rank = 3
    sizes = SIMD4(a, b, c, 1)
  }

  /// Four axes.
  public init(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    rank = 4
    sizes = SIMD4(a, b, c, d)
  }

  /// The size of `axis`.
  public subscript(axis: Int) -> Int {
    precondition(axis < rank, "axis \(axis) of a shape with \(rank) axes")
    return sizes[axis]
  }

  /// Number of elements; 1 without axes, the largest integer where there would be more.
  public var count: Int {
    sizes[0].saturatingProduct(sizes[1]).saturatingProduct(sizes[2]).saturatingProduct(sizes[3])
  }

  /// The size of the innermost axis; 1 without axes.
  public var last: Int { rank == 0 ? 1 : sizes[rank - 1] }

  /// The same shape with another innermost size.
  public func replacingLast(_ size: Int) -> Shape {
    precondition(rank > 0, "a shape without axes has no last one")
    var changed = sizes
    changed[rank - 1] = size
    return Shape(rank: rank, sizes: changed)
  }

  /// The same shape with another size of `axis`.
  public func replacing(_ axis: Int, _ size: Int) -> Shape {
    precondition(axis < rank, "axis \(axis) of a shape with \(rank) axes")
    var changed = sizes
    changed[axis] = size
    return Shape(rank: rank, sizes: changed)
  }

  /// The same shape with one more axis, innermost; there are at most three before.
  public func appending(_ size: Int) -> Shape {
    precondition(rank < 4, "a shape has at most 4 axes, got \(self) and \(size)")
    var changed = sizes
    changed[rank] = size
    return Shape(rank: rank + 1, sizes: changed)
  }

  private init(rank: Int, sizes: SIMD4<Int>) {
    self.rank = rank
    self.sizes = sizes
  }

  /// The sizes as an array.
  public var array: [Int] { (0..<rank).map { sizes[$0] } }

  /// As in `[64, 1, 28, 28]`.
  public var description: String { "\(array)" }
}
