// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Testing
import Vocabulary

@testable import Manifests

@Suite struct OverrideTests {
  private func values(_ name: String, _ override: String) throws -> [ParameterValue] {
    let plan = try planned(designManifest.replacing("repeat: 5", with: "repeat: 3"), [override])
    return try #require(plan.experiment.parameters.first { $0.name == name }).values
  }

  @Test(arguments: [
    ("learning_rate=0.1", [0.1]), ("learning_rate=0.1,0.01", [0.1, 0.01]),
    ("learning_rate=[0.1, 0.01]", [0.1, 0.01]), ("learning_rate=choice(0.1, 0.01)", [0.1, 0.01]),
    ("learning_rate=range(0,3)", [0, 1, 2]), ("learning_rate=range(3)", [0, 1, 2]),
    ("learning_rate=range(0.1,0.4,0.1)", [0.1, 0.2, 0.3]),
    ("learning_rate=range(3,0,-1)", [3, 2, 1]),
    ("learning_rate={min: 0.1, max: 0.3, points: 3}", [0.1, 0.2, 0.3]),
  ])
  func `a parameter's name replaces its axis`(override: String, expected: [Double]) throws {
    #expect(try values("learning_rate", override).compactMap(\.number) == expected)
  }

  @Test func `words replace an axis too`() throws {
    #expect(try values("activation", "activation=relu, 'tanh'") == [.text("relu"), .text("tanh")])
    #expect(try values("model", "model=cnn") == [.text("cnn")])
  }

  @Test func `an implied model can be chosen`() throws {
    let text = changed(small, ["-model", "models: { a: [{ dense: 2 }], b: [{ dense: 3 }] }"])
    #expect(try planned(text, ["model=b"]).cells.map(\.assignment) == [["model": .text("b")]])
  }

  @Test func `a replaced axis keeps its condition`() throws {
    let text = changed(
      small,
      [
        "-model", "models: { a: [{ dense: \"${units}\" }], b: [{ dense: 2 }] }",
        "parameters: { units: { values: [4], when: { model: a } } }",
      ]
    )
    #expect(try planned(text, ["units=8,16"]).cells.count == 3)
    #expect(try planned(text, ["units={min: 8, max: 16, points: 2}"]).cells.count == 3)
  }

  /// Conditions and expectations that speak of every value of a parameter.
  private static let conditional = changed(
    small,
    [
      "-model", "models: { a: [{ dense: \"${units}\" }], b: [{ dense: \"${size}\" }] }",
      """
      parameters:
        model: [a, b]
        units: { values: [4, 8], when: { model: a } }
        size: { values: [2, 6], when: { model: b } }
      exclude: [{ model: b, size: 6 }]
      repeat: 3
      expect:
        - { where: { model: a, units: 4 }, metric: test.accuracy, at_least: 0.5, source: x }
        - { where: { model: b, size: 2 }, metric: test.accuracy, at_least: 0.5, source: x }
      """,
    ]
  )

  @Test(arguments: [
    (["model=b"], 1, ["size"]), (["model=a"], 2, ["units"]),
    (["model=a", "units=4"], 1, ["units"]),
    (["model=a", "units=5"], 1, []), (["units=8"], 2, ["size"]), (["size=3"], 3, ["units"]),
  ])
  func `what a manifest says of values that are left out is no mistake`(
    overrides: [String],
    cells: Int,
    judged: [String]
  ) throws {
    #expect(try planned(Self.conditional).experiment.expectations.count == 2)
    let plan = try planned(Self.conditional, overrides)
    #expect(plan.cells.count == cells)
    let names = plan.experiment.expectations.flatMap { $0.selection.keys.filter { $0 != "model" } }
    #expect(names == judged)
    let warnings = plan.warnings.map(\.message)
    #expect(
      warnings
        == [String](
          repeating: "`expect` is not judged here: the command line leaves its cell out",
          count: 2 - judged.count
        )
    )
  }

  @Test func `a mistyped value is the only mistake`() {
    let text = complaints(Self.conditional, ["model=c"])
    #expect(text.contains("unknown model `c`"))
    #expect(text.split(separator: "error:").count == 2, "\(text)")
    let wrong = Self.conditional.replacing("{ model: b, size: 6 }", with: "{ model: b, size: 7 }")
    let other = complaints(wrong, ["model=b"])
    #expect(other.contains("parameter `size` never has the value `7`"), "\(other)")
  }

  @Test func `a dotted path sets a key`() throws {
    let plan = try planned(
      small,
      [
        "train.epochs=3", "data.train_limit=50", "repeat=4", "tags=[a, b]", "title='x = y'",
        "model.0.dense.units=5", "model.2.dense=7", "init.weights.normal.sd=0.5",
        "optimizer={name: adam, learning_rate: 0.2}", "log.every_steps=9",
      ]
    )
    let specification = plan.cells[0].specification
    #expect(specification.train.epochs == 3)
    #expect(specification.train.batchSize == 32)
    #expect(specification.train.logEverySteps == 9)
    #expect(specification.data.trainLimit == 50)
    #expect(specification.model.parts[0].layers[0]["units"] == .integer(5))
    #expect(specification.model.parts[0].layers[2]["units"] == .integer(7))
    #expect(specification.optimizer.name == "adam")
    #expect(specification.initialization.weights == Component("normal", ["sd": .real(0.5)]))
    #expect(plan.experiment.repeats == 4)
    #expect(plan.experiment.tags == ["a", "b"])
    #expect(plan.experiment.title == "x = y")
    #expect(plan.overrides.count == 10)
    #expect(plan.manifestText == small)
  }

  @Test func `an argument can be set beside a layer's short form`() throws {
    let plan = try planned(small, ["model.0.dense.activation=tanh"])
    #expect(plan.cells[0].specification.model.parts[0].layers[0]["units"] == .integer(16))
    #expect(
      plan.cells[0].specification.model.parts[0].layers[0]["activation"]
        == .component(Component("tanh"))
    )
  }

  @Test func `a mistake is placed in its own override`() {
    #expect(
      complaints(small, ["repeat=2", "data={dataset: spirals, clases: 3}"]) == """
        command line:2:25: error: unknown key `clases` in `data`
        data={dataset: spirals, clases: 3}
                                ^~~~~~
        hint: did you mean `classes`?
        """
    )
  }

  @Test func `mistakes of text and overrides are told together`() {
    let said = complaints(changed(small, ["repeat: 0"]), ["train.epochs=none"])
    #expect(said.contains("m.yaml:7:9: error: `repeat`"))
    #expect(said.contains("command line:1:14: error: `train.epochs`"))
  }
}
