// SPDX-License-Identifier: Apache-2.0

import Foundation

extension JudgeTape {
  /// Scaled dot-product attention (Vaswani et al. 2017, eq. 1) of heads side by side: queries [N, Tq, H · D], keys
  /// [N, Tk, H · D], values [N, Tk, H · E] → [N, Tq, H · E]; zeros behind an example's end and where no key is seen.
  /// Weights are multiplied by `mask` [N, H, Tq, Tk].
  public func attention(
    _ queries: Judged,
    _ keys: Judged,
    _ values: Judged,
    heads: Int,
    isCausal: Bool,
    queryLengths: [Int32]? = nil,
    keyLengths: [Int32]? = nil,
    mask: [Float]? = nil
  ) -> Judged {
    let (batch, steps, keySteps) = (queries.shape[0], queries.shape[1], keys.shape[1])
    let (width, valueWidth) = (queries.shape[2], values.shape[2])
    let (part, valuePart) = (width / heads, valueWidth / heads)
    // A row for each query of each head that sees a key: (example, head, query, keys, place of its first score).
    var rows: [(n: Int, h: Int, i: Int, count: Int, start: Int)] = []
    var total = 0
    for n in 0..<batch {
      for h in 0..<heads {
        for i in 0..<(queryLengths.map { Int($0[n]) } ?? steps) {
          let length = keyLengths.map { Int($0[n]) } ?? keySteps
          let count = isCausal ? min(length, i + 1) : length
          if count == 0 { continue }
          rows.append((n, h, i, count, total))
          total += count
        }
      }
    }
    let found = rows
    let scores = product(queries, keys, [total]) { body in
      for row in found {
        for j in 0..<row.count {
          for e in row.h * part..<(row.h + 1) * part {
            body(
              (row.n * steps + row.i) * width + e,
              (row.n * keySteps + j) * width + e,
              row.start + j
            )
          }
        }
      }
    }
    let scaled = affine(scores, 1 / Double(part).squareRoot(), 0)
    let weights = rows.map { row in
      softmax(taken(scaled, [row.count], Array(row.start..<row.start + row.count)))
    }
    let places = rows.flatMap { row in
      (0..<row.count).map { j in
        ((row.n * heads + row.h) * steps + row.i) * keySteps + j
      }
    }
    return product(masked(weights, mask, places), values, [batch, steps, valueWidth]) { body in
      for row in found {
        for j in 0..<row.count {
          for e in row.h * valuePart..<(row.h + 1) * valuePart {
            body(
              row.start + j,
              (row.n * keySteps + j) * valueWidth + e,
              (row.n * steps + row.i) * valueWidth + e
            )
          }
        }
      }
    }
  }
}

extension JudgeTape {
  /// All weights one behind the other, multiplied by the mask's elements at `places`.
  private func masked(_ weights: [Judged], _ mask: [Float]?, _ places: [Int]) -> Judged {
    let all = weights.isEmpty ? constant([0], []) : concatenated(weights, axis: 0)
    return mask.map { mask in multiply(all, constant(all.shape, places.map { mask[$0] })) } ?? all
  }

  /// Additive attention (Bahdanau, Cho & Bengio 2015): queries [N, Tq, H], keys [N, Tk, H], scoring [H], values [N, Tk, E]
  /// → [N, Tq, E]; zeros behind an example's end and where no key is seen. Weights are multiplied by `mask` [N, Tq, Tk].
  public func additiveAttention(
    _ queries: Judged,
    _ keys: Judged,
    _ scoring: Judged,
    _ values: Judged,
    queryLengths: [Int32]? = nil,
    keyLengths: [Int32]? = nil,
    mask: [Float]? = nil
  ) -> Judged {
    let (batch, steps, keySteps) = (queries.shape[0], queries.shape[1], keys.shape[1])
    let (width, valueWidth) = (scoring.count, values.shape[2])
    // A pair for each key that a query sees, those of a query one behind the other.
    var pairs: [(n: Int, i: Int, j: Int)] = []
    var rows: [Range<Int>] = []
    for n in 0..<batch {
      let seen = keyLengths.map { Int($0[n]) } ?? keySteps
      for i in 0..<(queryLengths.map { Int($0[n]) } ?? steps) where seen > 0 {
        rows.append(pairs.count..<pairs.count + seen)
        pairs += (0..<seen).map { (n, i, $0) }
      }
    }
    let found = pairs
    func lines(_ x: Judged, _ place: ((n: Int, i: Int, j: Int)) -> Int) -> Judged {
      taken(
        x,
        [found.count, width],
        found.flatMap { pair in (0..<width).map { place(pair) * width + $0 } }
      )
    }
    let sums = add(
      lines(queries) { $0.n * steps + $0.i },
      lines(keys) { $0.n * keySteps + $0.j }
    )
    let scores = product(activated(sums, .tanh), scoring, [found.count]) { body in
      for pair in found.indices {
        for h in 0..<width { body(pair * width + h, h, pair) }
      }
    }
    let weights = rows.map { softmax(taken(scores, [$0.count], Array($0))) }
    let places = pairs.map { ($0.n * steps + $0.i) * keySteps + $0.j }
    return product(masked(weights, mask, places), values, [batch, steps, valueWidth]) { body in
      for (place, pair) in found.enumerated() {
        for e in 0..<valueWidth {
          body(
            place,
            (pair.n * keySteps + pair.j) * valueWidth + e,
            (pair.n * steps + pair.i) * valueWidth + e
          )
        }
      }
    }
  }
}

extension Reference {
  /// Sines and cosines of falling frequencies for each step (Vaswani et al. 2017, section 3.5), [steps, width].
  public static func positionalEncoding(steps: Int, width: Int) -> [Double] {
    (0..<steps).flatMap { step in
      (0..<width).map { place in
        let angle = Double(step) / pow(10_000, Double(place / 2 * 2) / Double(width))
        return place % 2 == 0 ? sin(angle) : cos(angle)
      }
    }
  }
}
