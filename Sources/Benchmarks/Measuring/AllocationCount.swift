// SPDX-License-Identifier: Apache-2.0

import CProcess

/// Counts what the process takes from the heap; one count at a time.
public enum AllocationCount {
  /// Whether this system lets it be counted.
  public static var isAvailable: Bool { runexp_allocations_are_counted() != 0 }

  /// Heap allocations, of all threads, while `body` runs; nil where they cannot be counted.
  public static func during(_ body: () throws -> Void) rethrows -> Int? {
    runexp_allocations_start()
    defer { runexp_allocations_stop() }
    try body()
    return isAvailable ? current : nil
  }

  /// Allocations since the count began.
  static var current: Int { Int(runexp_allocations_count()) }
}

/// Heap allocations of a training's steps; what an epoch's end takes, such as the next order, is left out.
struct StepAllocations {
  private var before: Int?
  private var total = 0
  private(set) var steps = 0

  /// Before a step; what was allocated since the last call belongs to the step before.
  mutating func stepBegins() {
    let now = AllocationCount.current
    if let before {
      total += now - before
      steps += 1
    }
    before = now
  }

  /// The step that just ended was an epoch's last.
  mutating func epochEnds() { before = nil }

  /// The mean over the counted steps; nil if there were none.
  var perStep: Double? { steps == 0 ? nil : Double(total) / Double(steps) }
}
