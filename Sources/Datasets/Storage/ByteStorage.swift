// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Bytes that never change: owned memory, or a file mapped read-only.
@safe final class ByteStorage: @unchecked Sendable {
  // Safety: the bytes are written only before `init` returns, and freed only by `deinit`.
  let base: UnsafeRawPointer
  let count: Int
  private let isMapped: Bool

  /// A copy of `sections`, each beginning at a multiple of `alignment`, zeros between.
  init(sections: [[UInt8]]) {
    let layout = ByteStorage.offsets(of: sections.map(\.count))
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(layout.total, 1),
      alignment: ByteStorage.alignment
    )
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: layout.total)
    for (section, offset) in zip(sections, layout.offsets) {
      unsafe section.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe (memory + offset).copyMemory(from: start, byteCount: bytes.count)
      }
    }
    unsafe base = UnsafeRawPointer(memory)
    count = layout.total
    isMapped = false
  }

  /// `count` bytes that `write` fills.
  init(count: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1),
      alignment: ByteStorage.alignment
    )
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    unsafe write(memory)
    unsafe base = UnsafeRawPointer(memory)
    self.count = count
    isMapped = false
  }

  /// Maps a file read-only; nil if that is not possible or the file is empty.
  init?(mapping path: String) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { _ = close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_size > 0 else { return nil }
    #if os(Linux)
      let flags = MAP_PRIVATE | Int32(MAP_POPULATE)
    #else
      let flags = MAP_PRIVATE
    #endif
    count = Int(status.st_size)
    guard let memory = unsafe mmap(nil, count, PROT_READ, flags, descriptor, 0),
      unsafe memory != MAP_FAILED
    else { return nil }
    unsafe base = UnsafeRawPointer(memory)
    isMapped = true
  }

  deinit {
    if isMapped {
      unsafe _ = munmap(UnsafeMutableRawPointer(mutating: base), count)
    } else {
      unsafe UnsafeMutableRawPointer(mutating: base).deallocate()
    }
  }

  /// Every section begins at a multiple of this: a cache line.
  static let alignment = 64

  /// Where sections of these sizes begin, one after the other, and the size of all.
  static func offsets(of sizes: [Int]) -> (offsets: [Int], total: Int) {
    var offsets: [Int] = []
    var end = 0
    for size in sizes {
      offsets.append(end)
      end += (size + alignment - 1) / alignment * alignment
    }
    return (offsets, end)
  }
}
