// SPDX-License-Identifier: Apache-2.0

internal import Tensors

/// How a network writes a target sequence by itself: what it reads of its own writing, and the tokens at both ends.
public struct Writing: Hashable, Sendable {
  /// The place of the input that holds what was written before.
  public let input: Int
  /// The steps of that input and of the target.
  public let steps: Int
  /// The token before the first one.
  public let begin: Int32
  /// The token behind the last one.
  public let end: Int32
  /// The token that fills up what is not written yet.
  public let padding: Int32
}

extension DatasetDescription {
  /// How a network writes the principal target; nil if that is no sequence of its own, or no input `previous` with `<bos>`
  /// and `<eos>` in its vocabulary holds what stands before each of its tokens.
  public var writing: Writing? {
    guard case .sequence(let classes, let steps) = target,
      let input = inputs.firstIndex(where: { $0.name == "previous" }),
      inputs[input].shape == .tokens(vocabulary: classes, steps: steps),
      inputs[input].vocabulary.starts(with: SpecialToken.names)
    else { return nil }
    return Writing(
      input: input,
      steps: steps,
      begin: SpecialToken.begin.rawValue,
      end: SpecialToken.end.rawValue,
      padding: SpecialToken.padding.rawValue
    )
  }
}
