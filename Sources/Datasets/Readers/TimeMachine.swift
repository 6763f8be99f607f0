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
    return try corpus.set(
      steps: request.integer("steps"),
      limit: request.integer("max_tokens"),
      path: path
    )
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
