// SPDX-License-Identifier: Apache-2.0

/// What one attention of a finished network looks at in one example, captured when its run ended.
public struct AttentionMap: Hashable, Codable, Sendable {
  /// The example's place among those that were captured.
  public var example: Int
  /// The attention's place in the network: its block, with a number where a block has several.
  public var layer: String
  /// The block or input that it looks at.
  public var memory: String
  /// Heads whose mean the weights are.
  public var heads: Int
  /// The tokens that look, from top to bottom.
  public var rows: [String]
  /// The tokens that are looked at, from left to right.
  public var columns: [String]
  /// The weights of each row, from 0 to 1, in thousandths.
  public var weights: [[Int]]

  /// A map; each row of weights has one for each column.
  public init(
    example: Int,
    layer: String,
    memory: String,
    heads: Int = 1,
    rows: [String],
    columns: [String],
    weights: [[Int]]
  ) {
    self.example = example
    self.layer = layer
    self.memory = memory
    self.heads = heads
    self.rows = rows
    self.columns = columns
    self.weights = weights
  }
}

extension CaptureKind<[AttentionMap]> {
  /// What a network's attentions look at.
  public static var attention: Self { Self("attention_maps") }
}
