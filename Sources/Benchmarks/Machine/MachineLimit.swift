// SPDX-License-Identifier: Apache-2.0

import Kernels
import Tensors

/// What the machine can do at most, on so many threads.
struct MachineLimit: Hashable, Sendable {
  /// Which limit.
  enum Kind: String, Sendable, CaseIterable {
    /// Multiply-adds in registers.
    case multiplyAdd = "limit-fma"
    /// a = b + 3c over arrays larger than any cache.
    case triad = "limit-triad-dram"
    /// Reading an array larger than any cache.
    case read = "limit-read-dram"
    /// Handing work to the thread pool and waiting for its end.
    case forkJoin = "limit-fork-join"

    var unit: String {
      switch self {
      case .multiplyAdd: "GFLOP/s"
      case .triad, .read: "GB/s"
      case .forkJoin: "us"
      }
    }
  }

  var kind: Kind
  var threads: Int
  /// The best sample, for whatever else the machine does can only take away.
  var value: Double
  var samples: [Double]
}

extension MachineLimit {
  private static let sampleCount = 5
  /// 64 MiB, several times the largest cache of one core.
  private static let arrayCount = 1 << 24

  /// All limits of `threads` threads, each from five samples of about `seconds`.
  static func measure(threads: Int, seconds: Double) -> [MachineLimit] {
    let context = KernelContext(threadCount: threads)
    var limits = [
      best(.multiplyAdd, threads) {
        1e-9 * fusedMultiplyAddRate(seconds: seconds, context: context)
      }
    ]
    limits += bandwidths(threads: threads, seconds: seconds, context)
    if threads > 1 { limits.append(forkJoin(threads: threads, context)) }
    return limits
  }

  private static func bandwidths(
    threads: Int,
    seconds: Double,
    _ context: KernelContext
  ) -> [MachineLimit] {
    let count = 3 * threads * arrayCount
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 4096)
    defer { unsafe bytes.deallocate() }
    let memory = unsafe bytes.initializeMemory(as: Float.self, repeating: 1, count: count)
    return [
      best(.triad, threads) {
        unsafe 1e-9
          * triadRate(memory, count: arrayCount, seconds: seconds, context: context)
      },
      best(.read, threads) {
        unsafe 1e-9 * readRate(memory, count: arrayCount, seconds: seconds, context: context)
      },
    ]
  }

  private static func forkJoin(threads: Int, _ context: KernelContext) -> MachineLimit {
    let calls = 2000
    return best(.forkJoin, threads) {
      let start = Moment.wall()
      forkAndJoin(calls: calls, context: context)
      return 1e6 * (Moment.wall() - start) / Double(calls)
    }
  }

  private static func best(
    _ kind: Kind,
    _ threads: Int,
    _ sample: () -> Double
  ) -> MachineLimit {
    let samples = (0..<sampleCount).map { _ in sample() }
    let best = kind == .forkJoin ? samples.min() : samples.max()
    return MachineLimit(kind: kind, threads: threads, value: best ?? 0, samples: samples)
  }
}
