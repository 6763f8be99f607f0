// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// From so many bytes on memory is asked for in huge pages.
private let hugePage = 1 << 21

/// The exit code of a process that the system refused memory: `EX_OSERR`, a system call that failed.
package let outOfMemoryExitCode: Int32 = 71

/// `byteCount` bytes, 64-byte aligned, uninitialised; to be given back by `deallocate()`.
///
/// Large blocks begin on a huge page's border and ask Linux for huge pages: packing and large layers walk through many
/// small ones otherwise, each with an address translation of its own. Where the system has none, nothing changes. Where
/// the system has no more memory, the process says so and ends with `outOfMemoryExitCode`: nothing that trains can go on
/// without, and whoever started it can tell it from a fault of the program.
package func allocateMemory(byteCount: Int) -> UnsafeMutableRawPointer {
  var memory: UnsafeMutableRawPointer?
  let alignment = byteCount < hugePage ? 64 : hugePage
  guard posix_memalign(&memory, alignment, max(1, byteCount)) == 0, let memory else {
    endWithoutMemory(byteCount)
  }
  #if canImport(Glibc)
    if byteCount >= hugePage { madvise(memory, byteCount, MADV_HUGEPAGE) }
  #endif
  return memory
}

private func endWithoutMemory(_ byteCount: Int) -> Never {
  let sentence = "error: memory ran out: the system refused \(byteCount) bytes more\n"
  let bytes = Array(sentence.utf8)
  _ = write(2, bytes, bytes.count)
  _exit(outOfMemoryExitCode)
}
