// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors
internal import Vocabulary

/// Sequences of `shortest` to `longest` symbols, and the same backwards: the smallest task of an encoder and a decoder.
///
/// Sutskever, Vinyals & Le (2014), <https://arxiv.org/abs/1409.3215>, found that the order of the source matters; here the
/// first symbol to be written is the last one that was read. All lengths are equally frequent, and so are all symbols.
/// Inputs `source` and `previous`, tokens [`longest` + 1], and the target of as many steps are those of `SentencePairs`.
/// The symbols are called 1, 2, …
struct Reversal: Generator {
  var version: Int { 1 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    let vocabulary =
      SpecialToken.names + (1...request.integer("symbols")).map { "\($0)" }
    return SentencePairs.meaning(
      steps: request.integer("longest") + 1,
      sourceVocabulary: vocabulary,
      targetVocabulary: vocabulary
    )
  }

  func draw(_ request: DatasetRequest, part: String, count: Int, into set: inout PlainSet) {
    let (symbols, steps) = (request.integer("symbols"), request.integer("longest") + 1)
    let shortest = request.integer("shortest")
    let first = SpecialToken.names.count
    var pairs = SentencePairs()
    for index in 0..<count {
      var stream = exampleStream(request, part: part, index: index)
      let length = shortest + stream.next(below: steps - shortest)
      let source = (0..<length).map { _ in Int32(first + stream.next(below: symbols)) }
      pairs.append(source: source, target: source.reversed(), steps: steps)
    }
    pairs.store(in: &set, part: part, steps: steps)
  }
}
