// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Reference {
  /// x[(n · channels + c) · pixels + p], each channel with mean 0 and variance 1, times its weight, plus its bias.
  public static func batchNorm(
    _ x: [Double],
    _ weight: [Double],
    _ bias: [Double],
    pixels: Int,
    epsilon: Double
  ) -> [Double] {
    let channels = weight.count
    func channel(_ i: Int) -> Int { i / pixels % channels }
    var y = x
    for c in 0..<channels {
      let places = x.indices.filter { channel($0) == c }
      let normalized = normalized(places.map { x[$0] }, epsilon)
      for (place, value) in zip(places, normalized) { y[place] = value * weight[c] + bias[c] }
    }
    return y
  }

  /// Each row of as many values as there are weights, with mean 0 and variance 1, times the weights, plus the biases.
  public static func layerNorm(
    _ x: [Double],
    _ weight: [Double],
    _ bias: [Double],
    epsilon: Double
  ) -> [Double] {
    stride(from: 0, to: x.count, by: weight.count).flatMap { start in
      normalized(Array(x[start..<start + weight.count]), epsilon).enumerated().map {
        $1 * weight[$0] + bias[$0]
      }
    }
  }

  private static func normalized(_ values: [Double], _ epsilon: Double) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return values.map { ($0 - mean) / (variance + epsilon).squareRoot() }
  }

  /// The mean of each stretch of `width` values.
  public static func lineMeans(_ x: [Double], width: Int) -> [Double] {
    stride(from: 0, to: x.count, by: width).map { start in
      x[start..<start + width].reduce(0, +) / Double(width)
    }
  }

  /// The shares of an axis' input pixels in output pixel i: a tent around its middle, or the pixel under its start.
  static func shares(_ i: Int, _ input: Int, _ output: Int, isBilinear: Bool) -> [Double] {
    guard isBilinear else { return (0..<input).map { $0 == i * input / output ? 1 : 0 } }
    let middle = (Double(i) + 0.5) * Double(input) / Double(output) - 0.5
    let place = min(max(middle, 0), Double(input - 1))
    return (0..<input).map { max(0, 1 - abs(Double($0) - place)) }
  }

  /// Planes of another size, corners not aligned.
  public static func resize(
    _ x: [Double],
    from input: (Int, Int),
    to output: (Int, Int),
    isBilinear: Bool
  ) -> [Double] {
    stride(from: 0, to: x.count, by: input.0 * input.1).flatMap { start in
      (0..<output.0).flatMap { i in
        let rows = shares(i, input.0, output.0, isBilinear: isBilinear)
        return (0..<output.1).map { j in
          let columns = shares(j, input.1, output.1, isBilinear: isBilinear)
          var sum = 0.0
          for r in 0..<input.0 {
            for c in 0..<input.1 { sum += rows[r] * columns[c] * x[start + r * input.1 + c] }
          }
          return sum
        }
      }
    }
  }
}
