// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
public import Experiments

/// A network of blocks for people: its inputs, and its blocks in the order in which they are computed.
///
/// Each block has what it reads, its layers, the shape of its result and its trained values.
public struct NetworkTable {
  private let outline: NetworkOutline

  /// The blocks of an outline.
  public init(_ outline: NetworkOutline) { self.outline = outline }

  /// The lines for a terminal, at most `width` wide if that is possible: a table, or below each other where it is too narrow.
  public func lines(width: Int?) -> [String] {
    guard let width, table.fullWidth > width else { return table.lines() }
    return stacked(width: width)
  }

  private var table: TextTable {
    let inputs = outline.inputs.map { [$0.name, "input", "", $0.shape, ""] }
    let blocks = outline.blocks.map { block in
      [
        block.name, Self.reads(block), Self.layers(block), block.shape, Self.count(block),
      ]
    }
    return TextTable(
      [
        TextTable.Column("block"), TextTable.Column("reads"), TextTable.Column("layers"),
        TextTable.Column("gives"), TextTable.Column("parameters", isNumber: true),
      ],
      rows: inputs + blocks
    )
  }

  private func stacked(width: Int) -> [String] {
    let names = outline.inputs.map(\.name) + outline.blocks.map(\.name)
    let widest = names.map(DisplayWidth.of).max() ?? 0
    let indent = min(widest, max(TextTable.narrowest, width / 4)) + 2
    func entry(_ name: String, _ sentences: [String]) -> [String] {
      let fits = DisplayWidth.of(name) <= indent - 2
      let lines = wrapped(sentences.filter { !$0.isEmpty }, width: width - indent)
      let blank = String(repeating: " ", count: indent)
      guard fits else {
        return [DisplayWidth.truncated(name, to: width)] + lines.map { blank + $0 }
      }
      return lines.enumerated().map { place, line in
        (place == 0 ? DisplayWidth.padded(name, to: indent, right: false) : blank) + line
      }
    }
    return outline.inputs.flatMap { entry($0.name, ["input \($0.shape)"]) }
      + outline.blocks.flatMap { block in
        let count = Self.count(block)
        let values =
          block.owner.map { "parameters of \($0)" }
          ?? (count.isEmpty ? "" : count + " parameters")
        return entry(
          block.name,
          [
            "reads " + Self.reads(block), Self.layers(block),
            "gives \(block.shape)" + (values.isEmpty ? "" : "; " + values),
          ]
        )
      }
  }

  // MARK: - A block's texts

  /// `words, found; state of encoder`.
  static func reads(_ block: NetworkOutline.Block) -> String {
    let parts =
      [block.sources.joined(separator: block.addsSources ? " + " : ", ")]
      + block.states.map { "state of \($0)" } + block.memories.map { "memory of \($0)" }
    return parts.joined(separator: "; ")
  }

  private static func layers(_ block: NetworkOutline.Block) -> String {
    block.layers.joined(separator: ", ")
  }

  /// The trained values, or whose they are.
  static func count(_ block: NetworkOutline.Block) -> String {
    if let owner = block.owner { return "those of \(owner)" }
    return block.parameterCount > 0 ? grouped(block.parameterCount) : ""
  }
}
