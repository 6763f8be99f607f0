// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport

@testable import NeuralNetworks

/// One random case: a batch, layers, and a loss.
struct RandomModel {
  var batch: Int
  var input: SignalShape
  var layers: [RandomLayer]
  var loss: RandomLoss
  /// Of the batch's sequences; nil where all steps are real.
  var lengths: [Int32]?
  /// Whether the gradient of the input is wanted, as where other layers come before.
  var isInputTrained: Bool
  /// Whether some of the parameters are frozen.
  var isPartlyFrozen: Bool
  private let valueSeed: Int

  /// The case of a seed with `count` layers; the first is of `kind`, if that is given.
  init(seed: Int, count: Int, kind: LayerKind? = nil) throws {
    var g = CaseGenerator(seed: seed)
    valueSeed = seed &+ 1_000_000
    batch = g.once(in: 4) ? 1 : g.pick(2...5)
    (isInputTrained, isPartlyFrozen) = (!g.once(in: 4), g.once(in: 5))
    let kind = kind ?? g.pick(LayerKind.allCases)
    // More examples than a thread takes at once.
    if count == 1, kind.isCheap, g.once(in: 5) { batch = g.pick(6...40) }
    input = kind.input(&g, isAlone: count == 1)
    if let steps = input.steps, g.once(in: 2) {
      var all = (0..<batch).map { _ in Int32(g.pick(0...steps)) }
      // A loss needs a row.
      if all.allSatisfy({ $0 == 0 }) { all[0] = 1 }
      lengths = all
    }
    var maker = LayerMaker(hasLengths: lengths != nil, isAlone: count == 1, batch: batch)
    layers = [maker.layer(kind, input, &g)]
    var shape = try RandomLayer.network(layers, "", input).output
    while layers.count < count {
      layers.append(maker.layer(g.pick(LayerKind.kinds(for: shape)), shape, &g))
      shape = try RandomLayer.network(layers, "", input).output
    }
    let sizes = shape.sizes ?? [1]
    let rows = Self.countedRows(batch, sizes, lengths, input.steps)
    loss = RandomLoss(
      rows: rows,
      width: sizes.count == 3 ? sizes.reduce(1, *) : sizes[sizes.count - 1],
      hasClasses: sizes.count < 3,
      &g
    )
  }

  /// Rows of outputs that count.
  private static func countedRows(_ batch: Int, _ sizes: [Int], _ lengths: [Int32]?, _ steps: Int?)
    -> Int
  {
    guard sizes.count == 2 else { return batch }
    if let lengths, sizes[0] == steps { return lengths.reduce(0) { $0 + Int($1) } }
    return batch * sizes[0]
  }

  /// What a computation in `Float` makes of it.
  struct Results {
    var loss: Double
    var output: [Float]
    /// Of the input, if it is values, then of each parameter.
    var gradients: [[Float]]
    var evaluated: [Float]

    /// Where other results have other bits; nil if nowhere.
    func difference(_ other: Results) -> String? {
      if loss != other.loss && !(loss.isNaN && other.loss.isNaN) {
        return "loss \(loss) and \(other.loss)"
      }
      if let found = bitMismatch(other.output, output) { return "output \(found)" }
      for (i, gradient) in gradients.enumerated() {
        if let found = bitMismatch(other.gradients[i], gradient) { return "gradient \(i) \(found)" }
      }
      return bitMismatch(other.evaluated, evaluated).map { "evaluated output \($0)" }
    }
  }

  /// A network with this case's values.
  func network() throws -> Sequential {
    let network = try RandomLayer.network(layers, "", input)
    var g = CaseGenerator(seed: valueSeed)
    for parameter in network.parameters {
      let count = parameter.parameter.count
      parameter.parameter.isFrozen = isPartlyFrozen && g.once(in: 2)
      if parameter.isNormalization, parameter.role == .weight {
        parameter.parameter.assign(g.values(count, scale: 0.5).map { 1 + $0 })
      } else {
        let scale = parameter.role == .weight ? 1.7 / Double(parameter.fanIn).squareRoot() : 0.5
        parameter.parameter.assign(g.values(count, scale: Float(scale)))
      }
    }
    return network
  }

  private var inputShape: Shape { Shape(batch: batch, input.sizes ?? [1]) }

  private var inputValues: [Float] {
    var g = CaseGenerator(seed: valueSeed &+ 1)
    return g.values(inputShape.count, scale: 1.5)
  }

  private var tokens: [Int32] {
    guard case .tokens(let vocabulary, let steps) = input else { return [] }
    var g = CaseGenerator(seed: valueSeed &+ 1)
    return g.indices(batch * steps, below: vocabulary)
  }

  private var pass: (seed: Int, step: UInt64) { (valueSeed, 3) }

  // MARK: - The fast side

  /// A step and an evaluation. The step is taken twice: what the first left in memory must not show in the second. The
  /// evaluation is taken three times, because from the second time on it may read packed weights.
  func results(_ network: Sequential, threads: Int, fill: MemoryFill) -> [Results] {
    MemoryFill.$current.withValue(fill) {
      let tape = Tape(threadCount: threads)
      var steps = (0..<2).map { _ in step(network, tape) }
      let evaluated = (0..<3).map { _ in
        tape.reset(training: false)
        return tape.array(of: network(signal(tape).0, fastPass(tape)))
      }
      (steps[0].evaluated, steps[1].evaluated) = (evaluated[0], evaluated[2])
      return steps
    }
  }

