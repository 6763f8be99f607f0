// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a finished network of tokens writes by itself, captured when its run ended.
public struct SampledText: Hashable, Codable, Sendable {
  /// What it was given to begin with: the start of the held-out text, else of the training text.
  public var prefix: String
  /// The likeliest token each time.
  public var likeliest: String
  /// Each token drawn with its probability.
  public var drawn: String

  /// A sample.
  public init(prefix: String, likeliest: String, drawn: String) {
    self.prefix = prefix
    self.likeliest = likeliest
    self.drawn = drawn
  }
}

extension CaptureKind<SampledText> {
  /// The text that a network of tokens writes.
  public static var sampledText: Self { Self("sampled_text") }
}
