// SPDX-License-Identifier: Apache-2.0

/// What makes the rows of a tensor, such as the examples of a batch; used by several threads at a time.
///
/// A type and not a closure, for handing a closure to other threads would allocate; so would a type of more than three
/// words.
public protocol RowWriter {
  /// Writes these rows from `first` on.
  func write(_ rows: Range<Int>, to first: UnsafeMutablePointer<Float>)
}

/// What kernels work with: a thread pool and scratch memory that is kept from call to call.
public final class KernelContext {
  /// The threads.
  package let pool: ThreadPool
  /// What scratch memory and tapes of this context are filled with before each use; nil leaves them as they are.
  public let fill: MemoryFill?
  private var scratch: UnsafeMutablePointer<Float>
  private var capacity: Int

  /// A context with its own pool.
  public init(threadCount: Int) {
    pool = ThreadPool(threadCount: threadCount)
    fill = MemoryFill.current
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
    if let fill { write(fill, count) }
    return scratch
  }

  /// Fills what is asked for, and what a kernel finds that reads a little beyond.
  private func write(_ fill: MemoryFill, _ count: Int) {
    let filled = min(capacity, (count &+ 1024) & ~15)
    fill.write(to: UnsafeMutableRawBufferPointer(start: scratch, count: 4 &* filled))
  }

  /// Has `writer` write `count` rows of `size` floats, on all threads if there are enough of them to be worth it.
  public func write(
    _ writer: any RowWriter,
    rows count: Int,
    of size: Int,
    to first: UnsafeMutablePointer<Float>
  ) {
    if count &* size < 2 &* elementsPerPiece { return writer.write(0..<count, to: first) }
    let perPiece = max(1, elementsPerPiece / size)
    let task = RowsTask(
      writer: writer,
      count: count,
      perPiece: perPiece,
      first: first,
      size: size
    )
    pool.run((count &+ perPiece &- 1) / perPiece, task)
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    allocateMemory(byteCount: count * 4).bindMemory(to: Float.self, capacity: count)
  }
}

/// Scratch memory that each thread has for itself: what other cores never read is quick to write again.
struct OwnMemory {
  private let base: UnsafeMutablePointer<Float>
  private let count: Int
  let threads: Int

  /// `count` floats from `base` on for each of `threads`.
  init(_ base: UnsafeMutablePointer<Float>, _ count: Int, _ threads: Int) {
    self.base = base
    self.count = count
    self.threads = threads
  }

  subscript(thread: Int) -> UnsafeMutablePointer<Float> { base + thread &* count }
}

/// Elements that are copied or converted in about ten times the time of handing out a piece.
private let elementsPerPiece = 1 << 14

private struct RowsTask: ParallelTask {
  let writer: any RowWriter
  let count: Int
  let perPiece: Int
  let first: UnsafeMutablePointer<Float>
  let size: Int

  func run(_ index: Int, thread: Int) {
    let start = index &* perPiece
    writer.write(start..<min(count, start &+ perPiece), to: first + start &* size)
  }
}
