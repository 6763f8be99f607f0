// SPDX-License-Identifier: Apache-2.0

import Codecs
import Testing

@testable import Plotting

@Suite struct ChartTests {
  @Test func `equal charts give equal bytes`() throws {
    #expect(try chart().png() == chart().png())
    #expect(try dots().png() == dots().png())
  }

  @Test func `provenance is in the file, in the order of its keys`() throws {
    let bytes = try chart().png(provenance: ["Software": "runexp", "Experiment": "激活函数@1"])
    let text = [PNGText("Experiment", "激活函数@1"), PNGText("Software", "runexp")]
    #expect(try PNG.text(of: bytes) == text)
    #expect(throws: PNGError.badKeyword("")) { try chart().png(provenance: ["": "x"]) }
  }

  @Test func `the picture has two pixels a point, 192 to the inch`() throws {
    #expect(chart().image().width == 640)
    let size = Array("pHYs".utf8) + [0, 0, 0x1d, 0x87, 0, 0, 0x1d, 0x87, 1]
    #expect(try chart().png().firstRange(of: size) != nil)
  }

  @Test func `every series is drawn in its own colour`() {
    let picture = chart().image()
    #expect(count(0x0072b2, in: picture) > 100)
    #expect(count(0xd55e00, in: picture) > 100)
    #expect(count(0x009e73, in: picture) == 0)
  }

  @Test func `a gap is marked and explained, not drawn over`() {
    var chart = chart()
    let before = chart.image()
    chart.series[0].lines[0][2].y = .nan
    let after = chart.image()
    // The mark has a row above the plot, the explanation a line below it.
    #expect(after.height > before.height + 30)
    #expect(
      gapNote(of: [chart], "Thin lines: seeds.") == "Thin lines: seeds. × not a finite number."
    )
    chart.series[0].lines[0][2].y = 0
    #expect(gapNote(of: [chart], "") == "")
    chart.yScale = .log
    let note = "× not a finite number, or not positive on the log axis."
    #expect(gapNote(of: [chart], "") == note)
  }

  @Test func `a value that is not finite is marked beside the dots`() {
    var chart = DotChart(rows: [.init("cnn", mean: nil)], width: 320)
    #expect(count(0x0072b2, in: chart.image()) == 0)
    chart.rows[0].values = [.nan]
    #expect(count(0x0072b2, in: chart.image()) > 10)
    #expect(chart.fullFootnote == "× not a finite number.")
  }

  @Test(arguments: [Scale.linear, .log])
  func `awkward data is no trap`(scale: Scale) throws {
    let values: [[Double]] = [
      [], [1], [0, 0], [.nan], [-.infinity, .infinity], [1e308, -1e308],
      [.leastNonzeroMagnitude, 1], [-1, -2],
      [1e16, 1e16 + 2], [0.1, 0.1 + 1e-17],
    ]
    for ys in values {
      let points = ys.enumerated().map { Point(x: Double($0), y: $1) }
      var chart = LineChart(
        yScale: scale,
        series: [.init("a", color: -3, lines: [points], mean: points)],
        references: ys.map { ReferenceLine("r", value: $0) },
        width: 320,
        plotHeight: 60
      )
      chart.series[0].band = ys.map { .init(x: 0, low: $0, high: $0) }
      #expect(chart.image().width == 640, "\(ys)")
      chart.xScale = scale
      #expect(chart.image().width == 640, "\(ys)")
      let row = DotChart.Row("a", mean: ys.first, values: ys)
      let references = ys.map { ReferenceLine("r", value: $0) }
      let dots = DotChart(scale: scale, rows: [row], references: references, width: 320)
      #expect(dots.image().width == 640, "\(ys)")
    }
  }

  @Test func `long words are cut, so that the picture keeps its width`() {
    let long = String(repeating: "learning_rate=0.0001 ", count: 60)
    var chart = chart()
    let height = chart.image().height
    (chart.title, chart.subtitle, chart.footnote) = (long, long, long)
    (chart.xLabel, chart.yLabel, chart.series[0].label) = (long, long, long)
    #expect(chart.image().width == 640)
    #expect(chart.image().height < height + 600)
    let row = DotChart.Row(long, group: long, mean: 1, note: long)
    #expect(DotChart(title: long, rows: [row], width: 320).image().width == 640)
  }

  @Test func `a crowded chart stays below a hundred kilobytes`() throws {
    let series = (0..<12).map { number -> LineChart.Series in
      let lines = (0..<3).map { seed in
        (1...30).map { epoch in
          let jitter = Double((epoch * 7 + seed * 5 + number) % 4) / 10
          return Point(x: Double(epoch), y: Double(number) + jitter - 10 / Double(epoch))
        }
      }
      return .init("series \(number)", color: number, lines: lines, mean: lines[0])
    }
    let bytes = try LineChart(title: "Crowded", series: series).png()
    #expect(bytes.count < 100_000)
    #expect(try PNG.decode(bytes, as: .rgb8).width == 1440)
  }

  @Test(arguments: [0, 1, 2, 5])
  func `panels share their axes and one legend`(count: Int) {
    let panels = (0..<count).map { _ in chart() }
    let grid = SmallMultiples(title: "Panels", panels: panels, width: 640, plotHeight: 60)
    #expect(grid.image().width == 1280)
    let sheet = Sheet(width: 640, title: "", subtitle: "", footnote: "")
    #expect(entries(of: panels, sheet).count == (count == 0 ? 0 : 3))
  }

  private func chart() -> LineChart {
    let first = (1...5).map { Point(x: Double($0), y: 0.5 + 0.1 * Double($0)) }
    let second = (1...5).map { Point(x: Double($0), y: 1 / Double($0)) }
    return LineChart(
      title: "Accuracy",
      xLabel: "epoch",
      yLabel: "val.accuracy",
      series: [
        .init("cnn", color: 0, lines: [first]),
        .init("mlp", color: 1, lines: [second], mean: second),
      ],
      references: [ReferenceLine("book", value: 0.9)],
      width: 320,
      plotHeight: 80
    )
  }

  private func dots() -> DotChart {
    DotChart(
      rows: [.init("cnn", mean: 0.9, interval: 0.88...0.92, values: [0.89, 0.9, 0.91])],
      width: 320
    )
  }
}

