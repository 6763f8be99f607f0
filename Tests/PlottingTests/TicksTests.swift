// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Plotting

@Suite struct TicksTests {
  @Test(arguments: [
    (0.0, 1.0, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (-1.0, 1.0, 4, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
    (0.871, 0.894, 5, ["0.875", "0.880", "0.885", "0.890"]),
    (
      0.0, 50_000.0, 5,
      ["0", "10\u{2009}000", "20\u{2009}000", "30\u{2009}000", "40\u{2009}000", "50\u{2009}000"]
    ),
    (0.0, 9000.0, 3, ["0", "2000", "4000", "6000", "8000"]),
    (0.0, 4e6, 4, ["0", "1×10⁶", "2×10⁶", "3×10⁶", "4×10⁶"]),
    (0.0, 2.5e-8, 3, ["0", "10×10⁻⁹", "20×10⁻⁹"]),
    (-3.0, -1.0, 2, ["−3", "−2", "−1"]),
  ])
  func `linear labels`(low: Double, high: Double, count: Int, labels: [String]) {
    let range = AxisRange(scale: .linear, low: low, high: high)
    #expect(range.ticks(about: count).compactMap(\.label) == labels)
  }

  @Test(arguments: [[1.0], [1, 1], [0.97, 1], [0.2, 1], [0, 1], [0]])
  func `an axis of shares has no tick beyond 0 and 1`(values: [Double]) {
    let range = AxisRange(showing: values, scale: .linear, margin: 0.05, limits: 0...1)
    #expect(range.low >= -0.06 && range.high <= 1.06)
    #expect(values.allSatisfy { range.low < $0 && $0 < range.high })
    for count in 2...10 {
      #expect(range.ticks(about: count).allSatisfy { $0.value >= -1e-9 && $0.value <= 1 + 1e-9 })
    }
    let open = AxisRange(showing: values, scale: .linear, margin: 0.05)
    let beyond = AxisRange(showing: values, scale: .linear, margin: 0.05, limits: -9...(-8))
    #expect(open == beyond)
  }

  @Test func `whole numbers only where asked`() {
    let range = AxisRange(scale: .linear, low: 0.97, high: 3.03)
    #expect(range.ticks(about: 8, integersOnly: true).compactMap(\.label) == ["1", "2", "3"])
  }

  @Test(arguments: [
    (0.001, 10.0, 6, ["0.001", "0.01", "0.1", "1", "10"]),
    (1e-6, 1e-3, 6, ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³"]),
    (0.9, 60.0, 6, ["1", "2", "5", "10", "20", "50"]),
    (1e-12, 1.0, 5, ["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]),
    (0.31, 0.46, 4, ["0.35", "0.40", "0.45"]),
  ])
  func `log labels`(low: Double, high: Double, count: Int, labels: [String]) {
    let range = AxisRange(scale: .log, low: low, high: high)
    #expect(range.ticks(about: count).compactMap(\.label) == labels)
  }

  @Test func `decades have eight minor ticks between them`() {
    let ticks = AxisRange(scale: .log, low: 1, high: 1000).ticks(about: 5)
    #expect(ticks.count == 28)
    #expect(ticks.count { $0.label == nil } == 24)
  }

  @Test(arguments: [Scale.linear, .log])
  func `ticks ascend inside the range and no label occurs twice`(scale: Scale) {
    var state: UInt64 = 7
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    for round in 0..<500 {
      let size = Double("1e\(Int(next() * 24) - 12)") ?? 1
      let low = scale == .log ? size * (0.1 + next()) : size * (next() - 0.5)
      let high = low + size * (0.001 + next() * 30)
      let ticks = AxisRange(scale: scale, low: low, high: high).ticks(about: 3 + round % 8)
      let labels = ticks.compactMap(\.label)
      let context = "round \(round): \(low) … \(high): \(labels)"
      #expect(labels.count >= 2 && labels.count <= 30, "\(context)")
      #expect(Set(labels).count == labels.count, "\(context)")
      #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value }, "\(context)")
      let slack = (high - low) * 1e-6
      #expect(
        ticks.allSatisfy { $0.value >= low - slack && $0.value <= high + slack },
        "\(context)"
      )
    }
  }

  @Test(arguments: [(0.0, 0.0), (0.1, 0.1), (1.0, 1.0), (1.1, 2.0), (2.1, 5.0), (5.1, 10.0)])
  func `nice steps are 1, 2 and 5`(raw: Double, step: Double) {
    #expect(niceStep(above: raw) == step)
    #expect(niceStep(above: raw * 1000) == step * 1000)
  }
}

@Suite struct AxisRangeTests {
  @Test func `shows everything with a margin`() {
    let range = AxisRange(showing: [2, 12, .nan, .infinity], scale: .linear, margin: 0.1)
    #expect(range.low == 1)
    #expect(range.high == 13)
    #expect(range.fraction(7) == 0.5)
  }

  @Test(arguments: [0, 5, -3, 1e300, -1e-300, 0.1])
  func `a single value stands in the middle`(value: Double) {
    let range = AxisRange(showing: [value, value], scale: .linear, margin: 0.05)
    #expect(range.low < range.high)
    #expect(abs(range.fraction(value) - 0.5) < 1e-6)
  }

  @Test func `the largest numbers have a range`() {
    let largest = Double.greatestFiniteMagnitude
    let range = AxisRange(showing: [-largest, largest], scale: .linear, margin: 0.05)
    #expect(range.low.isFinite && range.high.isFinite)
    #expect(abs(range.fraction(0) - 0.5) < 1e-9)
  }

  @Test func `a log axis ignores what has no logarithm`() {
    let range = AxisRange(showing: [0, -1, 1, 100], scale: .log, margin: 0)
    #expect(abs(range.low - 1) < 1e-12 && abs(range.high - 100) < 1e-10)
    #expect(abs(range.fraction(10) - 0.5) < 1e-12)
    #expect(!range.contains(0) && !range.contains(-1) && range.contains(10))
  }

  @Test(arguments: [Scale.linear, .log])
  func `nothing to show still is a range`(scale: Scale) {
    let range = AxisRange(showing: [.nan], scale: scale, margin: 0.05)
    #expect(range.low < range.high)
    #expect(range.ticks(about: 4).count { $0.label != nil } >= 2)
  }
}
