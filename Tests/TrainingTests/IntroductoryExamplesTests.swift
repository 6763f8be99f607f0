// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Experiments
import Foundation
import ModelFiles
import NeuralNetworks
import Tensors
import Testing
import Vocabulary

@testable import Training

/// The four examples of `experiments/basics`: what the manifests claim, one level below.
@Suite struct IntroductoryExamplesTests {
  private func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../experiments/basics/\(name)").standardizedFileURL.path
  }

  private func weights(_ name: String) throws -> SafeTensors {
    try SafeTensors(decoding: ByteFile.read(path(name)))
  }

  /// Data of the committed npy files, the same or other targets for the test part.
  private func data(_ inputs: String, _ targets: String, test: String) -> DataSpecification {
    func part(_ targets: String) -> ArgumentValue {
      .mapping(["inputs": .text(path(inputs)), "targets": .text(path(targets))])
    }
    let arguments = ["train": part(targets), "test": part(test)]
    return DataSpecification(dataset: component(.datasets, "npy", arguments))
  }

  // MARK: - Forward

  @Test func `the 2-2-2 ReLU network gives 3.16 and 3.8`() throws {
    let subject = Subject(
      data("forward-x.npy", "forward-rounded.npy", test: "forward-exact.npy"),
      [dense(2, "relu"), dense(2)],
      loss: "mse",
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: nil)
    )
    let trainer = try subject.trainer(subject.data(), weights: weights("forward.safetensors"))
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let x = tape.constant([1, 2], [1, 2])
    let y = tape.array(of: trainer.model(.values(x), Pass(tape: tape)))
    #expect(abs(y[0] - 3.16) < 4 * Float(3.16).ulp)
    #expect(abs(y[1] - 3.8) < 4 * Float(3.8).ulp)
    let trained = try subject.trained(weights: weights("forward.safetensors"))
    let missed = try #require(trained.values("train.loss").last ?? nil)
    #expect(abs(missed - 0.0328) < 1e-6)
    #expect(try #require(trained.values("test.loss").last ?? nil) < 1e-12)
  }

  // MARK: - Backpropagation

  /// A layer of the hand computation: w[o][i], b[o].
  private struct PlainLayer {
    var w: [[Double]]
    var b: [Double]

    init(_ weight: [Float], _ bias: [Float]) {
      let inputs = weight.count / bias.count
      w = bias.indices.map { o in (0..<inputs).map { Double(weight[o * inputs + $0]) } }
      b = bias.map { Double($0) }
    }

    func apply(_ a: [Double]) -> [Double] {
      b.indices.map { o in zip(w[o], a).reduce(b[o]) { $0 + $1.0 * $1.1 } }
    }
  }

  /// ∂L/∂W and ∂L/∂b of each layer by the δ recursion, L = mean (y − t)², sigmoids inside, a linear output.
  private func deltaRecursion(_ layers: [PlainLayer], _ examples: [(x: [Double], t: Double)])
    -> [(w: [Double], b: [Double])]
  {
    var gradients = layers.map { layer in
      (
        w: [Double](repeating: 0, count: layer.b.count * layer.w[0].count),
        b: [Double](repeating: 0, count: layer.b.count)
      )
    }
    for (x, t) in examples {
      var a = [x]
      for (index, layer) in layers.enumerated() {
        let z = layer.apply(a[index])
        a.append(index == layers.count - 1 ? z : z.map { 1 / (1 + exp(-$0)) })
      }
      var delta = [2 * (a[layers.count][0] - t) / Double(examples.count)]
      for index in layers.indices.reversed() {
        let (layer, inputs) = (layers[index], a[index])
        for o in delta.indices {
          gradients[index].b[o] += delta[o]
          for i in inputs.indices {
            gradients[index].w[o * inputs.count + i] += delta[o] * inputs[i]
          }
        }
        // δ of the layer before: (Wᵀ δ) · a (1 − a).
        delta = inputs.indices.map { i in
          delta.indices.reduce(0) { $0 + layer.w[$1][i] * delta[$1] } * inputs[i] * (1 - inputs[i])
        }
      }
    }
    return gradients
  }

  @Test func `the tape's gradients of a 2-4-3-1 network are those of the δ recursion`() throws {
    let layers: [any Layer] = [
      try Dense(path: "0", input: .values([2]), units: 4, activation: .sigmoid),
      try Dense(path: "1", input: .values([4]), units: 3, activation: .sigmoid),
      try Dense(path: "2", input: .values([3]), units: 1),
    ]
    let network = Network(Sequential(layers), input: .values([2]))
    try network.load(weights("backpropagation.safetensors"))
    let parameters = network.parameters.map(\.parameter)
    let points: [Float] = [0, 0, 0, 1, 1, 0, 1, 1, 0.3, -2]
    let targets: [Float] = [0, 1, 1, 0, 0.7]
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    for parameter in parameters { parameter.clearGradient() }
    let y = network(.values(tape.constant([5, 2], points)), Pass(tape: tape))
    _ = tape.squaredError(y, targets: tape.constant([5, 1], targets))
    tape.backward()
    let plain = stride(from: 0, to: 6, by: 2).map {
      PlainLayer(parameters[$0].array, parameters[$0 + 1].array)
    }
    let expected = deltaRecursion(
      plain,
      (0..<5).map { i in
        ([Double(points[2 * i]), Double(points[2 * i + 1])], Double(targets[i]))
      }
    )
    for (index, gradient) in expected.enumerated() {
      for (values, wanted) in [
        (parameters[2 * index].gradientArray, gradient.w),
        (parameters[2 * index + 1].gradientArray, gradient.b),
      ] {
        #expect(values.count == wanted.count)
        for (got, want) in zip(values, wanted) {
          // About 60 roundings of terms below 1.
          #expect(abs(Double(got) - want) < 60 * 0x1p-24, "layer \(index + 1)")
        }
        #expect(wanted.contains { abs($0) > 1e-3 })
      }
    }
  }

  @Test func `one step on XOR leads to the loss of the formulas`() throws {
    let subject = Subject(
      data("backpropagation-x.npy", "backpropagation-y.npy", test: "backpropagation-y.npy"),
      [dense(4, "sigmoid"), dense(3, "sigmoid"), dense(1)],
      loss: "mse",
      sgd(0.1),
      TrainSpecification(epochs: 1, batchSize: nil)
    )
    let trained = try subject.trained(weights: weights("backpropagation.safetensors"))
    // `make_files.py` in double precision.
    #expect(abs(try #require(trained.values("train.loss").last ?? nil) - 0.6202743) < 1e-6)
    #expect(abs(try #require(trained.values("test.loss").last ?? nil) - 0.3695866) < 1e-6)
  }

  // MARK: - Convolution

  private func convolutional(_ data: DataSpecification, epochs: Int = 4) -> Subject {
    let pool = layer("max_pool2d", ["kernel_size": .integer(2)])
    return Subject(
      data,
      [
        conv(32, 3, "relu"), pool, conv(64, 3, "relu"), pool, conv(128, 3, "relu"), pool,
        layer("flatten"), dense(128, "relu"), dense(10),
      ],
      adam(0.0005),
      TrainSpecification(epochs: epochs, batchSize: 5)
    )
  }

  @Test func `the convolutional network on 224×224×3 has 11,170,250 parameters`() throws {
    let data = generated(
      "noise_images",
      train: 1,
      ["height": .integer(224), "width": .integer(224), "channels": .integer(3)]
    )
    let subject = convolutional(data)
    let network = try ModelBuilder.build(subject.specification, for: subject.data().description)
    let counts = network.layers.map { layer in
      layer.parameters.reduce(0) { $0 + $1.parameter.count }
    }
    #expect(counts.filter { $0 > 0 } == [896, 18_496, 73_856, 11_075_712, 1290])
    #expect(network.parameterCount == 11_170_250)
    #expect(network.layers[5].output == .values([128, 26, 26]))
  }

  @Test func `the convolutional network learns drawn patterns`() throws {
    var data = generated(
      "noise_images",
      train: 40,
      test: 10,
      ["height": .integer(40), "width": .integer(40), "channels": .integer(3)]
    )
    data.standardize = .inputs
    let trained = try convolutional(data, epochs: 8).trained(threads: 2)
    let losses = trained.values("train.loss").compactMap { $0 }
    #expect(losses.count == 8)
    #expect((losses.last ?? .nan) < (losses.first ?? .nan) / 2)
  }

  // MARK: - LSTM

  @Test func `an LSTM of 64 units with a dense layer continues a sine`() throws {
    let subject = Subject(
      generated("sine", train: 400, test: 200),
      [recurrent("lstm", 64), layer("last_step"), dense(1)],
      loss: "mse",
      adam(0.01),
      TrainSpecification(epochs: 10, batchSize: 32, clipNorm: 1)
    )
    let network = try ModelBuilder.build(subject.specification, for: subject.data().description)
    #expect(network.parameterCount == 4 * 64 * (1 + 64 + 2) + 65)
    let trained = try subject.trained(threads: 2)
    let losses = trained.values("test.loss").compactMap { $0 }
    #expect(losses.count == 10)
    // A tenth of what always saying 0 costs.
    #expect((losses.last ?? .nan) < 0.05)
    #expect((losses.last ?? .nan) < (losses.first ?? .nan))
  }
}
