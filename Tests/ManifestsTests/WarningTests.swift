// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Foundation
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

  @Test func `a state that is carried into batches that do not continue it`() throws {
    func told(_ data: String, _ train: String, carries: Bool = true) throws -> String {
      try warnings(
        "data: \(data)",
        "model: [{ lstm: { hidden_size: 4, carry_state: \(carries) } }, { dense: 28 }]",
        "train: { epochs: 1, batch_size: 4\(train) }"
      )
    }
    #expect(
      try told("{ dataset: time_machine }", "") == """
        m.yaml:3:48: warning: `carry_state` starts a batch from the state of the one before, but shuffled batches do not continue each other
        model: [{ lstm: { hidden_size: 4, carry_state: true } }, { dense: 28 }]
                                                       ^~~~
        hint: `partition: sequential` in `data` makes each row go on in the next batch
        """
    )
    #expect(try told("{ dataset: time_machine, partition: sequential }", "").isEmpty)
    #expect(try told("{ dataset: time_machine }", ", shuffle: false").isEmpty)
    #expect(try told("{ dataset: time_machine }", "", carries: false).isEmpty)
  }

  @Test func `choosing on the test part`() throws {
    #expect(
      try warnings("metric: test.accuracy") == """
        m.yaml:7:9: warning: `metric` chooses on the test part by `test.accuracy`: its numbers become too good
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

  // MARK: - Both directions

  private let trap = """
    warning: `last_step` takes the backward half of a bidirectional layer where it has read one step only
    """
  private let both = "{ hidden_size: 4, bidirectional: true }"

  @Test func `last_step behind a bidirectional layer, at its line`() throws {
    #expect(
      try warnings("model: [{ gru: \(both) }, last_step, { dense: 2 }]") == """
        m.yaml:3:59: \(trap)
        model: [{ gru: { hidden_size: 4, bidirectional: true } }, last_step, { dense: 2 }]
                                                                  ^~~~~~~~~
        hint: put `final_state` right behind the bidirectional layer: it takes each half where it has read the whole sequence
        """
    )
  }

  @Test(arguments: [
    "{ dropout: 0.1 }, tanh", "layer_norm, { batch_norm: {} }", "{ dense: 8 }",
    "{ residual: { body: [{ dense: 8 }] } }", "{ branches: { paths: { a: [], b: [relu] } } }",
  ])
  func `last_step behind layers that keep the steps of a bidirectional one`(
    between: String
  ) throws {
    let found = try warnings("model: [{ lstm: \(both) }, \(between), last_step, { dense: 2 }]")
    #expect(found.contains(trap))
    let mended = "model: [{ lstm: \(both) }, final_state, \(between), { dense: 2 }]"
    #expect(try warnings(mended).isEmpty)
  }

  @Test func `last_step inside of branches and of named models behind a bidirectional layer`()
    throws
  {
    let inside = try warnings(
      "model: [{ rnn: \(both) }, { branches: { paths: { a: [last_step], b: [final_state] } } }, { dense: 2 }]"
    )
    #expect(inside.hasPrefix("m.yaml:3:86: \(trap)"))
    let named = try warnings(
      "-model",
      "models:\n  a: [{ rnn: 4 }, last_step, { dense: 2 }]\n  b: [{ rnn: \(both) }, last_step, { dense: 2 }]"
    )
    #expect(named.components(separatedBy: trap).count == 2)
    #expect(named.hasPrefix("m.yaml:8:"))
  }

  @Test(arguments: [
    "{ gru: 4 }, last_step",
    "{ gru: { hidden_size: 4, bidirectional: true } }, { rnn: 3 }, last_step",
    "{ gru: { hidden_size: 4, bidirectional: true } }, flatten",
    "last_step",
  ])
  func `no trap where the last step has read the whole sequence`(
    layers: String
  ) throws {
    #expect(try warnings("model: [\(layers), { dense: 2 }]").isEmpty)
  }
}
