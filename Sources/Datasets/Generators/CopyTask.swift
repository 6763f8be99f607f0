// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors
internal import Vocabulary

/// The copying task: `length` symbols are shown, and asked for again `lag` steps after the last of them.
///
/// After Arjovsky, Shah & Bengio (2016), <https://arxiv.org/abs/1511.06464>, section 5.1. Inputs: the symbols, `lag` − 1
/// blanks, the signal to begin, `length` blanks, so 2 · `length` + `lag` steps; symbol i is wanted `length` + `lag` steps
/// after it was shown. Targets: a blank at each step up to the signal, then the symbols. The tokens are the blank (0), the
/// signal (1) and the symbols (2 …). Who only ever says blanks, and then guesses, is right at (`length` + `lag` + `length` ÷
/// `symbols`) of all steps and has a loss of `length` · ln `symbols` ÷ steps. With `targets: symbols` the blanks are left
/// out: accuracy is then the share of symbols remembered, 1 ÷ `symbols` by guessing.
struct CopyTask: SingleGenerator {
  static let blank: Int32 = 0
  static let signal: Int32 = 1
  /// No class: a step without a target.
  static let leftOut: Int32 = -1

  var version: Int { 1 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    // Tokens without names: this is no text that a network could write on.
    let size = request.integer("symbols") + 2
    return DecodedSet.Meaning(
      input: .tokens(vocabulary: size, steps: steps(request)),
      target: .steps(classes: size)
    )
  }

  private func steps(_ request: DatasetRequest) -> Int {
    2 * request.integer("length") + request.integer("lag")
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let (length, symbols) = (request.integer("length"), request.integer("symbols"))
    let (lag, steps) = (request.integer("lag"), steps(request))
    var inputs = [Int32](repeating: Self.blank, count: count * steps)
    let unasked = request.arguments["targets"] == .text("symbols") ? Self.leftOut : Self.blank
    var targets = [Int32](repeating: unasked, count: count * steps)
    for index in 0..<count {
      var stream = exampleStream(request, part: part, index: index)
      let start = index * steps
      for place in 0..<length {
        let symbol = Int32(2 + stream.next(below: symbols))
        inputs[start + place] = symbol
        targets[start + length + lag + place] = symbol
      }
      inputs[start + length + lag - 1] = Self.signal
    }
    return (
      PlainArray(inputs, shape: [count, steps]), PlainArray(targets, shape: [count, steps])
    )
  }
}
