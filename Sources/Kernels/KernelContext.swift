// SPDX-License-Identifier: Apache-2.0

/// What kernels work with: a thread pool and scratch memory that is kept from call to call.
public final class KernelContext {
  /// The threads.
  public let pool: ThreadPool
  private var scratch: UnsafeMutablePointer<Float>
  private var capacity: Int

  /// A context with its own pool.
  public init(threadCount: Int) {
    pool = ThreadPool(threadCount: threadCount)
    capacity = 1 << 16
    scratch = Self.allocate(capacity)
  }

  deinit { scratch.deallocate() }

  /// At least `count` floats, 64-byte aligned, uninitialised, valid until the next call.
  func scratch(_ count: Int) -> UnsafeMutablePointer<Float> {
    if count > capacity {
      scratch.deallocate()
      capacity = count + count / 4
      scratch = Self.allocate(capacity)
    }
    return scratch
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    allocateMemory(byteCount: count * 4).bindMemory(to: Float.self, capacity: count)
  }
}
