// SPDX-License-Identifier: Apache-2.0

import CBuildFacts
import Diagnostics
import Foundation
import Workbench

/// Whether this machine has the instructions that the kernels were compiled for.
enum CPUCheck {
  /// Throws if an instruction set is missing, before a kernel would die by SIGILL.
  ///
  /// Where the system does not tell its instruction sets (outside Linux on x86-64), nothing is checked.
  static func run() throws {
    #if os(Linux) && arch(x86_64)
      let required = unsafe String(cString: runexp_required_cpu_features())
      let missing = missing(required, in: ownFeatures)
      guard missing.isEmpty else {
        throw Diagnostic(
          "this runexp was built for a CPU with \(missing.joined(separator: ", ")), which this machine lacks",
          hints: ["build it on this machine, or anywhere with RUNEXP_CPU=x86-64"]
        )
      }
    #endif
  }

  /// The words of `required` that are not among `features`.
  static func missing(_ required: String, in features: Set<String>) -> [String] {
    features.isEmpty
      ? [] : required.split(separator: " ").map(String.init).filter { !features.contains($0) }
  }

  private static var ownFeatures: Set<String> {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = info.split(separator: "\n").first { $0.hasPrefix("flags") }
    return Set((line ?? "").split(separator: " ").map(String.init))
  }
}
