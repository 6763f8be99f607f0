// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Testing
import Vocabulary

@testable import Manifests

@Suite struct LocationTests {
  private func place(_ path: String, cell index: Int, in plan: Plan) -> String {
    let found = plan.location(of: ManifestStep.path(path), in: plan.cells[index])
    let text = found.excerpt.dropFirst(found.location.column - 1).prefix(found.length)
    return "\(found.location.line):\(found.location.column) \(text)"
  }

  @Test func `a layer is found in the model that the cell chose`() throws {
    let plan = try planned(designManifest)
    #expect(place("model[0]", cell: 0, in: plan) == "7:9 flatten")
    #expect(place("model[1]", cell: 0, in: plan) == "7:20 dense")
    #expect(place("model[1].units", cell: 0, in: plan) == "7:36 256")
    #expect(place("model[0]", cell: 17, in: plan) == "9:7 conv2d")
    #expect(place("model.0.kernel_size", cell: 17, in: plan) == "9:44 3")
    #expect(place("model[3].units", cell: 17, in: plan) == "12:14 10")
    #expect(place("model[1].kernel_size", cell: 17, in: plan) == "10:19 2")
  }

  @Test func `a layer inside others is found by its key path`() throws {
    let model = """
      model:
        - residual: [relu, { dense: 16 }]
        - residual: { body: [{ dense: 8 }], shortcut: [{ dense: { units: 8 } }] }
        - branches:
            paths:
              left: [relu, { residual: [tanh] }]
              right: []
            combine: add
        - dense: 2
      """
    let plan = try planned(changed(small, [model]))
    #expect(place("model.0.body.1", cell: 0, in: plan) == "4:24 dense")
    #expect(place("model.0.body.1.units", cell: 0, in: plan) == "4:31 16")
    #expect(place("model.1.body.0", cell: 0, in: plan) == "5:26 dense")
    #expect(place("model.1.shortcut.0", cell: 0, in: plan) == "5:52 dense")
    #expect(place("model.2", cell: 0, in: plan) == "6:5 branches")
    #expect(place("model.2.paths.left.1", cell: 0, in: plan) == "8:24 residual")
    #expect(place("model.2.paths.left.1.body.0", cell: 0, in: plan) == "8:35 tanh")
    #expect(place("model.3", cell: 0, in: plan) == "11:5 dense")
  }

  @Test func `other keys are found too`() throws {
    let plan = try planned(designManifest)
    #expect(place("loss", cell: 0, in: plan) == "13:7 cross_entropy")
    #expect(place("optimizer.learning_rate", cell: 0, in: plan) == "14:41 \"${learning_rate}\"")
    #expect(place("data.dataset", cell: 0, in: plan) == "5:18 fashion_mnist")
    #expect(place("train.batch_size", cell: 0, in: plan) == "15:33 128")
  }

  @Test func `a path that goes too far ends at its deepest place`() throws {
    let plan = try planned(designManifest)
    #expect(place("model[3].bias.x", cell: 17, in: plan) == "12:14 10")
    #expect(place("model[9]", cell: 17, in: plan).hasPrefix("9:5"))
    #expect(place("nothing", cell: 0, in: plan).hasPrefix("1:1"))
  }

  @Test func `a model without names`() throws {
    let plan = try planned(small)
    #expect(place("model[0]", cell: 0, in: plan) == "3:11 dense")
    #expect(place("model[1]", cell: 0, in: plan) == "3:24 relu")
    #expect(place("model", cell: 0, in: plan).hasPrefix("3:8 ["))
  }

  @Test func `a diagnostic points there`() throws {
    let plan = try planned(small)
    let diagnostic = plan.diagnostic(
      "`dense` gives 2 outputs, the data has 3 classes",
      hints: ["write `dense: 3`"],
      at: ["model", 2],
      in: plan.cells[0]
    )
    #expect(
      diagnostic.rendered == """
        m.yaml:3:32: error: `dense` gives 2 outputs, the data has 3 classes
        model: [{ dense: 16 }, relu, { dense: 2 }]
                                       ^~~~~
        hint: write `dense: 3`
        """
    )
  }

  @Test func `an override is its own place`() throws {
    let plan = try planned(small, ["model.2.dense=7"])
    let found = plan.location(of: ["model", 2, "units"], in: plan.cells[0])
    #expect(found.location == SourceLocation(file: "command line", line: 1, column: 15))
  }
}
