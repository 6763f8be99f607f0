// SPDX-License-Identifier: Apache-2.0

// The product in blocks and in pieces for the threads: a tile's rows of A stay in the first-level cache while the panels
// of B stream past them out of the second (Goto & van de Geijn 2008, §4.1, with the roles of A and B exchanged, for the
// tile is wide and low).
//
// Each thread packs the panels of B that it multiplies: a line of cache that two cores hold must be taken from one of them
// before the other may write it again, which is so slow that packing twice is cheaper. They share packed rows of A, each
// used mostly by the thread that packed it, and a last few columns that do not fill a vector.

/// Most rows of A that one piece of work multiplies; whole panels.
private let pieceRows = 64
/// So many rows are worth packing columns that lie along the depth once more, for a thread that then reads only its own
/// rows of A.
private let rowsToPack = 128
/// Most columns of B of a piece: of one thread or a B in place, of a few threads, of many threads or few rows.
private let pieceColumns = (wide: 192, shared: 144, fine: 96)
/// So many pieces for each thread end at about the same time, whatever their number.
private let manyPieces = 4
/// More threads than this do not pack the same columns each for itself if they can help it.
private let fewThreads = 4

/// The width of a packed panel with `valid` columns of B: whole vectors, at most a tile.
@inline(__always)
func panelWidth(_ valid: Int) -> Int {
  valid >= tileColumns ? tileColumns : roundUp(valid, to: vectorWidth)
}

/// Columns of the next panel if so many are left: a whole tile's, but two tiles of two vectors finish four, for a tile
/// of one vector has too few sums to fill the CPU's pipeline.
@inline(__always)
func panelColumns(_ left: Int) -> Int {
  left > tileColumns && left <= tileColumns &+ vectorWidth
    ? 2 &* vectorWidth : min(tileColumns, left)
}

/// Units of work of nearly the same size, at most `limit` panels of `step` elements each.
struct Pieces {
  let count: Int
  let size: Int

  init(_ total: Int, step: Int, limit: Int) {
    let panels = (total &+ step &- 1) / step
    count = max(1, (panels &+ limit &- 1) / limit)
    size = (panels &+ count &- 1) / count &* step
  }

  /// Smaller ones where there are few, `others` beside each: as many as the threads can share evenly.
  init(_ total: Int, step: Int, limit: Int, beside others: Int, threads: Int) {
    self.init(total, step: step, limit: limit)
    if threads == 1 || count &* others >= manyPieces &* threads { return }
    var size = size / step
    while size > 0 {
      let finer = Pieces(total, step: step, limit: size)
      if finer.count &* others % threads == 0 {
        self = finer
        return
      }
      size &-= 1
    }
    if count &* others < threads { self.init(total, step: step, limit: 1) }
  }
}

/// A product, cut into pieces; one pass over its depth, in blocks.
struct BlockProduct {
  let m: Int
  let n: Int
  let a: StridedSource
  let b: StridedSource
  let c: UnsafeMutablePointer<Float>
  let rowStride: Int
  /// Whether the product is the transpose of C: a finished piece is turned on its way.
  let isTurned: Bool
  /// Whether columns of B are used in place; otherwise each thread packs those it needs.
  let usesBInPlace: Bool
  /// Whether B is asked for in time.
  let fetchesAhead: Bool
  let blockDepth: Int
  /// Most steps of a pass.
  let passDepth: Int
  let threads: Int
  let rowPieces: Pieces
  let columnPieces: Pieces
  /// So many pieces below each other follow each other before those beside them, then the next so many: all of them, where
  /// a thread had better keep to few columns of B; one, where it had better keep to few rows of A.
  let bandPieces: Int
  /// Where B is used in place, columns before this one are: all, or those of panels of whole vectors, for a tile reads
  /// whole vectors.
  let inPlaceColumns: Int

  /// Scratch memory, to be given before the first pass.
  var packed: UnsafeMutablePointer<Float>
  /// Where the pass begins, and its steps.
  var depthStart = 0
  var depth = 0
  var continues = false
  var epilogue = Epilogue()

  init(
    _ product: Product,
    c: UnsafeMutablePointer<Float>,
    rowStride: Int,
    isTurned: Bool,
    passDepth: Int,
    threads: Int
  ) {
    (m, n) = (product.m, product.n)
    (a, b) = (product.a, product.b)
    (self.c, packed) = (c, c)
    self.rowStride = rowStride
    self.isTurned = isTurned
    usesBInPlace = product.usesBInPlace
    fetchesAhead = b.indexStride == 1 && product.blockDepth &* b.depthStride > nearElements
    blockDepth = product.blockDepth
    self.passDepth = passDepth
    self.threads = threads
    let rows = Pieces(m, step: tileRows, limit: pieceRows / tileRows)
    let isFine = threads > fewThreads || rows.count < 2 &* threads
    let narrow = isFine ? pieceColumns.fine : pieceColumns.shared
    let goesDown = !usesBInPlace || a.depthStride == 1 && n > m
    let share = (rows.count &+ threads &- 1) / threads
    let isCut = b.indexStride != 1 && threads <= fewThreads && share &* pieceRows >= rowsToPack
    let band = !goesDown ? 1 : isCut ? share : rows.count
    columnPieces =
      threads > 1 && band == rows.count
      ? Pieces(n, step: vectorWidth, limit: narrow / vectorWidth)
      : Pieces(n, step: tileColumns, limit: pieceColumns.wide / tileColumns)
    rowPieces = Pieces(
      m,
      step: tileRows,
      limit: pieceRows / tileRows,
      beside: columnPieces.count,
      threads: threads
    )
    bandPieces = band == rows.count ? rowPieces.count : band
    var last = n &- (columnPieces.count &- 1) &* columnPieces.size
    while last > tileColumns { last &-= panelColumns(last) }
    inPlaceColumns = last % vectorWidth == 0 ? n : n &- last
  }

