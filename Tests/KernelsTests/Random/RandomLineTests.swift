// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Normalisations, softmax, means, sums, images of another size and losses of random shapes against the slow side.
@Suite struct RandomLineTests {
  private static let epsilon = 1e-5

  private static func size(_ g: inout CaseGenerator) -> Int {
    switch g.pick(0...4) {
    case 0: g.pick(1...3)
    case 1: g.pick(1...300)
    default: g.pick(1...40)
    }
  }

  private func message(_ what: String, _ seed: Int) -> String {
    "\(what). Repeat with: \(RandomCases.command(seed, Self.self))"
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 1_500), [false, true])
  func `a normalisation of any shape is the reference's`(seed: Int, isOfRows: Bool) {
    var g = CaseGenerator(seed: seed)
    let (batch, channels) = (g.pick(1...40), Self.size(&g))
    // The slow side goes through all values some thirty times.
    let pixels =
      isOfRows || g.once(in: 3) ? 1 : min(g.pick(1...200), 1 + 20_000 / (batch * channels))
    let count = batch * channels * pixels
    let (x, dy) = (g.values(count), g.values(count))
    let (weight, bias) = (g.values(channels), g.values(channels))
    let isAdded = g.once(in: 3)
    let old = [count, channels, channels].map { target($0, isAdded, &g) }
    let shape = ChannelShape(batch: batch, channels: channels, pixels: pixels)
    let (first, difference) = results { context in
      let (input, slopes) = (GuardedFloats(x, offset: 1), GuardedFloats(dy))
      let (factor, term) = (GuardedFloats(weight, offset: 3), GuardedFloats(bias))
      let statistics = (0..<3).map { GuardedFloats(count: isOfRows ? batch : channels, offset: $0) }
      let y = GuardedFloats(count: count)
      let gradients = old.map { GuardedFloats($0, offset: 1) }
      let scaling = ChannelScaling(
        mean: statistics[0].base,
        inverse: statistics[1].base,
        weight: factor.source,
        bias: term.source
      )
      let targets = NormalizationGradients(
        x: (gradients[0].base, accumulating: isAdded),
        weight: (gradients[1].base, accumulating: isAdded),
        bias: (gradients[2].base, accumulating: isAdded)
      )
      if isOfRows {
        normalizeRows(
          input.source,
          rows: batch,
          width: channels,
          into: y.base,
          scaling: scaling,
          epsilon: Self.epsilon,
          context: context
        )
        normalizeRowsGradient(
          input.source,
          gradient: slopes.source,
          rows: batch,
          width: channels,
          scaling: scaling,
          into: targets,
          context: context
        )
      } else {
        normalizeChannels(
          input.source,
          into: y.base,
          shape: shape,
          scaling: scaling,
          variance: statistics[2].base,
          epsilon: Self.epsilon,
          context: context
        )
        normalizeChannelsGradient(
          input.source,
          gradient: slopes.source,
          shape: shape,
          scaling: scaling,
          isMeasured: true,
          into: targets,
          context: context
        )
      }
      #expect(y.isIntact && (gradients + statistics).allSatisfy { $0.isIntact })
      return [y.array] + gradients.map(\.array)
    }
    let tape = JudgeTape()
    let judged = [
      tape.constant([count], x), tape.constant([channels], weight), tape.constant([channels], bias),
    ]
    var groups = [[Int]](repeating: [], count: isOfRows ? batch : channels)
    for i in 0..<count { groups[isOfRows ? i / channels : i / pixels % channels].append(i) }
    let y = tape.normalized(
      judged[0],
      judged[1],
      judged[2],
      groups: groups,
      epsilon: Self.epsilon
    ) {
      $0 / pixels % channels
    }
    if isAdded { for (part, old) in zip(judged, old) { tape.seed(part, old) } }
    tape.seed(y, dy)
    tape.backward()
    let found =
      difference ?? y.misfit(values: first[0]) ?? judged[0].misfit(gradient: first[1])
      ?? judged[1].misfit(gradient: first[2]) ?? judged[2].misfit(gradient: first[3])
    #expect(
      found == nil,
      "\(message("\(batch) × \(channels) × \(pixels), added: \(isAdded)", seed))"
    )
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 1_500))
  func `softmax, means and sums of lines of any length are the reference's`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (rows, width) = (g.pick(1...150), Self.size(&g))
    let (x, dy, short) = (g.values(rows * width, scale: 3), g.values(rows * width), g.values(rows))
    let isAdded = g.once(in: 3)
    let old = [rows * width, rows * width, width].map { target($0, isAdded, &g) }
    let (first, difference) = results { context in
      let (input, slopes) = (GuardedFloats(x, offset: 1), GuardedFloats(dy))
      let few = GuardedFloats(short)
      let (p, means) = (GuardedFloats(count: rows * width, offset: 1), GuardedFloats(count: rows))
      let all = old.map { GuardedFloats($0, offset: 3) }
      softmax(input.source, rows: rows, width: width, into: p.base, context: context)
      softmaxGradient(
        result: p.source,
        gradient: slopes.source,
        rows: rows,
        width: width,
        into: all[0].base,
        accumulating: isAdded,
        context: context
      )
      lineMeans(input.source, lines: rows, width: width, into: means.base, context: context)
      lineMeansGradient(
        few.source,
        lines: rows,
        width: width,
        into: all[1].base,
        accumulating: isAdded,
        context: context
      )
      columnSums(
        input.source,
        rows: rows,
        columns: width,
        rowStride: width,
        into: all[2].base,
        accumulating: isAdded,
        context: context
      )
      #expect(p.isIntact && means.isIntact && all.allSatisfy { $0.isIntact })
      return [p.array, means.array] + all.map(\.array)
    }
    let tape = JudgeTape()
    let inputs = (0..<2).map { _ in tape.constant([rows, width], x) }
    let sums = tape.constant([width], old[2])
    let p = tape.softmax(inputs[0])
    let means = tape.globalAveragePool(tape.reshaped(inputs[1], [rows, 1, 1, width]))
    let zeros = tape.constant([width], [Float](repeating: 0, count: width))
    let column = tape.linear(inputs[0], [width]) { body in
      for i in 0..<rows * width { body(i, i % width, 1) }
    }
    if isAdded { for (part, old) in zip(inputs, old) { tape.seed(part, old) } }
    let total = tape.add(column, isAdded ? sums : zeros)
    tape.seed(p, dy)
    tape.seed(means, short)
    tape.backward()
    let found =
      difference ?? p.misfit(values: first[0]) ?? means.misfit(values: first[1])
      ?? inputs[0].misfit(gradient: first[2]) ?? inputs[1].misfit(gradient: first[3])
      ?? total.misfit(values: first[4])
    #expect(found == nil, "\(message("\(rows) rows of \(width), added: \(isAdded)", seed))")
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 1_500))
  func `images of any size become any other size`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    func side(_ g: inout CaseGenerator) -> Int { g.once(in: 4) ? g.pick(1...3) : g.pick(1...24) }
    let (planes, old, new) = (g.pick(1...6), (side(&g), side(&g)), (side(&g), side(&g)))
    let isBilinear = !g.once(in: 3)
    let interpolation = isBilinear ? Interpolation.bilinear : .nearest
    let shape = ResizingShape(planes: planes, input: old, output: new)
    let x = g.values(planes * old.0 * old.1)
    let dy = g.values(planes * new.0 * new.1)
    let isAdded = g.once(in: 3)
    let before = target(x.count, isAdded, &g)
    let (first, difference) = results { context in
      let (input, slopes) = (GuardedFloats(x, offset: 1), GuardedFloats(dy))
      let (y, dx) = (GuardedFloats(count: dy.count, offset: 3), GuardedFloats(before, offset: 1))
      resize(input.source, into: y.base, shape: shape, interpolation, context: context)
      resizeGradient(
        slopes.source,
        into: dx.base,
        shape: shape,
        interpolation,
        accumulating: isAdded,
        context: context
      )
      #expect(y.isIntact && dx.isIntact)
      return [y.array, dx.array]
    }
    let tape = JudgeTape()
    let input = tape.constant([planes, 1, old.0, old.1], x)
    let y = tape.resize(input, new.0, new.1, isBilinear: isBilinear)
    if isAdded { tape.seed(input, before) }
    tape.seed(y, dy)
    tape.backward()
    let found = difference ?? y.misfit(values: first[0]) ?? input.misfit(gradient: first[1])
    #expect(found == nil, "\(message("\(planes) × \(old) → \(new), \(interpolation)", seed))")
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 1_500))
  func `cross-entropy of any number of rows and classes is the reference's`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (rows, classes) = (g.pick(1...200), Self.size(&g))
    let z = g.values(rows * classes, scale: 4)
    var targets = g.indices(rows, below: classes)
    if g.once(in: 3) {
      for i in targets.indices.dropFirst() where g.once(in: 4) { targets[i] = -1 }
    }
    let weights = g.once(in: 3) ? (0..<classes).map { _ in 1.25 + g.unit() } : nil
    let smoothing = g.pick([0, 0, 0.1])
    let total = targets.reduce(0.0) { sum, target in
      sum + (target < 0 ? 0 : weights.map { Double($0[Int(target)]) } ?? 1)
    }
    var means: [Double] = []
    let (first, difference) = results { context in
      let logits = GuardedFloats(z, offset: 1)
      let gradient = GuardedFloats(count: z.count, offset: 3)
      var predictions = [Int32](repeating: .max, count: rows)
      let factors = weights.map { GuardedFloats($0) }
      let result = softmaxCrossEntropy(
        logits: logits.source,
        rows: rows,
        classes: classes,
        targets: targets,
        gradient: gradient.base,
        scale: 1 / Float(total),
        weights: factors?.source,
        smoothing: smoothing,
        predictions: &predictions,
        context: context
      )
      #expect(gradient.isIntact)
      means.append(result.sum / total)
      return [gradient.array, predictions.map { Float($0) }, [Float(result.correct)]]
    }
    let tape = JudgeTape()
    let logits = tape.constant([rows, classes], z)
    let loss = tape.crossEntropy(logits, targets, weights: weights, smoothing: smoothing)
    let largest = (0..<rows).map { row in
      let line = z[row * classes..<(row + 1) * classes]
      return Float((line.firstIndex(of: line.max() ?? 0) ?? 0) - row * classes)
    }
    let found =
      difference ?? logits.misfit(gradient: first[0]) ?? bitMismatch(first[1], largest)
      ?? loss.misfit(means[0])
    #expect(found == nil, "\(message("\(rows) rows of \(classes) classes", seed))")
    #expect(Set(means).count == 1)
    #expect(first[2] == [Float(zip(largest, targets).count { $0 == Float($1) })])
  }
}
