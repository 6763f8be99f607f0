// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Experiments
@testable import Vocabulary

/// Arguments that came later leave earlier runs the runs of their manifests.
@Suite struct AdditionTests {
  @Test func `a recurrent layer without its additions is what was stored before there were any`() {
    let stored = Component(
      "gru",
      [
        "hidden_size": .integer(8), "carry_state": .boolean(false), "bias": .boolean(true),
        "init": .none,
      ]
    )
    var read = stored
    read.arguments["layers"] = .integer(1)
    read.arguments["bidirectional"] = .boolean(false)
    read.arguments["dropout"] = .real(0)
    read.arguments["reset_after"] = .boolean(true)
    #expect(read.withoutStandardAdditions == stored)
    // A run of before is read with what its layers had.
    #expect(stored["layers"] == .integer(1) && stored["reset_after"] == .boolean(true))
    read.arguments["reset_after"] = .boolean(false)
    #expect(read.withoutStandardAdditions.arguments["reset_after"] == .boolean(false))
    #expect(read.withoutStandardAdditions.arguments["layers"] == nil)
  }

  @Test func `a mapping's additions count like a component's`() {
    func npy(_ lengths: ArgumentValue?) -> Component {
      var files: [String: ArgumentValue] = ["inputs": .text("x.npy"), "targets": .text("y.npy")]
      files["lengths"] = lengths
      return Component("npy", ["train": .mapping(files), "test": .none])
    }
    #expect(npy(ArgumentValue.none).withoutStandardAdditions == npy(nil))
    #expect(npy(.text("n.npy")).withoutStandardAdditions == npy(.text("n.npy")))
  }
}
