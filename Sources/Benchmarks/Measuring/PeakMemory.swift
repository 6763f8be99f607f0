// SPDX-License-Identifier: Apache-2.0

import CProcess
import Foundation

/// The most memory that the process had at once, as the system counts it.
enum PeakMemory {
  /// Gives unused memory back and forgets the peak so far; false where the system cannot.
  static func reset() -> Bool {
    #if os(Linux)
      runexp_trim_heap()
      // "5" sets the peak to what is resident now, see proc(5).
      return (try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8))
        != nil
    #else
      return false
    #endif
  }

  /// Bytes resident at the peak since the reset.
  static var bytes: Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
      .map { $0 * 1024 }
  }
}
