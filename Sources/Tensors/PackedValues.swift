// SPDX-License-Identifier: Apache-2.0

import Kernels

/// The order in which a kernel reads a weight, where that is not the order of files.
enum PackedForm: Hashable {
  /// A weight [units, inputs] as the panels of `PackedMatrix`.
  case panels
  /// Kernels [outputs, channels, 3, 3] as the matrices of convolutions by tiles.
  case tiles
}

/// A second copy of a parameter's values in a kernel's order, kept while they stay as they are: outside of training, many
/// batches meet the same weights.
///
/// It is made when it is asked for the second time, because a single batch would gain nothing by it.
@safe
struct PackedValues: ~Copyable {
  private var asked: PackedForm?
  private var memory: UnsafeMutablePointer<Float>?

  deinit { unsafe memory?.deallocate() }

  /// Whether there is a copy.
  var holdsMemory: Bool { unsafe memory != nil }

  /// The copy in this form; nil while there is none. `pack` writes all of the `count` floats of a new one.
  mutating func values(
    _ form: PackedForm,
    count: Int,
    pack: (UnsafeMutablePointer<Float>) -> Void
  ) -> UnsafePointer<Float>? {
    guard asked == form else {
      drop()
      asked = form
      return nil
    }
    if let memory = unsafe memory { return unsafe UnsafePointer(memory) }
    let new = unsafe allocateMemory(byteCount: 4 * count)
      .bindMemory(to: Float.self, capacity: count)
    unsafe pack(new)
    unsafe memory = new
    return unsafe UnsafePointer(new)
  }

  /// Forgets the copy: the values change.
  mutating func drop() {
    asked = nil
    guard let old = unsafe memory else { return }
    unsafe memory = nil
    unsafe old.deallocate()
  }
}
