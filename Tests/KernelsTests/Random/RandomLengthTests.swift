// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// What is done to each element alone: many elements must come to what one comes to, whose formulas other suites judge.
@Suite struct RandomLengthTests {
  @Test(arguments: RandomCases.seeds(40, exhaustive: 1_000))
  func `an optimizer's step on any number of values is that on each`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let count = Self.count(&g)
    let start = (0..<4).map { _ in g.values(count) }.map { $0.map { 0.5 + abs($0) } }
    for (index, rule) in Self.rules(&g).enumerated() {
      func step(_ range: Range<Int>, _ context: KernelContext) -> [[Float]] {
        let tensors = start.map { GuardedFloats(Array($0[range]), offset: 1) }
        let gradient = GuardedFloats(start[3][range].map { $0 - 1 })
        let isFinite = rule.apply(
          to: UpdateTensors(
            values: tensors[0].base,
            gradient: gradient.source,
            first: tensors[1].base,
            second: tensors[2].base,
            third: tensors[3].base,
            count: range.count
          ),
          context: context
        )
        #expect(isFinite)
        #expect(tensors.allSatisfy { $0.isIntact })
        return tensors.map(\.array)
      }
      let (first, difference) = results { step(0..<count, $0) }
      let alone = KernelContext(threadCount: 1)
      let places = (0..<min(count, 40)).map { _ in g.pick(0...count - 1) }
      let differs = places.first { i in
        step(i..<i + 1, alone) != first.map { [$0[i]] }
      }
      #expect(
        difference == nil && differs == nil,
        "rule \(index), \(count) values. Repeat with: \(RandomCases.command(seed, Self.self))"
      )
    }
  }

  @Test(arguments: RandomCases.seeds(40, exhaustive: 1_000))
  func `a function of any number of values is that of each`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let count = Self.count(&g)
    let (x, dy) = (g.values(count, scale: 4), g.values(count))
    let kind = g.pick(Pointwise.Kind.allCases)
    let function = Pointwise(kind, 1, 1)
    let activation = g.pick([Activation.identity, .relu, .sigmoid, .tanh])
    func both(_ range: Range<Int>, _ context: KernelContext) -> [[Float]] {
      let (input, slopes) = (
        GuardedFloats(Array(x[range]), offset: 1), GuardedFloats(Array(dy[range]))
      )
      let all = (0..<3).map { GuardedFloats(count: range.count, offset: $0) }
      activate(function, input.source, into: all[0].base, count: range.count, context: context)
      activationGradient(
        function,
        argument: input.source,
        gradient: slopes.source,
        into: all[1].base,
        count: range.count,
        accumulating: false,
        context: context
      )
      activate(activation, input.source, into: all[2].base, count: range.count, context: context)
      #expect(all.allSatisfy { $0.isIntact })
      return all.map(\.array)
    }
    let (first, difference) = results { both(0..<count, $0) }
    let alone = KernelContext(threadCount: 1)
    let places = (0..<min(count, 40)).map { _ in g.pick(0...count - 1) }
    let differs = places.first { i in both(i..<i + 1, alone) != first.map { [$0[i]] } }
    #expect(
      difference == nil && differs == nil,
      "\(kind), \(activation), \(count) values. Repeat with: \(RandomCases.command(seed, Self.self))"
    )
  }

  private static func count(_ g: inout CaseGenerator) -> Int {
    g.once(in: 4) ? g.pick(1...90_000) : g.pick(1...100)
  }

  private static func rules(_ g: inout CaseGenerator) -> [any UpdateRule] {
    let decay = g.pick([Float(0), 0.1])
    let adam = AdamStep(
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: decay,
      correctedRate: 0.01,
      rootCorrection: 1.5
    )
    let isInside = g.once(in: 2)
    let root = RMSpropStep(
      learningRate: 0.01,
      alpha: 0.9,
      epsilon: 1e-8,
      isEpsilonInside: isInside,
      momentum: 0.5,
      weightDecay: decay
    )
    let form = AdamFormStep(adam, kept: 0.99, isEpsilonInside: isInside)
    return [
      adam, form, AMSGradStep(form), root, MomentumRMSpropStep(root), CenteredRMSpropStep(root),
      AdagradStep(
        learningRate: 0.1,
        epsilon: 1e-8,
        isEpsilonInside: isInside,
        weightDecay: decay
      ), AdadeltaStep(learningRate: 1, rho: 0.9, epsilon: 1e-6, weightDecay: decay),
      SGDStep(
        learningRate: 0.1,
        momentum: g.pick([0, 0.9]),
        isNesterov: g.once(in: 2),
        weightDecay: decay
      ),
    ]
  }
}
