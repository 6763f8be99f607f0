// SPDX-License-Identifier: Apache-2.0

import ModelFiles
import Tensors
import Testing

@testable import Training

/// What memory held before it was written never shows in a training: its steps, evaluations and predictions.
@Suite struct MemoryFillTests {
  @Test(arguments: GoldenHashTests.hashes, MemoryFill.allCases)
  func `a tiny training has its golden bits whatever memory held`(
    golden: (name: String, version: Int, sha256: String),
    fill: MemoryFill
  ) throws {
    let folder = try TemporaryFolder()
    let subject = try TinyTrainings.subject(golden.name, folder: folder)
    let trained = try MemoryFill.$current.withValue(fill) {
      try subject.trained(threads: 2)
    }
    #expect(trained.weights.sha256 == golden.sha256)
    let usual = try MemoryFill.$current.withValue(nil) { try subject.trained() }
    #expect(trained.points == usual.points)
    #expect(trained.predictions == usual.predictions)
  }
}
