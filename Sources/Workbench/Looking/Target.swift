// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import Experiments
package import Storage
import Vocabulary

/// What a word of the command line names: a run, a plan, or a cell of a plan.
package enum Target {
  /// `RUN`: the beginning of an id, `last` or `best:SWEEP`.
  case run(RunRecord)
  /// `SWEEP`: `NAME` or `NAME@revision`.
  case sweep(SweepRecord)
  /// `SWEEP#CELL`.
  case cell(SweepRecord, Int)
}

extension RunStore {
  /// What `text` names; a plan goes before a run whose id begins like its name.
  package func target(_ text: String) throws -> Target {
    if text == "last" || text.hasPrefix("best:") { return .run(try run(text)) }
    if let hash = text.lastIndex(of: "#") {
      return try cell(String(text[..<hash]), String(text[text.index(after: hash)...]))
    }
    do { return .sweep(try sweep(text)) } catch StorageError.noSuchSweep(_, let nearest) {
      do { return .run(try run(text)) } catch StorageError.noSuchRun {
        throw Diagnostic(
          "`\(text)` is neither the beginning of a run's id nor the name of a sweep",
          hints: [nearest.map { "did you mean `\($0)`?" } ?? "`runexp runs` lists what is stored"]
        )
      }
    }
  }

  private func cell(_ label: String, _ position: String) throws -> Target {
    let sweep = try sweep(label)
    guard let cell = Int(position), sweep.cells.contains(where: { $0.index == cell }) else {
      throw Diagnostic(
        "`\(sweep.label)` has no cell `\(position)`, only 0 … \(sweep.cells.count - 1)",
        hints: ["`runexp runs \(sweep.label) --columns id,cell,seed,state` shows them"]
      )
    }
    return .cell(sweep, cell)
  }
}
