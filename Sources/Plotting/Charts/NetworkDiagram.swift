// SPDX-License-Identifier: Apache-2.0

/// A graph of boxes from top to bottom: who reads whom in a network.
public struct NetworkDiagram: Hashable, Sendable {
  /// A box.
  public struct Node: Hashable, Sendable {
    /// Its name, in bold.
    public var name: String
    /// Lines below the name; long ones are wrapped, then cut.
    public var lines: [String]
    /// Quiet lines below those.
    public var notes: [String]
    /// Whether it stands for something that goes in.
    public var isInput: Bool
    /// Whether it is marked as one that shares what it has with another.
    public var isShared: Bool

    /// A box.
    public init(
      _ name: String,
      lines: [String] = [],
      notes: [String] = [],
      isInput: Bool = false,
      isShared: Bool = false
    ) {
      self.name = name
      self.lines = lines
      self.notes = notes
      self.isInput = isInput
      self.isShared = isShared
    }
  }

  /// An arrow.
  public struct Edge: Hashable, Sendable {
    /// The box where it begins.
    public var from: Int
    /// The box where it ends, behind the first one.
    public var to: Int
    /// Its place among the kinds of arrows.
    public var kind: Int

    /// An arrow.
    public init(from: Int, to: Int, kind: Int = 0) {
      self.from = from
      self.to = to
      self.kind = kind
    }
  }

  /// What the picture shows, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// The boxes, each behind those that lead to it.
  public var nodes: [Node]
  /// The arrows.
  public var edges: [Edge]
  /// What the kinds of arrows mean; the first one is drawn as a line, the others are dashed.
  public var kinds: [String]
  /// Small text below; may be empty.
  public var footnote: String

  /// A graph; each arrow leads to a later box.
  public init(
    title: String = "",
    subtitle: String = "",
    nodes: [Node],
    edges: [Edge],
    kinds: [String],
    footnote: String = ""
  ) {
    precondition(
      edges.allSatisfy {
        nodes.indices.contains($0.from) && nodes.indices.contains($0.to) && $0.from < $0.to
          && kinds.indices.contains($0.kind)
      },
      "an arrow leads from a box to a later one"
    )
    self.title = title
    self.subtitle = subtitle
    self.nodes = nodes
    self.edges = edges
    self.kinds = kinds
    self.footnote = footnote
  }
}

extension NetworkDiagram: Chart {
  private static let leastWidth = 400.0
  private static let headingWidth = 560.0

  /// The picture.
  public func drawing() -> Drawing {
    let boxes = nodes.map { NetworkBox($0, maximumWidth: isWide ? 120 : 210) }
    let layout = LayeredLayout(
      boxes.map { LayeredLayout.Size(width: $0.width, height: $0.height) },
      edges.map { LayeredLayout.Edge(from: $0.from, to: $0.to) }
    )
    let heading = min(TextBlock(title, .title).width, Self.headingWidth)
    let inner = max(Self.leastWidth - 2 * Sheet.margin, max(layout.size.width, heading))
    let sheet = Sheet(
      width: (inner + 2 * Sheet.margin).rounded(.up),
      title: title,
      subtitle: subtitle,
      footnote: footnote
    )
    let legend = ArrowLegend(
      kinds.indices.filter { kind in edges.contains { $0.kind == kind } }.map { ($0, kinds[$0]) },
      width: sheet.right - sheet.left
    )
    let left = sheet.left + (inner - layout.size.width) / 2
    let bottom = sheet.top + layout.size.height
    return sheet.drawing(chartBottom: bottom + 16 + legend.height) { canvas in
      for (edge, line) in zip(edges, layout.lines) {
        let points = line.map { Position(x: $0.x + left, y: $0.y + sheet.top) }
        ArrowStyle(edge.kind).draw(points, on: canvas)
      }
      for (box, frame) in zip(boxes, layout.boxes) {
        var frame = frame
        (frame.x, frame.y) = (frame.x + left, frame.y + sheet.top)
        box.draw(on: canvas, in: frame)
      }
      legend.draw(on: canvas, x: sheet.left, top: bottom + 16)
    }
  }

  /// Whether some box leads to so many others, or so many lead to one, that broad boxes would make a very broad picture.
  private var isWide: Bool {
    let degrees = nodes.indices.map { node in
      max(edges.count { $0.from == node }, edges.count { $0.to == node })
    }
    return (degrees.max() ?? 0) > 4
  }
}

