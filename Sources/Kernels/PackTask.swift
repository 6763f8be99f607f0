// SPDX-License-Identifier: Apache-2.0

/// Steps of depth, or about so many indices, that one piece of packing covers.
private let stepsPerPiece = 64
private let indicesPerPiece = 96

@inline(__always)
private func panelsPerPiece(_ step: Int) -> Int { max(1, indicesPerPiece / step) }

/// Packs the panels of A and B that are not used in place, of one pass.
///
/// A piece is a stretch of one operand in the order in which it lies in memory, so that reading it is one stream: some
/// panels through the whole depth, or all panels through some steps of depth.
struct PackTask: ParallelTask {
  let product: BlockProduct

  private var piecesB: Int {
    pieces(product.b, product.columns, tileColumns, from: product.inPlaceColumns)
  }
  private var piecesA: Int { pieces(product.a, product.m, tileRows, from: product.inPlaceRows) }
  /// Pieces of all blocks of depth.
  var pieces: Int { product.blocks &* (piecesB &+ piecesA) }

  private func pieces(_ source: StridedSource, _ count: Int, _ step: Int, from: Int) -> Int {
    if from == count { return 0 }
    return source.indexStride == 1
      ? (product.blockDepth &+ stepsPerPiece &- 1) / stepsPerPiece
      : (count &+ panelsPerPiece(step) &* step &- 1) / (panelsPerPiece(step) &* step)
  }

  func run(_ index: Int, thread: Int) {
    let p = product
    let perBlock = piecesB &+ piecesA
    let block = p.block(index / perBlock &* p.blockDepth)
    let piece = index % perBlock
    if piece < piecesB {
      let from = p.inPlaceColumns
      pack(p.b, block.panelsB, block, piece, tileColumns, offset: p.column, from, p.columns)
    } else {
      pack(p.a, block.panelsA, block, piece &- piecesB, tileRows, offset: 0, p.inPlaceRows, p.m)
    }
  }

  /// Packs piece `piece` of the panels from ..< end; `offset` is the source's index of panel 0.
  private func pack(
    _ source: StridedSource,
    _ packed: UnsafeMutablePointer<Float>,
    _ block: DepthBlock,
    _ piece: Int,
    _ step: Int,
    offset: Int,
    _ from: Int,
    _ end: Int
  ) {
    if source.indexStride == 1 {
      let k = piece &* stepsPerPiece
      // The last block may have fewer pieces.
      if k >= block.depth { return }
      let last = min(block.depth, k &+ stepsPerPiece)
      let whole = from &+ (end &- from) / step &* step
      source.packAcross(
        into: packed + (from &* block.depth &+ k &* step),
        panelStride: step &* block.depth,
        width: step,
        start: offset &+ from,
        count: whole &- from,
        depthStart: product.depthStart &+ block.start &+ k,
        depth: last &- k
      )
      packPanels(source, packed, block, step, offset, whole, end, k, last &- k)
    } else {
      let first = piece &* panelsPerPiece(step) &* step
      let behind = min(end, first &+ panelsPerPiece(step) &* step)
      packPanels(source, packed, block, step, offset, max(from, first), behind, 0, block.depth)
    }
  }

  private func packPanels(
    _ source: StridedSource,
    _ packed: UnsafeMutablePointer<Float>,
    _ block: DepthBlock,
    _ step: Int,
    _ offset: Int,
    _ from: Int,
    _ end: Int,
    _ k: Int,
    _ steps: Int
  ) {
    var start = from
    while start < end {
      let valid = min(step, end &- start)
      let width = step == tileRows ? tileRows : panelWidth(valid)
      source.pack(
        into: packed + (start &* block.depth &+ k &* width),
        width: width,
        start: offset &+ start,
        valid: valid,
        depthStart: product.depthStart &+ block.start &+ k,
        depth: steps
      )
      start &+= step
    }
  }
}
