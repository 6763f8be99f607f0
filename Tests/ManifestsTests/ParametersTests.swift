// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Testing
import Vocabulary

@testable import Manifests

@Suite struct ParametersTests {
  private let axes = ["model: [{ dense: \"${a}\" }, { dense: \"${b}\" }]"]

  private func assignments(_ changes: [String]) throws -> [String] {
    try planned(changed(small, changes)).cells.map { cell in
      cell.assignment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        .joined(separator: " ")
    }
  }

  @Test func `the first parameter changes slowest`() throws {
    #expect(
      try assignments(axes + ["parameters: { b: [1, 2], a: [3, 4] }"])
        == ["a=3 b=1", "a=4 b=1", "a=3 b=2", "a=4 b=2"]
    )
  }

  @Test func `zipped parameters advance together`() throws {
    #expect(
      try assignments(axes + ["parameters: { a: [1, 2], b: [3, 4] }", "zip: [[a, b]]"])
        == ["a=1 b=3", "a=2 b=4"]
    )
  }

  @Test func `a zip leaves other parameters free`() throws {
    let text = [
      "model: [{ dense: \"${a}\" }, { dense: \"${b}\" }, { dense: \"${c}\" }]",
      "parameters: { c: [5, 6], b: [3, 4], a: [1, 2] }", "zip: [[a, b]]",
    ]
    #expect(
      try assignments(text) == ["a=1 b=3 c=5", "a=2 b=4 c=5", "a=1 b=3 c=6", "a=2 b=4 c=6"]
    )
  }

  @Test func `excluded combinations are left out`() throws {
    let text = axes + ["parameters: { a: [1, 2, 3], b: [4, 5] }", "exclude: [{ a: [1, 2], b: 5 }]"]
    #expect(try assignments(text) == ["a=1 b=4", "a=2 b=4", "a=3 b=4", "a=3 b=5"])
  }

  @Test func `a parameter exists only where its condition holds`() throws {
    let text = [
      """
      models:
        plain: [{ dense: 2 }]
        deep: [{ dense: "${units}" }, { dense: 2 }]
      parameters:
        units: { values: [8, 16], when: { model: deep } }
      """, "-model",
    ]
    #expect(
      try assignments(text) == ["model=plain", "model=deep units=8", "model=deep units=16"]
    )
  }

  @Test func `models without a model are compared in their order`() throws {
    let plan = try planned(
      changed(small, ["models: { b: [{ dense: 2 }], a: [{ dense: 3 }] }", "-model"])
    )
    #expect(plan.cells.map(\.assignment) == [["model": .text("b")], ["model": .text("a")]])
    #expect(plan.experiment.parameters.map(\.name) == ["model"])
    #expect(plan.openParameters == ["model"])
  }

  @Test func `optimizers without an optimizer are compared in their order`() throws {
    let plan = try planned(
      changed(
        small,
        [
          "-optimizer",
          """
          optimizers:
            momentum: { name: sgd, learning_rate: "${rate}", momentum: 0.9 }
            adam: { name: adam, learning_rate: 0.001 }
          """, "parameters: { rate: { values: [0.1, 0.2], when: { optimizer: momentum } } }",
        ]
      )
    )
    #expect(plan.cells.map { $0.specification.optimizer.name } == ["sgd", "sgd", "adam"])
    #expect(
      plan.cells.map { $0.specification.optimizer["learning_rate"] } == [
        .real(0.1), .real(0.2), .real(0.001),
      ]
    )
    #expect(plan.cells[0].specification.optimizer["momentum"] == .real(0.9))
    #expect(plan.experiment.parameters.map(\.name) == ["optimizer", "rate"])
  }

  @Test func `an override names one of the optimizers`() throws {
    let text = changed(
      small,
      [
        "-optimizer",
        "optimizers: { a: { name: sgd, learning_rate: 1 }, b: { name: adam, learning_rate: 1 } }",
      ]
    )
    let plan = try planned(text, ["optimizer=b"])
    #expect(plan.cells.map { $0.specification.optimizer.name } == ["adam"])
    let named = try planned(changed(text, ["optimizer: a"]))
    #expect(named.cells.map { $0.specification.optimizer.name } == ["sgd"])
    #expect(named.experiment.parameters.isEmpty)
  }

  @Test func `models may be numbers`() throws {
    let plan = try planned(
      changed(
        small,
        [
          "models: { 1: [{ dense: 2 }], 2: [{ dense: 3 }] }", "parameters: { model: [2] }",
          "-model",
        ]
      )
    )
    #expect(plan.cells.map { $0.specification.model.parts[0].layers[0]["units"] } == [.integer(3)])
  }

  @Test func `a swept seed is seed and repeat`() throws {
    let plan = try planned(changed(small, ["parameters: { seed: [3, 4, 5] }"]))
    #expect(plan.seeds == 3..<6)
    #expect(plan.cells.count == 1)
    #expect(plan.experiment.parameters.isEmpty)
  }

  @Test func `a split may follow the run's seed`() throws {
    let data = "data: { dataset: spirals, validation: 0.1, seed: \"${seed}\" }"
    let plan = try planned(changed(small, [data, "repeat: 2"]))
    #expect(plan.cells[0].specification.data.followsRunSeed)
  }

  @Test func `a parameter takes the type of the key that receives it`() throws {
    let text = [
      "model: [{ \"${kind}\": \"${units}\" }]",
      "parameters: { units: [8], kind: [dense] }",
    ]
    #expect(complaints(changed(small, text)).contains("unknown layer `${kind}`"))
    let plan = try planned(
      changed(
        small,
        [
          "model: [{ dense: { units: \"${units}\", bias: \"${bias}\" } }, \"${last}\"]",
          "parameters: { units: [\"8\"], bias: [false], last: [relu] }",
        ]
      )
    )
    let model = plan.cells[0].specification.model.parts[0].layers
    #expect(model[0]["units"] == .integer(8))
    #expect(model[0]["bias"] == .boolean(false))
    #expect(model[1] == Component("relu"))
    #expect(plan.cells[0].assignment["units"] == .text("8"))
  }

  @Test func `a parameter inside longer text makes text`() throws {
    let plan = try planned(
      changed(
        small,
        [
          "-model", "model: \"net-${size}\"",
          "models: { net-1: [{ dense: 2 }], net-2: [{ dense: 3 }] }",
          "parameters: { size: [1, 2] }",
        ]
      )
    )
    #expect(
      plan.cells.map { $0.specification.model.parts[0].layers[0]["units"] } == [
        .integer(2), .integer(3),
      ]
    )
  }

  @Test func `none is a value of a parameter`() throws {
    let plan = try planned(
      changed(
        small,
        [
          "train: { epochs: 2, batch_size: 32, clip_norm: \"${clip}\" }",
          "parameters: { clip: [none, 1] }",
        ]
      )
    )
    #expect(plan.cells.map(\.specification.train.clipNorm) == [nil, 1])
  }

  @Test(arguments: [
    ("{ min: 1e-4, max: 1e-1, scale: log, points: 4 }", "0.0001 0.001 0.01 0.1"),
    ("{ min: 1e-4, max: 1e-2, scale: log, points: 2 }", "0.0001 0.01"),
    ("{ min: 0.001, max: 0.1, scale: log, points: 4 }", "0.001 0.00464159 0.0215443 0.1"),
    ("{ min: 0, max: 1, points: 3 }", "0 0.5 1"),
    ("{ min: 1, max: 2, points: 4 }", "1 1.33333 1.66667 2"),
    ("{ min: 0.1, max: 0.3, points: 3 }", "0.1 0.2 0.3"), ("{ value: 0.5 }", "0.5"),
  ])
  func `points include the ends and have six digits`(axis: String, values: String) throws {
    let plan = try planned(
      changed(
        small,
        [
          "optimizer: { name: sgd, learning_rate: \"${rate}\" }", "parameters: { rate: \(axis) }",
        ]
      )
    )
    let printed = plan.experiment.parameters[0].values.map(\.description)
    #expect(printed.joined(separator: " ") == values)
    #expect(plan.experiment.parameters[0].isLogarithmic == axis.contains("log"))
  }

  @Test func `many cells are planned in reasonable time`() throws {
    let values = (1...20).map(String.init).joined(separator: ", ")
    let plan = try planned(
      changed(small, axes + ["parameters: { a: [\(values)], b: [\(values)] }"])
    )
    #expect(plan.cells.count == 400)
    #expect(plan.cells.last?.index == 399)
  }

  @Test func `too many cells are refused`() {
    let values = (1...400).map(String.init).joined(separator: ", ")
    let text = changed(small, axes + ["parameters: { a: [\(values)], b: [\(values)] }"])
    #expect(complaints(text).contains("error: the parameters make more than 100000 cells"))
  }
}
