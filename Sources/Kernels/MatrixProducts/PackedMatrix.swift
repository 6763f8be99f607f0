// SPDX-License-Identifier: Apache-2.0

// A matrix that stays as it is for many products, such as a weight while a network is evaluated: its columns are packed
// once, and all threads read the same panels. Memory that nobody writes is cheap to share.

/// B[depth, columns] in panels of neighbouring columns, each through the whole depth, as `panelColumns` cuts them.
package struct PackedMatrix {
  private let panels: UnsafePointer<Float>
  /// Columns of B.
  package let columns: Int
  /// Rows of B.
  package let depth: Int

  /// What `pack` wrote to `panels`.
  package init(_ panels: UnsafePointer<Float>, columns: Int, depth: Int) {
    self.panels = panels
    self.columns = columns
    self.depth = depth
  }

  /// Floats that the panels take.
  package static func floats(columns: Int, depth: Int) -> Int {
    roundUp(columns, to: vectorWidth) &* depth
  }

  /// Packs B[depth, columns] into `panels`.
  package static func pack(
    _ b: Matrix,
    columns: Int,
    depth: Int,
    into panels: UnsafeMutablePointer<Float>,
    context: KernelContext
  ) {
    let task = PackPanelTask(
      source: StridedSource(
        base: b.base,
        indexStride: b.columnStride,
        depthStride: b.rowStride
      ),
      cut: PanelCut(columns: columns),
      depth: depth,
      panels: panels
    )
    context.pool.run(task.cut.count, task, multiplications: columns &* depth)
  }

  var cut: PanelCut { PanelCut(columns: columns) }

  /// The panel whose first column is `column`, from step `start` on.
  @inline(__always)
  func panel(_ column: Int, width: Int, start: Int) -> SteadyColumns {
    let stride = panelWidth(width)
    return SteadyColumns(panels + (column &* depth &+ start &* stride), stride: stride)
  }
}

/// All panels of a matrix: first column and number of columns of each.
struct PanelCut {
  let columns: Int

  var count: Int { (columns &+ tileColumns &- 1) / tileColumns }

  @inline(__always)
  subscript(index: Int) -> (column: Int, width: Int) {
    let place = index &* tileColumns
    // Behind a last but one panel of two vectors.
    let column = index > 0 && columns &- place <= vectorWidth ? place &- vectorWidth : place
    return (column, panelColumns(columns &- column))
  }
}

/// Packs one panel.
private struct PackPanelTask: ParallelTask {
  let source: StridedSource
  let cut: PanelCut
  let depth: Int
  let panels: UnsafeMutablePointer<Float>

  func run(_ index: Int, thread: Int) {
    let (column, width) = cut[index]
    source.pack(
      into: panels + column &* depth,
      width: panelWidth(width),
      start: column,
      valid: width,
      depthStart: 0,
      depth: depth
    )
  }
}