@Suite struct LimitTests {
  private func curves(_ limits: ClosedRange<Double>?) -> LineChart {
    let sane = (1...5).map { Point(x: Double($0), y: 1 / Double($0)) }
    let wild = (1...5).map { Point(x: Double($0), y: $0 == 3 ? 1e12 : 0.5) }
    return LineChart(
      series: [.init("sane", color: 0, lines: [sane]), .init("wild", color: 1, lines: [wild])],
      limits: limits,
      width: 320,
      plotHeight: 80
    )
  }

  @Test func `what lies beyond the limits is marked and leaves the axis to the others`() {
    #expect(LinePanel.axes(of: [curves(nil)]).y.high > 1e11)
    let chart = curves(-Double.infinity...1)
    let axes = LinePanel.axes(of: [chart])
    #expect(axes.y.high < 1.1)
    #expect(gapNote(of: [chart], "") == "▲ above the axis, up to 1.0×10¹².")
    let panel = LinePanel(chart, x: axes.x, y: axes.y, height: 80)
    #expect(panel.gapHeight > 0)
    #expect(panel.presence(of: chart.series[1]) == .inside)
    // The line is drawn up to the edge on both sides, so the picture differs from one with a gap.
    var gap = chart
    gap.series[1].lines[0][2].y = .nan
    #expect(chart.image().pixels != gap.image().pixels)
    #expect(gapNote(of: [curves(0.3...Double.infinity)], "") == "▼ below the axis, down to 0.20.")
  }

  @Test func `dots beyond the limits are marked at the edge`() {
    let rows = [
      DotChart.Row("a", mean: 0.3, values: [0.2, 0.4]),
      DotChart.Row("b", mean: 1e12, interval: 1e11...1e13, values: [1e12]),
    ]
    let chart = DotChart(limits: -Double.infinity...1, rows: rows, width: 320)
    #expect(chart.shownValues.max() == 0.4)
    #expect(chart.fullFootnote == "▶ beyond the axis, up to 1.0×10¹².")
    #expect(chart.image().width == 640)
  }

  @Test func `equal values stand below each other`() {
    func height(_ values: [Double]) -> Int {
      DotChart(rows: [.init("a", mean: 1, values: values), .init("b", mean: 2)], width: 320)
        .image().height
    }
    #expect(height([1, 1, 1]) > height([1, 1.5, 2]))
    // A hundred equal ones stay a row.
    #expect(height([Double](repeating: 1, count: 100)) < height([1, 1, 1]) + 40)
  }

