// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// Text of a small grammar as characters; the target of each step is the next character.
///
/// Sentences have a subject, a verb and mostly an object; noun phrases may hold an adjective and, twice nested at most,
/// a phrase such as `near the cats`. The verb agrees with its subject across that phrase, which is what memory is
/// needed for. Each example begins at a random place of a text of its own.
struct Grammar: SingleGenerator {
  var version: Int { 1 }

  /// The characters, in order of their numbers.
  static let vocabulary: [String] = {
    let words = [determiners, adjectives, prepositions, nouns, verbs].joined().joined(
      separator: " "
    )
    return Set(words + "s.").sorted().map { String($0) }
  }()

  static let determiners = ["the", "a", "some"]
  static let adjectives = ["red", "quiet", "small", "tall"]
  static let prepositions = ["near", "behind", "with"]
  static let nouns = ["cat", "dog", "bird", "queen", "robot"]
  static let verbs = ["see", "like", "follow", "hear"]

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    let size = Self.vocabulary.count
    return DecodedSet.Meaning(
      input: .tokens(vocabulary: size, steps: request.integer("steps")),
      target: .steps(classes: size),
      vocabulary: Self.vocabulary
    )
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let steps = request.integer("steps")
    let numbers = Dictionary(
      uniqueKeysWithValues: Self.vocabulary.enumerated().map { ($1.utf8.first ?? 0, Int32($0)) }
    )
    var (inputs, targets): ([Int32], [Int32]) = ([], [])
    for index in 0..<count {
      var stream = exampleStream(request, part: part, index: index)
      let skipped = stream.next(below: 24)
      var text: [UInt8] = []
      while text.count < skipped + steps + 1 { text += sentence(&stream).utf8 }
      let tokens = text[skipped...skipped + steps].map { numbers[$0] ?? 0 }
      inputs += tokens[..<steps]
      targets += tokens[1...]
    }
    return (
      PlainArray(inputs, shape: [count, steps]), PlainArray(targets, shape: [count, steps])
    )
  }

  /// One sentence, its full stop and a space.
  private func sentence(_ stream: inout RandomStream) -> String {
    let isPlural = stream.next(below: 2) == 1
    var words = nounPhrase(&stream, isPlural: isPlural, depth: 0)
    words.append(choice(Self.verbs, &stream) + (isPlural ? "" : "s"))
    if stream.next(below: 4) > 0 {
      words += nounPhrase(&stream, isPlural: stream.next(below: 2) == 1, depth: 1)
    }
    return words.joined(separator: " ") + ". "
  }

  private func nounPhrase(_ stream: inout RandomStream, isPlural: Bool, depth: Int) -> [String] {
    // "a" is for one, "some" for several.
    let determiner = stream.next(below: 2) == 0 ? "the" : isPlural ? "some" : "a"
    var words = [determiner]
    if stream.next(below: 3) == 0 { words.append(choice(Self.adjectives, &stream)) }
    words.append(choice(Self.nouns, &stream) + (isPlural ? "s" : ""))
    if depth < 2, stream.next(below: 3) == 0 {
      words.append(choice(Self.prepositions, &stream))
      words += nounPhrase(&stream, isPlural: stream.next(below: 2) == 1, depth: depth + 1)
    }
    return words
  }

  private func choice(_ words: [String], _ stream: inout RandomStream) -> String {
    words[stream.next(below: words.count)]
  }
}
