// SPDX-License-Identifier: Apache-2.0

import Experiments
package import Manifests
import Vocabulary

/// The cells of a plan in which nothing is wrong, beside others in which something is.
package struct RightCells {
  /// More values than these are not listed.
  private static let largestCount = 8

  private let plan: Plan
  private let right: [Cell]
  private let wrong: [Cell]

  /// `wrong` are the indices of the cells in which something is wrong.
  package init(_ plan: Plan, wrong: Set<Int>) {
    self.plan = plan
    right = plan.cells.filter { !wrong.contains($0.index) }
    self.wrong = plan.cells.filter { wrong.contains($0.index) }
  }

  /// How to train them and no other; nil where no one parameter tells them apart, or all are wrong.
  package var hint: String? {
    guard !right.isEmpty, let override else { return nil }
    return right.count == 1
      ? "in the other cell nothing is wrong: `\(override)` behind the file trains it alone"
      : "in the other \(right.count) cells nothing is wrong: `\(override)` behind the file trains them alone"
  }

  /// `model=small` or `'rate=[0.1, 1]'`.
  private var override: String? {
    for name in plan.experiment.parameters.map(\.name) {
      let values = distinct(right.map { $0.assignment[name] })
      guard values.count <= Self.largestCount,
        Set(values).isDisjoint(with: wrong.map { $0.assignment[name] })
      else { continue }
      let words = values.compactMap { $0?.description }
      guard words.count == values.count else { continue }
      let value = words.count == 1 ? words[0] : "[\(words.joined(separator: ", "))]"
      return "\(name)=\(value)".shellQuoted
    }
    return nil
  }

  private func distinct(_ values: [ParameterValue?]) -> [ParameterValue?] {
    var seen = Set<ParameterValue?>()
    return values.filter { seen.insert($0).inserted }
  }
}
