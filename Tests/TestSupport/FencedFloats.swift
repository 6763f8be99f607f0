// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Floats that end where memory ends: to read behind them ends the program.
@safe
public final class FencedFloats {
  private let memory: UnsafeMutableRawPointer
  private let byteCount: Int
  private let offset: Int

  /// These values.
  public init(_ values: [Float]) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let pages = max(1, (values.count * 4 + page - 1) / page)
    byteCount = (pages + 1) * page
    let mapped = unsafe mmap(
      nil,
      byteCount,
      PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS,
      -1,
      0
    )
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED,
      unsafe mprotect(mapped + pages * page, page, PROT_NONE) == 0
    else { fatalError("no memory with a fence behind it") }
    unsafe memory = mapped
    offset = pages * page - values.count * 4
    for (i, value) in values.enumerated() {
      unsafe memory.storeBytes(of: value, toByteOffset: offset + 4 * i, as: Float.self)
    }
  }

  deinit { unsafe munmap(memory, byteCount) }

  /// The first float.
  public var source: UnsafePointer<Float> {
    unsafe UnsafePointer((memory + offset).assumingMemoryBound(to: Float.self))
  }
}
