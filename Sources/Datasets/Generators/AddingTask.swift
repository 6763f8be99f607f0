// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Tensors

/// The adding task: of a sequence of `lag` numbers two are marked, and their sum is wanted at the end.
///
/// Hochreiter & Schmidhuber, "Long short-term memory" (1997), experiment 4, in the form of Le, Jaitly & Hinton (2015),
/// <https://arxiv.org/abs/1504.00941>, section 4.1: inputs [T, 2] are numbers drawn evenly from [0, 1) and marks 0 or 1,
/// one mark in each half. Always saying 1 has a mean squared error of 1/6; only who remembers the first marked number,
/// which lies at least half the sequence back, does better than 1/12.
struct AddingTask: SingleGenerator {
  var version: Int { 1 }

  func meaning(_ request: DatasetRequest) -> DecodedSet.Meaning {
    DecodedSet.Meaning(
      input: .values([request.integer("lag"), 2]),
      target: .values([1])
    )
  }

  func generate(_ request: DatasetRequest, part: String, count: Int) -> (
    inputs: PlainArray, targets: PlainArray
  ) {
    let steps = request.integer("lag")
    var inputs = [Float](repeating: 0, count: count * steps * 2)
    var targets: [Float] = []
    for index in 0..<count {
      var stream = exampleStream(request, part: part, index: index)
      let start = 2 * index * steps
      let marked = [
        stream.next(below: steps / 2), steps / 2 + stream.next(below: steps - steps / 2),
      ]
      for step in 0..<steps { inputs[start + 2 * step] = Float(stream.nextUniform()) }
      for step in marked { inputs[start + 2 * step + 1] = 1 }
      targets.append(marked.reduce(0) { $0 + inputs[start + 2 * $1] })
    }
    return (PlainArray(inputs, shape: [count, steps, 2]), PlainArray(targets, shape: [count, 1]))
  }
}
