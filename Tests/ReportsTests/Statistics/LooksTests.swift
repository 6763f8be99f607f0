// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

struct LooksTests {
  private func looks(_ schedule: LookSchedule, _ count: Int) -> [Look] {
    var looks = [schedule.first]
    while looks.count < count, let last = looks.last, let next = schedule.next(after: last) {
      looks.append(next)
    }
    return looks
  }

  @Test func `looks grow by 1.6 and share 5 percent for ever`() {
    let found = looks(LookSchedule(firstPlanned: 1), 20)
    #expect(found.prefix(7).map(\.seeds) == [3, 5, 8, 13, 21, 34, 55])
    #expect(found[0].level == 0.03 && found[1].level == 0.01)
    #expect(abs(found[2].level - 0.02 / 6) < 1e-15)
    let spent = found.map(\.level).reduce(0, +)
    #expect(spent < 0.05 && abs(spent - (0.05 - 0.02 / 20)) < 1e-12)
    #expect(looks(LookSchedule(firstPlanned: 10), 3).map(\.seeds) == [10, 16, 26])
  }

  @Test func `the latest look is the last that the seeds complete`() {
    let schedule = LookSchedule(firstPlanned: 3)
    #expect(schedule.latest(seeds: 2) == nil)
    #expect(schedule.latest(seeds: 4)?.number == 1)
    #expect(schedule.latest(seeds: 12)?.seeds == 8)
    #expect(schedule.upcoming(seeds: 2)?.seeds == 3)
    #expect(schedule.upcoming(seeds: 12)?.seeds == 13)
    let single = LookSchedule(firstPlanned: 5, isSingle: true)
    #expect(single.latest(seeds: 100) == Look(number: 1, seeds: 5, level: 0.05))
    #expect(single.upcoming(seeds: 5) == nil)
    #expect(LookSchedule.closed.latest(seeds: 1000) == nil)
    #expect(LookSchedule.closed.upcoming(seeds: 3) == nil)
  }

  private func plan(_ order: Int, _ seeds: Int, confirms: Bool = false, once: Bool = false)
    -> CellPlan
  {
    CellPlan(
      sweep: "s@\(order)",
      order: order,
      seeds: seeds,
      isSingleLook: once,
      isConfirmation: confirms
    )
  }

  @Test func `the first plan that holds both decides`() {
    let a = [plan(1, 3), plan(2, 5), plan(3, 8)]
    #expect(LookSchedule(a, [plan(2, 5), plan(3, 8)]).firstCount == 5)
    #expect(LookSchedule(a, a).firstCount == 3)
    #expect(LookSchedule([plan(1, 10)], [plan(4, 7)]).firstCount == 7)
    #expect(LookSchedule([plan(1, 2, once: true)], [plan(1, 2)]).isSingle)
    #expect(!LookSchedule(a, a + [plan(4, 8, once: true)]).isSingle)
  }

  @Test func `a confirmation is a fresh comparison with one look, and the next one adds none`() {
    let a = [plan(1, 3), plan(2, 5, confirms: true), plan(3, 5, confirms: true)]
    let first = LookSchedule(a, a, confirming: 2)
    #expect(first.firstCount == 5 && first.isSingle)
    #expect(LookSchedule(a, a, confirming: 3) == .closed)
    #expect(LookSchedule(a, a).firstCount == 3)
  }
}
