// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Lets a few end-to-end tests run at a time: with a hundred programs on two cores a signal that a test sends into a
/// training would come when that is over.
struct Turns: SuiteTrait, TestTrait, TestScoping {
  private static let seats = Seats(max(4, 2 * ProcessInfo.processInfo.activeProcessorCount))

  var isRecursive: Bool { true }

  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    await Self.seats.take()
    do {
      try await function()
      await Self.seats.leave()
    } catch {
      await Self.seats.leave()
      throw error
    }
  }
}

extension Trait where Self == Turns {
  /// A few at a time.
  static var inTurns: Self { Turns() }
}

/// Seats that are taken in the order of asking.
private actor Seats {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func leave() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
