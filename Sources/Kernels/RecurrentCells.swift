// SPDX-License-Identifier: Apache-2.0

/// The recurrent cells; gates lie in PyTorch's order.
public enum RecurrentCell: Int32, Sendable {
  /// h′ = tanh(W x + b + U h + b′) (Elman 1990).
  case rnn
  /// r, z, n with the reset gate after the product (Cho et al. 2014; PyTorch's form).
  case gru
  /// i, f, g, o (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000).
  case lstm

  /// Blocks of `hiddenSize` in the weights.
  public var gates: Int {
    switch self {
    case .rnn: 1
    case .gru: 3
    case .lstm: 4
    }
  }
}

/// What one row (example) has at one step. Lines hold `size` values, gate lines `gates · size`.
struct CellRow {
  let size: Int
  /// In: W x + b. After the forward step: what the backward step needs of the gates. After it: their gradient.
  let gates: UnsafeMutablePointer<Float>
  /// Forward: U h + b′. Backward, GRU only: receives its gradient.
  let product: UnsafeMutablePointer<Float>
  let previousHidden: UnsafePointer<Float>
  let hidden: UnsafeMutablePointer<Float>
  /// LSTM: the cell before and after; GRU: `cell` keeps the candidate's part of the product.
  let previousCell: UnsafePointer<Float>
  let cell: UnsafeMutablePointer<Float>
}

/// The gradients that walk backwards through time beside a row.
struct CellGradientRow {
  /// Gradient of this step's hidden state, complete.
  let hidden: UnsafePointer<Float>
  /// In: of this step's cell; out: of the previous one (LSTM).
  let cell: UnsafeMutablePointer<Float>
  /// Receives what reaches the previous hidden state without passing U (GRU), else zero.
  let direct: UnsafeMutablePointer<Float>
}

/// One cell's elementwise part.
protocol CellKernel {
  static func forward(_ row: CellRow)
  static func backward(_ row: CellRow, _ gradient: CellGradientRow)
}

enum ElmanKernel: CellKernel {
  static func forward(_ row: CellRow) {
    eachStretch(row.size) { j, n in
      let h = tanh(loadUpTo16(row.gates + j, n) + loadUpTo16(row.product + j, n))
      storeUpTo16(h, row.hidden + j, n)
    }
  }

  static func backward(_ row: CellRow, _ gradient: CellGradientRow) {
    eachStretch(row.size) { j, n in
      let h = loadUpTo16(row.hidden + j, n)
      storeUpTo16(loadUpTo16(gradient.hidden + j, n) * (1 - h * h), row.gates + j, n)
      storeUpTo16(Lanes.zero, gradient.direct + j, n)
    }
  }
}

enum LSTMKernel: CellKernel {
  static func forward(_ row: CellRow) {
    let size = row.size
    let (f, g, o) = (size, 2 &* size, 3 &* size)
    eachStretch(size) { j, n in
      let input = sigmoid(loadUpTo16(row.gates + j, n) + loadUpTo16(row.product + j, n))
      let forget = sigmoid(loadUpTo16(row.gates + f + j, n) + loadUpTo16(row.product + f + j, n))
      let candidate = tanh(loadUpTo16(row.gates + g + j, n) + loadUpTo16(row.product + g + j, n))
      let output = sigmoid(loadUpTo16(row.gates + o + j, n) + loadUpTo16(row.product + o + j, n))
      let cell = (input * candidate).addingProduct(forget, loadUpTo16(row.previousCell + j, n))
      storeUpTo16(input, row.gates + j, n)
      storeUpTo16(forget, row.gates + f + j, n)
      storeUpTo16(candidate, row.gates + g + j, n)
      storeUpTo16(output, row.gates + o + j, n)
      storeUpTo16(cell, row.cell + j, n)
      storeUpTo16(output * tanh(cell), row.hidden + j, n)
    }
  }

  static func backward(_ row: CellRow, _ gradient: CellGradientRow) {
    let size = row.size
    let (f, g, o) = (size, 2 &* size, 3 &* size)
    eachStretch(size) { j, n in
      let input = loadUpTo16(row.gates + j, n)
      let forget = loadUpTo16(row.gates + f + j, n)
      let candidate = loadUpTo16(row.gates + g + j, n)
      let output = loadUpTo16(row.gates + o + j, n)
      let squashed = tanh(loadUpTo16(row.cell + j, n))
      let dHidden = loadUpTo16(gradient.hidden + j, n)
      let dCell = loadUpTo16(gradient.cell + j, n)
        .addingProduct(dHidden * output, 1 - squashed * squashed)
      let dForget = dCell * loadUpTo16(row.previousCell + j, n)
      storeUpTo16(dCell * candidate * (input * (1 - input)), row.gates + j, n)
      storeUpTo16(dForget * (forget * (1 - forget)), row.gates + f + j, n)
      storeUpTo16(dCell * input * (1 - candidate * candidate), row.gates + g + j, n)
      storeUpTo16(dHidden * squashed * (output * (1 - output)), row.gates + o + j, n)
      storeUpTo16(dCell * forget, gradient.cell + j, n)
      storeUpTo16(Lanes.zero, gradient.direct + j, n)
    }
  }
}

enum GRUKernel: CellKernel {
  static func forward(_ row: CellRow) {
    let size = row.size
    let (z, c) = (size, 2 &* size)
    eachStretch(size) { j, n in
      let reset = sigmoid(loadUpTo16(row.gates + j, n) + loadUpTo16(row.product + j, n))
      let update = sigmoid(loadUpTo16(row.gates + z + j, n) + loadUpTo16(row.product + z + j, n))
      let recurrent = loadUpTo16(row.product + c + j, n)
      let candidate = tanh(loadUpTo16(row.gates + c + j, n).addingProduct(reset, recurrent))
      let previous = loadUpTo16(row.previousHidden + j, n)
      storeUpTo16(reset, row.gates + j, n)
      storeUpTo16(update, row.gates + z + j, n)
      storeUpTo16(candidate, row.gates + c + j, n)
      storeUpTo16(recurrent, row.cell + j, n)
      storeUpTo16(
        (update * previous).addingProduct(1 - update, candidate),
        row.hidden + j,
        n
      )
    }
  }

  static func backward(_ row: CellRow, _ gradient: CellGradientRow) {
    let size = row.size
    let (z, c) = (size, 2 &* size)
    eachStretch(size) { j, n in
      let reset = loadUpTo16(row.gates + j, n)
      let update = loadUpTo16(row.gates + z + j, n)
      let candidate = loadUpTo16(row.gates + c + j, n)
      let recurrent = loadUpTo16(row.cell + j, n)
      let previous = loadUpTo16(row.previousHidden + j, n)
      let dHidden = loadUpTo16(gradient.hidden + j, n)
      let dCandidate = dHidden * (1 - update) * (1 - candidate * candidate)
      let dReset = dCandidate * recurrent * (reset * (1 - reset))
      let dUpdate = dHidden * (previous - candidate) * (update * (1 - update))
      storeUpTo16(dReset, row.gates + j, n)
      storeUpTo16(dUpdate, row.gates + z + j, n)
      storeUpTo16(dCandidate, row.gates + c + j, n)
      storeUpTo16(dReset, row.product + j, n)
      storeUpTo16(dUpdate, row.product + z + j, n)
      storeUpTo16(dCandidate * reset, row.product + c + j, n)
      storeUpTo16(dHidden * update, gradient.direct + j, n)
    }
  }
}

@inline(__always)
private func eachStretch(_ size: Int, _ body: (Int, Int) -> Void) {
  var j = 0
  while j < size {
    body(j, size &- j)
    j &+= 16
  }
}