  private func step(_ network: Sequential, _ tape: Tape) -> Results {
    tape.reset(training: true)
    for parameter in network.parameters { parameter.parameter.clearGradient() }
    let (signal, x) = signal(tape)
    let pass = fastPass(tape)
    let y = network(signal, pass)
    let mean = loss.mean(counted(y, pass), on: tape)
    tape.backward()
    return Results(
      loss: mean,
      output: tape.array(of: y),
      gradients: (x.map { [tape.gradientArray(of: $0)] } ?? [])
        + network.parameters.map(\.parameter.gradientArray),
      evaluated: []
    )
  }

  func fastPass(_ tape: Tape) -> Pass {
    let all = lengths.map { lengths in
      SequenceLengths(indices(lengths, [batch], tape), steps: input.steps ?? 0)
    }
    return Pass(tape: tape, seed: pass.seed, step: pass.step, lengths: all)
  }

  func signal(_ tape: Tape) -> (Signal, Variable?) {
    if case .tokens(_, let steps) = input {
      return (.tokens(indices(tokens, [batch, steps], tape)), nil)
    }
    if !isInputTrained { return (.values(tape.constant(inputShape, inputValues)), nil) }
    let x = tape.variable(inputShape, inputValues)
    return (.values(x), x)
  }

  private func indices(_ values: [Int32], _ shape: Shape, _ tape: Tape) -> Indices {
    unsafe tape.indices(shape) { memory in
      for i in values.indices { unsafe memory[i] = values[i] }
    }
  }

  /// The real steps, where each step has an output.
  private func counted(_ y: Variable, _ pass: Pass) -> Variable {
    let s = pass.tape.shape(of: y)
    guard let lengths = pass.lengths, s.rank == 3, s[1] == input.steps else { return y }
    return pass.tape.realSteps(y, lengths: lengths.values)
  }

  // MARK: - The slow side

  /// The first thing that is wrong with `got`, in words; nil if there is nothing.
  func misfit(_ got: Results, _ network: Sequential) throws -> String? {
    let judged = judgedNetwork(isTraining: true)
    let signal = judgedInput(judged)
    let y = judged.values(try judged.run(layers, network.layers, "", signal))
    if let found = y.misfit(values: got.output) { return "output \(found)" }
    let expected = loss.judged(counted(y, judged), on: judged.tape)
    if let found = expected.misfit(got.loss) { return found }
    judged.tape.backward()
    var gradients: [(name: String, Judged?)] = network.parameters.map(\.parameter).map {
      ($0.name, $0.isFrozen ? nil : judged.parameters[ObjectIdentifier($0)])
    }
    if isInputTrained, case .values(let x) = signal { gradients.insert(("the input", x), at: 0) }
    for ((name, expected), values) in zip(gradients, got.gradients) {
      if let found = expected?.misfit(gradient: values) { return "gradient of \(name) \(found)" }
      if expected == nil, values.contains(where: { $0 != 0 }) { return "\(name) is frozen" }
    }
    let evaluation = judgedNetwork(isTraining: false)
    let evaluated = try evaluation.run(layers, network.layers, "", judgedInput(evaluation))
    return evaluation.values(evaluated).misfit(values: got.evaluated).map { "evaluated \($0)" }
  }

  private func judgedNetwork(isTraining: Bool) -> JudgedNetwork {
    JudgedNetwork(
      isTraining: isTraining,
      batch: batch,
      lengths: lengths.map { ($0, input.steps ?? 0) },
      pass: pass
    )
  }

  private func judgedInput(_ judged: JudgedNetwork) -> JudgedSignal {
    if case .tokens(let vocabulary, let steps) = input {
      return .tokens(tokens, steps: steps, vocabulary: vocabulary)
    }
    return .values(judged.tape.constant(inputShape.array, inputValues))
  }

  private func counted(_ y: Judged, _ judged: JudgedNetwork) -> Judged {
    guard let lengths, y.shape.count == 3, y.shape[1] == input.steps else { return y }
    let (steps, width) = (y.shape[1], y.shape[2])
    let places = lengths.enumerated().flatMap { n, length in
      (0..<Int(length) * width).map { n * steps * width + $0 }
    }
    return judged.tape.taken(y, [places.count / width, width], places)
  }
}

extension SignalShape {
  /// Steps of a sequence.
  fileprivate var steps: Int? {
    switch self {
    case .values(let sizes): sizes.count == 2 ? sizes[0] : nil
    case .tokens(_, let steps): steps
    }
  }
}

extension RandomModel: CustomStringConvertible {
  /// All of its shapes.
  var description: String {
    let all = lengths.map { ", lengths \($0)" } ?? ""
    let facts =
      (isInputTrained ? "" : ", constant input") + (isPartlyFrozen ? ", some frozen" : "")
    return "\(batch) × \(input)\(all)\(facts): \(layers), \(String("\(loss)".prefix(40)))"
  }
}
