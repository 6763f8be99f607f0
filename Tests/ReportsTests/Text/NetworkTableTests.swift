// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing

@testable import Reports

/// A network of blocks in a terminal.
@Suite struct NetworkTableTests {
  static let outline = NetworkOutline(
    inputs: [
      NetworkOutline.Input(name: "source", shape: "[13] of 14"),
      NetworkOutline.Input(name: "previous", shape: "[13] of 14"),
    ],
    blocks: [
      NetworkOutline.Block(
        name: "encoder",
        sources: ["source"],
        layers: ["embedding 24", "gru 48"],
        shape: "[13, 48]",
        parameterCount: 10_992
      ),
      NetworkOutline.Block(
        name: "words",
        sources: ["previous"],
        states: ["encoder"],
        layers: ["embedding 24", "gru 48"],
        shape: "[13, 48]",
        parameterCount: 10_992
      ),
      NetworkOutline.Block(
        name: "again",
        sources: ["words"],
        layers: ["embedding 24", "gru 48"],
        shape: "[13, 48]",
        parameterCount: 10_992,
        owner: "encoder"
      ),
      NetworkOutline.Block(
        name: "found",
        sources: ["again"],
        memories: ["encoder"],
        layers: ["attention"],
        shape: "[13, 48]"
      ),
      NetworkOutline.Block(
        name: "decoder",
        sources: ["words", "found"],
        addsSources: true,
        layers: ["dense 14"],
        shape: "[13, 14]",
        parameterCount: 686,
        losses: ["cross_entropy"]
      ),
    ],
    parameterCount: 22_670
  )

  @Test(arguments: [88, nil])
  func `where there is room it is a table`(width: Int?) {
    #expect(
      NetworkTable(Self.outline).lines(width: width) == [
        "block     reads                       layers                gives             parameters",
        "source    input                                             [13] of 14",
        "previous  input                                             [13] of 14",
        "encoder   source                      embedding 24, gru 48  [13, 48]              10,992",
        "words     previous; state of encoder  embedding 24, gru 48  [13, 48]              10,992",
        "again     words                       embedding 24, gru 48  [13, 48]    those of encoder",
        "found     again; memory of encoder    attention             [13, 48]",
        "decoder   words + found               dense 14              [13, 14]                 686",
      ]
    )
  }

  @Test func `a narrow terminal gets the same below each other`() {
    let lines = NetworkTable(Self.outline).lines(width: 40)
    #expect(lines.allSatisfy { DisplayWidth.of($0) <= 40 })
    #expect(
      lines == [
        "source    input [13] of 14",
        "previous  input [13] of 14",
        "encoder   reads source",
        "          embedding 24, gru 48",
        "          gives [13, 48]; 10,992",
        "          parameters",
        "words     reads previous; state of",
        "          encoder",
        "          embedding 24, gru 48",
        "          gives [13, 48]; 10,992",
        "          parameters",
        "again     reads words",
        "          embedding 24, gru 48",
        "          gives [13, 48]; parameters of",
        "          encoder",
        "found     reads again; memory of encoder",
        "          attention",
        "          gives [13, 48]",
        "decoder   reads words + found",
        "          dense 14",
        "          gives [13, 14]; 686 parameters",
      ]
    )
  }

  @Test func `a long name stands in a line of its own`() {
    var outline = Self.outline
    outline.blocks[0].name = String(repeating: "n", count: 30)
    let lines = NetworkTable(outline).lines(width: 40)
    #expect(lines.allSatisfy { DisplayWidth.of($0) <= 40 })
    #expect(lines.contains(outline.blocks[0].name))
  }
}
