// SPDX-License-Identifier: Apache-2.0

package import Datasets
package import Diagnostics
package import Storage

extension StorageError {
  /// The command of the program that helps, if there is one.
  private var advice: String? {
    switch self {
    case .missing: "`runexp sweep MANIFEST` creates one"
    case .noSuchRun: "`runexp runs` lists them"
    case .noSuchSweep(_, nearest: nil): "`runexp runs` lists what is stored"
    default: nil
    }
  }

  /// The sentence for who types commands: the fact, and the command that helps.
  package var advised: String { advice.map { "\(self); \($0)" } ?? "\(self)" }
}

extension DatasetRemedy {
  /// The sentence for who types commands.
  private var advice: String {
    switch self {
    case .list: "`runexp data list` names them all"
    case .fetch(let name, let folder):
      "`runexp data fetch \(name)` downloads it, or set `RUNEXP_DATA` to the folder that holds `\(folder)/`"
    case .complete:
      "copy the missing file into that folder; `runexp data list` shows its official address"
    case .renew: "get the file again; `runexp data check` compares it with the published digest"
    }
  }

  /// The sentences of `diagnostic`, and as the last hint the command that helps.
  fileprivate func added(to diagnostic: Diagnostic) -> Diagnostic {
    var advised = diagnostic
    advised.hints.append(advice)
    return advised
  }
}

extension DatasetError {
  /// The sentences for who types commands: the fact, its hints, and the command that helps.
  package var advised: Diagnostic { remedy.map { $0.added(to: diagnostic) } ?? diagnostic }
}

/// Why a run failed, in one line, for who reads the stored run.
func failureReason(_ error: any Error) -> String {
  switch error {
  case let data as DatasetError: data.advised.line
  case let diagnostic as Diagnostic: diagnostic.line
  default: "\(error)"
  }
}

extension Diagnostic {
  fileprivate var line: String { ([message] + hints).joined(separator: "; ") }
}
