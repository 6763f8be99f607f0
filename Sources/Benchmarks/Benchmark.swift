// SPDX-License-Identifier: Apache-2.0

public import Datasets
import Diagnostics

/// Measures this machine's limits, then workloads by the code that sweeps run.
public struct Benchmark {
  /// What came of it, as it comes.
  public enum Event: Sendable {
    /// Something is about to be measured, by its name.
    case begins(String)
    /// A number.
    case record(BenchmarkRecord)
    /// A workload gave wrong results, or could not run: its name and one sentence.
    case failed(String, reason: String)
  }

  /// Threads of every workload.
  public var threads: Int
  /// Seconds of one repetition, about; a third of it for matrix products.
  public var seconds: Double
  /// Repetitions.
  public var repetitions: Int
  /// Where data are looked for.
  public var library: DatasetLibrary
  /// The program's version, for the records.
  public var version: String

  /// A benchmark; the caller has bound its thread to the cores to be used.
  public init(
    threads: Int,
    seconds: Double,
    repetitions: Int,
    library: DatasetLibrary,
    version: String
  ) {
    self.threads = threads
    self.seconds = seconds
    self.repetitions = repetitions
    self.library = library
    self.version = version
  }

  /// Measures the limits of one thread and of all, then each workload; a failed one does not end the others.
  public func run(_ workloads: [Workload], tell: (Event) -> Void) {
    let peak = limits(tell)
    var cache: (kind: BenchmarkData, data: LoadedData)?
    for workload in workloads {
      tell(.begins(workload.name))
      do {
        let outcome = try measure(workload, &cache)
        let record = BenchmarkRecord(
          workload,
          outcome,
          version: version,
          threads: threads,
          peak: peak
        )
        tell(.record(record))
      } catch {
        tell(.failed(workload.name, reason: Self.sentence(error)))
      }
    }
  }

  /// Tells all limits and returns the multiply-add peak of all threads, in GFLOP/s.
  private func limits(_ tell: (Event) -> Void) -> Double {
    var peak = 0.0
    for count in Set([1, threads]).sorted() {
      tell(.begins("limits of \(count) \(count == 1 ? "thread" : "threads")"))
      for limit in MachineLimit.measure(threads: count, seconds: min(0.1, seconds / 10)) {
        tell(.record(BenchmarkRecord(limit, version: version)))
        if limit.kind == .multiplyAdd { peak = limit.value }
      }
    }
    return peak
  }

  private func measure(
    _ workload: Workload,
    _ cache: inout (kind: BenchmarkData, data: LoadedData)?
  ) throws -> Outcome {
    var timing = Timing(
      seconds: seconds,
      repetitions: repetitions,
      countsCPUTime: threads == 1
    )
    switch workload.work {
    case .training(let specification, let kind, let checkedSteps):
      return try TrainingBenchmark(
        specification: specification,
        data: try load(kind, &cache),
        checkedSteps: checkedSteps,
        unit: workload.unit,
        threads: threads,
        timing: timing
      ).run()
    case .inference(let specification, let kind, let batchSize):
      return try InferenceBenchmark(
        specification: specification,
        data: try load(kind, &cache),
        batchSize: batchSize,
        threads: threads,
        timing: timing
      ).run()
    case .product(let shape):
      timing.seconds /= 3
      return try ProductBenchmark(shape: shape, threads: threads, timing: timing).run()
    }
  }

  /// The data of the workload before, if they are the same; no two sets are held at once.
  private func load(
    _ kind: BenchmarkData,
    _ cache: inout (kind: BenchmarkData, data: LoadedData)?
  ) throws -> LoadedData {
    if let cache, cache.kind == kind { return cache.data }
    cache = nil
    let data = try kind.load(library)
    cache = (kind, data)
    return data
  }

  private static func sentence(_ error: any Error) -> String {
    if let data = error as? DatasetError { return data.diagnostic.message }
    return "\(error)"
  }
}
