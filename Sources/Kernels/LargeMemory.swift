// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#endif

/// From so many bytes on memory is asked for in huge pages.
private let hugePage = 1 << 21

/// `byteCount` bytes, 64-byte aligned, uninitialised; to be given back by `deallocate()`.
///
/// Large blocks begin on a huge page's border and ask Linux for huge pages: packing and large layers walk through many
/// small ones otherwise, each with an address translation of its own. Where the system has none, nothing changes.
public func allocateMemory(byteCount: Int) -> UnsafeMutableRawPointer {
  if byteCount < hugePage {
    return UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
  }
  let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: hugePage)
  #if canImport(Glibc)
    madvise(memory, byteCount, MADV_HUGEPAGE)
  #endif
  return memory
}
