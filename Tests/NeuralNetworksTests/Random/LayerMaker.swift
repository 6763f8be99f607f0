// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport

@testable import NeuralNetworks

/// The kinds of layers, so that a test can go through all of them.
enum LayerKind: CaseIterable {
  case dense, conv2d, tiles, convolutionAndPooling, maxPool2d, averagePool2d, globalAveragePool2d
  case batchNorm, layerNorm, residual, branches, reshape, resize, dropout, embedding, recurrent
  case tokens, lastStep, rowsAsSequence, flatten, softmax, activation
  case attention, positionalEncoding, convTranspose2d, conv1d

  /// Those that take a signal of this shape.
  static func kinds(for shape: SignalShape) -> [LayerKind] {
    let any: [LayerKind] = [
      .batchNorm, .layerNorm, .residual, .branches, .reshape, .dropout, .activation,
    ]
    guard let sizes = shape.sizes else { return [.dense, .recurrent, .embedding] }
    switch sizes.count {
    case 3:
      return any + [
        .conv2d, .conv2d, .conv2d, .convTranspose2d, .maxPool2d, .averagePool2d,
        .convolutionAndPooling,
        .globalAveragePool2d, .resize, .rowsAsSequence, .flatten,
      ]
    case 2:
      return any + [
        .dense, .recurrent, .recurrent, .lastStep, .flatten, .softmax, .attention,
        .positionalEncoding, .conv1d,
      ]
    default: return any + [.dense, .dense, .softmax]
    }
  }

  /// Whether the slow side gets through a larger batch.
  var isCheap: Bool {
    [.dense, .recurrent, .tokens, .embedding, .lastStep, .softmax, .activation].contains(self)
  }

  /// What the first layer of a case takes; larger where the layer stands alone.
  func input(_ g: inout CaseGenerator, isAlone: Bool) -> SignalShape {
    switch self {
    case .embedding, .tokens: return .tokens(vocabulary: g.pick(1...12), steps: g.pick(1...6))
    case .recurrent, .lastStep, .attention, .positionalEncoding, .conv1d:
      return .values([g.pick(1...6), g.pick(1...(isAlone ? 40 : 12))])
    case .dense where isAlone: return .values([g.pick(1...300)])
    case .dense, .softmax: return g.once(in: 2) ? Self.vector(&g) : Self.sequence(&g)
    case .batchNorm, .layerNorm, .residual, .branches, .reshape, .dropout, .flatten, .activation:
      return [Self.vector(&g), Self.sequence(&g), Self.image(&g, isAlone)][g.pick(0...2)]
    case .tiles: return .values([g.pick(1...3), g.pick(2...8), g.pick(2...9)])
    default: return Self.image(&g, isAlone)
    }
  }

  private static func vector(_ g: inout CaseGenerator) -> SignalShape { .values([g.pick(1...40)]) }
  private static func sequence(_ g: inout CaseGenerator) -> SignalShape {
    .values([g.pick(1...6), g.pick(1...20)])
  }

  /// Mostly small, sometimes thin or wide.
  private static func image(_ g: inout CaseGenerator, _ isAlone: Bool) -> SignalShape {
    let channels = g.once(in: 4) ? g.pick(1...(isAlone ? 65 : 20)) : g.pick(1...5)
    let (large, small) = (isAlone ? 17 : 12, isAlone && g.once(in: 5) ? 70 : 13)
    return switch g.pick(0...7) {
    case 0: .values([channels, 1, g.pick(1...small)])
    case 1: .values([channels, g.pick(1...large), 1])
    default: .values([channels, g.pick(2...large), g.pick(2...small)])
    }
  }
}

/// Makes layers that fit what comes before them.
struct LayerMaker {
  let hasLengths: Bool
  let isAlone: Bool
  let batch: Int
  /// Layers inside layers inside layers are enough.
  var depth = 0

