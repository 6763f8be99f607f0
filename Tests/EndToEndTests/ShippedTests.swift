// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing

@Suite struct ShippedTests {
  /// The folder of this package's manifests.
  private static let experiments = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("experiments")

  @Test(arguments: ["forward", "backpropagation", "lstm"])
  func `an introductory example meets its expectations`(name: String) async throws {
    let box = try Sandbox()
    let manifest = Self.experiments.appendingPathComponent("basics/\(name).yaml").path
    try await box.run("sweep", manifest).expectExit(0)
    #expect(try box.store().runs().allSatisfy { $0.state == .completed })
  }
}
