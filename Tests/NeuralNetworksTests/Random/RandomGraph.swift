// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport

@testable import NeuralNetworks

/// A random network of blocks: two sequences go in, blocks read them and each other, the last block's result counts.
struct RandomGraph {
  /// What a block does with what it reads.
  enum Work {
    /// Layers one after the other.
    case layers([RandomLayer])
    /// The layers and weights of an earlier block.
    case like(Int)
    /// A recurrent layer that begins with another's state, and may look at a sequence before each step.
    case recurrent(Reference.Cell, size: Int, Recurrent.Options, state: Int?, memory: Int?)
    /// Attention to another sequence.
    case attention(heads: Int, hasBias: Bool, memory: Int)
    /// Additive attention to another sequence.
    case additive(size: Int, memory: Int)
  }

  /// One block; places count the inputs first, then the blocks.
  struct Block {
    var sources: [Int]
    var isSum: Bool
    var work: Work
  }

  /// What is known of an input or a block.
  private struct Made {
    var shape: [Int]
    /// What a sequence has of lengths: those of an input.
    var lengths: Int?
    /// The cell, layers and values of the state that it ends in.
    var state: (cell: Reference.Cell, layers: Int, size: Int)?
  }

  let batch: Int
  let inputs: [[Int]]
  let lengths: [[Int32]?]
  private(set) var blocks: [Block] = []
  private var made: [Made]
  private let valueSeed: Int

  init(seed: Int) throws {
    var g = CaseGenerator(seed: seed)
    valueSeed = seed &+ 5_000_000
    batch = g.pick(1...4)
    var shapes: [[Int]] = []
    var all: [[Int32]?] = []
    for _ in 0..<2 {
      let steps = g.pick(1...5)
      shapes.append([steps, g.pick(1...7)])
      all.append(g.once(in: 2) ? (0..<batch).map { _ in Int32(g.pick(0...steps)) } : nil)
    }
    (inputs, lengths) = (shapes, all)
    made = shapes.indices.map { Made(shape: shapes[$0], lengths: all[$0] == nil ? nil : $0) }
    for _ in 0..<g.pick(2...5) { try addBlock(&g) }
  }

  // MARK: - Drawing

  private mutating func addBlock(_ g: inout CaseGenerator) throws {
    let first = g.once(in: 2) ? made.count - 1 : g.pick(0...made.count - 1)
    var sources = [first]
    let other = g.pick(0...made.count - 1)
    if g.once(in: 2), joins(made[first].shape, made[other].shape) { sources.append(other) }
    let isSum = sources.count == 2 && made[first].shape == made[other].shape && g.once(in: 2)
    let joined = joinedShape(sources, isSum)
    let lengths = sources.lazy.compactMap { [made] in made[$0].lengths }.first
    var block = Block(sources: sources, isSum: isSum, work: .layers([]))
    var state: (cell: Reference.Cell, layers: Int, size: Int)?
    var shape = joined
    let memories = made.indices.filter { made[$0].shape.count == 2 }
    switch g.pick(0...6) {
    case 0 where joined.count == 2:
      let memory = g.once(in: 2) ? g.pick(memories) : nil
      let drawn = recurrent(memory: memory, &g)
      block.work = drawn.work
      state = drawn.state
      shape = [joined[0], drawn.width]
    case 1 where joined.count == 2:
      let memory = g.pick(memories)
      let divisors = (1...joined[1]).filter { joined[1] % $0 == 0 }
      block.work = .attention(heads: g.pick(divisors), hasBias: !g.once(in: 4), memory: memory)
    case 2 where joined.count == 2:
      let memory = g.pick(memories)
      block.work = .additive(size: g.pick(1...6), memory: memory)
      shape = [joined[0], made[memory].shape[1]]
    case 3:
      guard let owner = sharable(joined, g.pick(0...blocks.count)) else { fallthrough }
      block.work = .like(owner)
      shape = made[inputs.count + owner].shape
      if joined.count == 2, shape.count == 2 { shape[0] = joined[0] }
    default:
      var maker = LayerMaker(hasLengths: lengths != nil, isAlone: false, batch: batch)
      let signal = SignalShape.values(joined)
      let layer = maker.layer(g.pick(LayerKind.kinds(for: signal)), signal, &g)
      let isImage = try RandomLayer.network([layer], "", signal).output.sizes?.count == 3
      let layers = isImage ? [layer, .flatten] : [layer]
      block.work = .layers(layers)
      shape = try RandomLayer.network(layers, "", signal).output.sizes ?? []
    }
    let keeps = lengths.map { shape.count == 2 && shape[0] == inputs[$0][0] } ?? false
    blocks.append(block)
    made.append(Made(shape: shape, lengths: keeps ? lengths : nil, state: state))
  }

  private func joins(_ a: [Int], _ b: [Int]) -> Bool {
    a.count == 1 || b.count == 1 || a[0] == b[0]
  }

