// SPDX-License-Identifier: Apache-2.0

// How a recurrent layer lies in memory. Inside, everything is time first, so that a step is one stretch of memory that
// the CPU fetches ahead; the layer's input and output are batch first, as the layers around see them.

/// The memory of one recurrent layer over a whole sequence, time first.
public struct RecurrentBuffers {
  /// Which cell.
  public var cell: RecurrentCell
  /// Examples N.
  public var batch: Int
  /// Steps T, at least 1.
  public var steps: Int
  /// Hidden size H.
  public var size: Int
  /// Inputs D that are values; 0 where the input is tokens.
  public var inputs: Int
  /// [T, N] lines; filled by the forward pass, turned into gradients by the backward pass.
  public var lines: UnsafeMutablePointer<Float>
  /// [T + 1, N, D + H]: a step's inputs and the hidden state before it, side by side as the weights meet them. Slot 0
  /// holds the initial hidden state, the last one no inputs.
  public var states: UnsafeMutablePointer<Float>
  /// [T + 1, N, H]: the LSTM's cells, slot 0 initial. Others may pass anything.
  public var cells: UnsafeMutablePointer<Float>
  /// [T, N, H]: tanh of the LSTM's cells. Others may pass anything.
  public var squashed: UnsafeMutablePointer<Float>

  /// Buffers of these sizes.
  public init(
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
  }

  /// Floats from one line to the next.
  ///
  /// One cache line more than whole ones: rows a power of two apart would fall into the same few places of a cache.
  public static func lineStride(_ cell: RecurrentCell, size: Int) -> Int {
    roundUp(cell.lineBlocks &* size, to: 16) &+ 16
  }

  var lineStride: Int { Self.lineStride(cell, size: size) }
  var lineWidth: Int { cell.lineBlocks &* size }
  var stateWidth: Int { inputs &+ size }
  var gateWidth: Int { cell.gates &* size }
  var rows: Int { batch &* steps }
  /// The part of a line that meets W x: that of all gates, or of all but the last.
  var joinedWidth: Int { cell.joinedGates &* size }
}

extension RecurrentCell {
  /// Blocks of `size` in a line: the gates as U h meets them, then W x + b of a gate apart.
  var lineBlocks: Int { 2 &* gates &- joinedGates }
}

/// One step of some examples: where the first one's parts are; the next one's follow.
struct RecurrentStep {
  private let b: RecurrentBuffers
  /// Of the first example in [N, T, H], and from one to the next.
  let outside: Int
  let outsideStride: Int
  let lines: UnsafeMutablePointer<Float>
  let states: UnsafeMutablePointer<Float>
  private let place: Int

  @inline(__always)
  init(_ b: RecurrentBuffers, _ t: Int, _ first: Int) {
    self.b = b
    outsideStride = b.steps &* b.size
    outside = first &* outsideStride &+ t &* b.size
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
