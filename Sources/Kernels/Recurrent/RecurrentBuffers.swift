// SPDX-License-Identifier: Apache-2.0

// How a recurrent layer lies in memory. Inside, everything is time first, so that a step is one stretch of memory that
// the CPU fetches ahead; the layer's input and output are batch first, as the layers around see them. Inside, step 0 is
// the one that is walked first: the last real one where the walk is reversed. Nothing is copied for it.

/// The memory of one recurrent layer over a whole sequence, time first.
package struct RecurrentBuffers {
  /// Which cell.
  package var cell: RecurrentCell
  /// Examples N.
  package var batch: Int
  /// Steps T, at least 1.
  package var steps: Int
  /// Hidden size H.
  package var size: Int
  /// Inputs D that are values; 0 where the input is tokens.
  package var inputs: Int
  /// [T, N] lines; filled by the forward pass, turned into gradients by the backward pass.
  package var lines: UnsafeMutablePointer<Float>
  /// [T + 1, N, D + H]: a step's inputs and the hidden state before it, side by side as the weights meet them. Slot 0
  /// holds the initial hidden state, the last one no inputs.
  package var states: UnsafeMutablePointer<Float>
  /// [T + 1, N, H]: the LSTM's cells, slot 0 initial. Others may pass anything.
  package var cells: UnsafeMutablePointer<Float>
  /// [T, N, H]: tanh of the LSTM's cells. Others may pass anything.
  package var squashed: UnsafeMutablePointer<Float>
  /// Whether each example is walked from its last real step to its first.
  package var isReversed = false
  /// Real steps of each example, 0 … T, the first ones outside; nil where all steps are real.
  ///
  /// What is behind them is neither read nor changed: hidden states wait, results and gradients are 0.
  package var lengths: UnsafePointer<Int32>?
  /// Floats from one step of the result, and of its gradient, to the next: H times the directions.
  package var resultStride: Int
  /// The weights, if they are packed already; otherwise each thread packs them for itself.
  package var panels: RecurrentPanels?

  /// Buffers of these sizes, walked forwards, all steps real, the result's steps side by side.
  package init(
    cell: RecurrentCell,
    batch: Int,
    steps: Int,
    size: Int,
    inputs: Int,
    lines: UnsafeMutablePointer<Float>,
    states: UnsafeMutablePointer<Float>,
    cells: UnsafeMutablePointer<Float>,
    squashed: UnsafeMutablePointer<Float>
  ) {
    self.cell = cell
    self.batch = batch
    self.steps = steps
    self.size = size
    self.inputs = inputs
    self.lines = lines
    self.states = states
    self.cells = cells
    self.squashed = squashed
    resultStride = size
  }

  /// Floats from one line to the next.
  package static func lineStride(_ cell: RecurrentCell, size: Int) -> Int {
    RecurrentSizes(cell: cell, size: size, inputs: 0).lineStride
  }

  var sizes: RecurrentSizes { RecurrentSizes(cell: cell, size: size, inputs: inputs) }
  var lineStride: Int { sizes.lineStride }
  var lineWidth: Int { sizes.lineWidth }
  var stateWidth: Int { sizes.stateWidth }
  var gateWidth: Int { sizes.gateWidth }
  var rows: Int { batch &* steps }
  var joinedWidth: Int { sizes.joinedWidth }
  var apartPlace: Int { sizes.apartPlace }
  var stateGateWidth: Int { sizes.stateGateWidth }
  var resetPlace: Int { sizes.resetPlace }
}

extension RecurrentCell {
  /// Blocks of `size` in a line: the gates as U h meets them, then W x + b of a gate apart, or r ∘ h.
  var lineBlocks: Int { 2 &* gates &- joinedGates }
}

// MARK: - The walk

extension RecurrentBuffers {
  /// Whether step t of the walk through example n is one of its own.
  @inline(__always)
  func isReal(_ n: Int, _ t: Int) -> Bool {
    guard let lengths else { return true }
    return t < Int(lengths[n])
  }

  /// The place in [N, T] outside of step t of the walk through example n; steps that are not real stay where they are.
  @inline(__always)
  func place(_ n: Int, _ t: Int) -> Int {
    guard isReversed else { return n &* steps &+ t }
    let length = lengths.map { Int($0[n]) } ?? steps
    return n &* steps &+ (t < length ? length &- 1 &- t : t)
  }

  /// The steps that some of `count` examples from `first` on have.
  func longest(_ first: Int, _ count: Int) -> Int {
    guard let lengths else { return steps }
    var longest = 0
    for n in first..<first &+ count { longest = max(longest, Int(lengths[n])) }
    return longest
  }

  /// Whether the walk is that of time, through all steps of all examples.
  var isPlain: Bool { !isReversed && lengths == nil }

  /// A step behind the example's end: its state waits, its result and its line, later a gradient, are 0.
  func hold(_ row: CellRow) {
    fill(row.line, 0, lineWidth)
    fill(row.result, 0, size)
    copyLine(row.previousHidden, row.hidden, size)
    if cell == .lstm { copyLine(row.previousCell, row.cell, size) }
  }
}

/// One step of some examples: where the first one's parts are; the next one's follow.
struct RecurrentStep {
  private let b: RecurrentBuffers
  let lines: UnsafeMutablePointer<Float>
  let states: UnsafeMutablePointer<Float>
  private let place: Int

  @inline(__always)
  init(_ b: RecurrentBuffers, _ t: Int, _ first: Int) {
    self.b = b
    place = t &* b.batch &+ first
    lines = b.lines + place &* b.lineStride
    states = b.states + place &* b.stateWidth
  }

  /// Of example i after the first.
  @inline(__always)
  func row(
    _ i: Int,
    input: UnsafePointer<Float>,
    result: UnsafeMutablePointer<Float>
  ) -> CellRow {
    let inside = (place &+ i) &* b.size
    let hidden = states + (i &* b.stateWidth &+ b.inputs)
    return CellRow(
      size: b.size,
      input: input,
      line: lines + i &* b.lineStride,
      hidden: hidden + b.batch &* b.stateWidth,
      result: result,
      cell: b.cells + (inside &+ b.batch &* b.size),
      squashed: b.squashed + inside,
      previousHidden: UnsafePointer(hidden),
      previousCell: UnsafePointer(b.cells) + inside
    )
  }
}