  private func joinedShape(_ sources: [Int], _ isSum: Bool) -> [Int] {
    let shapes = sources.map { made[$0].shape }
    if sources.count == 1 || isSum { return shapes[0] }
    let features = shapes.reduce(0) { $0 + $1[$1.count - 1] }
    return (shapes.first { $0.count == 2 }.map { [$0[0]] } ?? []) + [features]
  }

  /// The first block from `start` on whose layers fit what is joined, and whose tensors do not depend on the steps.
  private func sharable(_ joined: [Int], _ start: Int) -> Int? {
    blocks.indices.first { index in
      guard index >= start, case .layers(let layers) = blocks[index].work, layers.count == 1 else {
        return false
      }
      let before = joinedShape(blocks[index].sources, blocks[index].isSum)
      guard before.count == joined.count, before.last == joined.last else { return false }
      switch layers[0] {
      case .dense, .recurrent, .softmax, .activation, .dropout, .attention: return true
      default: return false
      }
    }
  }

  private func recurrent(memory: Int?, _ g: inout CaseGenerator) -> (
    work: Work, state: (cell: Reference.Cell, layers: Int, size: Int), width: Int
  ) {
    var cell = g.pick(Reference.Cell.bounded)
    var size = g.pick(1...8)
    var options = Recurrent.Options(
      layers: g.pick(1...2),
      dropout: g.once(in: 3) ? 0.3 : 0,
      hasBias: !g.once(in: 4)
    )
    let states = made.indices.filter { made[$0].shape.count == 1 || made[$0].state != nil }
    let state = states.isEmpty || g.once(in: 3) ? nil : g.pick(states)
    if let state, let given = made[state].state {
      (size, options.layers) = (given.size, given.layers)
      let others: [Reference.Cell] = [.rnn, .gru, .gruResetBefore]
      cell = given.cell == .lstm ? .lstm : g.pick(others)
    } else if let state {
      size = made[state].shape[0]
    } else {
      options.isBidirectional = memory == nil && g.once(in: 3)
    }
    let width = options.isBidirectional ? 2 * size : size
    return (
      .recurrent(cell, size: size, options, state: state, memory: memory),
      (cell, options.layers, width), width
    )
  }

  // MARK: - The fast side

  /// The network with this case's values.
  func network() throws -> Network {
    let network = Network(
      inputs: inputs.enumerated().map { Network.Input("input\($0)", .values($1)) }
    )
    var references = inputs.indices.map { network.reference(toInput: $0) }
    var weights: [Int: SharedWeights] = [:]
    var ends: [Int: any StateGivingLayer] = [:]
    for (index, block) in blocks.enumerated() {
      let join = try BlockJoin(
        block.sources.map { references[$0] },
        block.isSum ? .add : .concat
      )
      let owner = if case .like(let other) = block.work { other } else { index }
      let shared = weights[owner] ?? SharedWeights(of: "block\(owner)")
      weights[owner] = shared
      let layers = try layers(
        of: blocks[owner].work,
        shared.path(of: "block\(index)"),
        join.output,
        references,
        ends
      )
      references.append(network.add("block\(index)", join, layers))
      ends[references.count - 1] = layers.layers.last as? any StateGivingLayer
    }
    network.outputs = [references[references.count - 1]]
    var g = CaseGenerator(seed: valueSeed)
    for parameter in network.parameters {
      let count = parameter.parameter.count
      if parameter.isNormalization, parameter.role == .weight {
        parameter.parameter.assign(g.values(count, scale: 0.5).map { 1 + $0 })
      } else {
        let scale = parameter.role == .weight ? 1.7 / Double(parameter.fanIn).squareRoot() : 0.5
        parameter.parameter.assign(g.values(count, scale: Float(scale)))
      }
    }
    return network
  }

  private func layers(
    of work: Work,
    _ path: LayerPath,
    _ input: SignalShape,
    _ references: [BlockReference],
    _ ends: [Int: any StateGivingLayer]
  ) throws -> Sequential {
    let place = path.appending("0")
    switch work {
    case .layers(let layers):
      var shape = input
      return Sequential(
        try layers.enumerated().map { index, layer in
          let made = try layer.layer(path.appending("\(index)"), shape)
          shape = made.output
          return made
        }
      )
    case .like: preconditionFailure("resolved before")
    case .attention(let heads, let hasBias, let memory):
      return Sequential([
        try CrossAttention(
          path: place,
          input: input,
          memory: references[memory],
          heads: heads,
          hasBias: hasBias
        )
      ])
    case .additive(let size, let memory):
      return Sequential([
        try AdditiveAttention(
          path: place,
          input: input,
          memory: references[memory],
          hiddenSize: size
        )
      ])
    case .recurrent(let cell, let size, var options, let state, let memory):
      if let state {
        let reference = references[state]
        ends[state]?.givesState = true
        options.initialState =
          ends[state]?.lastState(of: reference) ?? StateReference(vector: reference)
      }
      guard let memory else {
        return Sequential([
          try Recurrent(
            path: place,
            input: input,
            cell: cell.kernel,
            hiddenSize: size,
            options: options
          )
        ])
      }
      return Sequential([
        try AttentiveRecurrent(
          path: place,
          input: input,
          memory: references[memory],
          cell: cell.kernel,
          hiddenSize: size,
          options: options
        )
      ])
    }
  }

