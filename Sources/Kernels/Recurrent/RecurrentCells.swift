// SPDX-License-Identifier: Apache-2.0

/// The recurrent cells; gates lie in PyTorch's order.
public enum RecurrentCell: Int32, Sendable {
  /// h′ = tanh(W x + b + U h + b′) (Elman 1990).
  case rnn
  /// r, z, n with the reset gate after the product (Cho et al. 2014; PyTorch's form).
  case gru
  /// i, f, g, o (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000).
  case lstm
  /// h′ = max(W x + b + U h + b′, 0), NaN kept.
  case rnnReLU
  /// r, z, n with the reset gate before the product: n = tanh(W x + b + U (r ∘ h) + b′) (Cho et al. 2014, equation 8).
  case gruResetBefore

  /// Blocks of `hiddenSize` in the weights.
  public var gates: Int {
    switch self {
    case .rnn, .rnnReLU: 1
    case .gru, .gruResetBefore: 3
    case .lstm: 4
    }
  }

  /// Leading gates that need only the sum of W x + b and U h + b′. In the GRU's last, the reset gate stands between.
  var joinedGates: Int { self == .gru || resetsBefore ? 2 : gates }

  /// Whether the last gate meets r ∘ h in place of h.
  var resetsBefore: Bool { self == .gruResetBefore }
}

/// What one row (example) has at one step.
///
/// A line holds a block of `size` values for each gate in order; the GRU's has U h + b′ in the last of them and a fourth
/// block for W x + b, or, with the reset gate before the product, for r ∘ h.
struct CellRow {
  let size: Int
  /// The line before the cell: the joined gates' W x + U h and biases, and the two parts of a gate apart.
  let input: UnsafePointer<Float>
  /// The line that is kept: the gates and what the backward step needs; after that, the gradient of `input`.
  let line: UnsafeMutablePointer<Float>
  /// Receives the result twice: for the next step, and for the layers after this.
  let hidden: UnsafeMutablePointer<Float>
  let result: UnsafeMutablePointer<Float>
  /// LSTM: receive the cell and its tanh, which the backward step needs again.
  let cell: UnsafeMutablePointer<Float>
  let squashed: UnsafeMutablePointer<Float>
  let previousHidden: UnsafePointer<Float>
  let previousCell: UnsafePointer<Float>
}

/// The gradients that walk backwards through time beside a row.
struct CellGradientRow {
  /// In: the gradient of this step's hidden state, complete. Out: that of the previous one but for what passes U.
  let hidden: UnsafeMutablePointer<Float>
  /// In: of this step's cell; out: of the previous one (LSTM).
  let cell: UnsafeMutablePointer<Float>
  /// The gradient of the previous hidden state as an output.
  let earlier: UnsafePointer<Float>
}

/// One cell's elementwise part.
///
/// Functions run over whole blocks of a line, one short loop each: that is what the compiler turns into vectors.
protocol CellKernel {
  /// Whether the last gate's product waits for `reset`, and `resetGradient` for that of its gradient.
  static var resetsBefore: Bool { get }
  /// The gates that others wait for, and r ∘ h.
  static func reset(_ row: CellRow)
  /// The gradients of r and of the state, once `gradient.cell` holds that of r ∘ h.
  static func resetGradient(_ row: CellRow, _ gradient: CellGradientRow)
  /// All units of a row.
  static func forward(_ row: CellRow)
  /// Units j ..< j + `count`, at most 16.
  static func backward(_ row: CellRow, _ gradient: CellGradientRow, _ j: Int, _ count: Int)
}

extension CellKernel {
  static var resetsBefore: Bool { false }
  static func reset(_ row: CellRow) {}
  static func resetGradient(_ row: CellRow, _ gradient: CellGradientRow) {}

  /// All units of a row.
  static func backward(_ row: CellRow, _ gradient: CellGradientRow) {
    eachSixteen(row.size) { j, n in backward(row, gradient, j, n) }
  }
}

extension CellRow {
  @inline(__always)
  func storeHidden(_ value: Lanes, _ j: Int, _ count: Int) {
    storeUpTo16(value, hidden + j, count)
    storeUpTo16(value, result + j, count)
  }
}

enum ElmanKernel: CellKernel {
  static func forward(_ row: CellRow) {
    activate(.tanh, row.input, into: row.hidden, row.size)
    copyLine(row.hidden, row.result, row.size)
  }

  @inline(__always)
  static func backward(_ row: CellRow, _ gradient: CellGradientRow, _ j: Int, _ n: Int) {
    let h = loadUpTo16(row.hidden + j, n)
    storeUpTo16(loadUpTo16(gradient.hidden + j, n) * (1 - h * h), row.line + j, n)
    storeUpTo16(loadUpTo16(gradient.earlier + j, n), gradient.hidden + j, n)
  }
}

enum ReLUElmanKernel: CellKernel {
  static func forward(_ row: CellRow) {
    activate(.relu, row.input, into: row.hidden, row.size)
    copyLine(row.hidden, row.result, row.size)
  }

