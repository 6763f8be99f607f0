// SPDX-License-Identifier: Apache-2.0

// A matrix that is multiplied many times, by few rows each time: recurrent weights, once for each step.
//
// Its columns are packed once for all times (as Appleyard, Kočiský & Blunsom, "Optimizing Performance of Recurrent Neural
// Networks on GPUs", 2016, §3.2, transpose them once), and a stretch of a panel stays in the first-level cache while all
// rows use it (Goto & van de Geijn 2008). The rows lie contiguous along the depth and are used in place: packing them
// would cost more than it saves.

/// Longest stretch of the depth between two rows' turns: so much of a panel fills three quarters of 32 KiB.
private let depthBlock = 24 * 256 / tileColumns

/// B[depth, columns] in packed panels [depth, panel's width] of its columns.
struct PackedColumns {
  let panels: UnsafeMutablePointer<Float>
  let columns: Int
  let depth: Int

  /// Floats that `columns` × `depth` take.
  static func count(columns: Int, depth: Int) -> Int {
    roundUp(columns, to: tileColumns) &* depth
  }

  /// Where the panels end.
  var end: UnsafeMutablePointer<Float> {
    panels + Self.count(columns: columns, depth: depth)
  }

  /// Packs elements (j, k) of `source` for all columns j and k < `count`, as depth from `start` on, on the calling thread.
  func pack(_ source: StridedSource, start: Int = 0, count: Int? = nil) {
    let depth = count ?? depth
    var j = 0
    while j < columns && depth > 0 {
      let valid = min(tileColumns, columns &- j)
      source.pack(
        into: panel(j) + start &* panelWidth(valid),
        width: panelWidth(valid),
        start: j,
        valid: valid,
        depthStart: 0,
        depth: depth
      )
      j &+= tileColumns
    }
  }

  /// C[rows, columns] += A · B on the calling thread; each element is one chain that goes on from C over k in order.
  ///
  /// Rows of A and C lie at their strides. Walking `backward` every other time meets the panels first that the
  /// second-level cache still holds.
  func multiply(
    _ a: UnsafePointer<Float>,
    rowStride: Int,
    rows: Int,
    addingTo c: UnsafeMutablePointer<Float>,
    resultStride: Int,
    backward: Bool
  ) {
    let last = (columns &- 1) / tileColumns &* tileColumns
    var j = backward ? last : 0
    while j >= 0 && j < columns {
      let width = min(tileColumns, columns &- j)
      var start = 0
      while start < depth {
        let block = min(depthBlock, depth &- start)
        multiplyBlock(
          a + start,
          rowStride,
          rows,
          SteadyColumns(panel(j) + start &* panelWidth(width), stride: panelWidth(width)),
          block,
          c + j,
          resultStride,
          width
        )
        start &+= block
      }
      j &+= backward ? -tileColumns : tileColumns
    }
  }

  /// All rows against one stretch of a panel.
  @inline(__always)
  private func multiplyBlock(
    _ a: UnsafePointer<Float>,
    _ rowStride: Int,
    _ rows: Int,
    _ b: SteadyColumns,
    _ depth: Int,
    _ c: UnsafeMutablePointer<Float>,
    _ resultStride: Int,
    _ width: Int
  ) {
    var i = 0
    while i &+ tileRows <= rows {
      multiplyTile(
        depth,
        RowsInPlace(a + i &* rowStride, stride: rowStride),
        b,
        c + i &* resultStride,
        resultStride,
        rows: tileRows,
        columns: width,
        start: .continuing
      )
      i &+= tileRows
    }
    if i == rows { return }
    multiplyShortTile(
      depth,
      RowsInPlace(a + i &* rowStride, stride: rowStride),
      b,
      c + i &* resultStride,
      resultStride,
      rows: rows &- i,
      columns: width,
      continues: true
    )
  }

  @inline(__always)
  private func panel(_ column: Int) -> UnsafeMutablePointer<Float> { panels + column &* depth }
}
