// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport

@testable import NeuralNetworks

/// What flows between judged layers.
enum JudgedSignal {
  /// Real values [N, …].
  case values(Judged)
  /// Tokens [N, T] below a vocabulary's size.
  case tokens([Int32], steps: Int, vocabulary: Int)
}

/// The slow side of a network: the same layers with the same tensors, on a `JudgeTape`.
final class JudgedNetwork {
  let tape = JudgeTape()
  private let isTraining: Bool
  private let batch: Int
  /// Of the sequences that go into the layers.
  var lengths: (values: [Int32], steps: Int)?
  private let pass: (seed: Int, step: UInt64)
  /// What each parameter is on the tape.
  private(set) var parameters: [ObjectIdentifier: Judged] = [:]

  init(
    isTraining: Bool,
    batch: Int,
    lengths: (values: [Int32], steps: Int)?,
    pass: (seed: Int, step: UInt64)
  ) {
    (self.isTraining, self.batch, self.lengths, self.pass) = (isTraining, batch, lengths, pass)
  }

  func run(
    _ layers: [RandomLayer],
    _ network: [any Layer],
    _ path: String,
    _ input: JudgedSignal
  ) throws -> JudgedSignal {
    var signal = input
    for (index, layer) in layers.enumerated() {
      let place = path.isEmpty ? "\(index)" : "\(path).\(index)"
      signal = .values(try run(layer, network[index], place, signal))
    }
    return signal
  }

  private func run(
    _ description: RandomLayer,
    _ layer: any Layer,
    _ path: String,
    _ input: JudgedSignal
  ) throws -> Judged {
    let tensors = layer.children.isEmpty ? layer.parameters.map { bound($0.parameter) } : []
    switch description {
    case .embedding(let size):
      guard case .tokens(let tokens, let steps, _) = input else { break }
      let places = tokens.flatMap { token in (0..<size).map { Int(token) * size + $0 } }
      return tape.taken(tensors[0], [batch, steps, size], places)
    case .dense(_, let function, let hasBias):
      let y = tape.dense(values(input), tensors[0], hasBias ? tensors[1] : nil)
      return tape.activated(y, function)
    case .recurrent(let cell, _, let options):
      return try recurrent(values(input), cell, options, tensors, path)
    case .residual(let body, let shortcut):
      let changed = try run(body, layer.children[0].layers, "\(path).body", input)
      let other = try shortcut.map {
        try run($0, layer.children[1].layers, "\(path).shortcut", input)
      }
      return tape.add(values(changed), values(other ?? input))
    case .branches(let isSum, let paths):
      var networks = layer.children[...]
      let parts = try paths.enumerated().map { index, layers in
        layers.isEmpty
          ? values(input)
          : values(try run(layers, networks.removeFirst().layers, "\(path).\(index)", input))
      }
      if isSum { return parts.dropFirst().reduce(parts[0]) { tape.add($0, $1) } }
      let rank = parts[0].shape.count
      return tape.concatenated(parts, axis: rank == 4 ? 1 : rank - 1)
    default: return try run(description, layer, tensors, values(input))
    }
    preconditionFailure("\(description) on another kind of signal")
  }

