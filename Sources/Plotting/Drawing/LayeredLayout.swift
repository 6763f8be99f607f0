// SPDX-License-Identifier: Apache-2.0

/// Boxes of a graph without cycles in rows, each below all that lead to it, and the ways of the lines between them.
///
/// Rows, order and places are found as Sugiyama, Tagawa & Toda (1981) do it: a line that passes a row has a narrow place of
/// its own there, the order of a row follows the mean places of its neighbours, and boxes move to the mean of what they are
/// connected with. So no line crosses a box.
struct LayeredLayout {
  /// Width and height of a box.
  struct Size: Hashable {
    var width: Double
    var height: Double
  }

  /// A line from box to box.
  struct Edge: Hashable {
    var from: Int
    var to: Int
  }

  /// Space between two boxes of a row.
  static let columnGap = 18.0
  /// Space between two rows.
  static let rowGap = 44.0
  /// Width of the place of a line that passes a row.
  private static let lane = 10.0
  /// Space between the ends of lines at one box.
  private static let portGap = 12.0
  /// Length of the upright end of a line.
  private static let stub = 12.0
  private static let sweeps = 12

  /// The boxes, in the order of their sizes.
  let boxes: [Rectangle]
  /// The lines in the order of the edges, from the lower edge of a box to the upper edge of another.
  let lines: [[Position]]
  /// What both take together.
  let size: Size

  /// Lays a graph out; every edge leads to a later box.
  init(_ sizes: [Size], _ edges: [Edge]) {
    precondition(edges.allSatisfy { $0.from < $0.to }, "edges lead to later boxes")
    var rows = Rows(sizes, edges)
    rows.order(sweeps: Self.sweeps)
    let middles = rows.middles(sweeps: Self.sweeps)
    let heights = rows.members.map { row in
      row.map { rows.vertices[$0].size.height }.max() ?? 0
    }
    var tops: [Double] = []
    var y = 0.0
    for height in heights {
      tops.append(y)
      y += height + Self.rowGap
    }
    let boxes = sizes.indices.map { index in
      Rectangle(
        x: middles[index] - sizes[index].width / 2,
        y: tops[rows.vertices[index].row],
        width: sizes[index].width,
        height: sizes[index].height
      )
    }
    let ends = Self.ports(rows.chains, middles, boxes, sizes.count)
    let lines = rows.chains.enumerated().map { index, chain in
      var points: [Position] = []
      for (place, vertex) in chain.enumerated() {
        let row = rows.vertices[vertex].row
        let (top, bottom) = (tops[row], tops[row] + heights[row])
        if place == 0 {
          points.append(Position(x: ends[index].out, y: boxes[vertex].bottom))
          points.append(Position(x: ends[index].out, y: bottom))
        } else if place == chain.count - 1 {
          points.append(Position(x: ends[index].into, y: top - Self.stub))
          points.append(Position(x: ends[index].into, y: top))
        } else {
          points.append(Position(x: middles[vertex], y: top))
          points.append(Position(x: middles[vertex], y: bottom))
        }
      }
      return points
    }
    (self.boxes, self.lines) = (boxes, lines)
    let right = (boxes.map(\.right) + lines.flatMap { $0.map(\.x) }).max() ?? 0
    size = Size(width: right, height: max(0, y - Self.rowGap))
  }

  /// Where each line leaves its first box and meets its last one: side by side, in the order of what is at their other ends.
  private static func ports(
    _ chains: [[Int]],
    _ middles: [Double],
    _ boxes: [Rectangle],
    _ count: Int
  ) -> [(out: Double, into: Double)] {
    var ends = chains.map { _ in (out: 0.0, into: 0.0) }
    func places(_ lines: [Int], of box: Int, _ other: (Int) -> Int) -> [(line: Int, x: Double)] {
      let sorted = lines.sorted { (middles[other($0)], $0) < (middles[other($1)], $1) }
      let room = max(0, boxes[box].width - 16)
      let gap = min(portGap, room / Double(max(1, lines.count - 1)))
      return sorted.enumerated().map { place, line in
        (line, middles[box] + (Double(place) - Double(lines.count - 1) / 2) * gap)
      }
    }
    for box in 0..<count {
      let leaving = chains.indices.filter { chains[$0].first == box }
      for (line, x) in places(leaving, of: box, { chains[$0][1] }) { ends[line].out = x }
      let arriving = chains.indices.filter { chains[$0].last == box }
      for (line, x) in places(arriving, of: box, { chains[$0][chains[$0].count - 2] }) {
        ends[line].into = x
      }
    }
    return ends
  }

  /// Boxes, and the places of lines that pass, row by row.
  private struct Rows {
    struct Vertex {
      var row: Int
      var size: Size
      var above: [Int] = []
      var below: [Int] = []
    }

    /// The boxes first.
    private(set) var vertices: [Vertex] = []
    /// The vertices of each row, from left to right.
    private(set) var members: [[Int]] = []
    /// The vertices of each edge, from its box to the other.
    private(set) var chains: [[Int]] = []

