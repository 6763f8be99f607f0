// SPDX-License-Identifier: Apache-2.0

/// The samples that a PNG stores, 16 bits rounded to 8: grey or colour, with or without alpha, palettes resolved.
struct PNGSamples {
  let width: Int
  let height: Int
  let hasColour: Bool
  let hasAlpha: Bool
  /// Row by row, one or three samples a pixel and alpha behind them.
  let values: [UInt8]

  /// The pixels in another format, by the rules of `PNG.decode`.
  func pixels(as format: PNGImage.Format) -> [UInt8] {
    if isLaidOut(as: format) { return values }
    let colours = hasColour ? 3 : 1
    let (green, blue) = hasColour ? (1, 2) : (0, 0)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * format.channels)
    for start in stride(from: 0, to: values.count, by: colours + (hasAlpha ? 1 : 0)) {
      let alpha = hasAlpha ? values[start + colours] : 255
      let (r, g, b) = (values[start], values[start + green], values[start + blue])
      switch format {
      case .rgba8: pixels += [r, g, b, alpha]
      case .rgb8: pixels += [onWhite(r, alpha), onWhite(g, alpha), onWhite(b, alpha)]
      case .gray8:
        pixels.append(luma(onWhite(r, alpha), onWhite(g, alpha), onWhite(b, alpha)))
      }
    }
    return pixels
  }

  private func isLaidOut(as format: PNGImage.Format) -> Bool {
    switch format {
    case .gray8: !hasColour && !hasAlpha
    case .rgb8: hasColour && !hasAlpha
    case .rgba8: hasColour && hasAlpha
    }
  }
}

/// A sample over white, interpolated as it is stored and rounded to nearest.
private func onWhite(_ sample: UInt8, _ alpha: UInt8) -> UInt8 {
  let opacity = Int(alpha)
  let sum: Int = Int(sample) * opacity + 255 * (255 - opacity)
  return UInt8((sum + 127) / 255)
}

/// 0.299 R + 0.587 G + 0.114 B (Rec. 601), its weights in parts of 2¹⁶ as Pillow's `L`: equal channels stay what they are.
private func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
  let sum: Int = 19595 * Int(red) + 38470 * Int(green) + 7471 * Int(blue)
  return UInt8((sum + 0x8000) >> 16)
}
