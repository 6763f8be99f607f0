// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Facts about this machine that are stored with runs and that set defaults.
package enum Machine {
  /// Cores this process may use: the affinity mask, cut by the cgroup's quota; at least 1.
  package static var usableCores: Int {
    let allowed = affinityCount ?? ProcessInfo.processInfo.activeProcessorCount
    return max(1, min(allowed, quota ?? allowed))
  }

  /// Bytes of memory this process may use: the machine's, cut by the cgroup's limit and by `ulimit -v`.
  package static var memoryBytes: Int {
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let limits = [
      integer(ofFile: "/sys/fs/cgroup/memory.max"),
      integer(ofFile: "/sys/fs/cgroup/memory/memory.limit_in_bytes"), addressSpace,
    ]
    return limits.compactMap { $0 }.reduce(physical, min)
  }

  /// The limit of `ulimit -v`; nil without one.
  private static var addressSpace: Int? {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    #else
      let resource = RLIMIT_AS
    #endif
    guard unsafe getrlimit(resource, &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }

  /// The number in a file of the system; nil where there is none, or a word such as `max`.
  private static func integer(ofFile path: String) -> Int? {
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  /// The processor's name.
  package static var cpuName: String {
    #if os(Linux)
      let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      let line = info.split(separator: "\n").first { $0.hasPrefix("model name") }
      let name = line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
      return name ?? "unknown"
    #else
      return "Apple"
    #endif
  }

  /// Bits of the processor's widest vectors, as far as kernels use them; nil where it does not say.
  package static var vectorBits: Int? {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    guard let line = info.split(separator: "\n").first(where: { $0.hasPrefix("flags") }) else {
      return nil
    }
    let flags = Set(line.split(separator: " "))
    if flags.contains("avx512f") { return 512 }
    return flags.contains("avx2") && flags.contains("fma") ? 256 : 128
  }

  /// Operating system and version.
  package static var systemName: String { ProcessInfo.processInfo.operatingSystemVersionString }

  /// Bits of the affinity mask, as the kernel prints it; nil where it prints none.
  private static var affinityCount: Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") })
    else { return nil }
    return line.dropFirst("Cpus_allowed:".count).reduce(0) { count, digit in
      count + (digit.hexDigitValue?.nonzeroBitCount ?? 0)
    }
  }

  /// Whole cores of a cgroup v2 quota, rounded up.
  private static var quota: Int? {
    guard let text = try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8) else {
      return nil
    }
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 2, let limit = Double(words[0]), let period = Double(words[1]),
      period > 0
    else { return nil }
    return Int((limit / period).rounded(.up))
  }
}