  private func run(
    _ description: RandomLayer,
    _ layer: any Layer,
    _ tensors: [Judged],
    _ x: Judged
  ) throws -> Judged {
    let s = x.shape
    switch description {
    case .conv2d(let channels, let window, let function, let hasBias):
      var y = tape.conv2d(x, tensors[0], windows(x, window, channels))
      if hasBias { y = tape.addChannels(y, tensors[1]) }
      return tape.activated(y, function)
    case .convTranspose2d(let channels, let window, let function, let hasBias):
      let sizes = layer.output.sizes ?? []
      let back = Reference.Windows(
        (s[0], channels, sizes[1], sizes[2]),
        to: s[1],
        kernel: window.kernel,
        stride: window.stride,
        padding: window.padding
      )
      var y = tape.transposedConv2d(x, tensors[0], back)
      if hasBias { y = tape.addChannels(y, tensors[1]) }
      return tape.activated(y, function)
    case .conv1d(let channels, let window, let function, let hasBias):
      return sequenceConvolution(x, channels, window, function, hasBias: hasBias, tensors)
    case .maxPool2d(let window): return tape.maxPool(x, windows(x, window))
    case .averagePool2d(let window): return tape.averagePool(x, windows(x, window))
    case .globalAveragePool2d: return tape.globalAveragePool(x)
    case .batchNorm: return batchNorm(x, layer, tensors)
    case .layerNorm:
      let width = tensors[0].count
      let groups = stride(from: 0, to: x.count, by: width).map { Array($0..<$0 + width) }
      return tape.normalized(x, tensors[0], tensors[1], groups: groups, epsilon: 1e-5) {
        $0 % width
      }
    case .flatten: return tape.reshaped(x, [s[0], s.dropFirst().reduce(1, *)])
    case .reshape:
      return tape.reshaped(x, [s[0]] + (layer.output.sizes ?? []))
    case .lastStep:
      let ends = lengths(s[1])?.map(Int.init) ?? [Int](repeating: s[1], count: s[0])
      return tape.linear(x, [s[0], s[2]]) { body in
        for (n, end) in ends.enumerated() where end > 0 {
          for j in 0..<s[2] { body((n * s[1] + end - 1) * s[2] + j, n * s[2] + j, 1) }
        }
      }
    case .rowsAsSequence:
      let width = s[1] * s[3]
      let places = (0..<x.count).map { i in
        let (n, row, rest) = (i / (s[2] * width), i / width % s[2], i % width)
        return ((n * s[1] + rest / s[3]) * s[2] + row) * s[3] + rest % s[3]
      }
      return tape.taken(x, [s[0], s[2], width], places)
    case .softmax: return tape.softmax(x)
    case .attention(let heads, let isCausal, let hasBias):
      return attention(x, heads: heads, isCausal: isCausal, hasBias: hasBias, tensors)
    case .positionalEncoding(let isLearned):
      let waves = Reference.positionalEncoding(steps: s[1], width: s[2]).map { Float($0) }
      let vectors = isLearned ? tensors[0] : tape.constant([s[1], s[2]], waves)
      return tape.add(x, vectors) { $0 % vectors.count }
    case .activation(let function): return tape.activated(x, function)
    case .resize(let height, let width, let isBilinear):
      return tape.resize(x, height, width, isBilinear: isBilinear)
    case .dropout: return dropped(x, layer)
    default: preconditionFailure("\(description) is judged elsewhere")
    }
  }

  // MARK: - Layers

  private func recurrent(
    _ input: Judged,
    _ cell: Reference.Cell,
    _ options: Recurrent.Options,
    _ tensors: [Judged],
    _ path: String
  ) throws -> Judged {
    let perWalk = options.hasBias ? 4 : 2
    let walks = stride(from: 0, to: tensors.count, by: perWalk).map { i in
      JudgeTape.Walk(
        tensors[i],
        tensors[i + 1],
        options.hasBias ? (tensors[i + 2], tensors[i + 3]) : nil
      )
    }
    let directions = options.isBidirectional ? 2 : 1
    var x = input
    for index in 0..<options.layers {
      if index > 0, options.dropout > 0 {
        let dropout = try Dropout(
          path: "\(path).dropout_l\(index - 1)",
          input: .values(Array(x.shape.dropFirst())),
          probability: options.dropout
        )
        x = dropped(x, dropout)
      }
      x = tape.recurrent(
        x,
        cell,
        Array(walks[index * directions..<(index + 1) * directions]),
        lengths: lengths(x.shape[1])
      )
    }
    return x
  }

  private func attention(
    _ x: Judged,
    heads: Int,
    isCausal: Bool,
    hasBias: Bool,
    _ tensors: [Judged]
  ) -> Judged {
    let all = tape.dense(x, tensors[0], hasBias ? tensors[1] : nil)
    let width = x.shape[2]
    let parts = (0..<3).map { part in
      let places = (0..<x.count).map { i in i / width * 3 * width + part * width + i % width }
      return tape.taken(all, x.shape, places)
    }
    let mixed = tape.attention(
      parts[0],
      parts[1],
      parts[2],
      heads: heads,
      isCausal: isCausal,
      queryLengths: lengths(x.shape[1]),
      keyLengths: lengths(x.shape[1])
    )
    return tape.dense(mixed, tensors[hasBias ? 2 : 1], hasBias ? tensors[3] : nil)
  }