  @Test func `a series without a place has a mark in the legend`() {
    let points = [Point(x: 1, y: .nan), Point(x: 2, y: .nan)]
    var chart = LineChart(series: [.init("a", color: 1, lines: [points])], width: 400)
    func presence(_ chart: LineChart) -> LegendEntry.Presence {
      let axes = LinePanel.axes(of: [chart])
      return LinePanel(chart, x: axes.x, y: axes.y, height: 300).presence(of: chart.series[0])
    }
    #expect(presence(chart) == .missing)
    let without = chart.image()
    chart.series[0].lines = [[Point(x: 1, y: 1), Point(x: 2, y: 1)]]
    #expect(without.pixels != chart.image().pixels)
    #expect(presence(chart) == .inside)
    chart.series.append(.init("b", color: 0, lines: [[Point(x: 1, y: 0), Point(x: 2, y: 0.1)]]))
    for (limits, expected) in [
      (-1.0...0.5, LegendEntry.Presence.above), (0...1, .inside),
    ] {
      chart.limits = limits
      #expect(presence(chart) == expected, "\(limits)")
    }
    chart.limits = 0...0.5
    chart.series[0].lines = [[Point(x: 1, y: -9)]]
    #expect(presence(chart) == .below)
  }

  @Test func `the title of a panel is not said again by the legend`() {
    let line = [Point(x: 1, y: 1), Point(x: 2, y: 2)]
    func panel(_ title: String, _ labels: [String]) -> LineChart {
      LineChart(
        title: title,
        series: labels.enumerated().map { .init($1, color: $0, lines: [line]) },
        width: 320,
        plotHeight: 60
      )
    }
    let sheet = Sheet(width: 640, title: "", subtitle: "", footnote: "")
    #expect(entries(of: [panel("a", ["a"]), panel("b", ["b"])], sheet).isEmpty)
    #expect(entries(of: [panel("a", ["a", "b"]), panel("b", ["b"])], sheet).count == 2)
  }

  @Test func `minor ticks keep their distance`() {
    let axis = AxisRange(scale: .log, low: 0.01, high: 1000)
    for length in [60.0, 120, 300, 1000] {
      let ticks = axis.ticks(about: 5).spaced(on: axis, length: length)
      let places = ticks.map { axis.fraction($0.value) * length }
      for (a, b) in zip(places, places.dropFirst()) { #expect(b - a >= 7.99, "\(length)") }
    }
    // Where there is room all are kept.
    let wide = AxisRange(scale: .log, low: 1, high: 10)
    #expect(wide.ticks(about: 5).spaced(on: wide, length: 1000).count == wide.ticks(about: 5).count)
  }

  @Test func `few columns make a narrow picture`() {
    func width(_ columns: Int) -> Int {
      HeatMap(
        columns: (0..<columns).map { "c\($0)" },
        rows: ["a", "b"],
        cells: [[HeatMap.Cell(value: 1, text: "1")]]
      ).image().width
    }
    #expect(width(2) == 800)
    #expect(width(12) == 1440)
  }

  @Test func `lines of a caption are cut one by one`() throws {
    let image = PNGImage(width: 1, height: 1, format: .gray8, pixels: [0])
    func height(_ lines: String...) -> Int {
      ImageGrid(tiles: [
        lines.count == 1
          ? .init(image, caption: lines[0]) : .init(image, caption: lines[0], lines[1])
      ])
      .image().height
    }
    let long = String(repeating: "sheepdog ", count: 30)
    #expect(height(long) == height("a"))
    #expect(height(long, "not cat") > height(long))
    #expect(height(long, "not cat") == height("a", "not cat"))
  }

  @Test(arguments: [Scale.linear, .log])
  func `awkward marks are no trap`(scale: Scale) {
    let values: [[Double]] = [
      [], [1], [0, 0], [.nan], [-.infinity, .infinity], [1e308, -1e308],
      [.leastNonzeroMagnitude, 1], [-1, -2], [1e16, 1e16 + 2],
    ]
    for ys in values {
      for isSquare in [false, true] {
        let marks = ys.map {
          ScatterChart.Mark(x: $0, y: $0, interval: $0.isNaN ? nil : $0...$0, isMarked: true)
        }
        let panel = ScatterChart.Panel(title: "p", xLabel: "x", xScale: scale, marks: marks)
        let chart = ScatterChart(
          yScale: scale,
          limits: -10...10,
          panels: [panel, panel],
          groups: ["a", "b"],
          isSquare: isSquare,
          width: 400
        )
        #expect(chart.image().width == 800, "\(ys)")
      }
    }
    #expect(ScatterChart(panels: [], width: 400).image().width == 800)
  }
}

@Suite struct BarChartTests {
  @Test func `bars are as high as their values, from zero`() {
    var chart = BarChart(categories: ["a"], series: [.init("s", color: 0, values: [1])], width: 320)
    chart.series[0].label = ""
    chart.series.append(.init("", color: 1, values: [4]))
    let picture = chart.image()
    let (low, high) = (count(0x0072b2, in: picture), count(0xd55e00, in: picture))
    // Both bars are equally wide; their upper edges may be blurred by one row.
    #expect(abs(Double(high) / Double(low) - 4) < 0.06)
  }

