// SPDX-License-Identifier: Apache-2.0

extension JudgeTape {
  /// x [rows, inputs] · weight [units, inputs]ᵀ + bias.
  public func dense(_ x: Judged, _ weight: Judged, _ bias: Judged?) -> Judged {
    let (inputs, units) = (weight.shape[1], weight.shape[0])
    let rows = x.count / max(1, inputs)
    let y = product(x, weight, Array(x.shape.dropLast()) + [units]) { body in
      for n in 0..<rows {
        for o in 0..<units {
          for i in 0..<inputs { body(n * inputs + i, o * inputs + i, n * units + o) }
        }
      }
    }
    return bias.map { add(y, $0) { $0 % units } } ?? y
  }

  /// Parts [rows…, width] side by side along an axis; `inner` values lie behind each element of that axis.
  public func concatenated(_ parts: [Judged], axis: Int) -> Judged {
    let outer = parts[0].shape[..<axis].reduce(1, *)
    let inner = parts.map { $0.count / max(1, outer) }
    let width = inner.reduce(0, +)
    var shape = parts[0].shape
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    var (values, errors) = ([Double](repeating: 0, count: outer * width), [Double]())
    errors = values
    /// Calls back with each part's place and that in the result.
    func each(_ body: (Judged, Int, Int) -> Void) {
      var start = 0
      for (part, size) in zip(parts, inner) {
        for row in 0..<outer {
          for i in 0..<size { body(part, row * size + i, row * width + start + i) }
        }
        start += size
      }
    }
    each { part, i, k in (values[k], errors[k]) = (part.values[i], part.errors[i]) }
    let y = Judged(shape, values, errors)
    note { each { part, i, k in part.receive(i, y.gradient[k], y.gradientErrors[k]) } }
    return y
  }

  /// Weights of one walk of a recurrent layer.
  public struct Walk {
    let inputWeight: Judged
    let hiddenWeight: Judged
    let inputBias: Judged?
    let hiddenBias: Judged?

    /// Weights [G · H, D], [G · H, H] and biases [G · H].
    public init(_ inputWeight: Judged, _ hiddenWeight: Judged, _ biases: (Judged, Judged)?) {
      (self.inputWeight, self.hiddenWeight) = (inputWeight, hiddenWeight)
      (inputBias, hiddenBias) = (biases?.0, biases?.1)
    }
  }

  /// One recurrent layer in one or two directions: x [N, T, D] → [N, T, H] or [N, T, 2 H]; zeros behind an example's end.
  public func recurrent(
    _ x: Judged,
    _ cell: Reference.Cell,
    _ walks: [Walk],
    lengths: [Int32]?
  ) -> Judged {
    recurrent(x, cell, walks, lengths: lengths, initial: []).steps
  }

  /// The same from states [N, H] of each walk, hidden and cell, or from zeros; with the states after the walks.
  public func recurrent(
    _ x: Judged,
    _ cell: Reference.Cell,
    _ walks: [Walk],
    lengths: [Int32]?,
    initial: [(hidden: Judged, memory: Judged?)?]
  ) -> (steps: Judged, last: [(hidden: Judged, memory: Judged)]) {
    let (batch, steps, inputs) = (x.shape[0], x.shape[1], x.shape[2])
    let size = walks[0].hiddenWeight.shape[1]
    let zeros = constant([1, size], [Float](repeating: 0, count: size))
    var lines: [Judged] = []
    var last = [(hidden: [Judged], memory: [Judged])](repeating: ([], []), count: walks.count)
    for n in 0..<batch {
      func row(_ state: Judged?) -> Judged {
        state.map { taken($0, [1, size], Array(n * size..<(n + 1) * size)) } ?? zeros
      }
      let length = lengths.map { Int($0[n]) } ?? steps
      var halves: [[Judged]] = []
      for (direction, walk) in walks.enumerated() {
        var states = [Judged](repeating: zeros, count: steps)
        let start = direction < initial.count ? initial[direction] : nil
        var (hidden, memory) = (row(start?.hidden), row(start?.memory))
        for t in direction == 0 ? Array(0..<length) : Array((0..<length).reversed()) {
          let start = (n * steps + t) * inputs
          let line = taken(x, [1, inputs], Array(start..<start + inputs))
          (hidden, memory) = step(cell, walk, line, hidden, memory, size)
          states[t] = hidden
        }
        halves.append(states)
        last[direction].hidden.append(hidden)
        last[direction].memory.append(memory)
      }
      for t in 0..<steps { lines += halves.map { $0[t] } }
    }
    let all = concatenated(lines.map { reshaped($0, [size]) }, axis: 0)
    return (
      reshaped(all, [batch, steps, walks.count * size]),
      last.map { (concatenated($0.hidden, axis: 0), concatenated($0.memory, axis: 0)) }
    )
  }

  private func step(
    _ cell: Reference.Cell,
    _ walk: Walk,
    _ x: Judged,
    _ hidden: Judged,
    _ memory: Judged,
    _ size: Int
  ) -> (Judged, Judged) {
    let a = dense(x, walk.inputWeight, walk.inputBias)
    func gate(_ z: Judged, _ g: Int) -> Judged {
      taken(z, [1, size], Array(g * size..<(g + 1) * size))
    }
    func both(_ b: Judged, _ g: Int, _ f: JudgedFunction) -> Judged {
      activated(add(gate(a, g), gate(b, g)), f)
    }
    func mixed(_ z: Judged, _ candidate: Judged) -> Judged {
      add(multiply(affine(z, -1, 1), candidate), multiply(z, hidden))
    }
    let b = dense(hidden, walk.hiddenWeight, walk.hiddenBias)
    switch cell {
    case .rnn: return (both(b, 0, .tanh), memory)
    case .rnnReLU: return (both(b, 0, .relu), memory)
    case .gru:
      let (r, z) = (both(b, 0, .sigmoid), both(b, 1, .sigmoid))
      let candidate = activated(add(gate(a, 2), multiply(r, gate(b, 2))), .tanh)
      return (mixed(z, candidate), memory)
    case .gruResetBefore:
      let (r, z) = (both(b, 0, .sigmoid), both(b, 1, .sigmoid))
      let kept = dense(multiply(r, hidden), walk.hiddenWeight, walk.hiddenBias)
      return (mixed(z, both(kept, 2, .tanh)), memory)
    case .lstm:
      let (i, f) = (both(b, 0, .sigmoid), both(b, 1, .sigmoid))
      let (g, o) = (both(b, 2, .tanh), both(b, 3, .sigmoid))
      let next = add(multiply(f, memory), multiply(i, g))
      return (multiply(o, activated(next, .tanh)), next)
    }
  }
}
