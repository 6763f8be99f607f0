// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Reference {
  /// The recurrent cells, gates in PyTorch's order.
  public enum Cell: CaseIterable, Sendable {
    /// h′ = tanh(W x + b + U h + b′).
    case rnn
    /// r, z, n; h′ = (1 − z) ∘ n + z ∘ h with n = tanh(W x + b + r ∘ (U h + b′)).
    case gru
    /// i, f, g, o; c′ = f ∘ c + i ∘ g, h′ = o ∘ tanh c′.
    case lstm
    /// h′ = max(W x + b + U h + b′, 0).
    case rnnReLU
    /// r, z, n; h′ = (1 − z) ∘ n + z ∘ h with n = tanh(W x + b + U (r ∘ h) + b′).
    case gruResetBefore

    /// Those whose values stay in ±1 however many steps they take.
    public static let bounded = [Cell.rnn, .gru, .lstm, .gruResetBefore]

    /// Blocks of the hidden size in the weights.
    public var gates: Int {
      switch self {
      case .rnn, .rnnReLU: 1
      case .gru, .gruResetBefore: 3
      case .lstm: 4
      }
    }
  }

  /// Sizes and values of one recurrent layer.
  public struct Recurrent: Sendable {
    /// The cell.
    public var cell: Cell
    /// N.
    public var batch: Int
    /// T.
    public var steps: Int
    /// D.
    public var inputs: Int
    /// H.
    public var size: Int
    /// W [G · H, D].
    public var inputWeight: [Double] = []
    /// U [G · H, H].
    public var hiddenWeight: [Double] = []
    /// b [G · H].
    public var inputBias: [Double] = []
    /// b′ [G · H].
    public var hiddenBias: [Double] = []
    /// h₀ [N, H].
    public var hidden: [Double] = []
    /// c₀ [N, H].
    public var memory: [Double] = []

    /// Sizes; the weights are set afterwards, states start at zero.
    public init(_ cell: Cell, batch: Int, steps: Int, inputs: Int, size: Int) {
      self.cell = cell
      self.batch = batch
      self.steps = steps
      self.inputs = inputs
      self.size = size
      hidden = [Double](repeating: 0, count: batch * size)
      memory = hidden
    }

    /// G · H.
    public var width: Int { cell.gates * size }

    /// Runs x [N, T, D] → hidden states [N, T, H], leaving the last states.
    public mutating func run(_ x: [Double]) -> [Double] {
      var y = [Double](repeating: 0, count: batch * steps * size)
      for t in 0..<steps {
        for n in 0..<batch {
          let start = (n * steps + t) * inputs
          step(n, Array(x[start..<start + inputs]))
          for j in 0..<size { y[(n * steps + t) * size + j] = hidden[n * size + j] }
        }
      }
      return y
    }

    /// Runs from `products` [T, N, G · H] that stand for W x + b, with `shift` [T, N, G · H] added to U h + b′, to
    /// hidden states [T, N, H].
    public mutating func run(products: [Double], shift: [Double]) -> [Double] {
      var y = [Double](repeating: 0, count: steps * batch * size)
      let bias = hiddenBias
      for t in 0..<steps {
        for n in 0..<batch {
          let line = (t * batch + n) * width
          for j in 0..<width { hiddenBias[j] = bias[j] + shift[line + j] }
          step(n, products: Array(products[line..<line + width]))
          for j in 0..<size { y[(t * batch + n) * size + j] = hidden[n * size + j] }
        }
      }
      hiddenBias = bias
      return y
    }

    private mutating func step(_ n: Int, _ x: [Double]) {
      step(
        n,
        products: Reference.linear(
          x,
          inputWeight,
          inputBias,
          inputs: inputs,
          units: width,
          rows: 1
        )
      )
    }

    private mutating func step(_ n: Int, products a: [Double]) {
      let before = Array(hidden[n * size..<(n + 1) * size])
      let b = Reference.linear(
        before,
        hiddenWeight,
        hiddenBias,
        inputs: size,
        units: width,
        rows: 1
      )
      for j in 0..<size {
        func gate(_ g: Int) -> Double { a[g * size + j] + b[g * size + j] }
        switch cell {
        case .rnn: hidden[n * size + j] = Foundation.tanh(gate(0))
        case .rnnReLU: hidden[n * size + j] = max(0, gate(0))
        case .gruResetBefore:
          let kept = before.indices.map { k in
            Reference.sigmoid(a[k] + b[k]) * before[k]
          }
          let row = 2 * size + j
          let product = zip(hiddenWeight[row * size..<(row + 1) * size], kept).reduce(0) {
            $0 + $1.0 * $1.1
          }
          let (z, candidate) = (
            Reference.sigmoid(gate(1)), Foundation.tanh(a[row] + product + hiddenBias[row])
          )
          hidden[n * size + j] = (1 - z) * candidate + z * before[j]
        case .gru:
          let (r, z) = (Reference.sigmoid(gate(0)), Reference.sigmoid(gate(1)))
          let candidate = Foundation.tanh(a[2 * size + j] + r * b[2 * size + j])
          hidden[n * size + j] = (1 - z) * candidate + z * before[j]
        case .lstm:
          let (i, f) = (Reference.sigmoid(gate(0)), Reference.sigmoid(gate(1)))
          let (g, o) = (Foundation.tanh(gate(2)), Reference.sigmoid(gate(3)))
          memory[n * size + j] = f * memory[n * size + j] + i * g
          hidden[n * size + j] = o * Foundation.tanh(memory[n * size + j])
        }
      }
    }
  }

  /// Walks of one or two layers side by side through sequences of several lengths: x [N, T, D] → hidden states
  /// [N, T, H], or [N, T, 2 · H] with `reverse`, whose walk begins at an example's last real step; zeros behind it.
  public static func walked(
    _ x: [Double],
    _ layer: Recurrent,
    reverse: Recurrent? = nil,
    lengths: [Int32]? = nil
  ) -> [Double] {
    let (steps, inputs, size) = (layer.steps, layer.inputs, layer.size)
    let width = reverse == nil ? size : 2 * size
    var y = [Double](repeating: 0, count: layer.batch * steps * width)
    for n in 0..<layer.batch {
      let length = lengths.map { Int($0[n]) } ?? steps
      let rows = (0..<length).map { t in
        Array(x[(n * steps + t) * inputs..<(n * steps + t + 1) * inputs])
      }
      for (part, isReversed) in [(layer, false)] + (reverse.map { [($0, true)] } ?? []) {
        var alone = part
        (alone.batch, alone.steps) = (1, length)
        alone.hidden = Array(part.hidden[n * size..<(n + 1) * size])
        alone.memory = Array(part.memory[n * size..<(n + 1) * size])
        let states = alone.run((isReversed ? rows.reversed() : rows).flatMap { $0 })
        for t in 0..<length {
          let time = isReversed ? length - 1 - t : t
          let place = (n * steps + time) * width + (isReversed ? size : 0)
          for j in 0..<size { y[place + j] = states[t * size + j] }
        }
      }
    }
    return y
  }
}
