// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What the machine could do at most, measured with the vectors and the threads of the other kernels. Every thread counts
// its own CPU time, so that other processes disturb little; the rate is the sum over the threads, all at work at once.

/// Floating-point operations per second of fused multiply-adds that never leave the registers; a multiply-add is two.
package func fusedMultiplyAddRate(seconds: Double, context: KernelContext) -> Double {
  rate(of: MultiplyAddLoop(), seconds: seconds, context)
}

/// Bytes per second of a = b + 3c over arrays of `count` floats, four for each element: b and c read, a's line fetched
/// and written back.
///
/// `memory` has room for three arrays for each thread; all of it has been written to before.
package func triadRate(
  _ memory: UnsafeMutablePointer<Float>,
  count: Int,
  seconds: Double,
  context: KernelContext
) -> Double {
  rate(of: TriadLoop(memory: memory, count: count), seconds: seconds, context)
}

/// Bytes per second of summing arrays of `count` floats, one for each thread, one after the other in `memory`.
package func readRate(
  _ memory: UnsafePointer<Float>,
  count: Int,
  seconds: Double,
  context: KernelContext
) -> Double {
  rate(of: ReadLoop(memory: memory, count: count), seconds: seconds, context)
}

/// Hands `calls` tasks of one empty piece for each thread to the pool, one after the other.
package func forkAndJoin(calls: Int, context: KernelContext) {
  for _ in 0..<calls { context.pool.run(context.pool.threadCount, EmptyTask()) }
}

private struct EmptyTask: ParallelTask {
  @inline(never)
  func run(_ index: Int, thread: Int) {}
}

// MARK: - All threads at once

/// A loop that each thread repeats.
private protocol LimitLoop {
  /// One pass by the thread that does piece `index`; returns the work done, and a number that depends on all results.
  func pass(_ index: Int) -> (work: Double, residue: Float)
}

private func rate<Loop: LimitLoop>(
  of loop: Loop,
  seconds: Double,
  _ context: KernelContext
) -> Double {
  let count = context.pool.threadCount
  let rates = UnsafeMutablePointer<Double>.allocate(capacity: count)
  defer { rates.deallocate() }
  rates.initialize(repeating: 0, count: count)
  let task = LimitTask(loop: loop, seconds: seconds, line: StartLine(count), rates: rates)
  context.pool.run(count, task)
  return (0..<count).reduce(0) { $0 + rates[$1] }
}

private struct LimitTask<Loop: LimitLoop>: ParallelTask {
  let loop: Loop
  let seconds: Double
  let line: StartLine
  let rates: UnsafeMutablePointer<Double>

  func run(_ index: Int, thread: Int) {
    line.wait()
    let start = threadSeconds()
    var (work, residue) = (0.0, Float(0))
    var spent = 0.0
    repeat {
      let (more, rest) = loop.pass(index)
      work += more
      residue += rest
      spent = threadSeconds() - start
    } while spent < seconds
    // The compiler cannot know that no sum is NaN, so no loop is dropped as unused.
    rates[index] = residue.isNaN ? 0 : work / spent
  }
}

/// Where pieces wait for one another, so that each has a thread of its own; no longer than a second.
private final class StartLine: Sendable {
  private let runners: Int
  private let arrived = Atomic<Int>(0)

  init(_ runners: Int) { self.runners = runners }

  func wait() {
    arrived.wrappingAdd(1, ordering: .acquiringAndReleasing)
    let start = threadSeconds()
    while arrived.load(ordering: .acquiring) < runners, threadSeconds() - start < 1 {}
  }
}

/// CPU time of the calling thread.
private func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

// MARK: - The loops

/// 14 chains at once hide a latency of up to seven cycles on two pipes, and with two operands fit 16 registers.
private struct MultiplyAddLoop: LimitLoop {
  private static let rounds = 1 << 18

  @inline(never)
  func pass(_ index: Int) -> (work: Double, residue: Float) {
    // Chains from different starts towards 1; equal ones would be computed once.
    let start = Vector(repeating: Float(index &+ 2))
    let (x, y) = (Vector(repeating: 0.999), Vector(repeating: 0.001))
    var (a, b, c, d, e, f, g) = (
      start, start + 1, start + 2, start + 3, start + 4, start + 5, start + 6
    )
    var (h, i, j, k, l, m, n) = (
      start + 7, start + 8, start + 9, start + 10, start + 11, start + 12, start + 13
    )
    for _ in 0..<Self.rounds {
      a = chain(a, x, y)
      b = chain(b, x, y)
      c = chain(c, x, y)
      d = chain(d, x, y)
      e = chain(e, x, y)
      f = chain(f, x, y)
      g = chain(g, x, y)
      h = chain(h, x, y)
      i = chain(i, x, y)
      j = chain(j, x, y)
      k = chain(k, x, y)
      l = chain(l, x, y)
      m = chain(m, x, y)
      n = chain(n, x, y)
    }
    let sum = a + b + c + d + e + f + g + h + i + j + k + l + m + n
    return (Double(2 * 14 * vectorWidth * Self.rounds), sum[0])
  }
}

/// a · x + y, in two roundings where the CPU has no fused multiply-add.
@inline(__always)
private func chain(_ a: Vector, _ x: Vector, _ y: Vector) -> Vector {
  #if VECTOR_128 && arch(x86_64)
    a * x + y
  #else
    y.addingProduct(a, x)
  #endif
}

private struct TriadLoop: LimitLoop {
  let memory: UnsafeMutablePointer<Float>
  let count: Int

  @inline(never)
  func pass(_ index: Int) -> (work: Double, residue: Float) {
    let a = memory + 3 &* index &* count
    let (b, c) = (a + count, a + 2 &* count)
    let factor = Lanes(repeating: 3)
    var i = 0
    while i &+ 16 <= count {
      store(load(b + i) + factor * load(c + i), a + i)
      i &+= 16
    }
    return (16 * Double(count), a[0])
  }
}

private struct ReadLoop: LimitLoop {
  let memory: UnsafePointer<Float>
  let count: Int

  @inline(never)
  func pass(_ index: Int) -> (work: Double, residue: Float) {
    let start = memory + index &* count
    var (a, b, c, d) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var i = 0
    while i &+ 64 <= count {
      a += load(start + i)
      b += load(start + (i &+ 16))
      c += load(start + (i &+ 32))
      d += load(start + (i &+ 48))
      i &+= 64
    }
    return (4 * Double(count), treeSum(a + b + c + d))
  }
}
