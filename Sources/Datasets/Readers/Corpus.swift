// SPDX-License-Identifier: Apache-2.0

import Tensors

/// A text as numbers.
struct Corpus: Sendable {
  var tokens: [Int32]
  var vocabulary: [String]

  /// The first `limit` tokens as a set that is cut into windows of `steps`; `path` is for the errors.
  func set(steps: Int, limit: Int?, path: String) throws(DatasetError) -> DecodedSet {
    let tokens = Array(tokens.prefix(limit ?? tokens.count))
    guard tokens.count > 2 * steps else {
      let fact = DatasetError.FormatFact.shortText(
        tokens: tokens.count,
        needed: 2 * steps + 1,
        steps: steps
      )
      throw .format(path: path, fact: fact)
    }
    let size = vocabulary.count
    let plain = PlainSet(
      meaning: DecodedSet.Meaning(
        input: .tokens(vocabulary: size, steps: steps),
        target: .steps(classes: size),
        vocabulary: vocabulary
      ),
      arrays: ["train.inputs": PlainArray(tokens, shape: [tokens.count])]
    )
    return DecodedCache.inMemory(plain)
  }
}

/// Counts tokens as they appear, then numbers them by frequency.
struct CorpusBuilder {
  private var numbers: [[UInt8]: Int] = [:]
  private var counts: [Int] = []
  private var names: [[UInt8]] = []
  private var appearances: [Int] = []

  mutating func append(_ token: [UInt8]) {
    let number: Int
    if let known = numbers[token] {
      number = known
    } else {
      number = names.count
      numbers[token] = number
      names.append(token)
      counts.append(0)
    }
    counts[number] += 1
    appearances.append(number)
  }

  var corpus: Corpus {
    let order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
    var rank = [Int32](repeating: 0, count: order.count)
    for (position, number) in order.enumerated() { rank[number] = Int32(position + 1) }
    return Corpus(
      tokens: appearances.map { rank[$0] },
      vocabulary: ["<unk>"] + order.map { String(decoding: names[$0], as: UTF8.self) }
    )
  }
}
