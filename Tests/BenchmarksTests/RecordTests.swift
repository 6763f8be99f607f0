// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Benchmarks

@Suite struct RecordTests {
  private func record(_ name: String, _ seconds: [Double], work: Double) throws -> BenchmarkRecord {
    let workload = try #require(Workload.named(name).first)
    let outcome = Outcome(
      repetitions: seconds.map { Repetition(seconds: $0, wall: 2 * $0, others: -0.5) },
      operations: 1e9,
      work: work,
      firstLoss: 2.30258509,
      allocationsPerStep: 0
    )
    return BenchmarkRecord(workload, outcome, version: "1", threads: 1, peak: 100)
  }

  @Test func `a rate is work by time, its median counts, wall times stand beside`() throws {
    let found = try record("mlp", [0.1, 0.05, 0.2], work: 100)
    #expect(found.reps == [1000, 2000, 500])
    #expect(found.wall == [500, 1000, 250])
    #expect(found.value == 1000)
    #expect(found.gflops == 10)
    #expect(found.peakFraction == 0.1)
    #expect(found.lossFirst == 2.30259)
  }

  @Test func `of two repetitions rate and GFLOP/s are the same mean`() throws {
    let found = try record("gemm-256x256x256", [0.1, 0.05], work: 1)
    #expect(found.value == 15 && found.gflops == 15)
  }

  @Test func `a delay is in microseconds`() throws {
    let found = try record("infer-mlp-b1", [50e-6], work: 1)
    #expect(found.value == 50 && found.unit == "us")
  }

  @Test func `a line has every name, null for what does not apply`() throws {
    let line = try record("mlp", [0.1], work: 100).jsonLine
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    )
    #expect(
      object.keys.sorted() == [
        "allocations_per_step", "data", "framework", "gflops", "loss_first", "loss_last", "others",
        "peak_fraction", "peak_memory_bytes", "reps", "threads", "time", "unit", "value",
        "variant", "version", "wall", "workload",
      ]
    )
    #expect(object["loss_last"] is NSNull && object["framework"] as? String == "runexp")
    #expect(!line.contains("\n"))
  }

  @Test func `a number that is not finite is null`() throws {
    var found = try record("mlp", [0.1], work: 100)
    found.lossLast = .nan
    found.value = .infinity
    #expect(found.jsonLine.contains("\"loss_last\":null"))
    #expect(found.jsonLine.contains("\"value\":null"))
  }
}

@Suite struct MachineLimitTests {
  @Test(arguments: [1, 2]) func `every limit is a positive number`(threads: Int) {
    let limits = MachineLimit.measure(threads: threads, seconds: 0.001)
    let kinds = limits.map(\.kind)
    #expect(kinds == MachineLimit.Kind.allCases.filter { threads > 1 || $0 != .forkJoin })
    for limit in limits {
      #expect(limit.value.isFinite && limit.value > 0, "\(limit.kind)")
      #expect(limit.threads == threads && limit.samples.count == 5)
    }
  }
}

@Suite struct CPUBindingTests {
  @Test func `a list of CPUs is taken as it is`() {
    #expect(CPUBinding(environment: ["PEERS_CPUS": "3, 1"]).usable == [3, 1])
    #expect(CPUBinding(environment: ["PEERS_CPUS": ""]).usable.isEmpty)
  }

  @Test func `without a list they are those that may be used`() {
    let usable = CPUBinding(environment: [:]).usable
    #expect(!usable.isEmpty && usable == usable.sorted())
  }
}
