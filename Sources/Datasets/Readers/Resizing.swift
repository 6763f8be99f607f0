// SPDX-License-Identifier: Apache-2.0

internal import Codecs

/// The picture in another size: linear interpolation, widened over all covered pixels where it shrinks.
///
/// Separable triangle filter with its support scaled by the reduction, as Pillow's `BILINEAR` (antialiased); rows first,
/// then columns, in Double, rounded once at the end. Nothing but + − × ÷, so that the bytes are the same everywhere.
func resized(_ picture: PNGImage, to size: ImageSize) -> PNGImage {
  let channels = picture.format.channels
  let columns = filter(from: picture.width, to: size.width)
  let rows = filter(from: picture.height, to: size.height)
  var narrow = [Double](repeating: 0, count: picture.height * size.width * channels)
  for y in 0..<picture.height {
    for x in 0..<size.width {
      for channel in 0..<channels {
        var sum = 0.0
        for (offset, weight) in columns[x].weights.enumerated() {
          let place = (y * picture.width + columns[x].first + offset) * channels + channel
          sum += weight * Double(picture.pixels[place])
        }
        narrow[(y * size.width + x) * channels + channel] = sum
      }
    }
  }
  let width = size.width * channels
  var pixels = [UInt8](repeating: 0, count: size.height * width)
  for y in 0..<size.height {
    for place in 0..<width {
      var sum = 0.0
      for (offset, weight) in rows[y].weights.enumerated() {
        sum += weight * narrow[(rows[y].first + offset) * width + place]
      }
      pixels[y * width + place] = UInt8(min(max(sum.rounded(), 0), 255))
    }
  }
  return PNGImage(width: size.width, height: size.height, format: picture.format, pixels: pixels)
}

/// For each new pixel, the first old one it takes from, and the weights of that one and those after it.
private func filter(from old: Int, to new: Int) -> [(first: Int, weights: [Double])] {
  let scale = Double(old) / Double(new)
  let support = max(scale, 1)
  return (0..<new).map { index in
    let center = (Double(index) + 0.5) * scale
    let first = max(0, Int((center - support + 0.5).rounded(.down)))
    let end = min(old, Int((center + support + 0.5).rounded(.down)))
    let raw = (first..<max(end, first + 1)).map { place in
      max(0, 1 - abs(Double(place) + 0.5 - center) / support)
    }
    let sum = raw.reduce(0, +)
    return (first, raw.map { $0 / sum })
  }
}
