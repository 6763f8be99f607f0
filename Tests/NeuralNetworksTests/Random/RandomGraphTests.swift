// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@testable import NeuralNetworks

/// Networks of blocks that nobody thought of, against the slow computation in Double, and the same bits on 1, 2 and 3
/// threads whatever memory held before.
@Suite struct RandomGraphTests {
  @Test(arguments: RandomCases.seeds(160, exhaustive: 3_000))
  func `a network of blocks is what the reference says`(seed: Int) throws {
    let graph = try RandomGraph(seed: seed)
    let command = RandomCases.command(seed, Self.self)
    var first: RandomGraph.Results?
    for (threads, fill) in zip(1...3, MemoryFill.allCases) {
      let network = try graph.network()
      let results = graph.results(network, threads: threads, fill: fill)
      for other in [first, results[1]].compactMap(\.self) {
        #expect(bitMismatch(other.output, results[0].output) == nil, "\(graph) \(command)")
        for (one, two) in zip(other.gradients, results[0].gradients) {
          #expect(bitMismatch(one, two) == nil, "\(graph) \(command)")
        }
      }
      guard first == nil else { continue }
      first = results[0]
      let found = try graph.misfit(results[0], network)
      #expect(found == nil, "\(graph) \(command)")
    }
  }

  /// The cases cover what the suite is for.
  @Test func `every kind of block is drawn`() throws {
    var seen: Set<String> = []
    for seed in 0..<160 {
      for block in try RandomGraph(seed: seed).blocks {
        if block.sources.count == 2 { seen.insert(block.isSum ? "sum" : "side by side") }
        switch block.work {
        case .layers: seen.insert("layers")
        case .like: seen.insert("like")
        case .attention: seen.insert("attention")
        case .additive: seen.insert("additive")
        case .recurrent(_, _, _, let state, let memory):
          seen.insert("recurrent, state \(state != nil), memory \(memory != nil)")
        }
      }
    }
    #expect(seen.count == 10, "\(seen.sorted())")
  }
}
