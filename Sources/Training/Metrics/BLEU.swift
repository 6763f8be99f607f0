// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import NeuralNetworks
import Tensors

/// Mean over examples of the BLEU, up to pairs, of predicted tokens against targets, steps without a target left out;
/// examples without any are too.
struct SequenceMeasure: Measure {
  let quantity = "bleu"
  let size = 2
  let readsPredictions = true

  func add(_ batch: MeasuredBatch, to sums: inout [Double], at place: Int) {
    guard let predictions = batch.predictions?.array else {
      preconditionFailure("a measure of tokens reads predictions")
    }
    let targets = batch.targets.classes.array
    let lengths =
      batch.lengths.map { $0.array.map(Int.init) }
      ?? [Int](repeating: targets.count / max(1, batch.examples), count: batch.examples)
    var start = 0
    for length in lengths {
      let rows = (start..<start + length).filter { targets[$0] >= 0 }
      start += length
      guard !rows.isEmpty else { continue }
      sums[place] += bleu(rows.map { predictions[$0] }, label: rows.map { targets[$0] }, k: 2)
      sums[place + 1] += 1
    }
  }

  func value(_ sums: ArraySlice<Double>) -> Double {
    sums[sums.startIndex] / sums[sums.startIndex + 1]
  }
}

/// BLEU of one predicted sequence against one label sequence, as Zhang et al., "Dive into Deep Learning", §10.7.6 (9.7 of
/// earlier printings) simplify Papineni et al. (2002).
///
/// exp(min(0, 1 − |label| / |prediction|)) · Π_{n=1…k} p_n^(1/2ⁿ). p_n is the share of the prediction's n-grams that are
/// found in the label, each of the label's at most once; a prediction of fewer than n tokens leaves p_n out. An empty
/// prediction has 0.
package func bleu<Token: Hashable>(_ prediction: [Token], label: [Token], k: Int) -> Double {
  guard !prediction.isEmpty else { return 0 }
  var score = Elementary.exp(min(0, 1 - Double(label.count) / Double(prediction.count)))
  for n in 1...max(1, min(k, prediction.count)) {
    var left: [ArraySlice<Token>: Int] = [:]
    if label.count >= n {
      for start in 0...label.count - n { left[label[start..<start + n], default: 0] += 1 }
    }
    var found = 0
    for start in 0...prediction.count - n {
      let gram = prediction[start..<start + n]
      guard let count = left[gram], count > 0 else { continue }
      left[gram] = count - 1
      found += 1
    }
    guard found > 0 else { return 0 }
    let precision = Double(found) / Double(prediction.count - n + 1)
    let power = Double(sign: .plus, exponent: -n, significand: 1)
    score *= Elementary.exp(power * Elementary.log(precision))
  }
  return score
}
