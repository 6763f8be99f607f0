// SPDX-License-Identifier: Apache-2.0

/// Floats in memory between canaries, on an address as unaligned as wished.
@safe
public final class GuardedFloats {
  /// Number of floats.
  public let count: Int
  private let memory: UnsafeMutablePointer<Float>
  private let offset: Int
  private static let guards = 48
  private static let canary = Float(bitPattern: 0x4A5A_5A5A)

  /// `count` floats of one value; NaN shows what was never written, or read when it must not be.
  public init(count: Int, filledWith value: Float = .nan, offset: Int = 0) {
    self.count = count
    self.offset = Self.guards + offset
    let total = count + 2 * Self.guards + offset
    let raw = UnsafeMutableRawPointer.allocate(byteCount: total * 4, alignment: 64)
    unsafe memory = raw.bindMemory(to: Float.self, capacity: total)
    unsafe memory.initialize(repeating: Self.canary, count: total)
    for i in 0..<count { unsafe memory[self.offset + i] = value }
  }

  /// These values.
  public convenience init(_ values: [Float], offset: Int = 0) {
    self.init(count: values.count, offset: offset)
    for i in values.indices { unsafe memory[self.offset + i] = values[i] }
  }

  deinit { unsafe memory.deallocate() }

  /// The first float; `offset` floats behind a 64-byte boundary.
  public var base: UnsafeMutablePointer<Float> { unsafe memory + offset }

  /// The first float, for reading.
  public var source: UnsafePointer<Float> { unsafe UnsafePointer(base) }

  /// A copy.
  public var array: [Float] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }

  /// Whether nothing was written before or behind the floats.
  public var isIntact: Bool {
    let before = (0..<offset).allSatisfy { unsafe memory[$0] == Self.canary }
    let end = offset + count
    return before
      && (end..<end + Self.guards).allSatisfy { unsafe memory[$0] == Self.canary }
  }
}
