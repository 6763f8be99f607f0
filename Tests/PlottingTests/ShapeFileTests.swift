// SPDX-License-Identifier: Apache-2.0

import Codecs
import Testing

@testable import Plotting

@Suite struct ShapeFileTests {
  private var line: LineChart {
    let points = (0..<9).map { Point(x: Double($0), y: 1 / Double($0 + 1)) }
    return LineChart(
      title: "train.loss",
      subtitle: "three seeds",
      xLabel: "epoch",
      yLabel: "train.loss",
      series: [LineChart.Series("relu", color: 0, lines: [points])],
      footnote: "Thick: mean over seeds.",
      width: 320
    )
  }
  private var map: HeatMap {
    HeatMap(
      columns: ["a", "b"],
      rows: ["c"],
      cells: [[.init(value: 0.1, text: "0.1"), .init(value: 0.9, text: "0.9")]],
      width: 320
    )
  }
  private var tiles: ImageGrid {
    let image = PNGImage(width: 2, height: 2, format: .gray8, pixels: [0, 80, 160, 255])
    return ImageGrid(
      title: "Tiles",
      tiles: [.init(image, caption: "first"), .init(image, caption: "second")],
      tileSize: 40,
      width: 320
    )
  }
  private var all: [any Chart] { [line, map, tiles] }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func `equal charts give equal bytes, whatever was drawn before`() {
    for chart in all {
      let (svg, pdf) = (chart.drawing().svg(), chart.drawing().pdf())
      _ = tiles.drawing().svg()
      _ = chart.image()
      #expect(chart.drawing().svg() == svg)
      #expect(chart.drawing().pdf() == pdf)
    }
  }

  @Test func `an SVG has the size and the words of its picture`() {
    let words = Drawing.Words(
      title: "a < b & 激活 \u{1}",
      description: "Dots.",
      facts: ["Source": "x@1", "Software": "runexp"]
    )
    let text = text(line.drawing().svg(words))
    let head = """
      width="320px" height="\(line.image().height / 2)px"
      """
    #expect(text.contains(head))
    #expect(
      text.contains(
        """
         role="img">
        <title>a &lt; b &amp; 激活 \\u{1}</title>
        <desc>Dots.</desc>
        <metadata>Software: runexp
        Source: x@1</metadata>
        <
        """
      )
    )
    #expect(text.hasSuffix("</svg>\n"))
    #expect(!text.contains("<text"), "another machine's fonts would be used")
  }

  @Test func `each name of an SVG stands for one thing and is found`() {
    for chart in all {
      let text = text(chart.drawing().svg())
      let names = text.split(separator: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
      #expect(Set(names).count == names.count)
      let links = text.split(separator: "href=\"#").dropFirst().map { $0.prefix { $0 != "\"" } }
      let areas = text.split(separator: "url(#").dropFirst().map { $0.prefix { $0 != ")" } }
      #expect(!links.isEmpty)
      #expect(Set(links + areas).isSubset(of: names))
    }
  }

  @Test func `a PDF is one page of the same size, without the time`() {
    let words = Drawing.Words(title: "train.loss", facts: ["Software": "runexp 1"])
    let text = text(line.drawing().pdf(words))
    #expect(text.hasPrefix("%PDF-1.4\n"))
    #expect(text.hasSuffix("%%EOF\n"))
    // 320 points of 1/96 inch are 240 of 1/72.
    let height = Double(line.image().height) / 2 * 0.75
    let size = height == height.rounded() ? "\(Int(height))" : "\(height)"
    #expect(text.contains("/MediaBox [ 0 0 240 \(size) ]"))
    #expect(text.contains("/Title (train.loss)") && text.contains("/Creator (runexp 1)"))
    #expect(!text.contains("CreationDate") && !text.contains("ModDate"))
  }

  @Test func `odd words are no trap`() {
    let odd = [
      "", "\u{0}", "]]>", "-->", "<script>alert(1)</script>", "(\\", "🙂 \u{10fffd} \u{fffe}",
    ]
    for word in odd {
      var chart = line
      chart.title = word
      let words = Drawing.Words(title: word, description: word, facts: [word: word])
      let svg = text(chart.drawing().svg(words))
      #expect(!svg.contains("<script") && !svg.contains("\u{0}") && svg.hasSuffix("</svg>\n"))
      #expect(chart.drawing().pdf(words).starts(with: Array("%PDF-".utf8)))
    }
  }

  @Test func `the bar of colours is one shape, which no page shines through`() {
    let text = text(map.drawing().svg())
    #expect(text.split(separator: "<linearGradient").count == 2)
    #expect(text.split(separator: "<stop").count == 18)
  }

  @Test func `tiles are enlarged before they are embedded`() {
    // 40 points hold 2 × 2 pixels 40 times at two pixels a point.
    let image = text(tiles.drawing().svg()).split(separator: "<image ").dropFirst().first
    #expect(image?.contains("width=\"80\" height=\"80\"") == true)
  }

  @Test func `without titles the words around a picture go, those inside stay`() {
    let bare = line.untitled()
    #expect(bare.image().height < line.image().height - 60)
    #expect(bare.xLabel == "epoch" && bare.series[0].label == "relu")
    var gap = line
    gap.series[0].lines[0][2].y = .nan
    #expect(gapNote(of: [gap.untitled()], gap.untitled().footnote) == "× not a finite number.")
    let panels = SmallMultiples(title: "All", panels: [line, line]).untitled()
    #expect(panels.title == "" && panels.panels.map(\.title) == ["train.loss", "train.loss"])
  }
}