  /// A layer of a kind, or one near it where that does not fit.
  mutating func layer(_ kind: LayerKind, _ shape: SignalShape, _ g: inout CaseGenerator)
    -> RandomLayer
  {
    let sizes = shape.sizes ?? []
    switch kind {
    case .dense, .tokens:
      if kind == .tokens, !g.once(in: 3) { return recurrent(&g) }
      let units = g.once(in: 4) ? g.pick(1...65) : g.pick(1...12)
      return .dense(units: units, function(&g), hasBias: !g.once(in: 4))
    case .conv2d: return convolution(sizes, &g)
    case .convTranspose2d: return transposedConvolution(sizes, &g)
    case .conv1d: return sequenceConvolution(sizes, &g)
    case .tiles: return tiles(&g)
    case .convolutionAndPooling: return convolutionAndPooling(sizes, &g)
    case .maxPool2d: return .maxPool2d(pooling(sizes, &g))
    case .averagePool2d: return .averagePool2d(pooling(sizes, &g))
    case .globalAveragePool2d: return .globalAveragePool2d
    case .batchNorm: return hasLengths && sizes.count == 2 ? .layerNorm : .batchNorm
    case .layerNorm: return .layerNorm
    case .residual: return residual(shape, &g)
    case .branches: return branches(shape, &g)
    case .reshape: return .reshape(reshaped(sizes, &g))
    case .resize:
      return .resize(g.pick(1...14), g.pick(1...14), isBilinear: !g.once(in: 3))
    case .dropout: return .dropout(g.pick([0.1, 0.5]))
    case .embedding: return .embedding(g.pick(1...12))
    case .recurrent: return recurrent(&g)
    case .lastStep: return .lastStep
    case .rowsAsSequence: return .rowsAsSequence
    case .flatten: return .flatten
    case .softmax: return .softmax
    case .activation: return .activation(function(&g))
    case .attention:
      let divisors = (1...sizes[1]).filter { sizes[1] % $0 == 0 }
      return .attention(
        heads: g.pick(divisors),
        isCausal: g.once(in: 2),
        hasBias: !g.once(in: 4)
      )
    case .positionalEncoding: return .positionalEncoding(isLearned: g.once(in: 2))
    }
  }

  private func function(_ g: inout CaseGenerator) -> JudgedFunction {
    g.once(in: 2) ? g.pick([.identity, .relu, .sigmoid, .tanh]) : g.pick(JudgedFunction.allCases)
  }

  // MARK: - Windows

  private func convolution(_ sizes: [Int], _ g: inout CaseGenerator) -> RandomLayer {
    var channels = g.once(in: 4) ? g.pick(1...(isAlone ? 65 : 20)) : g.pick(1...8)
    let window = self.window(sizes, &g)
    // The slow side multiplies everything one by one.
    let area = window.kernel.0 * window.kernel.1 * sizes[0] * batch
    let places =
      ((sizes[1] + 2 * window.padding.0 - window.kernel.0) / window.stride.0 + 1)
      * ((sizes[2] + 2 * window.padding.1 - window.kernel.1) / window.stride.1 + 1)
    channels = min(channels, max(1, 400_000 / (area * places)))
    return .conv2d(channels: channels, window, function(&g), hasBias: !g.once(in: 4))
  }

  private func window(_ sizes: [Int], _ g: inout CaseGenerator) -> RandomWindow {
    func axis(_ size: Int, _ g: inout CaseGenerator) -> (Int, Int, Int) {
      let padding = g.once(in: 2) ? 0 : g.pick(0...3)
      let kernel = g.pick(1...min(6, size + 2 * padding))
      return (kernel, g.once(in: 3) ? 1 : g.pick(1...4), padding)
    }
    let (rows, columns) = (axis(sizes[1], &g), axis(sizes[2], &g))
    return RandomWindow(
      kernel: (rows.0, columns.0),
      stride: (rows.1, columns.1),
      padding: (rows.2, columns.2)
    )
  }

