// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the clocks say at one moment, all in seconds and moving forward only.
struct Moment: Hashable, Sendable {
  /// Time.
  var wall: Double
  /// CPU time of this process.
  var cpu: Double
  /// CPU time of all other processes, that of the hypervisor's other guests included; 0 where the system does not tell.
  var others: Double

  /// This machine's clocks now.
  static func now() -> Moment {
    let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID)
    return Moment(wall: wall(), cpu: cpu, others: busySeconds().map { $0 - cpu } ?? 0)
  }

  /// Time that only moves forward.
  static func wall() -> Double { seconds(CLOCK_MONOTONIC) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  /// Time that the machine's cores were not idle: user, nice, system, irq, softirq and steal of `/proc/stat`.
  private static func busySeconds() -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return nil }
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard ticks.count == 8 else { return nil }
    let (idle, waiting) = (ticks[3], ticks[4])
    return (ticks.reduce(0, +) - idle - waiting) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
