// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// Metrics against computation by hand, of a model whose outputs are its inputs.
@Suite struct MetricsTests {
  /// Three inputs, three outputs, the identity between.
  private func identity(
    _ loss: String,
    inputs: [Float],
    targets: TestArray,
    batchSize: Int = 2
  ) throws -> Trained {
    let folder = try TemporaryFolder()
    let rows = inputs.count / 3
    let arrays = (inputs: TestArray(inputs, [rows, 3]), targets: targets)
    let subject = Subject(
      try folder.data(train: arrays, test: arrays),
      [dense(3)],
      loss: loss,
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: batchSize)
    )
    let weights = SafeTensors([
      SafeTensors.Entry(name: "0.weight", shape: [3, 3], values: [1, 0, 0, 0, 1, 0, 0, 0, 1]),
      SafeTensors.Entry(name: "0.bias", shape: [3], values: [0, 0, 0]),
    ])
    return try subject.trained(weights: weights)
  }

  private func value(_ trained: Trained, _ name: String) throws -> Double {
    let values = trained.values(name)
    #expect(values.count == 1, "\(name)")
    return try #require(values.first ?? nil)
  }

  private let outputs: [Float] = [
    0, 1, 2, 3, 0, 0, -1, 0.5, 0.25, 2, 2, 1, 0, 0, 4,
  ]

  @Test func `cross-entropy, accuracy and predictions are example-weighted`() throws {
    let classes: [Int32] = [2, 1, 1, 0, 0]
    // Five examples in batches of two: the last batch has one.
    let trained = try identity(
      "cross_entropy",
      inputs: outputs,
      targets: TestArray(classes, [5])
    )
    var sum = 0.0
    for (row, label) in classes.enumerated() {
      let logits = outputs[3 * row..<3 * row + 3].map { Double($0) }
      sum += log(logits.reduce(0) { $0 + exp($1) }) - logits[Int(label)]
    }
    for part in ["train", "test"] {
      #expect(abs(try value(trained, "\(part).loss") - sum / 5) < 1e-6)
      // Rows 0, 2 and 3 are right; of two equal largest outputs the first counts.
      #expect(try value(trained, "\(part).accuracy") == 0.6)
      #expect(trained.values("\(part).perplexity").isEmpty)
      #expect(trained.values("\(part).rmse").isEmpty)
    }
    #expect(trained.predictions?.targets == classes)
    #expect(trained.predictions?.predictions == [2, 0, 1, 0, 2])
  }

  @Test(arguments: [("mse", 1.0), ("half_mse", 0.5)])
  func `mse on classes takes one-hot targets, half_mse is half of it`(
    name: String,
    factor: Double
  ) throws {
    let classes: [Int32] = [2, 1, 1, 0, 0]
    let trained = try identity(name, inputs: outputs, targets: TestArray(classes, [5]))
    var sum = 0.0
    for (place, output) in outputs.enumerated() {
      let target = place % 3 == Int(classes[place / 3]) ? 1.0 : 0
      sum += (Double(output) - target) * (Double(output) - target)
    }
    for part in ["train", "test"] {
      #expect(abs(try value(trained, "\(part).loss") - factor * sum / 15) < 1e-6)
      #expect(try value(trained, "\(part).accuracy") == 0.6)
      #expect(trained.values("\(part).rmse").isEmpty)
    }
    #expect(trained.predictions?.predictions == [2, 0, 1, 0, 2])
  }

  @Test(arguments: [("mse", 1.0), ("half_mse", 0.5)])
  func `real targets have a loss and its root, whichever half the loss takes`(
    name: String,
    factor: Double
  ) throws {
    let targets = sines(15, start: 1)
    let trained = try identity(name, inputs: outputs, targets: TestArray(targets, [5, 3]))
    let sum = zip(outputs, targets).reduce(0.0) { total, pair in
      let error = Double(pair.0) - Double(pair.1)
      return total + error * error
    }
    for part in ["train", "test"] {
      #expect(abs(try value(trained, "\(part).loss") - factor * sum / 15) < 1e-6)
      #expect(abs(try value(trained, "\(part).rmse") - (sum / 15).squareRoot()) < 1e-6)
      #expect(trained.values("\(part).accuracy").isEmpty)
    }
    #expect(trained.predictions == nil)
  }

  @Test func `tokens have accuracy and perplexity per token`() throws {
    let folder = try TemporaryFolder()
    let tokens: [Int32] = [0, 1, 2, 2, 1, 0]
    let targets: [Int32] = [1, 1, 2, 0, 1, 2]
    let subject = Subject(
      try folder.data(
        train: (TestArray(tokens, [3, 2]), TestArray(targets, [3, 2]))
      ),
      [dense(3)],
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: 2)
    )
    let rows: [Float] = [2, 0, -1, 1, 3, 0, 0, 0.5, 1]
    let weights = SafeTensors([
      SafeTensors.Entry(name: "0.weight", shape: [3, 3], values: rows),
      SafeTensors.Entry(name: "0.bias", shape: [3], values: [0, 0.25, 0]),
    ])
    let trained = try subject.trained(weights: weights)
    var (sum, right) = (0.0, 0)
    for (token, target) in zip(tokens, targets) {
      let logits = (0..<3).map { Double(rows[3 * $0 + Int(token)]) + ($0 == 1 ? 0.25 : 0) }
      sum += log(logits.reduce(0) { $0 + exp($1) }) - logits[Int(target)]
      right += logits.firstIndex(of: logits.max() ?? 0) == Int(target) ? 1 : 0
    }
    #expect(abs(try value(trained, "train.loss") - sum / 6) < 1e-6)
    #expect(abs(try value(trained, "train.perplexity") - exp(sum / 6)) < 1e-5)
    #expect(try value(trained, "train.accuracy") == Double(right) / 6)
  }

  @Test func `a class at each step of real inputs is learned and counted per step`() throws {
    let folder = try TemporaryFolder()
    let inputs = sines(4 * 5 * 2, start: 0)
    let classes = (0..<20).map { Int32(inputs[2 * $0] > 0 ? 1 : 0) }
    let arrays = (inputs: TestArray(inputs, [4, 5, 2]), targets: TestArray(classes, [4, 5]))
    let subject = Subject(
      try folder.data(train: arrays, test: arrays),
      [dense(8, "tanh"), dense(2)],
      adam(0.1),
      TrainSpecification(epochs: 60, batchSize: 3, evaluateEvery: 60)
    )
    let trained = try subject.trained()
    #expect(try value(trained, "test.accuracy") == 1)
  }
}
