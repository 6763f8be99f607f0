// SPDX-License-Identifier: Apache-2.0

import Experiments
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// Tensors of a file that do or do not fit a model.
@Suite struct WeightsTests {
  private let subject = Subject(
    generated("spirals", train: 8),
    [dense(3, "tanh"), dense(2)],
    sgd(0.1),
    TrainSpecification(epochs: 1, batchSize: 8)
  )

  private func refusal(_ change: (inout SafeTensors) -> Void) throws -> [String] {
    let trainer = try subject.trainer(subject.data())
    let before = trainer.model.weights
    var file = before
    change(&file)
    do {
      try trainer.model.load(file)
      return []
    } catch {
      #expect(trainer.model.weights.data == before.data)
      return error.problems
    }
  }

  @Test func `all tensors are taken over, in whatever order they lie`() throws {
    let weights = try subject.sineWeights()
    let trainer = try subject.trainer(
      subject.data(),
      weights: SafeTensors(weights.entries.reversed())
    )
    #expect(trainer.model.weights.entries == weights.entries)
    #expect(weights.entries.map(\.name) == ["0.weight", "0.bias", "1.weight", "1.bias"])
    #expect(weights.entries.map(\.shape) == [[3, 2], [3], [2, 3], [2]])
  }

  @Test func `a missing tensor is named with its shape`() throws {
    #expect(
      try refusal { $0.entries.remove(at: 2) } == ["tensor `1.weight` [2, 3] is missing"]
    )
  }

  @Test func `a surplus tensor is named, with the nearest name there is`() throws {
    #expect(
      try refusal {
        $0.entries.append(SafeTensors.Entry(name: "1.wieght", shape: [1], values: [0]))
        $0.entries.append(SafeTensors.Entry(name: "running_mean", shape: [1], values: [0]))
      } == [
        "tensor `1.wieght` is not in the model, the nearest name is `1.weight`",
        "tensor `running_mean` is not in the model",
      ]
    )
  }

  @Test func `a misshapen tensor is named with both shapes`() throws {
    #expect(
      try refusal { $0.entries[0].shape = [2, 3] } == [
        "tensor `0.weight` is [2, 3], the model needs [3, 2]"
      ]
    )
  }

  @Test func `all problems are told at once and nothing is taken over`() throws {
    let problems = try refusal {
      $0.entries[0].values[0] = 99
      $0.entries[1] = SafeTensors.Entry(name: "0.biass", shape: [3], values: [0, 0, 0])
      $0.entries[3].shape = [2, 1]
    }
    #expect(
      problems == [
        "tensor `0.bias` [3] is missing",
        "tensor `1.bias` is [2, 1], the model needs [2]",
        "tensor `0.biass` is not in the model, the nearest name is `0.bias`",
      ]
    )
    #expect(throws: WeightsError.self) {
      _ = try subject.trainer(subject.data(), weights: SafeTensors([]))
    }
  }
}
