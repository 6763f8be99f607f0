// SPDX-License-Identifier: Apache-2.0

import Experiments
import Storage
import Testing
import Vocabulary

/// What a report knows of earlier plans that held its cells: the looks that were taken, the candidates that were tried.
@Suite struct CellPlanTests {
  let fixture: StoreFixture
  var store: RunStore { fixture.store }

  init() throws { fixture = try StoreFixture() }

  private func plans(_ label: String) throws -> [Int: [CellPlan]] {
    try store.snapshot(ofSweep: label).plans
  }

  @Test func `every plan that held a cell is known, with its seeds, oldest first`() throws {
    try store.plan(plan(repeats: 3))
    try store.plan(plan(repeats: 5))
    try store.plan(plan("other", rates: [0.01, 0.5], repeats: 8))
    let other = try plans("other")
    #expect(other[0]?.map(\.sweep) == ["rates@1", "rates@2", "other@1"])
    #expect(other[0]?.map(\.seeds) == [3, 5, 8])
    #expect(other[1]?.map(\.sweep) == ["other@1"])
    // An older report knows nothing of what came after.
    #expect(try plans("rates@1")[0]?.map(\.sweep) == ["rates@1"])
    #expect(
      try store.cellPlans(ofSweep: "rates@1")[1]?.map(\.sweep) == ["rates@1", "rates@2", "other@1"]
    )
  }

  @Test func `other seeds and a newer numeric version are the same cell, other data are not`()
    throws
  {
    try store.plan(plan(repeats: 3))
    try store.plan(plan("later", repeats: 3, numericVersion: 2) { $0.experiment.seed = 100 })
    #expect(try plans("later")[0]?.map(\.sweep) == ["rates@1", "later@1"])
    try store.plan(plan("elsewhere", data: "d2"))
    #expect(try plans("elsewhere")[0]?.map(\.sweep) == ["elsewhere@1"])
  }

  @Test func `data whose seed follows the run's are the same cell, too`() throws {
    func following(_ name: String, seed: Int, data: Int? = nil) -> SweepPlan {
      plan(name, repeats: 3) { plan in
        plan.experiment.seed = seed
        for index in plan.cells.indices {
          plan.cells[index].cell.specification.data.followsRunSeed = data == nil
          plan.cells[index].cell.specification.data.seed = data ?? 0
        }
      }
    }
    try store.plan(following("first", seed: 0))
    try store.plan(following("second", seed: 50))
    #expect(try plans("second")[0]?.map(\.sweep) == ["first@1", "second@1"])
    try store.plan(following("third", seed: 0, data: 7))
    try store.plan(following("fourth", seed: 0, data: 8))
    #expect(try plans("fourth")[0]?.map(\.sweep) == ["fourth@1"])
  }

  @Test func `an import under another name is no fresh comparison`() throws {
    func importing(_ name: String, seeds: Int, shift: Double = 0) throws {
      let runs = (0..<seeds).map { seed in
        ImportedRun(
          parameters: ["model": .text("a")],
          seed: seed,
          points: [
            MetricPoint(
              name: "test.accuracy",
              step: 1,
              epoch: 1,
              value: 0.5 + Double(seed) / 100 + shift
            )
          ]
        )
      }
      try store.importRuns(
        runs,
        of: experiment(name),
        source: "\(name) \(seeds) \(shift)",
        version: "0"
      )
    }
    try importing("first", seeds: 3)
    try importing("second", seeds: 5)
    try importing("second", seeds: 8)
    // Other numbers, under a name of their own.
    try importing("other", seeds: 3, shift: 0.1)
    #expect(try plans("second")[0]?.map(\.sweep) == ["first@1", "second@1", "second@2"])
    #expect(try plans("second")[0]?.map(\.seeds) == [3, 5, 8])
    #expect(try plans("other")[0]?.map(\.sweep) == ["other@1"])
    // A name keeps its looks when its numbers are measured anew.
    try importing("second", seeds: 8, shift: 0.2)
    #expect(try plans("second")[0]?.map(\.seeds) == [3, 5, 8, 8])
  }

  @Test func `one look and confirmations are known`() throws {
    try store.plan(plan { $0.experiment.report.looks = 1 })
    try store.plan(
      plan("rates-confirm") {
        $0.experiment.confirmation = Confirmation(sweep: "rates@1", candidates: 2)
        $0.experiment.seed = 2
      }
    )
    let found = try #require(plans("rates-confirm")[0])
    #expect(found.map(\.isSingleLook) == [true, false])
    #expect(found.map(\.isConfirmation) == [false, true])
  }

  @Test func `candidates of a row are counted over all plans of the name`() throws {
    func tuned(_ rates: [Double]) -> SweepPlan {
      plan(rates: rates) { plan in
        plan.experiment.tune = ["learning_rate"]
        for index in plan.cells.indices {
          plan.cells[index].cell.assignment["model"] = .text("mlp")
        }
      }
    }
    try store.plan(tuned([0.1, 0.01]))
    #expect(try store.snapshot(ofSweep: "rates").tried == [0: 2, 1: 2])
    try store.plan(tuned([0.1, 0.03]))
    #expect(try store.snapshot(ofSweep: "rates").tried == [0: 3, 1: 3])
    #expect(try store.snapshot(ofSweep: "rates@1").tried == [0: 2, 1: 2])
    try store.plan(plan("untuned"))
    #expect(try store.snapshot(ofSweep: "untuned").tried == [0: 1, 1: 1])
  }
}
