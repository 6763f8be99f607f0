// SPDX-License-Identifier: Apache-2.0

import Codecs

extension PNGColours {
  /// A colour for each of an RGB image's, at most `limit` different ones.
  ///
  /// Colours that agree in their upper five bits become the most frequent of them, so flat areas keep theirs exactly;
  /// if too many are left, the rarest become their nearest neighbour. Ties are broken by value.
  func reduced(to limit: Int) -> [UInt32] {
    colours.count > limit ? replacements(for: self, limit: limit) : colours
  }
}

/// Colours that agree in their upper five bits.
private struct ColorGroup {
  /// Places of its members.
  var members: [Int] = []
  var count = 0
  /// The most frequent of them.
  var leader: UInt32 = 0
}

/// The new colour for each place.
private func replacements(for found: PNGColours, limit: Int) -> [UInt32] {
  let leaders = groups(of: found).sorted { (-$0.count, $0.leader) < (-$1.count, $1.leader) }
  let kept = leaders.prefix(limit).map(\.leader)
  var result = found.colours
  for (rank, group) in leaders.enumerated() {
    let color = rank < kept.count ? group.leader : nearest(to: group.leader, among: kept)
    for member in group.members { result[member] = color }
  }
  return result
}

private func groups(of found: PNGColours) -> [ColorGroup] {
  var groups = [ColorGroup](repeating: ColorGroup(), count: 1 << 15)
  for (place, color) in found.colours.enumerated() {
    let (red, green, blue) = (color >> 19 & 31, color >> 11 & 31, color >> 3 & 31)
    let bucket = Int(red << 10 | green << 5 | blue)
    groups[bucket].members.append(place)
    groups[bucket].count += found.counts[place]
  }
  return groups.filter { !$0.members.isEmpty }.map { group in
    var group = group
    let leader = group.members.min {
      (-found.counts[$0], found.colours[$0]) < (-found.counts[$1], found.colours[$1])
    }
    group.leader = leader.map { found.colours[$0] } ?? 0
    return group
  }
}

private func nearest(to color: UInt32, among palette: [UInt32]) -> UInt32 {
  var best = (distance: Int.max, color: color)
  for other in palette {
    let candidate = (distance: distance(other, color), color: other)
    if candidate < best { best = candidate }
  }
  return best.color
}

private func distance(_ a: UInt32, _ b: UInt32) -> Int {
  func squared(_ shift: UInt32) -> Int {
    let difference = Int(a >> shift & 255) - Int(b >> shift & 255)
    return difference * difference
  }
  return squared(16) + squared(8) + squared(0)
}
