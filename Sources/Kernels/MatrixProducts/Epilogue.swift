// SPDX-License-Identifier: Apache-2.0

/// What is done to a finished element of C: add a bias, then apply an activation.
package struct Epilogue {
  /// Added to every element of row i, or nil.
  package var rowBias: UnsafePointer<Float>?
  /// Added to every element of column j, or nil.
  package var columnBias: UnsafePointer<Float>?
  /// Applied last.
  package var activation: Activation

  /// An epilogue; the default changes nothing.
  package init(
    rowBias: UnsafePointer<Float>? = nil,
    columnBias: UnsafePointer<Float>? = nil,
    activation: Activation = .identity
  ) {
    self.rowBias = rowBias
    self.columnBias = columnBias
    self.activation = activation
  }

  /// Whether it changes anything.
  var isTrivial: Bool { rowBias == nil && columnBias == nil && activation == .identity }

  /// Applies it to a block of C whose first element is (row, column).
  func apply(
    _ c: UnsafeMutablePointer<Float>,
    stride: Int,
    row: Int,
    column: Int,
    rows: Int,
    columns: Int
  ) {
    if isTrivial { return }
    if let columnBias, rowBias == nil, activation == .relu {
      // The common case in one pass.
      for i in 0..<rows {
        zipLanes(columnBias + column, columnBias + column, c + i &* stride, columns) { bias, _, x in
          rectified(x + bias)
        }
      }
    } else if rowBias != nil || columnBias != nil {
      for i in 0..<rows {
        let line = c + i &* stride
        if let rowBias { addScalar(line, rowBias[row &+ i], columns) }
        if let columnBias { addLine(line, columnBias + column, columns) }
        if stride != columns { activate(activation, line, columns) }
      }
      if stride == columns { activate(activation, c, rows &* columns) }
    } else {
      for i in 0..<rows { activate(activation, c + i &* stride, columns) }
    }
  }
}
