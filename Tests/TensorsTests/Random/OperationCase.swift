// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport

/// An operation of several inputs and results on a case's inputs, computed twice: by the tape and by its slow judge.
///
/// All inputs get gradients. Some of the results get one, at least the first that is asked for, and so does a second run
/// of the operation on the same inputs in some cases, so that gradients must add up.
struct OperationCase {
  private let inputs: [Input]
  private let runs: Int
  /// Of each result of each run; nil where nothing reaches it.
  private let seeds: [[[Float]?]]
  private let operation: (Tape, [Variable]) -> [Variable]

  /// A case whose results have `sizes` values each.
  init(
    _ inputs: [Input],
    results sizes: [Int],
    _ g: inout CaseGenerator,
    operation: @escaping (Tape, [Variable]) -> [Variable]
  ) {
    self.inputs = inputs
    self.operation = operation
    runs = g.once(in: 3) ? 2 : 1
    var seeds: [[[Float]?]] = []
    for _ in 0..<runs {
      let reached = g.pick(0...sizes.count - 1)
      var run: [[Float]?] = []
      for (i, size) in sizes.enumerated() {
        run.append(i == reached || g.once(in: 2) ? g.values(size) : nil)
      }
      seeds.append(run)
    }
    self.seeds = seeds
  }

  /// The first place where the tape is wrong, or gives other bits on other threads or over other memory; in words.
  func misfit(judge: (JudgeTape, [Judged]) -> [Judged]) -> String? {
    let first = results(threads: 1, fill: .signallingNaN)[0]
    for (threads, fill) in zip(1...3, MemoryFill.allCases) {
      for (step, other) in results(threads: threads, fill: fill).enumerated() {
        for (i, values) in other.enumerated() {
          guard let found = bitMismatch(values, first[i]) else { continue }
          return "result \(i) with \(threads) threads over \(fill), step \(step): \(found)"
        }
      }
    }
    let tape = JudgeTape()
    let judged = inputs.map { tape.constant($0.shape.array, $0.values) }
    let outputs = (0..<runs).map { _ in judge(tape, judged) }
    for (run, parts) in outputs.enumerated() {
      for (i, part) in parts.enumerated() { if let seed = seeds[run][i] { tape.seed(part, seed) } }
    }
    tape.backward()
    for (i, part) in outputs[0].enumerated() {
      if let found = part.misfit(values: first[i]) { return "values of result \(i): \(found)" }
    }
    for (i, input) in judged.enumerated() {
      if let found = input.misfit(gradient: first[outputs[0].count + i]) {
        return "gradient of input \(i): \(found)"
      }
    }
    return nil
  }

  /// The first run's results and the inputs' gradients, of two steps on one tape.
  private func results(threads: Int, fill: MemoryFill) -> [[[Float]]] {
    MemoryFill.$current.withValue(fill) {
      let tape = Tape(threadCount: threads)
      return (0..<2).map { _ in
        tape.reset(training: true)
        let variables = inputs.map { tape.variable($0.shape, $0.values) }
        let outputs = (0..<runs).map { _ in operation(tape, variables) }
        for (run, parts) in outputs.enumerated() {
          for (i, part) in parts.enumerated() {
            if let seed = seeds[run][i] { tape.seedGradient(part, seed) }
          }
        }
        tape.backward()
        return outputs[0].map { tape.array(of: $0) } + variables.map { tape.gradientArray(of: $0) }
      }
    }
  }
}

extension Input {
  /// Uniform on ±`scale`; of a sequence [N, T, …] with lengths, NaN behind an example's end: nobody may read it.
  init(
    random shape: Shape,
    scale: Float = 1,
    hiddenBehind lengths: [Int32]? = nil,
    _ g: inout CaseGenerator
  ) {
    var values = g.values(shape.count, scale: scale)
    if let lengths {
      let width = shape.count / (shape[0] * shape[1])
      for i in values.indices where i / width % shape[1] >= lengths[i / (width * shape[1])] {
        values[i] = .nan
      }
    }
    self.init(shape, values)
  }
}
