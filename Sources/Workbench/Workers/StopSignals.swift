// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Counts SIGINT and SIGTERM, which then no longer end the program.
///
/// A handler of our own and no dispatch source: a source begins to listen some time after the signal has to be ignored,
/// and one that comes in between is lost, so that nobody stops.
package enum StopSignals {
  private static let received = Atomic<Int>(0)

  /// How many came since `listen()`.
  package static var count: Int { received.load(ordering: .relaxed) }

  /// Counts from now on, once and for the whole program.
  package static func listen() {
    // The counter exists before a handler can need it: making it is not safe inside one.
    _ = count
    for number in [SIGINT, SIGTERM] {
      _ = signal(number) { _ in StopSignals.received.wrappingAdd(1, ordering: .relaxed) }
    }
  }
}
