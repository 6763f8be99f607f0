// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import Kernels

@Suite struct ThreadPoolTests {
  /// Counts how often each piece ran and whether a thread number was out of range.
  private final class Tally: Sendable {
    let counts: Mutex<[Int]>
    let threads: Mutex<Set<Int>>
    init(_ count: Int) {
      counts = Mutex([Int](repeating: 0, count: count))
      threads = Mutex([])
    }
  }

  private struct CountingTask: ParallelTask {
    let tally: Tally
    func run(_ index: Int, thread: Int) {
      tally.counts.withLock { $0[index] += 1 }
      tally.threads.withLock { _ = $0.insert(thread) }
    }
  }

  private struct AddingTask: ParallelTask {
    let sums: UnsafeMutablePointer<Int>
    func run(_ index: Int, thread: Int) { sums[index] &+= index &+ 1 }
  }

  @Test(arguments: [1, 2, 3, 9], [0, 1, 2, 3, 100, 1001])
  func `every piece runs once on a thread of the pool`(threads: Int, count: Int) {
    let pool = ThreadPool(threadCount: threads)
    let tally = Tally(count)
    pool.run(count, CountingTask(tally: tally))
    #expect(tally.counts.withLock { $0.allSatisfy { $0 == 1 } })
    #expect(tally.threads.withLock { $0.allSatisfy { (0..<threads).contains($0) } })
  }

  @Test(arguments: [2, 3, 5])
  func `many quick runs of changing size lose no piece`(threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    var sums = [Int](repeating: 0, count: 17)
    var expected = sums
    for pass in 0..<3000 {
      let count = pass % 18
      sums.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { pool.run(count, AddingTask(sums: base)) }
      }
      for i in 0..<count { expected[i] += i + 1 }
    }
    #expect(sums == expected)
  }

  @Test func `pools come and go, used or not, asleep or awake`() {
    for pass in 0..<60 {
      let pool = ThreadPool(threadCount: 1 + pass % 4)
      if pass % 3 == 0 { continue }
      let tally = Tally(pass)
      pool.run(pass, CountingTask(tally: tally))
      #expect(tally.counts.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  @Test func `two pools work side by side`() async {
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<2 {
        group.addTask {
          let pool = ThreadPool(threadCount: 2)
          return (0..<200).allSatisfy { _ in
            let tally = Tally(31)
            pool.run(31, CountingTask(tally: tally))
            return tally.counts.withLock { $0.allSatisfy { $0 == 1 } }
          }
        }
      }
      for await isComplete in group { #expect(isComplete) }
    }
  }

  @Test(arguments: [-1, 0, 1])
  func `a pool of fewer than one thread is the caller alone`(asked: Int) {
    let pool = ThreadPool(threadCount: asked)
    #expect(pool.threadCount == 1)
    let tally = Tally(3)
    pool.run(3, CountingTask(tally: tally))
    #expect(tally.counts.withLock { $0 } == [1, 1, 1])
  }

  @Test func `scratch memory is aligned and grows`() {
    let context = KernelContext(threadCount: 1)
    for count in [1, 1 << 16, 1 << 18, 10] {
      let memory = context.scratch(count)
      #expect(UInt(bitPattern: memory) % 64 == 0)
      memory[0] = 1
      memory[count - 1] = 2
    }
  }
}
