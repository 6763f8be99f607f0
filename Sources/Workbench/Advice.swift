// SPDX-License-Identifier: Apache-2.0

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
