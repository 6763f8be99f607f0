// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Pairs of sentences of the user's own: a text for training and, if given, one for testing.
struct PairsDataset: DatasetSource {
  var version: Int { 1 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let train = request.text("train")
    let test = request.arguments["test"] == nil ? nil : request.text("test")
    let encoding = PairEncoding(request)
    return try encoding.load(request, version, [train] + [test].compactMap { $0 }, in: locations) {
      () throws(DatasetError) in
      let training = try encoding.text(fileBytes(train), path: train, limit: request.trainLimit)
      guard let test else { return encoding.encoded(training, nil) }
      return try encoding.encoded(training, encoding.text(fileBytes(test), path: test))
    }
  }
}

/// English sentences and their French translations, of the Tatoeba project, as "Dive into Deep Learning" uses them.
///
/// The archive holds `fra.txt`, sorted by length. As in the first form of the book's code, tokens are counted over all
/// examples in use before anything is cut.
struct FrenchPairs: DatasetSource {
  var files: FileSet

  var version: Int { 1 }

  func load(_ request: DatasetRequest, in locations: DataLocations) throws(DatasetError)
    -> DecodedSet
  {
    let path = try files.locate(in: locations)[0]
    let encoding = PairEncoding(request)
    return try encoding.load(request, version, [path], in: locations) { () throws(DatasetError) in
      let bytes = try zippedBytes(path, file: "fra.txt")
      return try encoding.encoded(
        encoding.text(bytes, path: "\(path)/fra.txt", limit: request.trainLimit),
        nil
      )
    }
  }
}

/// How pairs of sentences become arrays; the vocabularies are those of the training examples in use.
private struct PairEncoding {
  /// Tokens of each sentence with `<eos>`.
  var steps: Int
  /// Rarer tokens are `<unk>`.
  var minFrequency: Int
  var lower: Bool

  init(_ request: DatasetRequest) {
    steps = request.integer("steps")
    minFrequency = request.integer("min_frequency")
    lower = request.boolean("lower")
  }

  func text(
    _ bytes: [UInt8],
    path: String,
    limit: Int? = nil
  ) throws(DatasetError) -> PairText {
    // A limit below 1 is refused once the set is known.
    try PairText(bytes, path: path, lower: lower, limit: limit.map { max(1, $0) })
  }

  /// From the cache, or from the files that `decode` reads.
  func load(
    _ request: DatasetRequest,
    _ version: Int,
    _ paths: [String],
    in locations: DataLocations,
    decode: () throws(DatasetError) -> PlainSet
  ) throws(DatasetError) -> DecodedSet {
    let limit = request.trainLimit.map { "first \($0)" } ?? "all"
    let words = "\(request.canonical(version: version)) \(limit)"
    return try DecodedCache(folder: locations.decoded).load(
      key: cacheKey(request.name, words),
      identity: words + "\n" + identity(of: paths),
      decode: decode
    )
  }

  func encoded(_ train: PairText, _ test: PairText?) -> PlainSet {
    let sources = TokenVocabulary(
      counting: train.pairs.map(\.source),
      minFrequency: minFrequency
    )
    let targets = TokenVocabulary(
      counting: train.pairs.map(\.target),
      minFrequency: minFrequency
    )
    var set = PlainSet(
      meaning: SentencePairs.meaning(
        steps: steps,
        sourceVocabulary: sources.names,
        targetVocabulary: targets.names
      ),
      arrays: [:]
    )
    for (part, text) in [("train", train), ("test", test)] {
      guard let text else { continue }
      var pairs = SentencePairs()
      for pair in text.pairs {
        pairs.append(
          source: sources.numbers(of: pair.source),
          target: targets.numbers(of: pair.target),
          steps: steps
        )
      }
      pairs.store(in: &set, part: part, steps: steps)
    }
    return set
  }
}