  @Test(arguments: [[], [nil], [0], [.nan], [-1, -2], [-1, 3], [1e308]] as [[Double?]])
  func `awkward values are no trap`(values: [Double?]) {
    let categories = values.indices.map { "category \($0)" }
    let chart = BarChart(
      categories: categories,
      series: [.init("s", color: 0, values: values), .init("t", color: 1, values: [])],
      width: 320,
      plotHeight: 60
    )
    #expect(chart.image().width == 640)
  }

  @Test func `a missing value is blank, one that is not finite is marked`() {
    var chart = BarChart(
      categories: ["a"],
      series: [.init("", color: 0, values: [nil])],
      width: 320
    )
    #expect(count(0x0072b2, in: chart.image()) == 0)
    chart.series[0].values = [.infinity]
    #expect(count(0x0072b2, in: chart.image()) > 10)
  }
}

@Suite struct ImageGridTests {
  @Test func `pixels are enlarged without blur`() throws {
    let tile = PNGImage(
      width: 2,
      height: 2,
      format: .rgb8,
      pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]
    )
    let grid = ImageGrid(tiles: [.init(tile)], tileSize: 20, width: 320)
    let picture = try PNG.decode(try grid.png(), as: .rgb8)
    // 20 points are 40 pixels: each pixel of the tile becomes 20 × 20, less where the outline touches it.
    for color in [0xff0000, 0x00ff00, 0x0000ff, 0x090909] as [UInt32] {
      #expect((340...400).contains(count(color, in: picture)))
    }
  }

  @Test func `transparent tiles lie on white`() {
    let tile = PNGImage(width: 1, height: 1, format: .rgba8, pixels: [255, 0, 0, 0])
    let picture = ImageGrid(tiles: [.init(tile)], tileSize: 20).image()
    #expect(count(0xff0000, in: picture) == 0)
  }

  @Test func `only grey tiles may lose colours`() {
    let grey = PNGImage(width: 1, height: 1, format: .gray8, pixels: [7])
    let color = PNGImage(width: 1, height: 1, format: .rgb8, pixels: [7, 8, 9])
    #expect(ImageGrid(tiles: [.init(grey)]).allowsFewerColors)
    #expect(!ImageGrid(tiles: [.init(grey), .init(color)]).allowsFewerColors)
  }

  @Test func `no tiles are no trap`() {
    #expect(ImageGrid(title: "Empty", tiles: []).image().width == 1440)
  }
}

@Suite struct QuantizationTests {
  @Test(arguments: [256, 64, 8])
  func `at most so many colours, flat areas untouched`(limit: Int) throws {
    var pixels: [UInt8] = []
    for index in 0..<4096 {
      let isFlat = index < 2000
      pixels.append(isFlat ? 0 : UInt8(index & 255))
      pixels.append(isFlat ? 114 : UInt8(index >> 4 & 255))
      pixels.append(isFlat ? 178 : UInt8(index * 7 & 255))
    }
    let image = PNGImage(width: 64, height: 64, format: .rgb8, pixels: pixels)
    let colors = try quantized(image, limit: limit)
    #expect(Set(colors).count <= limit)
    #expect(colors[..<2000].allSatisfy { $0 == 0x0072b2 })
  }

  private func quantized(_ image: PNGImage, limit: Int) throws -> [UInt32] {
    let found = try #require(PNGColours(image))
    let colors = found.reduced(to: limit)
    return found.places.map { colors[Int($0)] }
  }

