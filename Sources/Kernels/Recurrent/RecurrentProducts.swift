// SPDX-License-Identifier: Apache-2.0

// How lines come from inputs and hidden states, and how gradients come back: [W U] is one matrix wherever inputs and
// hidden states stand side by side, and a gate apart has two products of its own.

/// The weights packed for the forward pass, by each thread for itself unless that is done: what it packs stays in its own
/// caches, and every pack serves all steps.
struct LineProduct {
  private let b: RecurrentSizes
  /// Of the joined gates, or, without inputs, of all: they meet whole states.
  private let joined: PackedColumns
  /// Of a gate apart: one meets the hidden states only, or r ∘ h, one the inputs only.
  private let hidden: PackedColumns
  private let input: PackedColumns

  /// Floats of the panels.
  static func space(_ b: RecurrentSizes) -> Int {
    let (joined, apart) = columns(b)
    return PackedColumns.count(columns: joined, depth: b.stateWidth)
      &+ PackedColumns.count(columns: apart, depth: b.size)
      &+ PackedColumns.count(columns: apart, depth: b.inputs)
  }

  private static func columns(_ b: RecurrentSizes) -> (joined: Int, apart: Int) {
    (b.stateGateWidth, b.gateWidth &- b.stateGateWidth)
  }

  /// Panels in this memory.
  init(_ b: RecurrentSizes, panels: UnsafeMutablePointer<Float>) {
    self.b = b
    let (columns, apart) = Self.columns(b)
    joined = PackedColumns(panels: panels, columns: columns, depth: b.stateWidth)
    hidden = PackedColumns(panels: joined.end, columns: apart, depth: b.size)
    input = PackedColumns(panels: hidden.end, columns: apart, depth: b.inputs)
  }

  /// Packs W [G·H, D] and U [G·H, H].
  func pack(inputWeight: UnsafePointer<Float>, hiddenWeight: UnsafePointer<Float>) {
    let columns = joined.columns
    let w = StridedSource(base: inputWeight, indexStride: b.inputs, depthStride: 1)
    let u = StridedSource(base: hiddenWeight, indexStride: b.size, depthStride: 1)
    joined.pack(w, count: b.inputs)
    joined.pack(u, start: b.inputs, count: b.size)
    hidden.pack(u.advanced(by: columns &* b.size))
    input.pack(w.advanced(by: columns &* b.inputs))
  }

  /// Adds W x + U h of `rows` states to their lines, one chain each, on the calling thread; U (r ∘ h) is left to
  /// `addReset`.
  func add(
    _ states: UnsafePointer<Float>,
    rows: Int,
    to lines: UnsafeMutablePointer<Float>,
    backward: Bool
  ) {
    func add(_ part: PackedColumns, _ states: UnsafePointer<Float>, _ place: Int) {
      part.multiply(
        states,
        rowStride: b.stateWidth,
        rows: rows,
        addingTo: lines + place,
        resultStride: b.lineStride,
        backward: backward
      )
    }
    add(joined, states, 0)
    if !b.cell.resetsBefore { add(hidden, states + b.inputs, b.joinedWidth) }
    add(input, states, b.apartPlace)
  }

  /// Goes on with U (r ∘ h) of the kept lines `kept` in the last gate of `lines`.
  func addReset(
    _ kept: UnsafePointer<Float>,
    rows: Int,
    to lines: UnsafeMutablePointer<Float>,
    backward: Bool
  ) {
    hidden.multiply(
      kept + b.resetPlace,
      rowStride: b.lineStride,
      rows: rows,
      addingTo: lines + b.joinedWidth,
      resultStride: b.lineStride,
      backward: backward
    )
  }
}

/// U packed for the way back, by each thread for itself unless that is done.
struct ReturnProduct {
  /// Of the gates that meet h.
  let gates: PackedColumns
  /// Of one that meets r ∘ h.
  let candidate: PackedColumns

  /// Floats of the panels.
  static func space(_ b: RecurrentSizes) -> Int {
    let (depth, apart) = depths(b)
    return PackedColumns.count(columns: b.size, depth: depth)
      &+ PackedColumns.count(columns: b.size, depth: apart)
  }

  private static func depths(_ b: RecurrentSizes) -> (gates: Int, candidate: Int) {
    b.cell.resetsBefore ? (b.joinedWidth, b.size) : (b.gateWidth, 0)
  }

