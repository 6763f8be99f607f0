// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

extension Analysis {
  /// Why nothing is said about what a parameter does, although its cells are a grid; nil if there
  /// is no such reason.
  public func obstacle(toEffectsOf name: String) -> String? {
    if experiment.tune.contains(name) {
      return "`\(name)` is tuned: each cell takes its best value, so its values are not compared"
    }
    guard let cell = cells.first(where: { !$0.entersTests }) else { return nil }
    let flaw = cell.flaw ?? "no seed has a number"
    return "\(cell.label) is in no test (\(flaw)), so the tested cells are no full grid"
  }
}