  /// The rule again, slowly.
  private func reference(_ image: PNGImage, limit: Int) -> [UInt32] {
    let colors = stride(from: 0, to: image.pixels.count, by: 3).map { start in
      image.pixels[start..<(start + 3)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    let counts = Dictionary(grouping: colors) { $0 }.mapValues(\.count)
    func rarer(_ a: UInt32, _ b: UInt32) -> Bool { (-(counts[a] ?? 0), a) < (-(counts[b] ?? 0), b) }
    let groups = Dictionary(grouping: counts.keys) { $0 & 0xf8f8f8 }.mapValues {
      $0.sorted(by: rarer)
    }
    let ranked = groups.values.map { group in
      (leader: group[0], count: group.reduce(0) { $0 + (counts[$1] ?? 0) })
    }.sorted { (-$0.count, $0.leader) < (-$1.count, $1.leader) }
    let kept = ranked.prefix(limit).map(\.leader)
    func distance(_ a: UInt32, _ b: UInt32) -> Int {
      [0, 8, 16].reduce(0) { sum, shift in
        let difference = Int(a >> UInt32(shift) & 255) - Int(b >> UInt32(shift) & 255)
        return sum + difference * difference
      }
    }
    return colors.map { color in
      let leader = groups[color & 0xf8f8f8]?[0] ?? 0
      if kept.contains(leader) { return leader }
      return kept.min { (distance($0, leader), $0) < (distance($1, leader), $1) } ?? 0
    }
  }

  @Test(arguments: 0..<8)
  func `colours are chosen as the rule says`(seed: Int) throws {
    var state = UInt64(seed + 1)
    let pixels = (0..<(40 * 30 * 3)).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Few enough values that colours repeat and tie.
      return UInt8(state >> 60) * UInt8(1 + seed * 2)
    }
    let image = PNGImage(width: 40, height: 30, format: .rgb8, pixels: pixels)
    for limit in [2, 64, 256] {
      let colors = try quantized(image, limit: limit)
      #expect(colors == reference(image, limit: limit), "limit \(limit), seed \(seed)")
    }
  }

  @Test func `few colours stay as they are`() throws {
    let pixels = (0..<300).map { UInt8($0 % 256) }
    let image = PNGImage(width: 10, height: 10, format: .rgb8, pixels: pixels)
    let found = try #require(PNGColours(image))
    #expect(found.reduced(to: 256) == found.colours)
    #expect(try PNG.decode(PNG.encode(found, colours: found.colours), as: .rgb8) == image)
  }
}

@Suite struct FontsTests {
  @Test(arguments: ["ReLU", "функция", "σ(x) ≤ ½", "−1.5×10⁻⁶", "10\u{2009}000", "×→±…"])
  func `what charts write themselves has glyphs`(text: String) {
    #expect(Fonts.canRender(text))
  }

  @Test func `a character of no font is noticed`() {
    #expect(!Fonts.canRender("\u{17000}"))
  }

  @Test func `line ends are drawn as spaces, other control characters as numbers`() {
    #expect(TextBlock.cleaned("a\nb\tc\0d\u{2028}e\u{202e}") == #"a b c\u{0}d e\u{202E}"#)
  }

  @Test(arguments: [("激活函数", "zh-cn"), ("活性化かんすう", "ja"), ("함수 函", "ko"), ("ReLU σ", "en")])
  func `Han characters take the form of the text's language`(text: String, language: String) {
    #expect(TextBlock.language(of: text) == language)
  }
}

/// How many pixels have exactly a colour.
private func count(_ color: UInt32, in image: PNGImage) -> Int {
  let wanted = [UInt8(color >> 16 & 255), UInt8(color >> 8 & 255), UInt8(color & 255)]
  return stride(from: 0, to: image.pixels.count, by: 3).count {
    image.pixels[$0] == wanted[0] && image.pixels[$0 + 1] == wanted[1]
      && image.pixels[$0 + 2] == wanted[2]
  }
}

@Suite struct ColorScaleTests {
  /// Luma of Rec. 601: what a grey printer makes of a colour.
  private func grey(_ color: Color) -> Double {
    0.299 * color.red + 0.587 * color.green + 0.114 * color.blue
  }

