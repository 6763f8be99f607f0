// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport

@testable import NeuralNetworks

/// The slow side of one block of a `RandomGraph`.
struct GraphJudge {
  let judged: JudgedNetwork
  /// What the inputs and earlier blocks give.
  let signals: [Judged]
  /// The lengths of each; nil where all steps are real.
  let lengths: [[Int32]?]
  /// The last states of the recurrent blocks, layer by layer.
  let states: [Int: [(hidden: Judged, memory: Judged?)]]
  let path: String

  private var tape: JudgeTape { judged.tape }

  /// What the block gives, and its last states.
  func run(_ work: RandomGraph.Work, _ layers: [any Layer], _ x: Judged) throws -> (
    Judged, [(hidden: Judged, memory: Judged?)]
  ) {
    let tensors = layers.flatMap(\.leaves).flatMap(\.parameters).map { judged.bound($0.parameter) }
    switch work {
    case .layers(let own):
      let y = try judged.run(own, layers, path, .values(x))
      guard case .recurrent(_, _, _)? = own.last else { return (judged.values(y), []) }
      return (judged.values(y), [])
    case .like: preconditionFailure("resolved before")
    case .attention(let heads, let hasBias, let memory):
      return (attention(x, heads, hasBias, memory, tensors), [])
    case .additive(_, let memory):
      let keys = tape.dense(signals[memory], tensors[1], nil)
      let queries = tape.dense(x, tensors[0], nil)
      let y = tape.additiveAttention(
        queries,
        keys,
        tensors[2],
        signals[memory],
        queryLengths: judged.lengths(x.shape[1]),
        keyLengths: lengths[memory]
      )
      return (y, [])
    case .recurrent(let cell, let size, let options, let state, let memory):
      let first = state.map { firstStates($0, options.layers, cell) } ?? []
      guard let memory else { return try recurrent(x, cell, options, first, tensors) }
      return try attentive(x, cell, size, options, first, memory, tensors)
    }
  }

  private func attention(
    _ x: Judged,
    _ heads: Int,
    _ hasBias: Bool,
    _ memory: Int,
    _ tensors: [Judged]
  ) -> Judged {
    let per = hasBias ? 2 : 1
    func map(_ x: Judged, _ index: Int) -> Judged {
      tape.dense(x, tensors[per * index], hasBias ? tensors[per * index + 1] : nil)
    }
    let mixed = tape.attention(
      map(x, 0),
      map(signals[memory], 1),
      map(signals[memory], 2),
      heads: heads,
      isCausal: false,
      queryLengths: judged.lengths(x.shape[1]),
      keyLengths: lengths[memory]
    )
    return map(mixed, 3)
  }

  /// Each layer's first state, of a recurrent block or of a vector.
  private func firstStates(_ place: Int, _ layers: Int, _ cell: Reference.Cell) -> [(
    hidden: Judged, memory: Judged?
  )] {
    if let states = states[place], !states.isEmpty { return states }
    return (0..<layers).map { _ in (signals[place], nil) }
  }

  private func walks(_ tensors: ArraySlice<Judged>, hasBias: Bool) -> [JudgeTape.Walk] {
    let per = hasBias ? 4 : 2
    return stride(from: tensors.startIndex, to: tensors.endIndex, by: per).map { i in
      JudgeTape.Walk(
        tensors[i],
        tensors[i + 1],
        hasBias ? (tensors[i + 2], tensors[i + 3]) : nil
      )
    }
  }

  private func recurrent(
    _ input: Judged,
    _ cell: Reference.Cell,
    _ options: Recurrent.Options,
    _ first: [(hidden: Judged, memory: Judged?)],
    _ tensors: [Judged]
  ) throws -> (Judged, [(hidden: Judged, memory: Judged?)]) {
    let walks = walks(tensors[...], hasBias: options.hasBias)
    let directions = options.isBidirectional ? 2 : 1
    var x = input
    var last: [(hidden: Judged, memory: Judged?)] = []
    for layer in 0..<options.layers {
      if layer > 0 { x = try dropped(x, options.dropout, "\(path).0.dropout_l\(layer - 1)") }
      let result = tape.recurrent(
        x,
        cell,
        Array(walks[layer * directions..<(layer + 1) * directions]),
        lengths: judged.lengths(x.shape[1]),
        initial: first.isEmpty ? [] : [first[layer]]
      )
      x = result.steps
      func both(_ part: KeyPath<(hidden: Judged, memory: Judged), Judged>) -> Judged {
        tape.concatenated(result.last.map { $0[keyPath: part] }, axis: 1)
      }
      last.append((both(\.hidden), both(\.memory)))
    }
    return (x, last)
  }

  /// Step by step: what is found stands in front of the step's features.
  private func attentive(
    _ x: Judged,
    _ cell: Reference.Cell,
    _ size: Int,
    _ options: Recurrent.Options,
    _ first: [(hidden: Judged, memory: Judged?)],
    _ memory: Int,
    _ tensors: [Judged]
  ) throws -> (Judged, [(hidden: Judged, memory: Judged?)]) {
    let (batch, steps, width) = (x.shape[0], x.shape[1], x.shape[2])
    let walks = walks(tensors[3...], hasBias: options.hasBias)
    let keys = tape.dense(signals[memory], tensors[1], nil)
    let zeros = tape.constant([batch, size], [Float](repeating: 0, count: batch * size))
    var states = first.isEmpty ? walks.map { _ in (hidden: zeros, memory: Judged?.none) } : first
    var outputs: [Judged] = []
    for t in 0..<steps {
      let asked = tape.reshaped(states[states.count - 1].hidden, [batch, 1, size])
      let found = tape.additiveAttention(
        tape.dense(asked, tensors[0], nil),
        keys,
        tensors[2],
        signals[memory],
        keyLengths: lengths[memory]
      )
      let places = (0..<batch * width).map { ($0 / width * steps + t) * width + $0 % width }
      var y = tape.concatenated([found, tape.taken(x, [batch, 1, width], places)], axis: 2)
      let real = judged.lengths(steps)?.map { Int32($0 > t ? 1 : 0) }
      for (layer, walk) in walks.enumerated() {
        if layer > 0 {
          y = try dropped(y, options.dropout, "\(path).0.dropout_l\(layer - 1).\(t)")
        }
        let result = tape.recurrent(y, cell, [walk], lengths: real, initial: [states[layer]])
        y = result.steps
        states[layer] = (result.last[0].hidden, result.last[0].memory)
      }
      outputs.append(y)
    }
    return (tape.concatenated(outputs, axis: 1), states)
  }

  private func dropped(_ x: Judged, _ probability: Double, _ path: String) throws -> Judged {
    guard probability > 0 else { return x }
    let dropout = try Dropout(
      path: LayerPath(path),
      input: .values(Array(x.shape.dropFirst())),
      probability: probability
    )
    return judged.dropped(x, dropout)
  }
}
