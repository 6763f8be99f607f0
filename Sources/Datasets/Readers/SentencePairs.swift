// SPDX-License-Identifier: Apache-2.0

import Tensors

/// The numbers that stand for no word in the tokens of a sentence.
enum SpecialToken: Int32, CaseIterable {
  /// A token that is not in the vocabulary.
  case unknown
  /// What fills a sequence up behind its end.
  case padding
  /// What stands before the first token.
  case begin
  /// What stands behind the last token.
  case end

  /// As it is written in texts.
  var name: String {
    switch self {
    case .unknown: "<unk>"
    case .padding: "<pad>"
    case .begin: "<bos>"
    case .end: "<eos>"
    }
  }

  /// All of them, in the order of their numbers.
  static let names = allCases.map(\.name)
}

/// Pairs of sentences as arrays: what a network that writes one sequence while it reads another is trained on.
///
/// Inputs are `source` and `previous`, tokens [N, T] with lengths; the target is the sequence `target` [N, T], with lengths
/// of its own. `previous` is the target one step later: `<bos>`, then the target without its last real token. It is what the
/// network has written so far, if it was always right (teacher forcing; Williams & Zipser, 1989).
struct SentencePairs {
  /// Tokens of each sentence, `<eos>` at the end unless it was cut off; at least one, at most `steps`.
  private(set) var sources: [[Int32]] = []
  /// The same of each sentence's pair.
  private(set) var targets: [[Int32]] = []

  /// Adds a pair; both sentences are without `<eos>`, and are cut to `steps` with it.
  mutating func append(source: [Int32], target: [Int32], steps: Int) {
    sources.append(Array((source + [SpecialToken.end.rawValue]).prefix(steps)))
    targets.append(Array((target + [SpecialToken.end.rawValue]).prefix(steps)))
  }

  /// What the arrays mean.
  static func meaning(
    steps: Int,
    sourceVocabulary: [String],
    targetVocabulary: [String]
  ) -> DecodedSet.Meaning {
    func input(_ name: String, _ vocabulary: [String]) -> InputDescription {
      InputDescription(
        name: name,
        .tokens(vocabulary: vocabulary.count, steps: steps),
        hasLengths: true,
        vocabulary: vocabulary
      )
    }
    return DecodedSet.Meaning(
      inputs: [input("source", sourceVocabulary), input("previous", targetVocabulary)],
      targets: [
        TargetDescription(
          name: "target",
          .sequence(classes: targetVocabulary.count, steps: steps),
          hasLengths: true,
          classNames: targetVocabulary
        )
      ]
    )
  }

  /// Keeps the pairs as the arrays of a part.
  func store(in set: inout PlainSet, part: String, steps: Int) {
    let previous = targets.map { [SpecialToken.begin.rawValue] + $0.dropLast() }
    for (index, rows) in [sources, previous].enumerated() {
      set.arrays[arrayName(part, "inputs", index)] = Self.padded(rows, steps)
      set.store(rows.map(\.count), part: part, index: index)
    }
    set.arrays[arrayName(part, "targets")] = Self.padded(targets, steps)
    set.store(targets.map(\.count), part: part, role: "target_lengths")
  }

  /// [N, steps].
  private static func padded(_ rows: [[Int32]], _ steps: Int) -> PlainArray {
    var tokens: [Int32] = []
    tokens.reserveCapacity(rows.count * steps)
    for row in rows {
      tokens += row
      tokens += repeatElement(SpecialToken.padding.rawValue, count: steps - row.count)
    }
    return PlainArray(tokens, shape: [rows.count, steps])
  }
}
