// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Testing

@testable import Manifests

@Suite struct WarningTests {
  private func warnings(_ changes: String...) throws -> String {
    try planned(changed(small, changes)).warnings.map(\.rendered).joined(separator: "\n")
  }

  @Test func `too few seeds for an expectation`() throws {
    #expect(
      try warnings("expect: [{ at_least: 0.5 }]") == """
        m.yaml:7:10: warning: with 1 seed this can only be undecided
        expect: [{ at_least: 0.5 }]
                 ^~~~~~~~~~~~~~~~~
        hint: `repeat: 3` is the least, `repeat: 5` allows "reproduced"
        """
    )
    #expect(try warnings("expect: [{ at_least: 0.5 }]", "repeat: 3").isEmpty)
    #expect(try warnings("expect: [{ equals: 0.5 }]").isEmpty)
  }

  @Test func `choosing on the test part`() throws {
    #expect(
      try warnings("metric: test.accuracy") == """
        m.yaml:7:9: warning: `metric` chooses on the test part by `test.accuracy`: its numbers become optimistic
        metric: test.accuracy
                ^~~~~~~~~~~~~
        hint: hold out `data.validation` and choose by a `val.*` metric
        """
    )
  }

  @Test func `tuning on the training loss`() throws {
    #expect(
      try warnings(
        "optimizer: { name: sgd, learning_rate: \"${rate}\" }",
        "parameters: { rate: [0.1, 0.2] }",
        "tune: [rate]"
      ) == """
        m.yaml:8:7: warning: `tune` chooses by `train.loss`: nothing is held out
        tune: [rate]
              ^~~~~~
        hint: hold out `data.validation` and choose by a `val.*` metric
        """
    )
  }

  @Test func `cells that train the same`() throws {
    #expect(
      try warnings(
        "-model",
        "models: { a: [{ dense: \"${units}\" }], b: [{ dense: 3 }] }",
        "parameters: { units: [2, 4, 8] }"
      ) == """
        m.yaml:7:13: warning: 2 cells train the same as another one: `units` changes nothing there
        parameters: { units: [2, 4, 8] }
                    ^~~~~~~~~~~~~~~~~~~~
        hint: add `when: { … }` to a parameter that only some models use
        """
    )
  }

  @Test func `an exclusion that matches nothing`() throws {
    #expect(
      try warnings(
        "-model",
        "models: { a: [{ dense: \"${units}\" }], b: [{ dense: 3 }] }",
        "parameters: { units: { values: [2, 4], when: { model: a } } }",
        "exclude: [{ model: a, units: 4 }, { model: b, units: 2 }]"
      ) == """
        m.yaml:8:35: warning: this `exclude` matches no combination
        exclude: [{ model: a, units: 4 }, { model: b, units: 2 }]
                                          ^~~~~~~~~~~~~~~~~~~~~~
        """
    )
  }

  @Test func `fewer different draws than asked for`() throws {
    #expect(
      try warnings(
        "loss: \"${loss}\"",
        "method: random",
        "run_cap: 5",
        "parameters: { loss: [cross_entropy, mse] }"
      ) == """
        m.yaml:8:10: warning: only 2 different cells could be drawn of the 5 of `run_cap`
        run_cap: 5
                 ^
        """
    )
  }
}
