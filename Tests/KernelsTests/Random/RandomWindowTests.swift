// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Convolutions and poolings of random shapes against the slow side.
@Suite struct RandomWindowTests {
  private struct Case {
    let s: Reference.Windows
    let x: [Float]
    let weight: [Float]
    let bias: [Float]
    let dy: [Float]
    let isAdded: Bool
    let old: (x: [Float], weight: [Float], bias: [Float])

    init(_ s: Reference.Windows, _ g: inout CaseGenerator) {
      self.s = s
      x = g.values(s.inputCount)
      weight = g.values(s.weightCount)
      bias = g.values(s.outputChannels)
      dy = g.values(s.outputCount)
      isAdded = g.once(in: 3)
      old = (
        target(s.inputCount, isAdded, &g), target(s.weightCount, isAdded, &g),
        target(s.outputChannels, isAdded, &g)
      )
    }

    /// y, dx, dw and db.
    func computed(_ context: KernelContext) -> [[Float]] {
      let (input, kernels, gradient) = (GuardedFloats(x), GuardedFloats(weight), GuardedFloats(dy))
      let (added, y) = (GuardedFloats(bias), GuardedFloats(count: s.outputCount, offset: 1))
      let (dx, dw) = (GuardedFloats(old.x, offset: 1), GuardedFloats(old.weight))
      let db = GuardedFloats(old.bias)
      convolve(
        input.source,
        weights: kernels.source,
        bias: added.source,
        into: y.base,
        shape: s.kernelShape,
        activation: .identity,
        context: context
      )
      expectSameWithTransformedKernels(y.array, input, kernels, added, context)
      convolutionInputGradient(
        gradient.source,
        weights: kernels.source,
        into: dx.base,
        shape: s.kernelShape,
        accumulating: isAdded,
        context: context
      )
      convolutionWeightGradient(
        input.source,
        gradient: gradient.source,
        into: dw.base,
        bias: db.base,
        shape: s.kernelShape,
        accumulating: isAdded,
        context: context
      )
      #expect(y.isIntact && dx.isIntact && dw.isIntact && db.isIntact)
      return [y.array, dx.array, dw.array, db.array]
    }

    /// Kernels that were transformed before give the same bits.
    private func expectSameWithTransformedKernels(
      _ y: [Float],
      _ input: GuardedFloats,
      _ kernels: GuardedFloats,
      _ bias: GuardedFloats,
      _ context: KernelContext
    ) {
      guard let form = TransformedKernels(s.kernelShape, nil) else { return }
      let transformed = GuardedFloats(count: form.count)
      form.make(kernels.source, into: transformed.base, context: context)
      let again = GuardedFloats(count: s.outputCount, offset: 1)
      convolve(
        input.source,
        weights: kernels.source,
        transformed: transformed.source,
        bias: bias.source,
        into: ConvolutionOutput(values: again.base, activation: .identity),
        shape: s.kernelShape,
        context: context
      )
      #expect(transformed.isIntact && again.isIntact)
      #expect(bitMismatch(again.array, y) == nil)
    }

    /// What is wrong with them, in words; nil if nothing.
    func misfit(_ got: [[Float]]) -> String? {
      let tape = JudgeTape()
      let (x, weight) = (tape.constant([s.inputCount], x), tape.constant([s.weightCount], weight))
      let bias = tape.constant([s.outputChannels], bias)
      let y = tape.addChannels(tape.conv2d(x, weight, s), bias)
      if isAdded {
        tape.seed(x, old.x)
        tape.seed(weight, old.weight)
        tape.seed(bias, old.bias)
      }
      tape.seed(y, dy)
      tape.backward()
      return y.misfit(values: got[0]).map { "y \($0)" }
        ?? x.misfit(gradient: got[1]).map { "dx \($0)" }
        ?? weight.misfit(gradient: got[2]).map { "dw \($0)" }
        ?? bias.misfit(gradient: got[3]).map { "db \($0)" }
    }
  }

  @Test(arguments: RandomCases.seeds(240, exhaustive: 6_000))
  func `a convolution of any shape is the reference's`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let s =
      seed % 6 == 0 ? Reference.Windows(randomTiles: &g) : Reference.Windows(random: &g)
    let c = Case(s, &g)
    let (first, difference) = results(c.computed)
    #expect(difference == nil, "\(s). Repeat with: \(RandomCases.command(seed, Self.self))")
    let found = c.misfit(first)
    #expect(found == nil, "\(s). Repeat with: \(RandomCases.command(seed, Self.self))")
  }

  @Test(arguments: RandomCases.seeds(80, exhaustive: 2_000), [false, true])
  func `a pooling of any shape is the reference's`(seed: Int, isMaximum: Bool) {
    var g = CaseGenerator(seed: seed)
    var s = Reference.Windows(random: &g)
    s.padding = (min(s.padding.0, s.kernel.0 / 2), min(s.padding.1, s.kernel.1 / 2))
    s.kernel = (
      min(s.kernel.0, s.image.height + 2 * s.padding.0),
      min(s.kernel.1, s.image.width + 2 * s.padding.1)
    )
    let (x, dy) = (g.values(s.inputCount), g.values(s.pooledCount))
    let isAdded = g.once(in: 3)
    let old = target(s.inputCount, isAdded, &g)
    let (first, difference) = results { context in
      pooled(s, x, dy, old, isAdded: isAdded, isMaximum: isMaximum, context)
    }
    let command = RandomCases.command(seed, Self.self)
    #expect(difference == nil, "\(s). Repeat with: \(command)")
    let tape = JudgeTape()
    let input = tape.constant([s.image.batch, s.image.channels, s.image.height, s.image.width], x)
    let y = isMaximum ? tape.maxPool(input, s) : tape.averagePool(input, s)
    if isAdded { tape.seed(input, old) }
    tape.seed(y, dy)
    tape.backward()
    let found = y.misfit(values: first[0]) ?? input.misfit(gradient: first[1])
    #expect(found == nil, "\(s). Repeat with: \(command)")
  }

  /// y and dx.
  private func pooled(
    _ s: Reference.Windows,
    _ x: [Float],
    _ dy: [Float],
    _ old: [Float],
    isAdded: Bool,
    isMaximum: Bool,
    _ context: KernelContext
  ) -> [[Float]] {
    var planes = s
    planes.image.batch = s.image.batch * s.image.channels
    (planes.image.channels, planes.outputChannels) = (1, 1)
    let (input, y) = (GuardedFloats(x, offset: 1), GuardedFloats(count: s.pooledCount))
    let (gradient, dx) = (GuardedFloats(dy), GuardedFloats(old, offset: 3))
    if isMaximum {
      var places = [Int32](repeating: .max, count: s.pooledCount)
      maxPool(
        input.source,
        into: y.base,
        indices: &places,
        shape: planes.kernelShape,
        context: context
      )
      maxPoolGradient(
        gradient.source,
        indices: places,
        into: dx.base,
        shape: planes.kernelShape,
        accumulating: isAdded,
        context: context
      )
    } else {
      averagePool(input.source, into: y.base, shape: planes.kernelShape, context: context)
      averagePoolGradient(
        gradient.source,
        into: dx.base,
        shape: planes.kernelShape,
        accumulating: isAdded,
        context: context
      )
    }
    #expect(y.isIntact && dx.isIntact)
    return [y.array, dx.array]
  }
}