  /// A convolution that goes by tiles behind one that makes channels enough, with or without what it does on the way.
  private func tiles(_ g: inout CaseGenerator) -> RandomLayer {
    let first = RandomLayer.conv2d(
      channels: g.pick(16...18),
      RandomWindow(padding: (g.pick(1...3), g.pick(1...3))),
      .tanh,
      hasBias: true
    )
    let padding = (g.pick(0...1), g.pick(0...1))
    let second = RandomLayer.conv2d(
      channels: g.pick(16...19),
      RandomWindow(kernel: (3, 3), padding: (padding.0 + 1, padding.1 + 1)),
      function(&g),
      hasBias: !g.once(in: 3)
    )
    let square = (g.pick(1...2), g.pick(1...2))
    let window = RandomWindow(kernel: square, stride: square)
    let pooling = g.pick([[], [RandomLayer.maxPool2d(window)], [.averagePool2d(window)]])
    let norm = g.pick([[], [], [RandomLayer.batchNorm, .activation(.relu)]])
    return .branches(isSum: false, [[first, second] + norm + pooling])
  }

  private func sequenceConvolution(_ sizes: [Int], _ g: inout CaseGenerator) -> RandomLayer {
    var window = RandomSequenceWindow(
      stride: g.once(in: 2) ? 1 : g.pick(1...4),
      padding: g.once(in: 2) ? 0 : g.pick(0...3),
      isCausal: g.once(in: 3)
    )
    if window.isCausal { window.padding = 0 }
    window.kernel = g.pick(1...min(6, window.isCausal ? 6 : sizes[0] + 2 * window.padding))
    return .conv1d(
      channels: g.once(in: 4) ? g.pick(1...65) : g.pick(1...8),
      window,
      function(&g),
      hasBias: !g.once(in: 4)
    )
  }

  private func transposedConvolution(_ sizes: [Int], _ g: inout CaseGenerator) -> RandomLayer {
    func axis(_ size: Int, _ g: inout CaseGenerator) -> (kernel: Int, stride: Int, padding: Int) {
      let kernel = g.pick(1...5)
      let stride = size > 20 || g.once(in: 3) ? 1 : g.pick(1...3)
      let whole = (size - 1) * stride + kernel
      return (kernel, stride, g.once(in: 2) ? 0 : g.pick(0...min(3, (whole - 1) / 2)))
    }
    let (rows, columns) = (axis(sizes[1], &g), axis(sizes[2], &g))
    let area = rows.kernel * columns.kernel * sizes.reduce(1, *) * batch
    return .convTranspose2d(
      channels: min(g.pick(1...12), max(1, 400_000 / area)),
      RandomWindow(
        kernel: (rows.kernel, columns.kernel),
        stride: (rows.stride, columns.stride),
        padding: (rows.padding, columns.padding)
      ),
      function(&g),
      hasBias: !g.once(in: 4)
    )
  }

  /// A pooling that the convolution before it does on the way, or a batch normalisation between; its windows need not
  /// divide what they see. Few channels, so that hardly one goes by tiles, whose errors are judged elsewhere.
  private func convolutionAndPooling(_ sizes: [Int], _ g: inout CaseGenerator) -> RandomLayer {
    let layer = convolution(sizes, &g)
    guard case .conv2d(_, let w, _, _) = layer else { return layer }
    let rows = (sizes[1] + 2 * w.padding.0 - w.kernel.0) / w.stride.0 + 1
    let columns = (sizes[2] + 2 * w.padding.1 - w.kernel.1) / w.stride.1 + 1
    let kernel = (g.pick(1...min(4, rows)), g.pick(1...min(4, columns)))
    let window = RandomWindow(kernel: kernel, stride: kernel)
    let pooling: RandomLayer = g.once(in: 3) ? .averagePool2d(window) : .maxPool2d(window)
    let norm = g.pick([[], [RandomLayer.batchNorm], [.batchNorm, .activation(.relu)]])
    // A layer before it wants the input's gradient, which the first layer of a network does not.
    return .branches(isSum: false, [[.activation(.tanh), layer] + norm + [pooling]])
  }

