// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// One thing that is measured, under the name that its result carries.
public struct Workload: Sendable {
  /// What a result counts.
  public enum Unit: String, Sendable {
    /// Training or evaluated examples.
    case samplesPerSecond = "samples/s"
    /// Tokens of a text.
    case tokensPerSecond = "tokens/s"
    /// Optimizer updates.
    case stepsPerSecond = "steps/s"
    /// The time of one call.
    case microseconds = "us"
    /// Floating-point operations.
    case gigaflops = "GFLOP/s"
  }

  /// What is done.
  enum Work: Sendable {
    /// Training steps; `checkedSteps` are taken to see that it learns, and to count allocations.
    case training(RunSpecification, BenchmarkData, checkedSteps: Int)
    /// Forward passes over this many examples.
    case inference(RunSpecification, BenchmarkData, batchSize: Int)
    /// C[m, n] = A[m, k] · B[k, n].
    case product(ProductShape)
  }

  /// The result's name, such as `infer-mlp-b1`.
  public let name: String
  /// The name it is asked for by, with its kin: `infer-mlp`.
  public let family: String
  /// What its rate counts.
  public let unit: Unit
  let work: Work
}

extension Workload {
  /// Every workload, in the order of documentation.
  public static let all: [Workload] = training + inference + products

  /// Names one may ask for; each workload also answers to its own.
  public static let families: [String] = all.reduce(into: []) { names, workload in
    if !names.contains(workload.family) { names.append(workload.family) }
  }

  /// The workloads of a name, or of `all`; empty if nothing is called so.
  public static func named(_ name: String) -> [Workload] {
    all.filter { name == "all" || name == $0.family || name == $0.name }
  }

  /// Every name that is understood.
  public static var names: [String] { ["all"] + families + all.map(\.name) }
}

/// C[m, n] = A[m, k] · B[k, n], row-major; an operand may be stored as its transpose.
struct ProductShape: Hashable, Sendable {
  var m: Int
  var k: Int
  var n: Int
  /// Whether A is stored as [k, m].
  var turnsA = false
  /// Whether B is stored as [n, k], as the weight of a dense layer is.
  var turnsB = false

  /// `MxKxN`, with `-at` and `-bt` for stored transposes.
  var name: String { "\(m)x\(k)x\(n)" + (turnsA ? "-at" : "") + (turnsB ? "-bt" : "") }
  /// Floating-point operations.
  var operations: Double { 2 * Double(m) * Double(k) * Double(n) }
}
