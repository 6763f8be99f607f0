// SPDX-License-Identifier: Apache-2.0

import Codecs

extension PNGImage {
  /// The same RGB image with at most `limit` colours.
  ///
  /// Colours that agree in their upper five bits become the most frequent of them, so flat areas keep theirs exactly;
  /// if too many are left, the rarest become their nearest neighbour. Ties are broken by value.
  func quantized(limit: Int = 256) -> PNGImage {
    precondition(format == .rgb8, "only RGB can be quantized")
    let colors = stride(from: 0, to: pixels.count, by: 3).map { start in
      pixels[start..<(start + 3)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    let counts = counted(colors)
    guard counts.count > limit else { return self }
    let replacement = replacements(for: counts, limit: limit)
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count)
    // Neighbours are often equal.
    var (last, near) = (colors[0], replacement[colors[0], default: colors[0]])
    for color in colors {
      if color != last { (last, near) = (color, replacement[color, default: color]) }
      result.append(UInt8(near >> 16 & 255))
      result.append(UInt8(near >> 8 & 255))
      result.append(UInt8(near & 255))
    }
    return PNGImage(width: width, height: height, format: .rgb8, pixels: result)
  }
}

/// How often each colour occurs; neighbours are often equal, so runs are counted at once.
private func counted(_ colors: [UInt32]) -> [UInt32: Int] {
  var counts: [UInt32: Int] = [:]
  var start = 0
  while start < colors.count {
    var end = start + 1
    while end < colors.count, colors[end] == colors[start] { end += 1 }
    counts[colors[start], default: 0] += end - start
    start = end
  }
  return counts
}

private func replacements(for counts: [UInt32: Int], limit: Int) -> [UInt32: UInt32] {
  let groups = Dictionary(grouping: counts.keys) { $0 & 0xf8f8f8 }
  let leaders = groups.values.map { group in
    let leader = group.min { (-counts[$0, default: 0], $0) < (-counts[$1, default: 0], $1) }
    let count = group.reduce(0) { $0 + counts[$1, default: 0] }
    return (color: leader ?? 0, count: count, members: group)
  }.sorted { (-$0.count, $0.color) < (-$1.count, $1.color) }
  let kept = leaders.prefix(limit).map(\.color)
  var result: [UInt32: UInt32] = [:]
  for (rank, group) in leaders.enumerated() {
    let color = rank < kept.count ? group.color : nearest(to: group.color, among: kept)
    for member in group.members { result[member] = color }
  }
  return result
}

private func nearest(to color: UInt32, among palette: [UInt32]) -> UInt32 {
  palette.min { (distance($0, color), $0) < (distance($1, color), $1) } ?? color
}

private func distance(_ a: UInt32, _ b: UInt32) -> Int {
  [0, 8, 16].reduce(0) { sum, shift in
    let difference = Int(a >> UInt32(shift) & 255) - Int(b >> UInt32(shift) & 255)
    return sum + difference * difference
  }
}