  private func pooling(_ sizes: [Int], _ g: inout CaseGenerator) -> RandomWindow {
    func axis(_ size: Int, _ g: inout CaseGenerator) -> (Int, Int, Int) {
      let kernel = g.pick(1...min(5, size))
      return (kernel, g.pick(1...4), g.once(in: 2) ? 0 : g.pick(0...kernel / 2))
    }
    let (rows, columns) = (axis(sizes[1], &g), axis(sizes[2], &g))
    return RandomWindow(
      kernel: (rows.0, columns.0),
      stride: (rows.1, columns.1),
      padding: (rows.2, columns.2)
    )
  }

  // MARK: - Several ways

  /// Layers that keep a shape.
  private mutating func keeping(_ shape: SignalShape, _ g: inout CaseGenerator) -> [RandomLayer] {
    let sizes = shape.sizes ?? [1]
    depth += 1
    defer { depth -= 1 }
    if depth < 2, g.once(in: 4) { return [residual(shape, &g)] }
    // The slow side multiplies everything one by one.
    let last = sizes.count == 3 ? sizes[0] : sizes[sizes.count - 1]
    if 4 * batch * last * sizes.reduce(1, *) > 400_000 { return [.layerNorm] }
    switch sizes.count {
    case 3:
      let kernel = g.pick([1, 3])
      let window = RandomWindow(kernel: (kernel, kernel), padding: (kernel / 2, kernel / 2))
      let layer = RandomLayer.conv2d(
        channels: sizes[0],
        window,
        function(&g),
        hasBias: !g.once(in: 4)
      )
      return g.once(in: 2) ? [layer, .batchNorm] : [layer]
    case 2 where g.once(in: 2):
      return [.recurrent(g.pick(Reference.Cell.bounded), sizes[1], Recurrent.Options())]
    default:
      return [.dense(units: sizes[sizes.count - 1], function(&g), hasBias: true)]
    }
  }

  private mutating func residual(_ shape: SignalShape, _ g: inout CaseGenerator) -> RandomLayer {
    let body = keeping(shape, &g)
    return .residual(body, shortcut: g.once(in: 3) ? keeping(shape, &g) : nil)
  }

  private mutating func branches(_ shape: SignalShape, _ g: inout CaseGenerator) -> RandomLayer {
    var paths = (0..<g.pick(1...3)).map { _ in keeping(shape, &g) }
    if g.once(in: 2) { paths.insert([], at: g.pick(0...paths.count)) }
    return .branches(isSum: g.once(in: 2), paths)
  }

  // MARK: - Others

  private func recurrent(_ g: inout CaseGenerator) -> RandomLayer {
    .recurrent(
      g.pick(Reference.Cell.allCases),
      g.once(in: 4) ? g.pick(1...(isAlone && batch < 6 ? 70 : 20)) : g.pick(1...7),
      Recurrent.Options(
        layers: g.once(in: 3) ? 2 : 1,
        isBidirectional: g.once(in: 2),
        dropout: g.once(in: 3) ? 0.3 : 0,
        hasBias: !g.once(in: 4)
      )
    )
  }

  /// Other sizes of as many values.
  private func reshaped(_ sizes: [Int], _ g: inout CaseGenerator) -> [Int] {
    let count = sizes.reduce(1, *)
    let divisors = (1...count).filter { count % $0 == 0 && $0 <= 12 }
    let first = g.pick(divisors)
    switch g.pick(0...2) {
    case 0: return [count]
    case 1 where count / first <= 80: return [first, -1]
    case 2:
      let second = g.pick(divisors.filter { (count / first) % $0 == 0 })
      return count / first / second <= 80 ? [first, second, -1] : [-1]
    default: return [-1]
    }
  }
}
