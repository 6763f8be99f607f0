// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

/// Layers in a few words, and models without their numbers.
@Suite struct ShortTextTests {
  @Test func `a layer is its name, its size and what is not standard`() {
    #expect(Component("dense", ["units": .integer(64)]).shortText == "dense 64")
    let dense = Component(
      "dense",
      [
        "units": .integer(64), "activation": .component(Component("relu")), "bias": .boolean(false),
        "init": .mapping(["weights": .component(Component("zeros"))]), "frozen": .boolean(false),
      ]
    )
    #expect(
      dense.shortText == "dense 64 relu no bias" || dense.shortText == "dense 64 no bias relu"
    )
    let gru = Component(
      "gru",
      ["hidden_size": .integer(8), "state": .text("encoder"), "layers": .integer(2)]
    )
    #expect(gru.shortText == "gru 8 layers 2")
    #expect(Component("unheard_of", ["a": .integer(1)]).shortText == "unheard_of")
  }

  @Test func `of layers inside only the number is told`() {
    let inner = [Component("dense", ["units": .integer(3)]), Component("relu")]
    let body = Component("residual", ["body": .components(inner)])
    #expect(body.shortText == "residual (2)")
    let nested = Component("residual", ["body": .components([body, Component("relu")])])
    #expect(nested.shortText == "residual (3)")
  }

  @Test func `wirings are equal where only numbers differ`() {
    func model(units: Int, state: String) -> ModelSpecification {
      ModelSpecification(blocks: [
        BlockSpecification(
          name: "a",
          layers: [
            Component("gru", ["hidden_size": .integer(units), "state": .text(state)])
          ]
        )
      ])
    }
    #expect(model(units: 3, state: "b").wiring == model(units: 4, state: "b").wiring)
    #expect(model(units: 3, state: "b").wiring != model(units: 3, state: "c").wiring)
  }
}