  /// Behind an example's own windows the sums and a function inside are 0; a layer behind makes f(0) of that.
  private func sequenceConvolution(
    _ x: Judged,
    _ channels: Int,
    _ window: RandomSequenceWindow,
    _ function: JudgedFunction,
    hasBias: Bool,
    _ tensors: [Judged]
  ) -> Judged {
    let lengths = lengths(x.shape[1])
    var y = tape.conv1d(
      x,
      tensors[0],
      stride: window.stride,
      padding: window.zeros,
      lengths: lengths
    )
    if hasBias { y = tape.add(y, tensors[1]) { $0 % channels } }
    let all = y.shape[1]
    func real(_ y: Judged) -> Judged {
      guard let lengths else { return y }
      return tape.linear(y, y.shape) { body in
        for (n, length) in lengths.enumerated() {
          let own = JudgeTape.windows(of: Int(length), window.kernel, window.stride, window.zeros)
          for i in n * all * channels..<(n * all + own) * channels { body(i, i, 1) }
        }
      }
    }
    guard case .fused = function.kernel else { return tape.activated(real(y), function) }
    return real(tape.activated(y, function))
  }

  /// The mask is what the layer makes of ones; which values it zeroes, `ElementwiseTests` judge.
  func dropped(_ x: Judged, _ layer: any Layer) -> Judged {
    guard isTraining else { return x }
    let other = Tape(threadCount: 1)
    other.reset(training: true)
    let ones = other.constant(Shape(x.shape), [Float](repeating: 1, count: x.count))
    let mask = layer(.values(ones), Pass(tape: other, seed: pass.seed, step: pass.step))
    return tape.multiply(x, tape.constant(x.shape, other.array(of: NeuralNetworks.values(mask))))
  }

  private func batchNorm(_ x: Judged, _ layer: any Layer, _ tensors: [Judged]) -> Judged {
    let channels = tensors[0].count
    let pixels = x.shape.count == 4 ? x.shape[2] * x.shape[3] : 1
    func channel(_ i: Int) -> Int { i / pixels % channels }
    var groups = [[Int]](repeating: [], count: channels)
    for i in 0..<x.count { groups[channel(i)].append(i) }
    if isTraining, groups[0].count > 1 {
      return tape.normalized(
        x,
        tensors[0],
        tensors[1],
        groups: groups,
        epsilon: 1e-5,
        scaled: channel
      )
    }
    let mean = tape.constant([channels], layer.buffers[0].array.map { -$0 })
    let variance = tape.constant([channels], layer.buffers[1].array)
    let inverse = tape.map(variance) {
      1 / ($0 + 1e-5).squareRoot()
    } slope: { _ in
      0
    }
    let normal = tape.multiply(tape.add(x, mean, channel), inverse, channel)
    return tape.add(tape.multiply(normal, tensors[0], channel), tensors[1], channel)
  }

  // MARK: - Parts

  func bound(_ parameter: Parameter) -> Judged {
    let id = ObjectIdentifier(parameter)
    if let found = parameters[id] { return found }
    let shape = parameter.shape.array
    let new = tape.constant(shape, parameter.array)
    parameters[id] = new
    return new
  }

  func lengths(_ steps: Int) -> [Int32]? {
    lengths.flatMap { $0.steps == steps ? $0.values : nil }
  }

  /// Values; tokens as one-hot vectors.
  func values(_ signal: JudgedSignal) -> Judged {
    switch signal {
    case .values(let x): x
    case .tokens(let tokens, let steps, let vocabulary):
      tape.constant([batch, steps, vocabulary], Reference.oneHot(tokens, count: vocabulary))
    }
  }

  private func windows(_ x: Judged, _ w: RandomWindow, _ channels: Int = 1) -> Reference.Windows {
    Reference.Windows(
      (x.shape[0], x.shape[1], x.shape[2], x.shape[3]),
      to: channels,
      kernel: w.kernel,
      stride: w.stride,
      padding: w.padding
    )
  }
}
