// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Manifests

/// Models of named blocks, and lists of losses, as manifests have them.
@Suite struct BlockFormTests {
  private func specification(_ changes: [String], _ overrides: [String] = []) throws
    -> RunSpecification
  {
    let plan = try planned(changed(small, changes), overrides)
    return try #require(plan.cells.first).specification
  }

  @Test(arguments: [
    "model: { net: [{ dense: 4 }] }",
    "model: { net: { layers: [{ dense: 4 }] } }",
    "model:\n  net:\n    layers:\n      - dense: 4",
    "models: { one: { net: [{ dense: 4 }] } }",
  ])
  func `a block has several forms`(text: String) throws {
    let isNamed = text.hasPrefix("models")
    let model = try specification([text] + (isNamed ? ["model: one"] : [])).model
    #expect(model.isGraph && model.layers == nil)
    #expect(model.blocks.map(\.name) == ["net"])
    #expect(model.blocks[0].from.isEmpty && model.blocks[0].layers.map(\.name) == ["dense"])
  }

  @Test func `all keys of a block are read`() throws {
    let model = try specification([
      """
      model:
        b: { from: [a, input], combine: add, layers: [{ dense: 2 }] }
        a: { from: input, layers: [{ dense: 2 }] }
        c: { from: b, like: a }
        d: { from: [c, a] }
      """
    ]).model
    #expect(model.blocks.map(\.name) == ["a", "b", "c", "d"])
    #expect(model.block("b")?.from == ["a", "input"] && model.block("b")?.combine == .add)
    #expect(model.block("c")?.like == "a" && model.block("c")?.layers == [])
    #expect(model.block("d")?.layers == [] && model.block("d")?.combine == .concat)
  }

  @Test func `the order of writing does not matter`() throws {
    let one = try specification([
      "model: { a: [{ dense: 4 }], b: { from: a, layers: [{ dense: 2 }] } }"
    ])
    let other = try specification([
      "model: { b: { from: a, layers: [{ dense: 2 }] }, a: { layers: [{ dense: 4 }] } }"
    ])
    #expect(one == other)
  }

  @Test func `parameters and overrides reach into blocks`() throws {
    let text = """
      model: { a: [{ dense: "${units}" }], b: { from: "${from}", layers: [{ dense: 2 }] } }
      parameters: { units: [3], from: [a] }
      """
    let specification = try specification([text], ["model.b.layers.0.dense.units=5"])
    #expect(specification.model.block("a")?.layers[0]["units"] == .integer(3))
    #expect(specification.model.block("b")?.from == ["a"])
    #expect(specification.model.block("b")?.layers[0]["units"] == .integer(5))
  }

  @Test func `a softmax before a loss of logits is refused in the block at the end alone`() throws {
    let text = "model: { a: [{ dense: 2 }, softmax], b: { from: a, layers: [{ dense: 2 }] } }"
    #expect(throws: Never.self) { try planned(changed(small, [text])) }
    let wrong = "model: { a: [{ dense: 2 }], b: { from: a, layers: [{ dense: 2 }, softmax] } }"
    #expect(throws: (any Error).self) { try planned(changed(small, [wrong])) }
  }

  @Test func `a softmax is refused before the loss of its block in a list, too`() throws {
    func text(_ loss: String) -> [String] {
      ["model: { a: [{ dense: 2 }, softmax], b: { from: a, layers: [{ dense: 2 }] } }", loss]
    }
    let harmless = "loss: [{ loss: mse, of: a }, { loss: cross_entropy, of: b }]"
    #expect(throws: Never.self) { try planned(changed(small, text(harmless))) }
    let wrong = "loss: [{ loss: cross_entropy, of: a }, { loss: cross_entropy, of: b }]"
    #expect(throws: (any Error).self) { try planned(changed(small, text(wrong))) }
    let alone = ["model: [{ dense: 2 }, softmax]", "loss: [{ loss: cross_entropy, weight: 2 }]"]
    #expect(throws: (any Error).self) { try planned(changed(small, alone)) }
  }

  @Test func `losses are a list with weights`() throws {
    let losses = try specification([
      "model: { a: [{ dense: 4 }], b: { from: a, layers: [{ dense: 2 }] } }",
      """
      loss:
        - { loss: { cross_entropy: { label_smoothing: 0.1 } }, of: b }
        - { loss: mse, of: a, target: input, weight: 0.5 }
      """,
    ]).losses
    #expect(losses.map(\.loss.name) == ["cross_entropy", "mse"])
    #expect(losses.map(\.block) == ["b", "a"] && losses.map(\.target) == [nil, "input"])
    #expect(losses.map(\.weight) == [1, 0.5])
    #expect(losses[0].loss["label_smoothing"] == .real(0.1))
  }

  @Test func `a specification comes back from its JSON`() throws {
    let text = """
      model:
        a: { from: [input, input], layers: [{ dense: 4 }] }
        b: { from: a, layers: [{ dense: 2 }] }
        c: { like: b, from: a }
      """
    let several = "loss: [{ loss: mse, of: b, weight: 2 }, { loss: cross_entropy, of: c }]"
    for loss in ["loss: cross_entropy", several] {
      let specification = try specification([text, loss])
      let json = try JSONEncoder().encode(specification)
      #expect(try JSONDecoder().decode(RunSpecification.self, from: json) == specification)
    }
    let list = try specification([])
    let json = String(decoding: try JSONEncoder().encode(list), as: UTF8.self)
    #expect(json.contains(#""model":[{"#) && json.contains(#""loss":{"#))
  }

  @Test func `what is compared of losses is the whole sum`() throws {
    var specification = try specification([])
    #expect(specification.totalLoss == specification.loss)
    specification.losses = [
      LossSpecification(Component("mse"), of: "a", weight: 2),
      LossSpecification(Component("mae"), of: "b"),
    ]
    var other = specification
    other.losses[0].weight = 3
    #expect(specification.totalLoss.name == "2 mse of a + mae of b")
    #expect(specification.totalLoss != other.totalLoss)
  }
}
