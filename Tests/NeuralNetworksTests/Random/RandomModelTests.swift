// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@testable import NeuralNetworks

/// Shapes that nobody thought of: each layer alone and whole networks against the slow computation in Double, and the same
/// bits on 1, 2 and 3 threads whatever memory held before.
@Suite struct RandomModelTests {
  @Test(arguments: RandomCases.seeds(440, exhaustive: 6_600))
  func `a layer is what the reference says`(seed: Int) throws {
    let kind = LayerKind.allCases[seed % LayerKind.allCases.count]
    try check(RandomModel(seed: seed, count: 1, kind: kind), seed)
  }

  @Test(arguments: RandomCases.seeds(160, exhaustive: 4_000))
  func `a network is what the reference says`(seed: Int) throws {
    try check(RandomModel(seed: 50_000 + seed, count: 2 + seed % 4), seed)
  }

  /// Bounds that follow from the case could be so wide that they say nothing: they are 10⁻⁴ of a tensor's largest value in
  /// most layers, and grow with the depth of a network and where it meets kinks.
  @Test(arguments: [(1, 0.01, 7), (2, 0.1, 7), (4, 0.5, 5)])
  func `wrong gradients are noticed in nearly every tensor`(depth: Int, error: Float, share: Int)
    throws
  {
    var (tried, missed) = (0, 0)
    for seed in 0..<44 {
      let kind = LayerKind.allCases[seed % LayerKind.allCases.count]
      let model = try RandomModel(seed: 90_000 + seed, count: depth, kind: kind)
      let network = try model.network()
      let results = model.results(network, threads: 1, fill: .zero)[0]
      for tensor in results.gradients.indices where (tensor + seed) % depth == 0 {
        var wrong = results
        let sizes = wrong.gradients[tensor].map { abs($0) }
        guard let largest = sizes.max(), largest > 1e-6, let place = sizes.firstIndex(of: largest)
        else { continue }
        wrong.gradients[tensor][place] *= 1 + error
        tried += 1
        if try model.misfit(wrong, network) == nil { missed += 1 }
      }
    }
    #expect(tried > 40)
    #expect(share * missed <= tried, "missed \(missed) of \(tried)")
  }

  private func check(_ model: RandomModel, _ seed: Int) throws {
    var first: RandomModel.Results?
    for (threads, fill) in zip(1...3, MemoryFill.allCases) {
      let network = try model.network()
      let results = model.results(network, threads: threads, fill: fill)
      let repeated = results[0].difference(results[1])
      #expect(repeated == nil, "the second step: \(message(model, seed))")
      guard let before = first else {
        first = results[0]
        let found = try model.misfit(results[0], network)
        #expect(found == nil, "\(message(model, seed))")
        continue
      }
      let found = before.difference(results[0])
      #expect(found == nil, "\(threads) threads over \(fill): \(message(model, seed))")
    }
  }

  private func message(_ model: RandomModel, _ seed: Int) -> String {
    "\(model). Repeat with: \(RandomCases.command(seed, Self.self))"
  }
}
