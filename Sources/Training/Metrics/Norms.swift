// SPDX-License-Identifier: Apache-2.0

import Tensors

/// Euclidean norms over all parameters and over those of each layer, which the manifest counts from 0, or of each block.
struct Norms {
  /// The layers or blocks that have parameters, in order.
  let layers: [String]
  /// For each parameter its layer's place in `layers`.
  private let places: [Int]

  /// Of parameters whose names begin with their layer's number, or their block's name.
  init(_ parameters: [Parameter]) {
    let owners = parameters.map { String($0.name.prefix { $0 != "." }) }
    var layers: [String] = []
    for owner in owners where !layers.contains(owner) { layers.append(owner) }
    places = owners.map { layers.firstIndex(of: $0) ?? 0 }
    self.layers = layers
  }

  /// Steps, the global norm and a norm for each layer.
  var size: Int { 2 + layers.count }

  /// Adds the gradients' norms of one step to the sums from `place` on.
  func addGradients(_ parameters: [Parameter], to sums: inout [Double], at place: Int) {
    add(parameters, to: &sums, at: place) { $0.gradientSumOfSquares }
  }

  /// The parameters' own norms: the global one, then each layer's.
  func values(_ parameters: [Parameter]) -> [Double] {
    var sums = [Double](repeating: 0, count: size)
    add(parameters, to: &sums, at: 0) { $0.sumOfSquares }
    return Array(sums.dropFirst())
  }

  private func add(
    _ parameters: [Parameter],
    to sums: inout [Double],
    at place: Int,
    _ squares: (Parameter) -> Double
  ) {
    sums[place] += 1
    var total = 0.0
    for layer in layers.indices {
      var own = 0.0
      for index in places.indices where places[index] == layer {
        own += squares(parameters[index])
      }
      total += own
      sums[place + 2 + layer] += own.squareRoot()
    }
    sums[place + 1] += total.squareRoot()
  }

  /// Names with values: `gradient_norm`, `gradient_norm.0` …
  func named(_ quantity: String, _ values: [Double]) -> [(String, Double)] {
    zip([quantity] + layers.map { "\(quantity).\($0)" }, values).map { ($0, $1) }
  }
}
