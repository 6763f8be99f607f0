// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@testable import NeuralNetworks

/// Layers that normalise: their tensors, initial values and refusals.
@Suite struct NormalizationLayerTests {
  private let image = SignalShape.values([3, 10, 8])
  private let sequence = SignalShape.values([7, 5])
  private let vector = SignalShape.values([4])
  private let tokens = SignalShape.tokens(vocabulary: 28, steps: 35)

  private func tensors(_ layer: any Layer) -> [String] {
    Sequential([layer]).tensors.map { "\($0.name) \($0.shape)" }
  }

  @Test func `tensors have PyTorch's names, shapes and order, buffers behind`() throws {
    #expect(
      tensors(try BatchNorm(path: "2.body.0", input: image)) == [
        "2.body.0.weight [3]", "2.body.0.bias [3]", "2.body.0.running_mean [3]",
        "2.body.0.running_var [3]",
      ]
    )
    #expect(tensors(try BatchNorm(path: "1", input: sequence))[0] == "1.weight [5]")
    #expect(tensors(try BatchNorm(path: "1", input: vector))[3] == "1.running_var [4]")
    #expect(
      tensors(try LayerNorm(path: "1", input: image)) == [
        "1.weight [3, 10, 8]", "1.bias [3, 10, 8]",
      ]
    )
    #expect(tensors(try LayerNorm(path: "1", input: sequence))[0] == "1.weight [5]")
    #expect(tensors(try LayerNorm(path: "1", input: vector))[1] == "1.bias [4]")
  }

  @Test func `shapes stay, and a layer knows how many values a channel has`() throws {
    #expect(try BatchNorm(path: "0", input: image).output == image)
    #expect(try LayerNorm(path: "0", input: sequence).output == sequence)
    #expect(try BatchNorm(path: "0", input: image).valuesPerChannel == 80)
    #expect(try BatchNorm(path: "0", input: sequence).valuesPerChannel == 7)
    #expect(try BatchNorm(path: "0", input: vector).valuesPerChannel == 1)
  }

  @Test func `they start at 1 and 0 whatever the model's initializers say`() throws {
    for own in [false, true] {
      let batch = try BatchNorm(path: "0", input: vector)
      let layer = try LayerNorm(path: "1", input: vector)
      if own {
        batch.weightInitializer = .zeros
        layer.biasInitializer = .uniform(low: 2, high: 3)
      }
      Sequential([batch, layer]).initialize(
        weights: .normal(standardDeviation: 0.1),
        biases: .uniform(low: 5, high: 6),
        seed: 1
      )
      let ones: [Float] = [1, 1, 1, 1]
      #expect(batch.parameters[0].parameter.array == (own ? [0, 0, 0, 0] : ones))
      #expect(batch.parameters[1].parameter.array == [0, 0, 0, 0])
      #expect(layer.parameters[0].parameter.array == ones)
      #expect(layer.parameters[1].parameter.array.allSatisfy { own ? $0 >= 2 : $0 == 0 })
      #expect(batch.buffers.map(\.array) == [[0, 0, 0, 0], ones])
    }
  }

  @Test func `buffers are no parameters`() throws {
    let model = Sequential([try BatchNorm(path: "0", input: vector)])
    #expect(model.parameters.map(\.parameter.name) == ["0.weight", "0.bias"])
    #expect(model.parameterCount == 8)
    #expect(model.tensors.count == 4)
  }

  @Test func `tokens are refused`() {
    func refusal(_ body: () throws(LayerError) -> any Layer) -> LayerError? {
      do throws(LayerError) {
        _ = try body()
        return nil
      } catch { return error }
    }
    #expect(
      refusal { () throws(LayerError) in try BatchNorm(path: "0", input: tokens) }
        == LayerError(BatchNorm.self, .input(tokens, needs: .values))
    )
    #expect(
      refusal { () throws(LayerError) in try LayerNorm(path: "0", input: tokens) }
        == LayerError(LayerNorm.self, .input(tokens, needs: .values))
    )
  }
}
