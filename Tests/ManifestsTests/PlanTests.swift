// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Testing
import Vocabulary

@testable import Manifests

@Suite struct PlanTests {
  @Test func `the design's manifest makes eighteen cells`() throws {
    let plan = try planned(designManifest)
    #expect(plan.cells.count == 18)
    #expect(plan.warnings.isEmpty)
    #expect(plan.seeds == 0..<5)
    let last = try #require(plan.cells.last)
    #expect(
      last.assignment == [
        "model": .text("cnn"), "activation": .text("tanh"), "learning_rate": .real(0.01),
      ]
    )
    #expect(last.index == 17)
    #expect(last.specification.optimizer["learning_rate"] == .real(0.01))
    #expect(
      last.specification.model.parts[0].layers.map(\.name) == [
        "conv2d", "max_pool2d", "flatten", "dense",
      ]
    )
    #expect(
      last.specification.model.parts[0].layers[0]["activation"] == .component(Component("tanh"))
    )
    #expect(last.specification.model.parts[0].layers[3]["units"] == .integer(10))
    #expect(last.specification.data.validation == .count(10000))
    #expect(plan.experiment.parameters.map(\.name) == ["model", "activation", "learning_rate"])
    #expect(plan.experiment.parameters[2].values == [.real(1e-4), .real(1e-3), .real(1e-2)])
    #expect(plan.experiment.parameters[2].isLogarithmic)
    #expect(plan.experiment.tune == ["learning_rate"])
    #expect(plan.experiment.title == "激活函数 · ReLU, sigmoid, tanh")
    #expect(
      plan.experiment.expectations == [
        Expectation(
          selection: ["model": .text("cnn"), "activation": .text("relu")],
          metric: "test.accuracy",
          claim: .atLeast(0.88),
          source: "…"
        )
      ]
    )
  }
}
