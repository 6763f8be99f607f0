// SPDX-License-Identifier: Apache-2.0

/// One operand of a product, seen as `index` × `depth`: rows of A or columns of B against the summation index.
protocol PanelSource {
  /// Writes panel[k · width + i] = element(start + i, depthStart + k) for i < valid, zero for the rest of `width`.
  func pack(
    into panel: UnsafeMutablePointer<Float>,
    width: Int,
    start: Int,
    valid: Int,
    depthStart: Int,
    depth: Int
  )
}

/// A strided matrix: element (i, k) at `base[i · indexStride + k · depthStride]`.
struct StridedSource: PanelSource {
  let base: UnsafePointer<Float>
  let indexStride: Int
  let depthStride: Int

  /// The same matrix from another first element on.
  func advanced(by elements: Int) -> StridedSource {
    StridedSource(base: base + elements, indexStride: indexStride, depthStride: depthStride)
  }

  func pack(
    into panel: UnsafeMutablePointer<Float>,
    width: Int,
    start: Int,
    valid: Int,
    depthStart: Int,
    depth: Int
  ) {
    let source = base + (start &* indexStride &+ depthStart &* depthStride)
    if indexStride == 1 {
      packRuns(source, panel, width, valid, depth)
    } else {
      packLines(source, panel, width, valid, depth)
    }
  }

  /// Packs `count` rows of A from `start` on: panels of `tileRows`, the last one filled up with zeros.
  func packRows(
    into panels: UnsafeMutablePointer<Float>,
    start: Int,
    count: Int,
    depthStart: Int,
    depth: Int
  ) {
    let whole = count / tileRows &* tileRows
    packWhole(panels, tileRows, start, whole, depthStart, depth)
    if whole == count { return }
    pack(
      into: panels + whole &* depth,
      width: tileRows,
      start: start &+ whole,
      valid: count &- whole,
      depthStart: depthStart,
      depth: depth
    )
  }

  /// Packs `count` columns of B from `start` on: panels as `panelColumns` cuts them, each filled up to whole vectors; the
  /// one that begins with column `j` of them at `j` · depth.
  func packColumns(
    into panels: UnsafeMutablePointer<Float>,
    start: Int,
    count: Int,
    depthStart: Int,
    depth: Int
  ) {
    var done = 0
    while panelColumns(count &- done) == tileColumns { done &+= tileColumns }
    packWhole(panels, tileColumns, start, done, depthStart, depth)
    while done < count {
      let valid = panelColumns(count &- done)
      pack(
        into: panels + done &* depth,
        width: panelWidth(valid),
        start: start &+ done,
        valid: valid,
        depthStart: depthStart,
        depth: depth
      )
      done &+= valid
    }
  }

  /// Packs whole panels.
  private func packWhole(
    _ panels: UnsafeMutablePointer<Float>,
    _ width: Int,
    _ start: Int,
    _ count: Int,
    _ depthStart: Int,
    _ depth: Int
  ) {
    if indexStride == 1 {
      packAcross(
        into: panels,
        panelStride: width &* depth,
        width: width,
        start: start,
        count: count,
        depthStart: depthStart,
        depth: depth
      )
    } else {
      var done = 0
      while done < count {
        pack(
          into: panels + done &* depth,
          width: width,
          start: start &+ done,
          valid: width,
          depthStart: depthStart,
          depth: depth
        )
        done &+= width
      }
    }
  }

  /// Packs whole panels of `width` for `count` indices, where those of one k lie side by side: each row is read from its
  /// beginning to its end, all in one long stream that the CPU fetches ahead.
  private func packAcross(
    into panels: UnsafeMutablePointer<Float>,
    panelStride: Int,
    width: Int,
    start: Int,
    count: Int,
    depthStart: Int,
    depth: Int
  ) {
    for k in 0..<depth {
      let row = base + (start &+ (depthStart &+ k) &* depthStride)
      let to = panels + k &* width
      switch width {
      case 4: spread(SIMD4<Float>.self, 1, row, to, count / 4, panelStride)
      case 8: spread(SIMD8<Float>.self, 1, row, to, count / 8, panelStride)
      case 12: spread(SIMD4<Float>.self, 3, row, to, count / 12, panelStride)
      case 24: spread(SIMD8<Float>.self, 3, row, to, count / 24, panelStride)
      default: spread(Lanes.self, 3, row, to, count / 48, panelStride)
      }
    }
  }

