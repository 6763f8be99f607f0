// SPDX-License-Identifier: Apache-2.0

/// What a finished network wrote by itself for some examples, captured when its run ended.
public struct WrittenSequences: Hashable, Codable, Sendable {
  /// One example; tokens as text, without the marks at their ends.
  public struct Example: Hashable, Codable, Sendable {
    /// What was read.
    public var source: [String]
    /// What should be written.
    public var wanted: [String]
    /// The likeliest token each time.
    public var greedy: [String]
    /// The best sequence that a beam found.
    public var beam: [String]

    /// An example.
    public init(source: [String], wanted: [String], greedy: [String], beam: [String]) {
      self.source = source
      self.wanted = wanted
      self.greedy = greedy
      self.beam = beam
    }
  }

  /// The part of the data that the examples are of: `test` or `val`.
  public var part: String
  /// How many sequences the beam went on with.
  public var beamWidth: Int
  /// Whether the network sees only what it has written so far; otherwise nothing it writes is shown.
  public var isCausal: Bool
  /// The examples in file order.
  public var examples: [Example]

  /// Sequences.
  public init(part: String, beamWidth: Int, isCausal: Bool = true, examples: [Example]) {
    self.part = part
    self.beamWidth = beamWidth
    self.isCausal = isCausal
    self.examples = examples
  }

  private enum CodingKeys: String, CodingKey {
    case part, examples
    case beamWidth = "beam_width"
    case isCausal = "is_causal"
  }
}

extension CaptureKind<WrittenSequences> {
  /// The sequences that a network wrote.
  public static var written: Self { Self("written_sequences") }
}
