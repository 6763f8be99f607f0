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

  /// Elements of one k lie side by side: copy runs.
  private func packRuns(
    _ source: UnsafePointer<Float>,
    _ panel: UnsafeMutablePointer<Float>,
    _ width: Int,
    _ valid: Int,
    _ depth: Int
  ) {
    for k in 0..<depth {
      let from = source + k &* depthStride
      let to = panel + k &* width
      var i = 0
      while i &+ 16 <= valid {
        store(load(from + i), to + i)
        i &+= 16
      }
      while i < valid {
        to[i] = from[i]
        i &+= 1
      }
      while i < width {
        to[i] = 0
        i &+= 1
      }
    }
  }

  /// Elements of one index follow each other at `depthStride`: walk line by line, in short stretches of depth so that
  /// the panel's cache lines are written while they are near.
  private func packLines(
    _ source: UnsafePointer<Float>,
    _ panel: UnsafeMutablePointer<Float>,
    _ width: Int,
    _ valid: Int,
    _ depth: Int
  ) {
    var k = 0
    while k < depth {
      let end = min(k &+ 16, depth)
      for i in 0..<valid {
        let line = source + i &* indexStride
        for j in k..<end { panel[j &* width &+ i] = line[j &* depthStride] }
      }
      for i in valid..<width {
        for j in k..<end { panel[j &* width &+ i] = 0 }
      }
      k = end
    }
  }
}
