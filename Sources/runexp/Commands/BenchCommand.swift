// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Benchmarks
import Datasets
import Diagnostics
import Foundation
import Workbench

/// `bench`: how fast this machine could compute at most, and how fast the program does.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures this machine's limits, and how near training comes to them.",
    discussion: """
      Examples:
        runexp bench
        runexp bench --workload mlp,gemm --threads 1 --seconds 1

      Workloads: mlp, mlp-deep, lenet, cnn, keras-cnn-224, resnet, lstm-lm, gru-lm,
      rnn-lm, lstm-stack, lstm-cls, seq2seq, transformer and tiny train as a sweep
      does; infer-mlp and infer-cnn only predict; gemm and gemm-shapes multiply
      matrices. Nothing is stored.
      """
  )

  @Option(help: ArgumentHelp("Which ones, with commas between, or all.", valueName: "names"))
  var workload = "all"
  @Option(
    name: .shortAndLong,
    parsing: .unconditional,
    help: "Threads, each on a core of its own. Default: all cores."
  )
  var threads: Int?
  @Option(parsing: .unconditional, help: "Approximate seconds of one repetition.")
  var seconds = 3.0
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Repetitions; the median counts.", valueName: "count")
  ) var reps = 3
  @Flag(help: "One JSON object per line, limits first.") var json = false

  private var binding: CPUBinding {
    CPUBinding(environment: ProcessInfo.processInfo.environment)
  }

  func validate() throws {
    _ = try workloads()
    let cores = binding.usable.count
    if let threads, !(1...max(1, cores)).contains(threads) {
      throw ValidationError(
        "--threads takes 1 to \(cores), the cores this process may use; got \(threads)"
      )
    }
    if !(seconds > 0 && seconds <= 3600) {
      throw ValidationError("--seconds takes more than 0, at most 3600; got \(seconds)")
    }
    try OptionRange.check("--reps", reps)
  }

  func run() throws {
    let threads = threads ?? max(1, min(binding.usable.count, Machine.usableCores))
    if !binding.bind(count: threads) { Terminal.say("the threads are not bound to cores") }
    let benchmark = Benchmark(
      threads: threads,
      seconds: seconds,
      repetitions: reps,
      library: .standard,
      version: runexpVersion
    )
    var listing = BenchListing(threads: threads)
    var failures = 0
    benchmark.run(try workloads()) { event in
      switch event {
      case .begins(let name): Terminal.say("measuring \(name)")
      case .record(let record) where json: Terminal.print(data: record.jsonLine)
      case .record(let record): listing.records.append(record)
      case .failed(let name, let reason):
        failures += 1
        Terminal.say("error: \(name): \(reason)")
      }
    }
    if !json { for line in listing.lines { Terminal.print(line) } }
    if failures > 0 { throw Exit.unmet }
  }

  /// What was asked for, each once, in the order of documentation.
  private func workloads() throws -> [Workload] {
    let names = workload.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    if names.isEmpty { throw ValidationError("--workload names no workload") }
    for name in names where Workload.named(name).isEmpty {
      let nearest = nearestName(to: name, among: Workload.names)
      let known = "they are all, \(Workload.families.joined(separator: ", "))"
      throw ValidationError(
        "unknown workload `\(name)`\nhint: \(nearest.map { "did you mean `\($0)`?" } ?? known)"
      )
    }
    let wanted = Set(names.flatMap { Workload.named($0).map(\.name) })
    return Workload.all.filter { wanted.contains($0.name) }
  }
}
