// SPDX-License-Identifier: Apache-2.0

package import Storage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which processes have to be told so that these workers end after a checkpoint.
///
/// A worker whose sweep lives is ended by that sweep: told by itself, it would be followed by the next one.
package struct StopOrder {
  /// A process of this machine that is told, with the runs it answers for.
  package struct Recipient: Equatable {
    package var process: ProcessIdentity
    package var isSweep: Bool
    package var workers: Int
    package var runs: [String]

    package var title: String { (isSweep ? "sweep" : "worker") + " (process \(process.pid))" }
  }

  package private(set) var recipients: [Recipient] = []
  /// Workers whose processes cannot be reached from here.
  package private(set) var elsewhere: [WorkerActivity] = []

  package init(_ workers: [WorkerActivity]) {
    for worker in workers {
      guard worker.process.isOnThisMachine else {
        elsewhere.append(worker)
        continue
      }
      let isSweep = worker.supervisor?.isAlive == true
      let process = isSweep ? worker.supervisor ?? worker.process : worker.process
      if let index = recipients.firstIndex(where: { $0.process == process }) {
        recipients[index].workers += 1
        recipients[index].runs += worker.runs
      } else {
        recipients.append(
          Recipient(process: process, isSweep: isSweep, workers: 1, runs: worker.runs)
        )
      }
    }
  }

  /// Sends SIGTERM; false if the process has ended by now or belongs to somebody else.
  package static func tell(_ process: ProcessIdentity) -> Bool {
    // The number may be another process's by now, so its life is looked at first.
    process.isAlive == true && kill(pid_t(process.pid), SIGTERM) == 0
  }
}
