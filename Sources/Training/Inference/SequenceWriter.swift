// SPDX-License-Identifier: Apache-2.0

import Datasets
import DeterministicMath
import NeuralNetworks
import Tensors

/// Lets a network write sequences token by token, each from what it has written before.
///
/// The whole network is computed anew for each token. What it has not written yet is padding, and the lengths of what it
/// reads of its own writing grow with it, so that a network which goes from left to right is shown nothing of it.
struct SequenceWriter {
  let writing: Writing
  private let model: Network
  private let loader: BatchLoader
  private let tape: Tape
  private let output: BlockReference

  /// Writes what the result of the network's loss `loss` says; nil if the data have no sequence to write, or the network
  /// does not read what it writes.
  init?(_ model: Network, _ data: PreparedData, loss: Int = 0, tape: Tape) {
    guard let writing = data.description.writing, model.reads(input: writing.input) else {
      return nil
    }
    self.writing = writing
    output = model.outputs[loss]
    self.model = model
    self.tape = tape
    loader = BatchLoader(data: data)
  }

  /// The likeliest token each time, up to the end of each sequence, which is left out.
  func greedy(_ part: DataPart, _ ids: ArraySlice<Int32>) -> [[Int32]] {
    var written = [[Int32]](repeating: [], count: ids.count)
    var isDone = [Bool](repeating: false, count: ids.count)
    for step in 0..<writing.steps where isDone.contains(false) {
      for (row, scores) in scores(part, ids, written, at: step).enumerated() where !isDone[row] {
        let token = Int32(Predictor.largest(scores))
        isDone[row] = token == writing.end
        if !isDone[row] { written[row].append(token) }
      }
    }
    return written
  }

  /// The sequence of the largest mean log-probability that a beam of `width` finds, up to its end, which is left out.
  ///
  /// The sum of the log-probabilities of L tokens, the end counted, is divided by L^`exponent` (Wu et al. 2016,
  /// <https://arxiv.org/abs/1609.08144>, section 7, in the form of D2L section 10.8); 0 prefers short sequences.
  func beam(_ part: DataPart, _ id: Int32, width: Int, exponent: Double = 0.75) -> [Int32] {
    var beam = [Hypothesis()]
    var best: (score: Double, tokens: [Int32])?
    func offer(_ hypothesis: Hypothesis) {
      let length = Double(hypothesis.count)
      let score = hypothesis.logProbability / Elementary.exp(exponent * Elementary.log(length))
      if score > best?.score ?? -.infinity { best = (score, hypothesis.tokens) }
    }
    for step in 0..<writing.steps where !beam.isEmpty {
      let ids = [Int32](repeating: id, count: beam.count)
      let scores = scores(part, ids[...], beam.map(\.tokens), at: step)
      var next: [Hypothesis] = []
      for (hypothesis, own) in zip(beam, scores) {
        next += hypothesis.continuations(own, best: width)
      }
      // The likelier first; of equal ones that of the earlier hypothesis and the smaller token.
      next.sort { $0.logProbability > $1.logProbability }
      beam = []
      for var hypothesis in next.prefix(width) {
        if hypothesis.tokens.last == writing.end {
          hypothesis.tokens.removeLast()
          offer(hypothesis)
        } else {
          beam.append(hypothesis)
        }
      }
    }
    beam.forEach(offer)
    return best?.tokens ?? []
  }

  /// Whether no token's scores depend on what stands behind it.
  ///
  /// The scores of the first steps are compared for two different continuations, at a few places.
  func isCausal(_ part: DataPart, _ id: Int32) -> Bool {
    func scores(_ steps: Int, before token: Int32) -> [UInt32] {
      let row =
        [Int32](repeating: writing.end, count: steps - 1)
        + [Int32](repeating: token, count: writing.steps - steps)
      read(part, [id][...], [row], length: writing.steps)
      return (0..<steps).flatMap { self.rows(1, at: $0)[0].map(\.bitPattern) }
    }
    return writing.looks.allSatisfy { steps in
      scores(steps, before: writing.end) == scores(steps, before: writing.padding)
    }
  }

  /// What the attentions look at while the network writes a sequence and its end.
  func attentions(_ part: DataPart, _ id: Int32, written: [Int32]) -> [AttentionRecord.Entry] {
    let record = AttentionRecord()
    let length = min(writing.steps, written.count + 1)
    read(part, [id][...], [written], length: length, record: record)
    return record.entries
  }

  // MARK: - One forward pass

  /// The scores of the next token of each row.
  private func scores(
    _ part: DataPart,
    _ ids: ArraySlice<Int32>,
    _ written: [[Int32]],
    at step: Int
  ) -> [ArraySlice<Float>] {
    read(part, ids, written, length: step + 1)
    return rows(ids.count, at: step)
  }

  private func read(
    _ part: DataPart,
    _ ids: ArraySlice<Int32>,
    _ written: [[Int32]],
    length: Int,
    record: AttentionRecord? = nil
  ) {
    tape.reset(training: false)
    loader.read(part, ids, into: model, on: tape)
    let (steps, rows) = (writing.steps, written.count)
    let tokens = written.flatMap { row in
      let all = [writing.begin] + row.prefix(steps - 1)
      return all + pad(all, to: steps)
    }
    let previous = unsafe tape.indices(Shape(rows, steps)) { memory in
      for (place, token) in tokens.enumerated() { unsafe memory[place] = token }
    }
    let lengths = unsafe tape.indices(Shape(rows)) { memory in
      for row in 0..<rows { unsafe memory[row] = Int32(length) }
    }
    model.read(
      .tokens(previous),
      lengths: SequenceLengths(lengths, steps: steps),
      as: writing.input
    )
    model.clearStates()
    var pass = Pass(tape: tape)
    pass.record = record
    model.forward(pass)
  }

  /// The scores of all rows at one step.
  private func rows(_ count: Int, at step: Int) -> [ArraySlice<Float>] {
    let output = model.values(of: output)
    let classes = tape.shape(of: output).last
    let all = tape.array(of: output)
    return (0..<count).map { row in
      let start = (row * writing.steps + step) * classes
      return all[start..<start + classes]
    }
  }

  private func pad(_ row: [Int32], to count: Int) -> [Int32] {
    [Int32](repeating: writing.padding, count: max(0, count - row.count))
  }
}

extension Writing {
  /// Numbers of first steps after which it is tried whether they depend on what stands behind.
  ///
  /// The first eight, for what is cut into groups shows at some of their borders only, and a few behind.
  var looks: Set<Int> {
    Set(Array(1...8) + [steps / 2, steps / 2 + 1, steps - 1]).filter { (1..<steps).contains($0) }
  }
}

/// A sequence that a beam goes on with.
private struct Hypothesis {
  var tokens: [Int32] = []
  var logProbability = 0.0
  /// Tokens, an end that was taken off counted.
  var count = 0

  /// The most probable ways to go on, the likelier first.
  func continuations(_ scores: ArraySlice<Float>, best count: Int) -> [Hypothesis] {
    let largest = Double(scores.max() ?? 0)
    let sum = scores.reduce(0.0) { $0 + Elementary.exp(Double($1) - largest) }
    let logSum = largest + Elementary.log(sum)
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return order.prefix(count).map { place in
      Hypothesis(
        tokens: tokens + [Int32(place - scores.startIndex)],
        logProbability: logProbability + Double(scores[place]) - logSum,
        count: self.count + 1
      )
    }
  }
}
