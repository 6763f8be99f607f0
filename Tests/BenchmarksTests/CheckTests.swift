// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Testing
import Vocabulary

@testable import Benchmarks

/// Wrong results are not timed.
@Suite struct CheckTests {
  private let timing = Timing(seconds: 0.001, repetitions: 1, countsCPUTime: false)

  @Test func `a training whose loss does not fall is refused`() throws {
    let workload = try #require(Workload.named("tiny").first)
    guard case .training(var specification, let data, let steps) = workload.work else { return }
    specification.optimizer.arguments["learning_rate"] = .real(0)
    let empty = DatasetLibrary(DataLocations(searched: [], decoded: nil))
    let benchmark = TrainingBenchmark(
      specification: specification,
      data: try data.load(empty),
      checkedSteps: steps,
      unit: workload.unit,
      threads: 1,
      timing: timing
    )
    let error = #expect(throws: BenchmarkError.self) { try benchmark.run() }
    #expect(error?.description.hasPrefix("small steps on one batch did not lower its loss") == true)
  }

  @Test(arguments: [(0, 0), (3, 4), (8, 7)])
  func `a product with a wrong element is refused`(row: Int, column: Int) throws {
    let shape = ProductShape(m: 9, k: 5, n: 8)
    let benchmark = ProductBenchmark(shape: shape, threads: 1, timing: timing)
    let a = [Float](repeating: 1, count: 45)
    let b = [Float](repeating: 2, count: 40)
    var c = [Float](repeating: 10, count: 72)
    try benchmark.check(a, b, c)
    c[row * 8 + column] = 10.001
    #expect(throws: BenchmarkError.self) { try benchmark.check(a, b, c) }
  }
}