  @inline(__always)
  static func backward(_ row: CellRow, _ gradient: CellGradientRow, _ j: Int, _ n: Int) {
    let h = loadUpTo16(row.hidden + j, n)
    // 1 or 0; a NaN stays NaN.
    let slope = h.replacing(with: Lanes(repeating: 1), where: h .> 0)
    storeUpTo16(loadUpTo16(gradient.hidden + j, n) * slope, row.line + j, n)
    storeUpTo16(loadUpTo16(gradient.earlier + j, n), gradient.hidden + j, n)
  }
}

enum LSTMKernel: CellKernel {
  static func forward(_ row: CellRow) {
    let (g, o) = (2 &* row.size, 3 &* row.size)
    activate(.sigmoid, row.input, into: row.line, 2 &* row.size)
    activate(.tanh, row.input + g, into: row.line + g, row.size)
    activate(.sigmoid, row.input + o, into: row.line + o, row.size)
    eachSixteen(row.size) { j, n in
      let new = loadUpTo16(row.line + j, n) * loadUpTo16(row.line + g + j, n)
      let forget = loadUpTo16(row.line + row.size + j, n)
      let cell = new.addingProduct(forget, loadUpTo16(row.previousCell + j, n))
      storeUpTo16(cell, row.cell + j, n)
    }
    activate(.tanh, row.cell, into: row.squashed, row.size)
    eachSixteen(row.size) { j, n in
      row.storeHidden(loadUpTo16(row.line + o + j, n) * loadUpTo16(row.squashed + j, n), j, n)
    }
  }

  @inline(__always)
  static func backward(_ row: CellRow, _ gradient: CellGradientRow, _ j: Int, _ n: Int) {
    let (f, g, o) = (j &+ row.size, j &+ 2 &* row.size, j &+ 3 &* row.size)
    let input = loadUpTo16(row.line + j, n)
    let forget = loadUpTo16(row.line + f, n)
    let candidate = loadUpTo16(row.line + g, n)
    let output = loadUpTo16(row.line + o, n)
    let squashed = loadUpTo16(row.squashed + j, n)
    let dHidden = loadUpTo16(gradient.hidden + j, n)
    let dCell = loadUpTo16(gradient.cell + j, n)
      .addingProduct(dHidden * output, 1 - squashed * squashed)
    let dForget = dCell * loadUpTo16(row.previousCell + j, n)
    storeUpTo16(dCell * candidate * (input * (1 - input)), row.line + j, n)
    storeUpTo16(dForget * (forget * (1 - forget)), row.line + f, n)
    storeUpTo16(dCell * input * (1 - candidate * candidate), row.line + g, n)
    storeUpTo16(dHidden * squashed * (output * (1 - output)), row.line + o, n)
    storeUpTo16(dCell * forget, gradient.cell + j, n)
    storeUpTo16(loadUpTo16(gradient.earlier + j, n), gradient.hidden + j, n)
  }
}

enum GRUKernel: CellKernel {
  static func forward(_ row: CellRow) {
    let (z, u, c) = (row.size, 2 &* row.size, 3 &* row.size)
    activate(.sigmoid, row.input, into: row.line, 2 &* row.size)
    eachSixteen(row.size) { j, n in
      let recurrent = loadUpTo16(row.input + u + j, n)
      let sum = loadUpTo16(row.input + c + j, n)
        .addingProduct(loadUpTo16(row.line + j, n), recurrent)
      storeUpTo16(recurrent, row.line + u + j, n)
      storeUpTo16(sum, row.line + c + j, n)
    }
    activate(.tanh, row.line + c, row.size)
    eachSixteen(row.size) { j, n in
      let update = loadUpTo16(row.line + z + j, n)
      let kept = update * loadUpTo16(row.previousHidden + j, n)
      row.storeHidden(kept.addingProduct(1 - update, loadUpTo16(row.line + c + j, n)), j, n)
    }
  }

  @inline(__always)
  static func backward(_ row: CellRow, _ gradient: CellGradientRow, _ j: Int, _ n: Int) {
    let (z, u, c) = (j &+ row.size, j &+ 2 &* row.size, j &+ 3 &* row.size)
    let reset = loadUpTo16(row.line + j, n)
    let update = loadUpTo16(row.line + z, n)
    let recurrent = loadUpTo16(row.line + u, n)
    let candidate = loadUpTo16(row.line + c, n)
    let previous = loadUpTo16(row.previousHidden + j, n)
    let dHidden = loadUpTo16(gradient.hidden + j, n)
    let dCandidate = dHidden * (1 - update) * (1 - candidate * candidate)
    storeUpTo16(dCandidate * recurrent * (reset * (1 - reset)), row.line + j, n)
    storeUpTo16(dHidden * (previous - candidate) * (update * (1 - update)), row.line + z, n)
    storeUpTo16(dCandidate * reset, row.line + u, n)
    storeUpTo16(dCandidate, row.line + c, n)
    storeUpTo16(
      loadUpTo16(gradient.earlier + j, n).addingProduct(dHidden, update),
      gradient.hidden + j,
      n
    )
  }
}
