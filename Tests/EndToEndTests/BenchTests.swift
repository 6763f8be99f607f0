// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Workbench
@testable import runexp

/// What `bench` prints; how fast this machine is, no test asks.
@Suite(.inTurns) struct BenchTests {
  private func objects(_ output: String) throws -> [[String: Any]] {
    try output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  private func bench(_ names: String, threads: Int) async throws -> [[String: Any]] {
    let finished = try await Sandbox().run(
      "bench",
      "--json",
      "--workload",
      names,
      "--threads",
      "\(threads)",
      "--seconds",
      "0.02",
      "--reps",
      "1"
    ).expectExit(0)
    return try objects(finished.output)
  }

  @Test func `json has the limits first, then each workload with its fields`() async throws {
    let found = try await bench("tiny,infer-mlp,gemm-256x256x256", threads: 1)
    #expect(
      found.map { $0["workload"] as? String } == [
        "limit-fma", "limit-triad-dram", "limit-read-dram", "tiny", "infer-mlp-b1",
        "infer-mlp-b256", "gemm-256x256x256",
      ]
    )
    for object in found {
      #expect(object["threads"] as? Int == 1 && object["version"] as? String == runexpVersion)
      #expect((object["value"] as? Double ?? 0) > 0)
      #expect((object["reps"] as? [Double])?.isEmpty == false)
    }
    for object in found.dropFirst(3) {
      #expect(object["framework"] as? String == "runexp" && object["variant"] as? String == "")
      #expect((object["gflops"] as? Double ?? 0) > 0)
      #expect((object["peak_fraction"] as? Double ?? 0) > 0)
    }
    let tiny = found[3]
    #expect(tiny["unit"] as? String == "steps/s" && tiny["data"] as? String == "synthetic")
    let (first, last) = (tiny["loss_first"] as? Double, tiny["loss_last"] as? Double)
    #expect(try #require(last) < (try #require(first)))
  }

  #if os(Linux)
    @Test(arguments: [1, 2])
    func `a steady training step takes nothing from the heap`(threads: Int) async throws {
      // On a machine with one core there is only the first half to see.
      if threads > Machine.usableCores { return }
      let names = "mlp,mlp-deep,lenet,cnn,lstm-lm,gru-lm,rnn-lm,lstm-cls,tiny,infer-mlp,infer-cnn"
      for object in try await bench(names, threads: threads) {
        guard let name = object["workload"] as? String, !name.hasPrefix("limit") else { continue }
        #expect(object["allocations_per_step"] as? Double == 0, "\(name)")
      }
    }
  #endif

  @Test func `people get the machine, its limits and a line for each workload`() async throws {
    let finished = try await Sandbox().run(
      "bench",
      "--workload",
      "tiny",
      "--threads",
      "1",
      "--seconds",
      "0.02",
      "--reps",
      "1"
    ).expectExit(0).expectTalk("measuring tiny")
    let lines = finished.output.split(separator: "\n").map(String.init)
    #expect(lines[0].contains("kernels built for") && lines[0].hasSuffix("1 thread"))
    #expect(lines[1].hasPrefix("limit ") && lines[2].hasPrefix("limit-fma "))
    #expect(lines.contains { $0.hasPrefix("workload ") && $0.contains("allocations/step") })
    #expect(lines.last?.hasPrefix("tiny ") == true)
  }

  @Test func `an unknown workload gets its neighbour's name`() async throws {
    try await Sandbox().run("bench", "--workload", "mlp,lenett").expectExit(64)
      .expectTalk("unknown workload `lenett`\nhint: did you mean `lenet`?")
    try await Sandbox().run("bench", "--workload", "x").expectExit(64)
      .expectTalk("hint: they are all, mlp, mlp-deep,")
  }

  @Test func `more threads than cores are refused`() async throws {
    try await Sandbox().run("bench", "--threads", "5000").expectExit(64)
      .expectTalk("the cores this process may use; got 5000")
    try await Sandbox().run("bench", "--threads", "0").expectExit(64)
    try await Sandbox().run("bench", "--seconds", "0").expectExit(64)
    try await Sandbox().run("bench", "--reps", "0").expectExit(64)
  }
}
