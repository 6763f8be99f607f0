// SPDX-License-Identifier: Apache-2.0

import Codecs
import TestSupport
import Testing

@testable import Plotting

/// Graphs in rows: no text and no line may hide another.
@Suite struct LayeredLayoutTests {
  private struct Graph {
    var sizes: [LayeredLayout.Size] = []
    var edges: [LayeredLayout.Edge] = []

    init(seed: UInt64) {
      var random = TestRandom(seed: seed)
      for box in 0..<Int.random(in: 1...14, using: &random) {
        sizes.append(
          LayeredLayout.Size(
            width: Double.random(in: 40...210, using: &random),
            height: Double.random(in: 20...130, using: &random)
          )
        )
        for _ in 0..<Int.random(in: 0...3, using: &random) where box > 0 {
          edges.append(
            LayeredLayout.Edge(from: Int.random(in: 0..<box, using: &random), to: box)
          )
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<300)
  func `no box overlaps another, no line crosses a box`(seed: UInt64) {
    let graph = Graph(seed: seed)
    let layout = LayeredLayout(graph.sizes, graph.edges)
    for (one, box) in layout.boxes.enumerated() {
      #expect(box.x >= -1e-6 && box.right <= layout.size.width + 1e-6, "seed \(seed)")
      #expect(box.y >= 0 && box.bottom <= layout.size.height + 1e-6, "seed \(seed)")
      for other in layout.boxes[(one + 1)...] {
        #expect(!box.grown(by: 4).overlaps(other.grown(by: 4)), "seed \(seed)")
      }
      // Lines are hit at many points, which is slow and plainly right.
      for line in layout.lines {
        for (start, end) in zip(line, line.dropFirst()) {
          for step in 1..<40 {
            let share = Double(step) / 40
            let point = Rectangle(
              x: start.x + share * (end.x - start.x),
              y: start.y + share * (end.y - start.y),
              width: 0,
              height: 0
            )
            #expect(!box.grown(by: -0.5).overlaps(point), "seed \(seed)")
          }
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `lines begin below their box, end above the other, and lead down`(seed: UInt64) throws {
    let graph = Graph(seed: seed)
    let layout = LayeredLayout(graph.sizes, graph.edges)
    for (edge, line) in zip(graph.edges, layout.lines) {
      let (first, last) = try (#require(line.first), #require(line.last))
      let (from, to) = (layout.boxes[edge.from], layout.boxes[edge.to])
      #expect(first.y == from.bottom && (from.x...from.right).contains(first.x), "seed \(seed)")
      #expect(last.y == to.y && (to.x...to.right).contains(last.x), "seed \(seed)")
      #expect(zip(line, line.dropFirst()).allSatisfy { $0.y <= $1.y }, "seed \(seed)")
    }
  }

  @Test func `a chain is upright, a fork stands in the middle above its ends`() {
    let size = LayeredLayout.Size(width: 100, height: 40)
    let chain = LayeredLayout(
      [size, size, size],
      [.init(from: 0, to: 1), .init(from: 1, to: 2)]
    )
    #expect(chain.boxes.map(\.x) == [0, 0, 0])
    #expect(chain.boxes.map(\.y) == [0, 84, 168])
    let fork = LayeredLayout(
      [size, size, size],
      [.init(from: 0, to: 1), .init(from: 0, to: 2)]
    )
    #expect(abs(fork.boxes[0].x - (fork.boxes[1].x + fork.boxes[2].x) / 2) < 1e-6)
    #expect(fork.boxes[1].y == fork.boxes[2].y)
  }

  @Test func `an input stands right above the first that reads it`() {
    let size = LayeredLayout.Size(width: 100, height: 40)
    let layout = LayeredLayout(
      [size, size, size, size],
      [.init(from: 0, to: 2), .init(from: 2, to: 3), .init(from: 1, to: 3)]
    )
    #expect(layout.boxes[1].y == layout.boxes[2].y)
  }

  @Test func `nothing takes no room`() {
    let layout = LayeredLayout([], [])
    #expect(layout.boxes.isEmpty && layout.size == LayeredLayout.Size(width: 0, height: 0))
  }
}

@Suite struct NetworkDiagramTests {
  private func diagram(_ name: String = "encoder", blocks: Int = 3) -> NetworkDiagram {
    let nodes = (0..<blocks).map { index in
      NetworkDiagram.Node(
        index == 0 ? "source" : "\(name) \(index)",
        lines: index == 0 ? [] : ["embedding 24", "gru 64 bidirectional"],
        notes: ["gives [6, 64]"],
        isInput: index == 0,
        isShared: index == 2
      )
    }
    let edges =
      (1..<blocks).map { NetworkDiagram.Edge(from: $0 - 1, to: $0) }
      + (2..<max(2, blocks)).map { NetworkDiagram.Edge(from: 0, to: $0, kind: 1 + $0 % 2) }
    return NetworkDiagram(
      title: "A network",
      subtitle: "Boxes",
      nodes: nodes,
      edges: edges,
      kinds: ["reads", "state", "memory"],
      footnote: "Each box is a block."
    )
  }

  @Test func `equal diagrams give equal bytes in every format`() throws {
    #expect(try diagram().png() == diagram().png())
    #expect(diagram().drawing().svg() == diagram().drawing().svg())
    #expect(diagram().drawing().pdf() == diagram().drawing().pdf())
  }

  @Test func `kinds of arrows have their own colours, and only those that occur`() {
    func count(_ color: UInt32, _ diagram: NetworkDiagram) -> Int {
      let image = diagram.image()
      return stride(from: 0, to: image.pixels.count, by: 3).count { place in
        UInt32(image.pixels[place]) << 16 | UInt32(image.pixels[place + 1]) << 8
          | UInt32(image.pixels[place + 2]) == color
      }
    }
    #expect(count(0x0072b2, diagram(blocks: 3)) > 20)
    #expect(count(0xd55e00, diagram(blocks: 3)) == 0)
    #expect(count(0xd55e00, diagram(blocks: 4)) > 20)
  }

  @Test func `long names are cut, so that the picture keeps its width`() {
    let long = String(repeating: "a_very_long_name-", count: 20)
    let width = diagram(long).image().width
    #expect(width < 1000)
    var wide = diagram()
    (wide.title, wide.subtitle, wide.footnote) = (long, long, long)
    #expect(wide.image().width <= 2 * (560 + 36))
  }

  @Test func `no block and one block are drawn`() {
    #expect(NetworkDiagram(nodes: [], edges: [], kinds: []).image().width == 800)
    #expect(diagram(blocks: 1).image().width == 800)
  }
}
