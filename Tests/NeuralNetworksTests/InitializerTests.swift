// SPDX-License-Identifier: Apache-2.0

import Tensors
import Testing

@testable import NeuralNetworks

/// The range and the source of initial values.
@Suite struct InitializerTests {
  /// Values of all tensors of a network by name.
  private func drawn(
    _ layers: [any Layer],
    weights: Initializer = .standard,
    biases: Initializer = .standard,
    seed: Int = 1
  ) -> [String: [Float]] {
    let network = Sequential(layers)
    network.initialize(weights: weights, biases: biases, seed: seed)
    return Dictionary(
      uniqueKeysWithValues: network.parameters.map { ($0.parameter.name, $0.parameter.array) }
    )
  }

  private func dense(_ path: LayerPath = "0", inputs: Int = 100, units: Int = 80) throws -> Dense {
    try Dense(path: path, input: .values([inputs]), units: units)
  }

  /// Uniform on ±bound: inside, near both ends, with the variance bound²/3.
  private func expectUniform(
    _ values: [Float]?,
    bound: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let values = try #require(values)
    let (low, high) = (Double(values.min() ?? 0), Double(values.max() ?? 0))
    #expect(
      low >= -bound * (1 + 1e-6) && high <= bound * (1 + 1e-6),
      sourceLocation: sourceLocation
    )
    // All of n draws miss an end's share s with probability (1 − s)ⁿ: below e⁻¹² here.
    let share = 24 * bound / Double(values.count)
    #expect(low < -bound + share && high > bound - share, sourceLocation: sourceLocation)
  }

  @Test func `the default is uniform with PyTorch's bounds`() throws {
    let one = drawn([try dense()])
    try expectUniform(one["0.weight"], bound: 0.1)
    try expectUniform(one["0.bias"], bound: 0.1)
    let two = drawn([
      try Conv2d(
        path: "0",
        input: .values([4, 9, 9]),
        channels: 32,
        kernel: (5, 5),
        stride: (1, 1),
        padding: (0, 0)
      )
    ])
    try expectUniform(two["0.weight"], bound: 0.1)
    try expectUniform(two["0.bias"], bound: 0.1)
    let three = drawn([
      try Recurrent(
        path: "0",
        input: .values([3, 7]),
        cell: .lstm,
        hiddenSize: 25
      )
    ])
    for name in ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"] {
      try expectUniform(three["0.\(name)"], bound: 0.2)
    }
  }

  @Test func `an embedding is standard normal by default`() throws {
    let layer = try Embedding(path: "0", input: .tokens(vocabulary: 100, steps: 3), size: 64)
    try expectNormal(drawn([layer])["0.weight"], deviation: 1)
  }

  /// Mean and variance of normal draws within five of their standard errors.
  private func expectNormal(
    _ values: [Float]?,
    deviation: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let values = try #require(values).map { Double($0) / deviation }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let square = values.reduce(0) { $0 + $1 * $1 } / count
    #expect(abs(mean) < 5 / count.squareRoot(), sourceLocation: sourceLocation)
    #expect(abs(square - 1) < 5 * (2 / count).squareRoot(), sourceLocation: sourceLocation)
    #expect(values.contains { abs($0) > 2.5 }, sourceLocation: sourceLocation)
  }

  @Test func `normal, uniform, zeros and xavier_uniform have their ranges`() throws {
    try expectNormal(
      drawn([try dense()], weights: .normal(standardDeviation: 0.02))["0.weight"],
      deviation: 0.02
    )
    let shifted = drawn([try dense()], weights: .uniform(low: 2, high: 3))["0.weight"] ?? []
    try expectUniform(shifted.map { $0 - 2.5 }, bound: 0.5)
    let zeros = drawn([try dense()], biases: .zeros)
    #expect(zeros["0.bias"] == [Float](repeating: 0, count: 80))
    #expect(zeros["0.weight"]?.contains(0) == false)
    let xavier = drawn([try dense()], weights: .xavierUniform)["0.weight"]
    try expectUniform(xavier, bound: (6.0 / 180).squareRoot())
  }

  @Test func `xavier_uniform counts a convolution's window on both sides`() throws {
    let layer = try Conv2d(
      path: "0",
      input: .values([4, 9, 9]),
      channels: 6,
      kernel: (3, 5),
      stride: (1, 1),
      padding: (0, 0)
    )
    let values = drawn([layer], weights: .xavierUniform)["0.weight"]
    try expectUniform(values, bound: (6.0 / (4 * 15 + 6 * 15)).squareRoot())
  }

  private func spread(_ values: [Float]?) throws -> Double {
    let values = try #require(values).map(Double.init)
    return (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
  }

  @Test func `xavier_normal and kaiming have the deviations of their fans`() throws {
    let weight = { (weights: Initializer) in
      self.drawn([try self.dense()], weights: weights)["0.weight"]
    }
    try expectNormal(weight(.xavierNormal), deviation: (2.0 / 180).squareRoot())
    let gain = 2.0.squareRoot()
    let normal = { (fan: Initializer.Fan) in Initializer.kaimingNormal(fan: fan, gain: gain) }
    try expectNormal(weight(normal(.input)), deviation: (2.0 / 100).squareRoot())
    try expectNormal(weight(normal(.output)), deviation: (2.0 / 80).squareRoot())
    let uniform = { (fan: Initializer.Fan) in Initializer.kaimingUniform(fan: fan, gain: gain) }
    try expectUniform(weight(uniform(.input)), bound: (6.0 / 100).squareRoot())
    try expectUniform(weight(uniform(.output)), bound: (6.0 / 80).squareRoot())
    try expectUniform(
      weight(.kaimingUniform(fan: .input, gain: 1)),
      bound: (3.0 / 100).squareRoot()
    )
  }

  @Test func `the fans of a recurrent tensor are those of all gates stacked, as PyTorch's`() throws
  {
    let layer = try Recurrent(
      path: "0",
      input: .values([3, 50]),
      cell: .lstm,
      hiddenSize: 40
    )
    let values = drawn([layer], weights: .kaimingNormal(fan: .output, gain: 1))
    try expectNormal(values["0.weight_ih_l0"], deviation: (1.0 / 160).squareRoot())
    let sum = drawn([layer], weights: .xavierUniform)
    try expectUniform(sum["0.weight_hh_l0"], bound: (6.0 / (40 + 160)).squareRoot())
  }

  @Test(arguments: [1, 2])
  func `forget_bias sets the second gate's bias of each walk and nothing else`(layers: Int) throws {
    func layer(_ bias: Double?) throws -> Recurrent {
      try Recurrent(
        path: "0",
        input: .values([3, 5]),
        cell: .lstm,
        hiddenSize: 4,
        options: Recurrent.Options(layers: layers, isBidirectional: true, forgetBias: bias)
      )
    }
    let (set, free) = (drawn([try layer(1.5)]), drawn([try layer(nil)]))
    #expect(set.count == 8 * layers)
    for (name, values) in set {
      let drawn = try #require(free[name])
      guard name.contains("bias") else {
        #expect(values == drawn, "\(name)")
        continue
      }
      let expected: Float = name.contains("bias_ih") ? 1.5 : 0
      #expect(values[4..<8].allSatisfy { $0 == expected }, "\(name)")
      #expect(values[..<4] == drawn[..<4] && values[8...] == drawn[8...], "\(name)")
      #expect(drawn[4..<8].allSatisfy { $0 != expected }, "\(name)")
    }
  }

  @Test func `a constant is everywhere`() throws {
    let values = drawn([try dense()], weights: .constant(0.25), biases: .constant(-1))
    #expect(values["0.weight"] == [Float](repeating: 0.25, count: 8000))
    #expect(values["0.bias"] == [Float](repeating: -1, count: 80))
  }

  @Test func `a truncated normal stays within two deviations`() throws {
    let values = try #require(
      drawn([try dense()], weights: .truncatedNormal(standardDeviation: 0.5))["0.weight"]
    )
    #expect(values.allSatisfy { abs($0) <= 1 })
    #expect(values.contains { $0 > 0.95 } && values.contains { $0 < -0.95 })
    // The variance of a standard normal cut at ±2 is 1 − 4 φ(2) / (2 Φ(2) − 1) = 0.7737; five standard errors.
    #expect(abs(try spread(values) / 0.5 - 0.7737.squareRoot()) < 5 / 16_000.0.squareRoot())
    #expect(abs(Double(values.reduce(0, +)) / 8000) < 5 * 0.5 / 8000.0.squareRoot())
  }

  /// Σ over the longer side of two of the shorter side's vectors.
  private func product(_ values: [Float], _ shape: (Int, Int), _ i: Int, _ j: Int) -> Double {
    let (rows, columns) = shape
    let isWide = rows <= columns
    return (0..<max(rows, columns)).reduce(0) { sum, k in
      let a = isWide ? values[i * columns + k] : values[k * columns + i]
      let b = isWide ? values[j * columns + k] : values[k * columns + j]
      return sum + Double(a) * Double(b)
    }
  }

  @Test(arguments: [(40, 40), (24, 60), (60, 24), (1, 9), (9, 1)])
  func `an orthogonal matrix has orthogonal rows or columns of its gain's length`(
    units: Int,
    inputs: Int
  ) throws {
    let values = try #require(
      drawn(
        [try dense(inputs: inputs, units: units)],
        weights: .orthogonal(gain: 1.5)
      )["0.weight"]
    )
    for i in 0..<min(units, inputs) {
      for j in 0...i {
        let expected = i == j ? 2.25 : 0
        #expect(abs(product(values, (units, inputs), i, j) - expected) < 1e-6, "\(i), \(j)")
      }
    }
  }

  @Test func `an orthogonal matrix has entries of both signs, as if drawn evenly`() throws {
    let values = try #require(
      drawn([try dense(inputs: 64, units: 64)], weights: .orthogonal(gain: 1))["0.weight"]
    )
    let positive = values.filter { $0 > 0 }.count
    #expect(abs(positive - 2048) < 5 * 32)
    // Entry (0, 0) of even draws is negative for about half of the seeds: QR without its signs corrected has one sign.
    let corners = try (0..<40).map { seed in
      drawn([try dense(inputs: 3, units: 3)], weights: .orthogonal(gain: 1), seed: seed)
    }
    let negative = corners.filter { ($0["0.weight"]?[0] ?? 0) < 0 }.count
    #expect((8...32).contains(negative))
  }

  @Test func `a convolution's kernel is orthogonal as a matrix of its channels`() throws {
    let layer = try Conv2d(
      path: "0",
      input: .values([4, 9, 9]),
      channels: 6,
      kernel: (3, 3),
      stride: (1, 1),
      padding: (0, 0)
    )
    let values = try #require(drawn([layer], weights: .orthogonal(gain: 1))["0.weight"])
    for i in 0..<6 {
      for j in 0..<6 {
        #expect(abs(product(values, (6, 36), i, j) - (i == j ? 1 : 0)) < 1e-6)
      }
    }
  }

  @Test func `values depend on the seed and the tensor's name only`() throws {
    let alone = drawn([try dense("1")])
    let together = drawn([try dense("0"), try dense("1", inputs: 80, units: 100)])
    let swapped = drawn([try dense("1"), try dense("0", inputs: 80)])
    #expect(alone["1.weight"] == swapped["1.weight"])
    #expect(alone["1.bias"] == swapped["1.bias"])
    #expect(together["0.weight"] != together["1.weight"])
    #expect(drawn([try dense("1")], seed: 2)["1.weight"] != alone["1.weight"])
    #expect(drawn([try dense("1")], seed: 1) == alone)
  }

  @Test func `a layer's own initializer comes before the model's`() throws {
    let layer = try dense()
    layer.weightInitializer = .zeros
    let values = drawn(
      [layer],
      weights: .uniform(low: 1, high: 2),
      biases: .uniform(low: 1, high: 2)
    )
    #expect(values["0.weight"] == [Float](repeating: 0, count: 8000))
    #expect(values["0.bias"]?.allSatisfy { $0 >= 1 && $0 < 2 } == true)
  }
}
