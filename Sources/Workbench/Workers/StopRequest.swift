// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether a worker was asked to checkpoint and end: by SIGINT, SIGTERM, or the end of its parent's pipe.
package final class StopRequest: Sendable {
  private let asked = Atomic<Bool>(false)

  /// Whether somebody asked.
  package var isAsked: Bool { asked.load(ordering: .relaxed) || StopSignals.count > 0 }

  /// Asks.
  package func ask() { asked.store(true, ordering: .relaxed) }

  /// Listens to signals, and to standard input if it is the parent's.
  package init(watchesStandardInput: Bool) {
    StopSignals.listen()
    guard watchesStandardInput else { return }
    Thread.detachNewThread { [weak self] in
      // The parent never writes: the end of its pipe is its end.
      var byte: UInt8 = 0
      while true {
        let count = unsafe read(0, &byte, 1)
        if count == 0 || count < 0 && errno != EINTR { break }
      }
      self?.ask()
    }
  }
}
