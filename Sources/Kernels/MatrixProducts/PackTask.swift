// SPDX-License-Identifier: Apache-2.0

/// Rows of A that one piece packs: threads pack about what they will multiply, for a line of cache that another one
/// has to read costs more than to write it.
private let rowsPerPiece = 128

/// Packs, for one pass, the rows of A and the last columns of a near B that are not used in place.
struct PackTask: ParallelTask {
  let product: BlockProduct

  private var piecesA: Int {
    (product.m &- product.inPlaceRows &+ rowsPerPiece &- 1) / rowsPerPiece
  }
  private var piecesB: Int { product.packedColumns > 0 ? 1 : 0 }
  /// Pieces of all blocks of depth.
  var pieces: Int { product.blocks &* (piecesA &+ piecesB) }

  func run(_ index: Int, thread: Int) {
    let p = product
    let block = p.block(index % p.blocks &* p.blockDepth)
    let piece = index / p.blocks
    if piece < piecesA {
      let first = p.inPlaceRows &+ piece &* rowsPerPiece
      p.a.packRows(
        into: block.panelsA + (first &- p.inPlaceRows) &* block.depth,
        start: first,
        count: min(rowsPerPiece, p.m &- first),
        depthStart: p.depthStart &+ block.start,
        depth: block.depth
      )
    } else {
      p.b.packColumns(
        into: block.panelsB,
        start: p.inPlaceColumns,
        count: p.packedColumns,
        depthStart: p.depthStart &+ block.start,
        depth: block.depth
      )
    }
  }
}
