// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import Dispatch
import Foundation
import Synchronization

/// Whether a worker was asked to checkpoint and end: by SIGINT, SIGTERM, or the end of its parent's pipe.
final class StopRequest: Sendable {
  private let asked = Atomic<Bool>(false)
  // Safety: only retained, never touched after `init`.
  nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

  /// Whether somebody asked.
  var isAsked: Bool { asked.load(ordering: .relaxed) }

  /// Asks.
  func ask() { asked.store(true, ordering: .relaxed) }

  /// Listens to signals, and to standard input if it is the parent's.
  init(watchesStandardInput: Bool) {
    let queue = DispatchQueue(label: "stop")
    unsafe sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [weak self] in self?.ask() }
      source.resume()
      return source
    }
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
