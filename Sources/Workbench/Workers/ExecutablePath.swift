// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// The path of this program, so that workers are the same binary.
enum ExecutablePath {
  /// The path it was started by; on Linux, if another file stands there by now, the kernel's own name for this one.
  static var current: FilePath {
    #if os(Linux)
      let own = "/proc/self/exe"
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: own)
      guard let target, let file = identity(target), file == identity(own) else {
        return FilePath(own)
      }
      return FilePath(target)
    #else
      return FilePath(Bundle.main.executablePath ?? CommandLine.arguments[0])
    #endif
  }

  /// Device and number of the file at a path.
  private static func identity(_ path: String) -> [UInt64]? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return [UInt64(status.st_dev), UInt64(status.st_ino)]
  }
}
