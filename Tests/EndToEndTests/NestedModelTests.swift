// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Workbench
@testable import runexp

/// Models with layers inside layers, from the manifest to the exported file.
@Suite(.inTurns) struct NestedModelTests {
  private static let manifest = """
    name: nested
    data: { dataset: glyphs, train: 40, test: 10 }
    model:
      - resize: 8
      - { conv2d: { channels: 3, kernel_size: 3, padding: 1 } }
      - batch_norm
      - residual:
          - relu
          - { conv2d: { channels: 3, kernel_size: 3, padding: 1 } }
      - branches:
          paths:
            wide: [{ conv2d: { channels: 2, kernel_size: 1, bias: false } }]
            itself: []
      - global_avg_pool2d
      - dense: 10
    loss: cross_entropy
    optimizer: { name: sgd, learning_rate: 0.1 }
    train: { epochs: 1, batch_size: 20 }
    """

  @Test
  func
    `a run is shown with a line for each inner layer, verified and exported with its statistics`()
    async throws
  {
    let sandbox = try Sandbox().manifest(Self.manifest)
    try await sandbox.run("sweep", "m.yaml").expectExit(0)
    let text = try await sandbox.run("show", "last").expectExit(0).output
    let model = text.split(separator: "\n").drop { $0 != "model:" }.dropFirst()
      .prefix { !$0.hasPrefix("init:") }.map { $0.split(separator: " ").joined(separator: " ") }
    #expect(
      model == [
        "0 resize { mode: bilinear, size: 8 }",
        "1 conv2d { bias: true, channels: 3, kernel_size: 3, padding: 1, stride: 1 } 30 parameters",
        "2 batch_norm { epsilon: 1e-05, momentum: 0.1 } 6 parameters",
        "3 residual",
        "3.body.0 relu",
        "3.body.1 conv2d { bias: true, channels: 3, kernel_size: 3, padding: 1, stride: 1 } 84 parameters",
        "4 branches { combine: concat }",
        "4.wide.0 conv2d { bias: false, channels: 2, kernel_size: 1, padding: 0, stride: 1 } 6 parameters",
        "4.itself the input itself",
        "5 global_avg_pool2d",
        "6 dense { bias: true, units: 10 } 60 parameters",
      ]
    )
    #expect(text.contains("186 parameters"))
    try await sandbox.run("verify", "last").expectExit(0)
  }

  @Test func `a mistake of shapes is told at the line of the inner layer`() async throws {
    let wrong = Self.manifest.replacing("      - relu\n", with: "      - { dense: 3 }\n")
    let sandbox = try Sandbox().manifest(wrong)
    let finished = try await sandbox.run("plan", "m.yaml").expectExit(2)
    finished.expectTalk(
      "m.yaml:8:11: error: `dense` needs a vector or a sequence, got an image [3, 8, 8]"
    )
  }
}
