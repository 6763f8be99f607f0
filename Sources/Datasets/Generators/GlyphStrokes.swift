// SPDX-License-Identifier: Apache-2.0

/// A point in a glyph's square, both coordinates about −1 … 1, y downwards.
typealias GlyphPoint = SIMD2<Double>

/// The ten shapes: what the pen does, before any distortion.
struct GlyphShape: Sendable {
  /// One stroke of the pen.
  enum Stroke: Sendable {
    /// Straight lines from point to point.
    case line([GlyphPoint])
    /// Cubic Bézier curves that share their ends: 3k + 1 points.
    case curve([GlyphPoint])
  }

  var name: String
  var strokes: [Stroke]

  static let all: [GlyphShape] = [
    GlyphShape(name: "ring", strokes: [.curve(circle)]),
    GlyphShape(
      name: "square",
      strokes: [.line(closed([-0.8, -0.8, 0.8, -0.8, 0.8, 0.8, -0.8, 0.8]))]
    ),
    GlyphShape(name: "triangle", strokes: [.line(closed([0, -0.9, 0.9, 0.75, -0.9, 0.75]))]),
    GlyphShape(
      name: "plus",
      strokes: [.line(points([0, -0.9, 0, 0.9])), .line(points([-0.9, 0, 0.9, 0]))]
    ),
    GlyphShape(
      name: "cross",
      strokes: [.line(points([-0.8, -0.8, 0.8, 0.8])), .line(points([0.8, -0.8, -0.8, 0.8]))]
    ),
    GlyphShape(
      name: "arrow",
      strokes: [
        .line(points([-0.9, 0, 0.9, 0])), .line(points([0.25, -0.6, 0.9, 0, 0.25, 0.6])),
      ]
    ),
    GlyphShape(
      name: "hourglass",
      strokes: [.line(closed([-0.75, -0.85, 0.75, -0.85, -0.75, 0.85, 0.75, 0.85]))]
    ),
    GlyphShape(
      name: "zigzag",
      strokes: [.line(points([-0.8, -0.8, 0.75, -0.8, -0.75, 0.8, 0.8, 0.8]))]
    ),
    GlyphShape(
      name: "spiral",
      strokes: [
        .curve(
          points([
            0.05, 0.05, 0.45, 0.05, 0.4, -0.5, -0.05, -0.45, -0.6, -0.4, -0.6, 0.65, 0.05, 0.65,
            0.8,
            0.65, 1.0, -0.3, 0.55, -0.85,
          ])
        )
      ]
    ),
    GlyphShape(
      name: "crescent",
      strokes: [
        .curve(
          points([
            0.6, -0.75, -0.05, -1.05, -0.85, -0.65, -0.85, 0, -0.85, 0.65, -0.05, 1.05, 0.6, 0.75,
          ])
        )
      ]
    ),
  ]

  /// Four quarter circles of radius 0.85; 0.5523 is the usual distance of their inner points.
  private static let circle: [GlyphPoint] = {
    let (r, k) = (0.85, 0.85 * 0.5523)
    return points([
      r, 0, r, k, k, r, 0, r, -k, r, -r, k, -r, 0, -r, -k, -k, -r, 0, -r, k, -r, r, -k, r, 0,
    ])
  }()

  private static func points(_ numbers: [Double]) -> [GlyphPoint] {
    stride(from: 0, to: numbers.count, by: 2).map { GlyphPoint(numbers[$0], numbers[$0 + 1]) }
  }

  private static func closed(_ numbers: [Double]) -> [GlyphPoint] {
    points(numbers + numbers.prefix(2))
  }
}

extension GlyphShape.Stroke {
  /// Its points, those that bend a curve included.
  var points: [GlyphPoint] {
    switch self {
    case .line(let points), .curve(let points): points
    }
  }

  /// The same stroke with other points.
  func replacing(_ points: [GlyphPoint]) -> Self {
    switch self {
    case .line: .line(points)
    case .curve: .curve(points)
    }
  }

  /// The corners of the polyline that is drawn: eight pieces for each cubic curve.
  var polyline: [GlyphPoint] {
    guard case .curve(let points) = self else { return self.points }
    var result = [points[0]]
    for start in stride(from: 0, to: points.count - 1, by: 3) {
      for piece in 1...8 {
        let t = Double(piece) / 8
        let s = 1 - t
        let outer = points[start] * (s * s * s) + points[start + 3] * (t * t * t)
        let inner = points[start + 1] * (3 * s * s * t) + points[start + 2] * (3 * s * t * t)
        result.append(outer + inner)
      }
    }
    return result
  }
}