  /// Panels in this memory.
  init(_ b: RecurrentSizes, panels: UnsafeMutablePointer<Float>) {
    let (depth, apart) = Self.depths(b)
    gates = PackedColumns(panels: panels, columns: b.size, depth: depth)
    candidate = PackedColumns(panels: gates.end, columns: b.size, depth: apart)
  }

  /// Packs U [G·H, H].
  func pack(_ hiddenWeight: UnsafePointer<Float>) {
    let size = gates.columns
    let u = StridedSource(base: hiddenWeight, indexStride: 1, depthStride: size)
    gates.pack(u)
    candidate.pack(u.advanced(by: gates.depth &* size))
  }
}

/// The gradient of [W U], into `gradient` [G·H, D + H], from the lines that the backward pass leaves: sums over all steps
/// of the walk, and in each step over all examples, in order. Without inputs it is that of U.
package func recurrentWeightGradient(
  _ b: RecurrentBuffers,
  into gradient: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  context: KernelContext
) {
  func add(_ place: Int, _ met: Matrix, from gate: Int, _ state: Int, _ count: Int, _ width: Int) {
    multiply(
      m: count,
      n: width,
      k: b.rows,
      Matrix(b.lines + place, rowStride: b.lineStride).transposed,
      met,
      into: gradient + (gate &* b.stateWidth &+ state),
      rowStride: b.stateWidth,
      accumulating: accumulating,
      context: context
    )
  }
  let joined = b.stateGateWidth
  let apart = b.gateWidth &- joined
  let states = Matrix(b.states, rowStride: b.stateWidth)
  let hidden =
    b.cell.resetsBefore
    ? Matrix(b.lines + b.resetPlace, rowStride: b.lineStride)
    : Matrix(b.states + b.inputs, rowStride: b.stateWidth)
  add(0, states, from: 0, 0, joined, b.stateWidth)
  add(joined, hidden, from: joined, b.inputs, apart, b.size)
  add(b.apartPlace, states, from: joined, 0, apart, b.inputs)
}

/// The gradient of one-hot inputs' W [G·H, V], into or onto `dW`: tokens [T, N] of the walk add up in their order.
package func recurrentTokenGradient(
  _ b: RecurrentBuffers,
  tokens: UnsafePointer<Int32>,
  vocabulary: Int,
  into dW: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  context: KernelContext
) {
  let table = context.scratch(vocabulary &* b.joinedWidth)
  for part in InputParts(b) {
    fill(table, 0, vocabulary &* part.count)
    scatterRows(
      b.lines + part.place,
      rowStride: b.lineStride,
      tokens: tokens,
      count: b.rows,
      width: part.count,
      into: table,
      context: context
    )
    transpose(
      table,
      rows: vocabulary,
      columns: part.count,
      into: dW + part.gate &* vocabulary,
      rowStride: vocabulary,
      accumulating: accumulating,
      context: context
    )
  }
}

/// The gradient of the inputs in the order of the walk, into `dx` [T, N, D].
package func recurrentInputGradient(
  _ b: RecurrentBuffers,
  inputWeight: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  context: KernelContext
) {
  for part in InputParts(b) {
    multiply(
      m: b.rows,
      n: b.inputs,
      k: part.count,
      Matrix(b.lines + part.place, rowStride: b.lineStride),
      Matrix(inputWeight + part.gate &* b.inputs, rowStride: b.inputs),
      into: dx,
      rowStride: b.inputs,
      accumulating: part.gate > 0,
      context: context
    )
  }
}

/// The gradients of b and b′, each [G·H]: sums over the lines in order. Those of joined gates are the same.
package func recurrentBiasGradients(
  _ b: RecurrentBuffers,
  _ db: UnsafeMutablePointer<Float>,
  _ dHiddenBias: UnsafeMutablePointer<Float>,
  context: KernelContext
) {
  func sum(_ place: Int, _ count: Int, into sums: UnsafeMutablePointer<Float>) {
    columnSums(
      b.lines + place,
      rows: b.rows,
      columns: count,
      rowStride: b.lineStride,
      into: sums,
      accumulating: false,
      context: context
    )
  }
  sum(0, b.gateWidth, into: dHiddenBias)
  copyLine(dHiddenBias, db, b.joinedWidth)
  sum(b.apartPlace, b.gateWidth &- b.joinedWidth, into: db + b.joinedWidth)
}
