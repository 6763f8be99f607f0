// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// One mistake in words, still without a place. All sentences stand in `Mistakes*.swift`.
struct Mistake: Hashable {
  var message: String
  var hints: [String]

  init(_ message: String, hints: [String] = []) {
    self.message = message
    self.hints = hints
  }
}

/// Collects what is wrong and what is worth a look while a manifest is read; one instance a reading.
final class Findings {
  private(set) var errors: [Diagnostic] = []
  private(set) var warnings: [Diagnostic] = []
  /// Whether the manifest is written from a stored run, which may hold what is refused today.
  let isOfStoredRun: Bool
  /// Places whose value came from a parameter and was refused: one message for all cells.
  private var refused: Set<[Place]> = []

  init(isOfStoredRun: Bool = false) { self.isOfStoredRun = isOfStoredRun }

  var isClean: Bool { errors.isEmpty }

  func report(_ mistake: Mistake, at place: Place) {
    errors.append(diagnostic(mistake, at: place, severity: .error))
  }

  /// Reports at a node; one that a parameter put in also names the place of its `${…}`.
  func report(_ mistake: Mistake, at node: SourceNode) {
    guard let usage = node.usage else { return report(mistake, at: node.place) }
    guard refused.insert([node.place, usage]).inserted else { return }
    var mistake = mistake
    if usage != node.place {
      mistake.hints.append("the value is put in at \(usage.description)")
    }
    report(mistake, at: node.place)
  }

  func warn(_ mistake: Mistake, at place: Place?) {
    warnings.append(diagnostic(mistake, at: place, severity: .warning))
  }

  private func diagnostic(
    _ mistake: Mistake,
    at place: Place?,
    severity: Diagnostic.Severity
  ) -> Diagnostic {
    Diagnostic(
      mistake.message,
      severity: severity,
      at: place?.location,
      excerpt: place?.excerpt,
      length: place?.length ?? 1,
      hints: mistake.hints
    )
  }
}
