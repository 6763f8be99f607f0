// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Receives what the attentions of a network look at in one pass, an entry for each layer in the order of computation.
public final class AttentionRecord {
  /// What one layer looks at.
  public struct Entry: Hashable, Sendable {
    /// The block that the layer is in.
    public let block: String
    /// The block or input whose steps it looks at; nil if these are its own.
    public let memory: String?
    /// The weights [N, heads, Tq, Tk], before any dropout.
    public let attention: CapturedAttention
  }

  /// What was recorded.
  public private(set) var entries: [Entry] = []
  /// The block that is computed.
  var block = ""

  /// An empty one.
  public init() {}

  /// Takes what the attention of one layer captured; several of one query each, step by step, become one of all queries.
  func take(_ capture: AttentionCapture?, memory: String?) {
    guard let parts = capture?.attentions, let first = parts.first else { return }
    let attention = parts.count == 1 ? first : CapturedAttention(steps: parts)
    entries.append(Entry(block: block, memory: memory, attention: attention))
  }
}

extension Pass {
  /// What a layer's attention gives its weights to; nil if nobody wants them.
  var attentionCapture: AttentionCapture? { record.map { _ in AttentionCapture() } }
}
