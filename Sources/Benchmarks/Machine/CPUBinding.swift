// SPDX-License-Identifier: Apache-2.0

import CProcess
import Foundation

/// Which CPUs a measurement runs on.
public struct CPUBinding: Hashable, Sendable {
  /// The CPUs that may be used, in rising order or as they were listed.
  public let usable: [Int]
  /// Whether the user listed them, and so wants all of them bound.
  private let isListed: Bool

  /// The CPUs that `PEERS_CPUS` lists (`2,3`), else those this process may use.
  public init(environment: [String: String]) {
    if let list = environment["PEERS_CPUS"] {
      usable = list.split(separator: ",").compactMap { Int($0.trimmingPrefix(" ")) }
      isListed = true
    } else {
      usable = Self.allowed
      isListed = false
    }
  }

  /// Binds the calling thread, and those it will start, to the last `count` of them, or to all that were listed.
  ///
  /// False where the system has no such call, or refuses.
  public func bind(count: Int) -> Bool {
    let processors = (isListed ? usable[...] : usable.suffix(count)).map { Int32(clamping: $0) }
    return unsafe processors.withUnsafeBufferPointer { list in
      unsafe runexp_bind_to(list.baseAddress, Int32(list.count)) != 0
    }
  }

  private static var allowed: [Int] {
    let told = (0..<1024).filter { runexp_may_run_on(Int32($0)) != 0 }
    return told.isEmpty ? Array(0..<ProcessInfo.processInfo.activeProcessorCount) : told
  }
}