  /// `parts` vectors of a row to each of `panels` panels.
  @inline(__always)
  private func spread<V: SIMD<Float>>(
    _ type: V.Type,
    _ parts: Int,
    _ row: UnsafePointer<Float>,
    _ to: UnsafeMutablePointer<Float>,
    _ panels: Int,
    _ panelStride: Int
  ) {
    var from = UnsafeRawPointer(row)
    var to = UnsafeMutableRawPointer(to)
    let size = V.scalarCount &* 4
    for _ in 0..<panels {
      for part in 0..<parts {
        let vector = from.loadUnaligned(fromByteOffset: part &* size, as: V.self)
        to.storeBytes(of: vector, toByteOffset: part &* size, as: V.self)
      }
      from += parts &* size
      to += panelStride &* 4
    }
  }

  /// Elements of one k lie side by side: copy runs.
  private func packRuns(
    _ source: UnsafePointer<Float>,
    _ panel: UnsafeMutablePointer<Float>,
    _ width: Int,
    _ valid: Int,
    _ depth: Int
  ) {
    if valid == width {
      switch width {
      case 4: return copyRuns(SIMD4<Float>.self, 1, source, panel, depth)
      case 8: return copyRuns(SIMD8<Float>.self, 1, source, panel, depth)
      case 12: return copyRuns(SIMD4<Float>.self, 3, source, panel, depth)
      case 16: return copyRuns(Lanes.self, 1, source, panel, depth)
      case 24: return copyRuns(SIMD8<Float>.self, 3, source, panel, depth)
      case 48: return copyRuns(Lanes.self, 3, source, panel, depth)
      default: break
      }
    }
    for k in 0..<depth {
      copyPadded(source + k &* depthStride, panel + k &* width, valid, width)
    }
  }

  @inline(__always)
  private func copyRuns<V: SIMD<Float>>(
    _ type: V.Type,
    _ count: Int,
    _ source: UnsafePointer<Float>,
    _ panel: UnsafeMutablePointer<Float>,
    _ depth: Int
  ) {
    var from = UnsafeRawPointer(source)
    var to = UnsafeMutableRawPointer(panel)
    let size = V.scalarCount &* 4
    for _ in 0..<depth {
      for part in 0..<count {
        to.storeBytes(
          of: from.loadUnaligned(fromByteOffset: part &* size, as: V.self),
          toByteOffset: part &* size,
          as: V.self
        )
      }
      from += depthStride &* 4
      to += count &* size
    }
  }

  /// Elements of one index follow each other at `depthStride`: transpose.
  private func packLines(
    _ source: UnsafePointer<Float>,
    _ panel: UnsafeMutablePointer<Float>,
    _ width: Int,
    _ valid: Int,
    _ depth: Int
  ) {
    var i = 0
    if depthStride == 1 {
      i = valid & ~3
      transpose(source, indexStride, into: panel, width, rows: i, columns: depth)
    }
    while i < width {
      let line = source + i &* indexStride
      for j in 0..<depth { panel[j &* width &+ i] = i < valid ? line[j &* depthStride] : 0 }
      i &+= 1
    }
  }
}

/// to[i] = from[i] for i < `count`, zeros up to `width`.
@inline(__always)
func copyPadded(
  _ from: UnsafePointer<Float>,
  _ to: UnsafeMutablePointer<Float>,
  _ count: Int,
  _ width: Int
) {
  var i = 0
  while i &+ 4 <= count {
    let four = UnsafeRawPointer(from + i).loadUnaligned(as: SIMD4<Float>.self)
    UnsafeMutableRawPointer(to + i).storeBytes(of: four, as: SIMD4<Float>.self)
    i &+= 4
  }
  while i < count {
    to[i] = from[i]
    i &+= 1
  }
  while i < width {
    to[i] = 0
    i &+= 1
  }
}
