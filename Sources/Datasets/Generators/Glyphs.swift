// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// Ten drawn shapes, distorted: grey 28×28 images, ink light on dark as in MNIST.
///
/// Example i shows shape i mod 10. Its corners wobble; the whole is turned, sheared, stretched and moved; pen and ink
/// vary; a stray stroke crosses it; every pixel gets normal noise of standard deviation `noise`.
struct Glyphs: SingleGenerator {
  static let side = 28

  var version: Int { 1 }

  var inputElement: Element { .uint8 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    DecodedSet.Meaning(
      input: .values([1, Self.side, Self.side]),
      target: .classes(GlyphShape.all.count),
      classNames: GlyphShape.all.map(\.name)
    )
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let noise = request.real("noise")
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * Self.side * Self.side)
    for index in 0..<count {
      var stream = exampleStream(request, part: part, index: index)
      let shape = GlyphShape.all[index % GlyphShape.all.count]
      let canvas = draw(shape, using: &stream)
      pixels += canvas.ink.map { byte($0 + noise * (noise > 0 ? stream.nextNormal() : 0)) }
    }
    let labels = (0..<count).map { Int32($0 % GlyphShape.all.count) }
    return (
      PlainArray(pixels, shape: [count, 1, Self.side, Self.side]),
      PlainArray(labels, shape: [count])
    )
  }

  private func draw(_ shape: GlyphShape, using stream: inout RandomStream) -> GlyphCanvas {
    let map = GlyphMap(using: &stream)
    let radius = stream.next(in: 0.8, 1.6)
    let darkness = stream.next(in: 0.55, 1)
    var canvas = GlyphCanvas(side: Self.side)
    for stroke in shape.strokes {
      let moved = stroke.points.map { point in
        let wobble = GlyphPoint(stream.nextNormal(), stream.nextNormal()) * 0.06
        return map.apply(point + wobble)
      }
      canvas.draw(stroke.replacing(moved).polyline, radius: radius, darkness: darkness)
    }
    let stray = (0..<2).map { _ in GlyphPoint(stream.next(in: 0, 27), stream.next(in: 0, 27)) }
    canvas.draw(stray, radius: stream.next(in: 0.3, 0.8), darkness: stream.next(in: 0.2, 0.6))
    return canvas
  }
}

/// From a glyph's square to pixels: turn, shear, stretch and shift, drawn anew for each example.
private struct GlyphMap {
  var columnOfX: GlyphPoint
  var columnOfY: GlyphPoint
  var shift: GlyphPoint

  init(using stream: inout RandomStream) {
    // A turn by 2·atan(t) without a sine: at most about 23° either way.
    let t = stream.next(in: -0.2, 0.2)
    let (cosine, sine) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
    let shear = stream.next(in: -0.2, 0.2)
    let size = GlyphPoint(stream.next(in: 7, 10.5), stream.next(in: 7, 10.5))
    columnOfX = GlyphPoint(cosine, sine) * size.x
    columnOfY = GlyphPoint(cosine * shear - sine, sine * shear + cosine) * size.y
    shift = GlyphPoint(stream.next(in: 11.75, 15.25), stream.next(in: 11.75, 15.25))
  }

  func apply(_ point: GlyphPoint) -> GlyphPoint {
    columnOfX * point.x + columnOfY * point.y + shift
  }
}

extension RandomStream {
  /// A real number in [low, high).
  mutating func next(in low: Double, _ high: Double) -> Double {
    low + (high - low) * nextUniform()
  }
}

/// A brightness 0 … 1 as a byte, to the nearest, cut at both ends.
func byte(_ value: Double) -> UInt8 { UInt8(min(max(value * 255 + 0.5, 0), 255)) }
