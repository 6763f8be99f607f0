// SPDX-License-Identifier: Apache-2.0

import Kernels

/// Memory handed out from the front and taken back all at once.
///
/// The first step of a shape takes what it needs from the system, the next reset joins it to one block; from then on
/// steps of that shape, or smaller, take nothing.
@safe
struct Arena: ~Copyable {
  private var blocks: [UnsafeMutableRawBufferPointer] = unsafe []
  private var used = 0
  private var total = 0
  private let fill: MemoryFill?
  private static let smallest = 1 << 20

  /// An arena without memory; what it hands out holds `fill`.
  init(fill: MemoryFill?) { self.fill = fill }

  deinit {
    unsafe blocks.forEach { unsafe $0.deallocate() }
  }

  /// Bytes held from the system.
  var capacity: Int { total }

  /// `byteCount` bytes, 64-byte aligned, uninitialised, valid until the next reset.
  mutating func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let size = (byteCount + 63) & ~63
    if let block = unsafe blocks.last, let base = block.baseAddress {
      if used + size <= block.count {
        defer { used += size }
        return unsafe base + used
      }
    }
    used = size
    return unsafe grow(max(size, Self.smallest))
  }

  /// Takes everything back.
  mutating func reset() {
    defer { used = 0 }
    if unsafe blocks.count <= 1 {
      if let fill, let block = unsafe blocks.first {
        unsafe fill.write(to: UnsafeMutableRawBufferPointer(rebasing: block[..<used]))
      }
      return
    }
    let size = total
    unsafe blocks.forEach { unsafe $0.deallocate() }
    unsafe blocks.removeAll(keepingCapacity: true)
    total = 0
    unsafe _ = grow(size)
  }

  private mutating func grow(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let base = unsafe allocateMemory(byteCount: byteCount)
    let block = unsafe UnsafeMutableRawBufferPointer(start: base, count: byteCount)
    if let fill { unsafe fill.write(to: block) }
    unsafe blocks.append(block)
    total += byteCount
    return unsafe base
  }
}