  var blocks: Int { (depth &+ blockDepth &- 1) / blockDepth }
  var tilePieces: Int { rowPieces.count &* columnPieces.count }

  /// Rows of A before this one are not packed: they are used in place.
  var inPlaceRows: Int { a.depthStride == 1 ? m / tileRows &* tileRows : 0 }

  /// Columns behind `inPlaceColumns` that are packed for all threads.
  var packedColumns: Int { usesBInPlace ? n &- inPlaceColumns : 0 }

  private var packedHeight: Int { roundUp(m &- inPlaceRows, to: tileRows) }
  private var packedWidth: Int { roundUp(packedColumns, to: vectorWidth) }
  private var ownFloats: Int {
    let columns = usesBInPlace ? 0 : columnPieces.size &* passDepth
    let result = isTurned ? rowPieces.size &* columnPieces.size : 0
    return 2 &* cacheLine &+ roundUp(columns, to: cacheLine) &+ roundUp(result, to: cacheLine)
  }
  private var sharedFloats: Int {
    roundUp((packedHeight &+ packedWidth) &* passDepth, to: cacheLine)
  }
  /// Floats of scratch memory.
  var scratchFloats: Int { sharedFloats &+ threads &* ownFloats }

  /// The panel of B that begins at `column`.
  @inline(__always)
  func panel(_ column: Int, width: Int, _ block: DepthBlock) -> SteadyColumns {
    if usesBInPlace && column < inPlaceColumns { return columnsInPlace(column, block.start) }
    return SteadyColumns(
      block.panelsB + (column &- block.firstColumn) &* block.depth,
      stride: panelWidth(width)
    )
  }

  /// Columns of B from `column` on where they lie, `start` steps after the pass begins.
  @inline(__always)
  func columnsInPlace(_ column: Int, _ start: Int) -> SteadyColumns {
    SteadyColumns(
      b.base + (column &+ (depthStart &+ start) &* b.depthStride),
      stride: b.depthStride
    )
  }

  /// The block of depth that begins `start` after the pass, with the panels that all threads share.
  @inline(__always)
  func block(_ start: Int) -> DepthBlock {
    DepthBlock(
      start: start,
      depth: min(blockDepth, depth &- start),
      panelsA: packed + start &* packedHeight,
      panelsB: packed + (passDepth &* packedHeight &+ start &* packedWidth),
      firstColumn: inPlaceColumns
    )
  }

  /// The same, with the thread's own panels of B, those of the piece that begins at `column`.
  @inline(__always)
  func block(_ start: Int, _ own: OwnColumns, _ column: Int) -> DepthBlock {
    DepthBlock(
      start: start,
      depth: min(blockDepth, depth &- start),
      panelsA: packed + start &* packedHeight,
      panelsB: own.panels + start &* columnPieces.size,
      firstColumn: column
    )
  }

  @inline(__always)
  func own(_ thread: Int) -> OwnColumns {
    OwnColumns(room: OwnMemory(packed + sharedFloats, ownFloats, threads)[thread])
  }

  /// Begins a pass: no thread has packed anything.
  func forgetOwnColumns() {
    if usesBInPlace { return }
    for thread in 0..<threads { own(thread).column = -1 }
  }

  /// Room for a piece of Cᵀ behind a thread's own panels.
  @inline(__always)
  func turnedPiece(_ own: OwnColumns) -> UnsafeMutablePointer<Float> {
    own.panels + roundUp(columnPieces.size &* passDepth, to: cacheLine)
  }
}

/// What a thread packs for itself: panels of one piece's columns, through the whole pass, kept for the next piece.
struct OwnColumns {
  let room: UnsafeMutablePointer<Float>

  var panels: UnsafeMutablePointer<Float> { room + cacheLine }

  /// The first column that is packed; −1 if there is none.
  var column: Int {
    get { UnsafeRawPointer(room).load(as: Int.self) }
    nonmutating set { UnsafeMutableRawPointer(room).storeBytes(of: newValue, as: Int.self) }
  }
}

/// One block of depth and its packed panels: panel `i` of A begins at (`i` − the first packed one) · depth, panel `j` of B
/// at (`j` − `firstColumn`) · depth.
struct DepthBlock {
  let start: Int
  let depth: Int
  let panelsA: UnsafeMutablePointer<Float>
  let panelsB: UnsafeMutablePointer<Float>
  let firstColumn: Int
}
