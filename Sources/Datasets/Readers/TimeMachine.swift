// SPDX-License-Identifier: Apache-2.0

/// The Time Machine as "Dive into Deep Learning" reads it (2nd edition, sections 8.2 and 8.3).
///
/// Line by line: what is no letter A–Z becomes one space, ends are stripped, letters lowered; lines are joined without
/// anything between. The vocabulary is that of the whole text, `<unk>` first, then by falling frequency, equal ones by
/// first appearance.
struct TimeMachine: DatasetSource {
  var files: FileSet

  var version: Int { 1 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let path = try files.locate(in: locations)[0]
    let bytes = try fileBytes(path)
    let corpus = request.text("tokens") == "word" ? words(bytes) : characters(bytes)
    let steps = request.integer("steps")
    let tokens = Array(corpus.tokens.prefix(request.integer("max_tokens")))
    guard tokens.count > 2 * steps else {
      let fact = DatasetError.FormatFact.shortText(
        tokens: tokens.count,
        needed: 2 * steps + 1,
        steps: steps
      )
      throw .format(path: path, fact: fact)
    }
    let size = corpus.vocabulary.count
    let plain = PlainSet(
      meaning: DecodedSet.Meaning(
        input: .tokens(vocabularySize: size, steps: steps),
        target: .tokens(vocabularySize: size),
        vocabulary: corpus.vocabulary
      ),
      arrays: ["train.inputs": PlainArray(tokens, shape: [tokens.count])]
    )
    return DecodedCache.inMemory(plain)
  }

  private func characters(_ bytes: [UInt8]) -> Corpus {
    var corpus = CorpusBuilder()
    for byte in cleanedLines(bytes).joined() { corpus.append([byte]) }
    return corpus.corpus
  }

  private func words(_ bytes: [UInt8]) -> Corpus {
    var corpus = CorpusBuilder()
    for line in cleanedLines(bytes) {
      for word in line.split(separator: UInt8(ascii: " ")) { corpus.append(Array(word)) }
    }
    return corpus.corpus
  }
}

/// A text as numbers.
struct Corpus: Sendable {
  var tokens: [Int32]
  var vocabulary: [String]
}

/// Lines of lower-case ASCII letters with single spaces between words.
func cleanedLines(_ bytes: [UInt8]) -> [[UInt8]] {
  bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
    var result: [UInt8] = []
    var needsSpace = false
    for byte in line {
      let lowered = byte | 0x20
      guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowered), byte >= 0x41 else {
        needsSpace = true
        continue
      }
      if needsSpace, !result.isEmpty { result.append(UInt8(ascii: " ")) }
      needsSpace = false
      result.append(lowered)
    }
    return result
  }
}

/// Counts tokens as they appear, then numbers them by frequency.
private struct CorpusBuilder {
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
