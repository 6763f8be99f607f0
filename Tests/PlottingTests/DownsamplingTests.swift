// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Plotting

@Suite struct DownsamplingTests {
  @Test func `few points stay as they are`() {
    let points = (0..<40).map { Point(x: Double($0), y: Double($0 % 7)) }
    #expect(Downsampling.keepingExtremes(of: points, columns: 10, over: 0...39) == points)
    #expect(Downsampling.keepingExtremes(of: [], columns: 10, over: 0...1).isEmpty)
  }

  @Test(arguments: [Scale.linear, .log])
  func `each column keeps its extremes, first and last`(scale: Scale) {
    for seed in 0..<20 {
      let points = walk(seed: seed, count: 5000, gaps: false)
      let axis = AxisRange(scale: scale, low: 1, high: 5000)
      let kept = Downsampling.keepingExtremes(
        of: points,
        columns: 100,
        scale: scale,
        over: 1...5000
      )
      #expect(kept.count <= 404, "seed \(seed)")
      let all = Dictionary(grouping: points) { column($0, axis) }
      let some = Dictionary(grouping: kept) { column($0, axis) }
      #expect(all.keys == some.keys, "seed \(seed)")
      for (column, members) in all {
        let survivors = some[column] ?? []
        #expect(survivors.map(\.y).min() == members.map(\.y).min(), "seed \(seed)")
        #expect(survivors.map(\.y).max() == members.map(\.y).max(), "seed \(seed)")
        #expect(survivors.first == members.first && survivors.last == members.last, "seed \(seed)")
      }
    }
  }

  @Test func `nothing is invented and the order stays`() {
    let points = walk(seed: 3, count: 5000, gaps: true)
    let kept = Downsampling.keepingExtremes(of: points, columns: 50, over: 1...5000)
    var rest = points[...]
    for point in kept {
      guard let index = rest.firstIndex(where: { same($0, point) }) else {
        Issue.record("\(point) is not one of the points, or out of order")
        return
      }
      rest = rest[(index + 1)...]
    }
  }

  @Test func `a lone gap survives among a hundred thousand points`() {
    var points = (0..<100_000).map { Point(x: Double($0), y: 1) }
    points[77_777].y = .nan
    points[33_333].y = 9
    points[11_111].y = -9
    let kept = Downsampling.keepingExtremes(of: points, columns: 200, over: 0...99_999)
    #expect(kept.contains { $0.x == 77_777 && $0.y.isNaN })
    #expect(kept.contains(Point(x: 33_333, y: 9)))
    #expect(kept.contains(Point(x: 11_111, y: -9)))
    #expect(kept.count < 810)
  }

  private func column(_ point: Point, _ axis: AxisRange) -> Int {
    Int((axis.fraction(point.x) * 100).rounded(.down))
  }

  private func same(_ a: Point, _ b: Point) -> Bool {
    a.x == b.x && (a.y == b.y || a.y.isNaN && b.y.isNaN)
  }

  private func walk(seed: Int, count: Int, gaps: Bool) -> [Point] {
    var state = UInt64(seed) &+ 1
    var y = 0.0
    return (1...count).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      y += Double(state >> 40) / Double(1 << 24) - 0.5
      return Point(x: Double(index), y: gaps && state >> 60 == 0 ? .nan : y)
    }
  }
}

@Suite struct LabelPlacementTests {
  @Test func `labels with room stay where they belong`() {
    #expect(placedLabels([50, 10, 90], height: 10, low: 0, high: 100) == [50, 10, 90])
  }

  @Test func `touching labels share the move`() {
    #expect(placedLabels([50, 50], height: 10, low: 0, high: 100) == [45, 55])
    #expect(placedLabels([2, 99], height: 10, low: 0, high: 100) == [5, 95])
  }

  @Test func `no two overlap, none leaves the plot, the order stays`() {
    var state: UInt64 = 1
    for round in 0..<300 {
      let wishes = (0..<(1 + round % 20)).map { _ -> Double in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 54) / 5
      }
      let places = placedLabels(wishes, height: 10, low: 0, high: 200)
      let sorted = places.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }.map { places[$0] }
      #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $1 - $0 >= 10 - 1e-9 }, "round \(round)")
      #expect(sorted.allSatisfy { $0 >= 5 - 1e-9 && $0 <= 195 + 1e-9 }, "round \(round)")
    }
  }
}