  /// What a computation in `Float` makes of it.
  struct Results {
    var output: [Float]
    /// Of the inputs, then of the parameters.
    var gradients: [[Float]]
  }

  /// Two steps on one tape: what the first left in memory must not show in the second.
  func results(_ network: Network, threads: Int, fill: MemoryFill) -> [Results] {
    MemoryFill.$current.withValue(fill) {
      let tape = Tape(threadCount: threads)
      return (0..<2).map { _ in step(network, tape) }
    }
  }

  private func step(_ network: Network, _ tape: Tape) -> Results {
    tape.reset(training: true)
    for parameter in network.parameters { parameter.parameter.clearGradient() }
    let variables = inputs.indices.map { index in
      let x = tape.variable(Shape(batch: batch, inputs[index]), values(index))
      let own = lengths[index].map { lengths in
        SequenceLengths(
          unsafe tape.indices(Shape(batch)) { memory in
            for i in lengths.indices { unsafe memory[i] = lengths[i] }
          },
          steps: inputs[index][0]
        )
      }
      network.read(.values(x), lengths: own, as: index)
      return x
    }
    network.forward(Pass(tape: tape, seed: valueSeed, step: 3))
    let y = network.values(of: network.outputs[0])
    let output = tape.array(of: y)
    tape.seedGradient(y, seeds(output.count))
    tape.backward()
    return Results(
      output: output,
      gradients: variables.map { tape.gradientArray(of: $0) }
        + network.parameters.map(\.parameter.gradientArray)
    )
  }

  private func values(_ input: Int) -> [Float] {
    var g = CaseGenerator(seed: valueSeed &+ 1 &+ input)
    return g.values(batch * inputs[input].reduce(1, *), scale: 1.5)
  }

  private func seeds(_ count: Int) -> [Float] {
    var g = CaseGenerator(seed: valueSeed &+ 9)
    return g.values(count)
  }

  // MARK: - The slow side

  /// The first thing that is wrong with `got`, in words; nil if there is nothing.
  func misfit(_ got: Results, _ network: Network) throws -> String? {
    let judged = JudgedNetwork(
      isTraining: true,
      batch: batch,
      lengths: nil,
      pass: (valueSeed, 3)
    )
    let tape = judged.tape
    let variables = inputs.indices.map {
      tape.constant([batch] + inputs[$0], values($0))
    }
    var signals = variables
    var states: [Int: [(hidden: Judged, memory: Judged?)]] = [:]
    for (index, block) in blocks.enumerated() {
      let x = joined(block, signals, tape)
      let place = inputs.count + index
      let lengths = block.sources.lazy.compactMap { made[$0].lengths }.first
      judged.lengths = lengths.flatMap { place in
        self.lengths[place].map { ($0, inputs[place][0]) }
      }
      let owner = if case .like(let other) = block.work { other } else { index }
      let layers = network.blocks[index].layers?.layers ?? []
      let judge = GraphJudge(
        judged: judged,
        signals: signals,
        lengths: made.map { made in made.lengths.flatMap { self.lengths[$0] } },
        states: states,
        path: "block\(index)"
      )
      let (y, last) = try judge.run(blocks[owner].work, layers, x)
      signals.append(y)
      states[place] = last
    }
    let y = signals[signals.count - 1]
    if let found = y.misfit(values: got.output) { return "output \(found)" }
    tape.seed(y, seeds(y.count))
    tape.backward()
    let parameters = network.parameters.map(\.parameter)
    let expected = variables + parameters.map { judged.bound($0) }
    for (index, (one, values)) in zip(expected, got.gradients).enumerated() {
      guard let found = one.misfit(gradient: values) else { continue }
      let name = index < 2 ? "input \(index)" : parameters[index - 2].name
      return "gradient of \(name) \(found)"
    }
    return nil
  }

  private func joined(_ block: Block, _ signals: [Judged], _ tape: JudgeTape) -> Judged {
    var parts = block.sources.map { signals[$0] }
    guard parts.count > 1 else { return parts[0] }
    if let steps = parts.first(where: { $0.shape.count == 3 })?.shape[1] {
      parts = parts.map { part in
        guard part.shape.count == 2 else { return part }
        let width = part.shape[1]
        let places = (0..<batch * steps * width).map { $0 / (steps * width) * width + $0 % width }
        return tape.taken(part, [batch, steps, width], places)
      }
    }
    if block.isSum { return tape.add(parts[0], parts[1]) }
    return tape.concatenated(parts, axis: parts[0].shape.count - 1)
  }
}

extension RandomGraph: CustomStringConvertible {
  /// All of its shapes.
  var description: String {
    let all = inputs.indices.map { "\(inputs[$0]) \(lengths[$0].map { "\($0)" } ?? "")" }
    let parts = blocks.map { "\($0.sources)\($0.isSum ? "+" : "") \($0.work)" }
    return "\(batch) × \(all.joined(separator: ", ")): \(parts.joined(separator: "; "))"
  }
}
