// SPDX-License-Identifier: Apache-2.0

/// The rows of an image as a PNG stores them before they are compressed: behind the number of a filter, the bytes that it
/// leaves.
enum PNGRows {
  private static let none: UInt8 = 0
  private static let up: UInt8 = 2

  /// Rows of colour numbers, `depth` bits each: 1, 2, 4 or 8.
  ///
  /// A row like the one above becomes zeros, any other stays as it is, for differences of numbers mean nothing. That makes
  /// drawings smaller than either filter alone.
  static func indexed(_ indices: [UInt8], width: Int, depth: Int) -> [UInt8] {
    let height = indices.count / width
    let size = (width * depth + 7) / 8
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (size + 1))
    for row in 0..<height {
      let (start, above) = (row * width, (row - 1) * width)
      let isRepeated = row > 0 && indices[start..<(start + width)] == indices[above..<start]
      if isRepeated {
        rows.append(up)
        rows.append(contentsOf: repeatElement(0, count: size))
      } else {
        rows.append(none)
        append(indices[start..<(start + width)], depth, to: &rows)
      }
    }
    return rows
  }

  private static func append(_ row: ArraySlice<UInt8>, _ depth: Int, to rows: inout [UInt8]) {
    guard depth < 8 else { return rows.append(contentsOf: row) }
    var (byte, bits): (UInt8, Int) = (0, 0)
    for index in row {
      byte = byte << UInt8(depth) | index
      bits += depth
      if bits == 8 {
        rows.append(byte)
        (byte, bits) = (0, 0)
      }
    }
    if bits > 0 { rows.append(byte << UInt8(8 - bits)) }
  }

  /// Rows of samples of 8 bits, each by the filter that leaves the smallest sum of bytes, taken with their signs.
  ///
  /// The heuristic of the PNG specification (W3C 2003), §12.8.
  static func samples(_ image: PNGImage) -> [UInt8] {
    let channels = image.format.channels
    let size = image.width * channels
    var rows: [UInt8] = []
    rows.reserveCapacity(image.height * (size + 1))
    var above = [UInt8](repeating: 0, count: size)
    for row in 0..<image.height {
      let current = Array(image.pixels[(row * size)..<((row + 1) * size)])
      var best = (filter: none, bytes: current, cost: cost(current))
      for filter: UInt8 in 1...4 {
        let bytes = filtered(current, above, channels, filter)
        let cost = cost(bytes)
        if cost < best.cost { best = (filter, bytes, cost) }
      }
      rows.append(best.filter)
      rows.append(contentsOf: best.bytes)
      above = current
    }
    return rows
  }

  private static func cost(_ bytes: [UInt8]) -> Int {
    bytes.reduce(0) { $0 + Int(Int8(bitPattern: $1).magnitude) }
  }

  private static func filtered(
    _ row: [UInt8],
    _ above: [UInt8],
    _ channels: Int,
    _ filter: UInt8
  ) -> [UInt8] {
    row.indices.map { index in
      let left = index < channels ? 0 : row[index - channels]
      let corner = index < channels ? 0 : above[index - channels]
      let guess: UInt8 =
        switch filter {
        case 1: left
        case 2: above[index]
        case 3: UInt8((Int(left) + Int(above[index])) / 2)
        default: paeth(Int(left), Int(above[index]), Int(corner))
        }
      return row[index] &- guess
    }
  }

  /// Whichever is nearest to left + above − corner; ties are broken in that order.
  private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> UInt8 {
    let guess = left + above - corner
    let distances = (abs(guess - left), abs(guess - above), abs(guess - corner))
    if distances.0 <= distances.1 && distances.0 <= distances.2 { return UInt8(left) }
    return UInt8(distances.1 <= distances.2 ? above : corner)
  }
}
