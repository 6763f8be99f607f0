// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Kernels

/// A tensor kept for the life of the model: trained, with its gradient, or a buffer that a layer changes itself.
@safe
public final class Parameter {
  /// The tensor's name in files, such as `0.weight`.
  public let name: String
  /// The shape, in PyTorch's order of axes.
  public let shape: Shape
  var hasGradient = false
  /// Whether its values stay as they are: then no gradient of it is computed, nor any that only it would need.
  public var isFrozen = false

  /// Memory is taken at the first use, so that a model can be built to be looked at, whatever its size.
  private var storedValues: UnsafeMutablePointer<Float>?
  private var storedGradient: UnsafeMutablePointer<Float>?
  private let initialValue: Float
  private var packed = PackedValues()

  /// A parameter whose values are all `initialValue`.
  public init(name: String, shape: Shape, initialValue: Float = 0) {
    self.name = name
    self.shape = shape
    self.initialValue = initialValue
  }

  deinit {
    unsafe storedValues?.deallocate()
    unsafe storedGradient?.deallocate()
  }

  /// Whether it was used, so that there is memory for its values or its gradient.
  var holdsMemory: Bool {
    unsafe storedValues != nil || storedGradient != nil || packed.holdsMemory
  }

  /// The values.
  var values: UnsafeMutablePointer<Float> {
    if let values = unsafe storedValues { return unsafe values }
    let values = unsafe Self.allocate(count, initialValue)
    unsafe storedValues = unsafe values
    return unsafe values
  }

  /// Where the gradient is written.
  var gradient: UnsafeMutablePointer<Float> {
    if let gradient = unsafe storedGradient { return unsafe gradient }
    let gradient = unsafe Self.allocate(count, 0)
    unsafe storedGradient = unsafe gradient
    return unsafe gradient
  }

  /// Number of values.
  public var count: Int { shape.count }

  /// A copy of the values, row-major.
  public var array: [Float] {
    unsafe Array(UnsafeBufferPointer(start: values, count: count))
  }

  /// A copy of the gradient of the last backward pass; zeros if it had none.
  public var gradientArray: [Float] {
    hasGradient
      ? unsafe Array(UnsafeBufferPointer(start: gradient, count: count))
      : [Float](repeating: 0, count: count)
  }

  /// Replaces all values; the count must fit.
  public func assign(_ array: [Float]) {
    precondition(array.count == count, "`\(name)` has \(count) values, got \(array.count)")
    forgetPacked()
    for i in 0..<count { unsafe values[i] = array[i] }
  }

  /// Forgets the gradient, so that the next backward pass starts anew.
  public func clearGradient() { hasGradient = false }

  /// Calls `body` with values and gradient; the gradient is zeros if there is none.
  public func withBuffers<Result>(
    _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) throws -> Result
  ) rethrows -> Result {
    forgetPacked()
    if !hasGradient { unsafe gradient.update(repeating: 0, count: count) }
    return try unsafe body(values, gradient)
  }

  /// The values in the order `form`, as long as they do not change; nil while there is no such copy. `pack` writes all
  /// `count` floats of a new one.
  func packedValues(
    _ form: PackedForm,
    count: Int,
    pack: (UnsafeMutablePointer<Float>) -> Void
  ) -> UnsafePointer<Float>? {
    unsafe packed.values(form, count: count, pack: pack)
  }

  /// Whether there is a copy in another order.
  var holdsPacked: Bool { packed.holdsMemory }

  /// Gives the copy in another order back: the values change, or a step trains, which does not read it.
  func forgetPacked() { packed.drop() }

  /// Fills the gradient with a pattern before it is written.
  func fillGradient(with fill: MemoryFill) {
    unsafe fill.write(to: UnsafeMutableRawBufferPointer(start: gradient, count: count * 4))
  }

  private static func allocate(_ count: Int, _ value: Float) -> UnsafeMutablePointer<Float> {
    let memory = unsafe allocateMemory(byteCount: max(1, count).saturatingProduct(4))
    let floats = unsafe memory.bindMemory(to: Float.self, capacity: count)
    unsafe floats.initialize(repeating: value, count: count)
    return unsafe floats
  }
}