  @Test func `colours grow lighter all the way, so that they read in grey`() {
    let greys = (0...100).map { grey(ColorScale.color(Double($0) / 100)) }
    for (low, high) in zip(greys, greys.dropFirst()) { #expect(low < high) }
    #expect(ColorScale.color(-1) == ColorScale.color(0))
    #expect(ColorScale.color(2) == ColorScale.color(1))
  }

  @Test func `words on any colour have contrast`() {
    for step in 0...100 {
      let color = ColorScale.color(Double(step) / 100)
      #expect(abs(grey(color) - grey(color.textColor)) > 0.35, "\(step)")
    }
  }
}

@Suite struct HeatMapTests {
  private func map(_ cells: [[HeatMap.Cell]], prefersLarger: Bool = true) -> HeatMap {
    HeatMap(
      xLabel: "x",
      yLabel: "y",
      valueLabel: "v",
      prefersLarger: prefersLarger,
      columns: ["a", "b"],
      rows: ["1", "2"],
      cells: cells,
      width: 320
    )
  }

  @Test func `the best value is lightest, whichever way is better`() {
    let cells = [[HeatMap.Cell(value: 0, text: ""), HeatMap.Cell(value: 1, text: "")]]
    for prefersLarger in [true, false] {
      let picture = map(cells, prefersLarger: prefersLarger).image()
      // A cell is about 90 by 32 points: far more pixels of each end's colour than the bar has.
      #expect(count(0x00224e, in: picture) > 3000)
      #expect(count(0xfee838, in: picture) > 3000)
    }
    let turned = map(cells, prefersLarger: false).image()
    #expect(turned.pixels != map(cells).image().pixels)
  }

  @Test func `the legend's caption is whole where the map is narrow`() {
    let pictures = ["first", "last"].map { end in
      var chart = map([[HeatMap.Cell(value: 0, text: ""), HeatMap.Cell(value: 1, text: "")]])
      chart.width = 720
      chart.valueLabel = "test.accuracy, mean over momentum, batch_size, weight_decay, dropout"
      chart.colorNote = "light: larger is better, until the caption comes to an " + end
      return chart.image()
    }
    #expect(pictures[0].pixels != pictures[1].pixels)
  }

  @Test func `missing, odd and no values are no trap`() {
    for value in [nil, Double.nan, .infinity, 0, -1, 1e300] {
      var chart = map([[HeatMap.Cell(value: value, text: "激活 very long words")]])
      for scale in [Scale.linear, .log] {
        chart.scale = scale
        #expect(chart.image().width == 640)
      }
    }
    #expect(HeatMap(columns: [], rows: [], cells: [], width: 320).image().height > 0)
  }
}

@Suite struct ParallelCoordinatesTests {
  private func chart(_ lines: [ParallelCoordinates.Line]) -> ParallelCoordinates {
    ParallelCoordinates(
      axes: [
        .init("model", .names(["mlp", "cnn"])), .init("rate", .numbers(.log)),
        .init("accuracy", .numbers(.linear)),
      ],
      lines: lines,
      width: 320
    )
  }

  @Test func `good and bad lines differ in colour, and the marked one is thick`() {
    let worst = ParallelCoordinates.Line([0, 0.1, 0.5])
    let best = ParallelCoordinates.Line([1, 0.01, 0.9])
    let plain = chart([worst, best]).image()
    // Lines are a little transparent, so it is not the scale's very first colour.
    let dark = stride(from: 0, to: plain.pixels.count, by: 3).count {
      plain.pixels[$0] < 60 && plain.pixels[$0 + 2] > 80
    }
    #expect(dark > 50)
    var marked = best
    marked.isMarked = true
    let thick = chart([worst, marked]).image()
    func light(_ image: PNGImage) -> Int {
      stride(from: 0, to: image.pixels.count, by: 3).count {
        Int(image.pixels[$0]) - Int(image.pixels[$0 + 2]) > 80
      }
    }
    #expect(light(thick) > 2 * light(plain) && light(plain) > 50)
  }

  @Test func `missing, odd and no values are no trap`() {
    let values: [[Double?]] = [
      [], [nil, nil, nil], [0, nil, 0.5], [0, -1, .nan], [5, 0, .infinity], [1, 1e-300, 1e300],
    ]
    for lines in [values, Array(values.prefix(1)), []] {
      #expect(chart(lines.map { .init($0) }).image().width == 640)
    }
  }
}