    init(_ sizes: [Size], _ edges: [Edge]) {
      let rows = Self.rows(sizes.count, edges)
      vertices = zip(sizes, rows).map { Vertex(row: $1, size: $0) }
      members = Array(repeating: [], count: (rows.max() ?? -1) + 1)
      for index in vertices.indices { members[rows[index]].append(index) }
      for edge in edges {
        var chain = [edge.from]
        for row in (rows[edge.from] + 1)..<rows[edge.to] {
          members[row].append(vertices.count)
          chain.append(vertices.count)
          vertices.append(Vertex(row: row, size: Size(width: LayeredLayout.lane, height: 0)))
        }
        chain.append(edge.to)
        for (upper, lower) in zip(chain, chain.dropFirst()) {
          vertices[upper].below.append(lower)
          vertices[lower].above.append(upper)
        }
        chains.append(chain)
      }
    }

    /// The row of each box: below all that lead to it. One that nothing leads to stands right above the first it leads to.
    private static func rows(_ count: Int, _ edges: [Edge]) -> [Int] {
      var rows = [Int](repeating: 0, count: count)
      for box in 0..<count {
        for edge in edges where edge.to == box { rows[box] = max(rows[box], rows[edge.from] + 1) }
      }
      let targets = Set(edges.map(\.to))
      for box in 0..<count where !targets.contains(box) {
        let first = edges.filter { $0.from == box }.map { rows[$0.to] }.min()
        rows[box] = first.map { $0 - 1 } ?? 0
      }
      return rows
    }

    /// Orders each row by the mean places of what it is connected with, downwards and upwards in turn; the order with the
    /// fewest crossings stays.
    mutating func order(sweeps: Int) {
      var best = (crossings: crossings, members: members)
      for sweep in 0..<sweeps where best.crossings > 0 {
        let isDown = sweep % 2 == 0
        for row in isDown ? Array(members.indices) : members.indices.reversed() {
          let places = self.places
          members[row] = members[row].enumerated().map { place, vertex in
            let linked = isDown ? vertices[vertex].above : vertices[vertex].below
            let sum = linked.reduce(0.0) { $0 + Double(places[$1]) }
            let wish = linked.isEmpty ? Double(place) : sum / Double(linked.count)
            return (wish, place, vertex)
          }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
        }
        let found = crossings
        if found < best.crossings { best = (found, members) }
      }
      members = best.members
    }

    private var places: [Int] {
      var places = [Int](repeating: 0, count: vertices.count)
      for row in members { for (place, vertex) in row.enumerated() { places[vertex] = place } }
      return places
    }

    private var crossings: Int {
      let places = self.places
      return members.reduce(0) { total, row in
        let lines = row.flatMap { upper in
          vertices[upper].below.map { (places[upper], places[$0]) }
        }
        return lines.indices.reduce(total) { sum, one in
          sum + lines[(one + 1)...].count { ($0.0 - lines[one].0) * ($0.1 - lines[one].1) < 0 }
        }
      }
    }

    /// The middle of each vertex: rows in turn move to the mean middles of what they are connected with.
    func middles(sweeps: Int) -> [Double] {
      var middles = [Double](repeating: 0, count: vertices.count)
      for row in members {
        for (vertex, middle) in zip(row, placed(row, row.map { _ in 0 })) {
          middles[vertex] = middle
        }
      }
      for sweep in 0..<(2 * sweeps) {
        for row in sweep % 2 == 0 ? members : members.reversed() {
          let wishes = row.map { vertex in
            let linked = vertices[vertex].above + vertices[vertex].below
            let sum = linked.reduce(0.0) { $0 + middles[$1] }
            return linked.isEmpty ? middles[vertex] : sum / Double(linked.count)
          }
          for (vertex, middle) in zip(row, placed(row, wishes)) { middles[vertex] = middle }
        }
      }
      let left = vertices.indices.map { middles[$0] - vertices[$0].size.width / 2 }.min() ?? 0
      return middles.map { $0 - left }
    }

    /// Middles that keep the order and the gaps of a row, with the smallest squared distances to the wishes.
    private func placed(_ row: [Int], _ wishes: [Double]) -> [Double] {
      // With the widths before it taken off, a row must only not decrease: neighbours that do become one group at their mean.
      var offsets: [Double] = []
      var x = 0.0
      for vertex in row {
        x += vertices[vertex].size.width / 2
        offsets.append(x)
        x += vertices[vertex].size.width / 2 + LayeredLayout.columnGap
      }
      var groups: [(sum: Double, count: Int)] = []
      for (wish, offset) in zip(wishes, offsets) {
        var group = (sum: wish - offset, count: 1)
        while let last = groups.last,
          last.sum * Double(group.count) > group.sum * Double(last.count)
        {
          group = (last.sum + group.sum, last.count + group.count)
          groups.removeLast()
        }
        groups.append(group)
      }
      let bases = groups.flatMap { group in
        [Double](repeating: group.sum / Double(group.count), count: group.count)
      }
      return zip(bases, offsets).map { $0 + $1 }
    }
  }
}