/// A laid out box.
private struct NetworkBox {
  private static let padding = 8.0
  private static let leastWidth = 70.0

  let width: Double
  let height: Double
  private let texts: [TextBlock]
  private let isInput: Bool
  private let isShared: Bool

  init(_ node: NetworkDiagram.Node, maximumWidth: Double) {
    let room = maximumWidth - 2 * Self.padding
    func block(_ text: String, _ style: TextStyle, lines: Int) -> TextBlock {
      TextBlock(text, style, maximumWidth: room, lines: lines, alignment: .centre)
    }
    texts =
      [block(node.name, .panelTitle, lines: 1)]
      + node.lines.map { block($0, .label, lines: 2) }
      + node.notes.map { block($0, .footnote, lines: 2) }
    isInput = node.isInput
    isShared = node.isShared
    let widest = texts.map(\.width).max() ?? 0
    width = max(Self.leastWidth, (widest + 2 * Self.padding).rounded(.up))
    height = (texts.reduce(0) { $0 + $1.height + 1 } + 2 * Self.padding - 3).rounded(.up)
  }

  func draw(on canvas: Canvas, in frame: Rectangle) {
    let frame = Rectangle(
      x: Canvas.crisp(frame.x),
      y: Canvas.crisp(frame.y),
      width: frame.width,
      height: frame.height
    )
    canvas.fill(frame, isInput ? Palette.grid : isShared ? Palette.faintGrid : Palette.background)
    if !isInput { outline(frame, on: canvas) }
    if isShared { outline(frame.grown(by: -3), on: canvas) }
    var y = frame.y + Self.padding - 1
    for text in texts {
      text.draw(on: canvas, x: frame.centre.x, top: y, anchor: .centre)
      y += text.height + 1
    }
  }

  private func outline(_ frame: Rectangle, on canvas: Canvas) {
    let corners = [
      Position(x: frame.x, y: frame.y), Position(x: frame.right, y: frame.y),
      Position(x: frame.right, y: frame.bottom), Position(x: frame.x, y: frame.bottom),
      Position(x: frame.x, y: frame.y),
    ]
    canvas.stroke(corners, Palette.quiet, width: 1)
  }
}

/// How arrows of a kind look.
private struct ArrowStyle {
  let color: Color
  let dash: [Double]

  init(_ kind: Int) {
    color = kind == 0 ? Palette.text : Palette.color(kind - 1)
    dash = kind == 0 ? [] : kind == 1 ? [7, 3] : [2, 2]
  }

  func draw(_ points: [Position], on canvas: Canvas) {
    guard let end = points.last else { return }
    var line = points
    line[line.count - 1].y -= 6
    canvas.stroke(line, color, width: 1.3, dash: dash)
    canvas.triangle(
      Position(x: end.x, y: end.y - 4),
      radius: 4,
      pointing: .down,
      color
    )
  }

  func drawSample(x: Double, middle y: Double, on canvas: Canvas) {
    let line = [Position(x: x, y: y), Position(x: x + LegendEntry.sampleWidth - 6, y: y)]
    canvas.stroke(line, color, width: 1.3, dash: dash)
    canvas.triangle(
      Position(x: x + LegendEntry.sampleWidth - 4, y: y),
      radius: 4,
      pointing: .right,
      color
    )
  }
}

/// What the arrows mean, below each other.
private struct ArrowLegend {
  private let entries: [(style: ArrowStyle, text: TextBlock)]

  init(_ kinds: [(kind: Int, name: String)], width: Double) {
    entries = kinds.map { kind, name in
      (
        ArrowStyle(kind),
        TextBlock(
          name,
          .label,
          maximumWidth: Legend.maximumLabelWidth(sheetWidth: width),
          lines: 2
        )
      )
    }
  }

  var height: Double { entries.reduce(0) { $0 + $1.text.height + 4 } }

  func draw(on canvas: Canvas, x: Double, top: Double) {
    var y = top
    for (style, text) in entries {
      style.drawSample(x: x, middle: y + text.height / 2, on: canvas)
      text.draw(on: canvas, x: x + LegendEntry.sampleWidth + 6, top: y)
      y += text.height + 4
    }
  }
}
