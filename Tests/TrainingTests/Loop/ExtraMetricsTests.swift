// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// What `metrics:` adds, against computation by hand.
@Suite struct ExtraMetricsTests {
  /// Outputs are the inputs: `width` of them, the identity between.
  private func identity(
    _ lossName: String,
    _ metrics: [String],
    inputs: [Float],
    width: Int,
    targets: TestArray,
    batchSize: Int = 2
  ) throws -> Trained {
    let folder = try TemporaryFolder()
    let arrays = (inputs: TestArray(inputs, [inputs.count / width, width]), targets: targets)
    var subject = Subject(
      try folder.data(train: arrays, test: arrays),
      [dense(width)],
      loss: lossName,
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: batchSize)
    )
    subject.specification.metrics = metrics
    var identity = [Float](repeating: 0, count: width * width)
    for i in 0..<width { identity[i * width + i] = 1 }
    let zeros = [Float](repeating: 0, count: width)
    let weights = SafeTensors([
      SafeTensors.Entry(name: "0.weight", shape: [width, width], values: identity),
      SafeTensors.Entry(name: "0.bias", shape: [width], values: zeros),
    ])
    return try subject.trained(weights: weights)
  }

  private func expect(
    _ trained: Trained,
    _ quantity: String,
    _ expected: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for part in ["train", "test"] {
      let values = trained.values("\(part).\(quantity)")
      #expect(values.count == 1, "\(part).\(quantity)", sourceLocation: sourceLocation)
      let value = try #require(values.first ?? nil, sourceLocation: sourceLocation)
      #expect(abs(value - expected) < 1e-6, "\(quantity)", sourceLocation: sourceLocation)
    }
  }

  private let outputs: [Float] = [3, 0.5, 2, -1, 7.5, 1, 20, 4, 0, 2]
  private let targets: [Float] = [2, 1, 2.5, -2, 6, 1.5, 25, 3, 1, 0.25]

  @Test(arguments: ["mse", "half_mse", "mae", "huber"])
  func `real targets have errors of every kind under every loss`(lossName: String) throws {
    let trained = try identity(
      lossName,
      ["mae", "r2", "log_rmse"],
      inputs: outputs,
      width: 2,
      targets: TestArray(targets, [5, 2])
    )
    let pairs = zip(outputs, targets).map { (Double($0), Double($1)) }
    let squares = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    try expect(trained, "mae", pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / 10)
    try expect(trained, "rmse", (squares / 10).squareRoot())
    let logs = pairs.reduce(0) { sum, pair in
      let difference = log(max(pair.0, 1)) - log(max(pair.1, 1))
      return sum + difference * difference
    }
    try expect(trained, "log_rmse", (logs / 10).squareRoot())
    var variation = 0.0
    for column in 0..<2 {
      let values = stride(from: column, to: 10, by: 2).map { Double(targets[$0]) }
      let mean = values.reduce(0, +) / 5
      variation += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    try expect(trained, "r2", 1 - squares / variation)
  }

  @Test func `r2 of constant targets is no number`() throws {
    let trained = try identity(
      "mse",
      ["r2"],
      inputs: [1, 2, 3],
      width: 1,
      targets: TestArray([Float(2), 2, 2], [3, 1])
    )
    #expect(trained.values("test.r2") == [nil])
    #expect(trained.values("test.mae").isEmpty)
  }

  @Test func `classes have the nearest k, precision, recall and f1`() throws {
    let scores: [Float] = [
      9, 5, 1, 0, 1, 2, 3, 0, 4, 4, 1, 0, 0, 1, 0, 5, 2, 3, 1, 0, 0, 2, 1, 0,
    ]
    // Found: 0, 2, 0, 3, 1, 1.
    let classes: [Int32] = [0, 1, 1, 3, 0, 1]
    let trained = try identity(
      "cross_entropy",
      ["top_1", "top_2", "top_4", "precision", "recall", "f1"],
      inputs: scores,
      width: 4,
      targets: TestArray(classes, [6])
    )
    try expect(trained, "accuracy", 3.0 / 6)
    try expect(trained, "top_1", 3.0 / 6)
    // All are among the first two: of the equal 4s of row 2 the second is the second.
    try expect(trained, "top_2", 1)
    try expect(trained, "top_4", 1)
    // Class 0: found 1 of 2 there, of 2 given. 1: 1 of 3, of 2. 2: 0 of 0, of 1. 3: 1 of 1, of 1.
    try expect(trained, "precision", (0.5 + 0.5 + 0 + 1) / 4)
    try expect(trained, "recall", (0.5 + 1.0 / 3 + 0 + 1) / 4)
    try expect(trained, "f1", (2.0 / 4 + 2.0 / 5 + 0 + 1) / 4)
  }

  @Test func `a class that is neither there nor predicted is left out of means`() throws {
    let trained = try identity(
      "cross_entropy",
      ["precision", "recall", "f1"],
      inputs: [1, 0, 0, 0, 1, 0, 1, 0, 0],
      width: 3,
      targets: TestArray([Int32(0), 1, 2], [3]),
      batchSize: 3
    )
    // Of class 2 nothing is predicted, but it is there.
    try expect(trained, "precision", (0.5 + 1 + 0) / 3)
    // Found, given and there: the second class is nowhere.
    let sums: [Double] = [1, 1, 1, 0, 0, 0, 1, 1, 2]
    #expect(ClassMeasure(.recall, classes: 3).value(sums[...]) == 0.75)
    #expect(ClassMeasure(.precision, classes: 3).value(sums[...]) == 1)
  }

  @Test func `norms are those of all parameters and of each layer, gradients before clipping`()
    throws
  {
    var subject = Subject(
      generated("spirals", train: 12, test: 4),
      [dense(3, "tanh"), layer("dropout", ["p": .real(0)]), dense(2)],
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: 12, clipNorm: 1e-3)
    )
    subject.specification.metrics = ["weight_norm", "gradient_norm"]
    let trained = try subject.trained()
    func squares(_ prefix: String) -> Double {
      trained.weights.entries.filter { $0.name.hasPrefix(prefix) }.flatMap(\.values)
        .reduce(0) { $0 + Double($1) * Double($1) }
    }
    func value(_ name: String) throws -> Double {
      try #require(trained.values("train.\(name)").first ?? nil)
    }
    #expect(abs(try value("weight_norm") - squares("").squareRoot()) < 1e-12)
    #expect(abs(try value("weight_norm.0") - squares("0.").squareRoot()) < 1e-12)
    #expect(abs(try value("weight_norm.2") - squares("2.").squareRoot()) < 1e-12)
    #expect(trained.values("train.weight_norm.1").isEmpty)
    #expect(trained.values("test.weight_norm").isEmpty)
    let (all, first, last) = (
      try value("gradient_norm"), try value("gradient_norm.0"), try value("gradient_norm.2")
    )
    #expect(abs(all - (first * first + last * last).squareRoot()) < 1e-12)
    #expect(all > 0.01, "a clipped norm is at most 0.001")
    // One step of plain descent moves the parameters by rate · gradient.
    subject.specification.optimizer = sgd(1)
    subject.specification.train.clipNorm = nil
    let moved = try subject.trained()
    let distance = zip(
      trained.weights.entries.flatMap(\.values),
      moved.weights.entries.flatMap(\.values)
    ).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
    #expect(abs(distance.squareRoot() - all) < 1e-6)
  }

  @Test func `what is measured besides changes no bit, and nothing is measured unasked`() throws {
    let folder = try TemporaryFolder()
    var subject = try TinyTrainings.subject("mlp", folder: folder)
    let plain = try subject.trained()
    #expect(
      Set(plain.points.map(\.name)) == [
        "train.loss", "train.accuracy", "val.loss", "val.accuracy", "test.loss", "test.accuracy",
      ]
    )
    subject.specification.metrics = [
      "top_3", "precision", "recall", "f1", "weight_norm", "gradient_norm",
    ]
    let one = try subject.trained()
    #expect(one.weights.data == plain.weights.data)
    #expect(
      one.points.filter { point in plain.points.contains { $0.name == point.name } } == plain.points
    )
    #expect(try subject.trained(threads: 3).points == one.points)
  }

  @Test func `sums of measures survive an interruption`() throws {
    let folder = try TemporaryFolder()
    var subject = try TinyTrainings.subject("mlp", folder: folder)
    subject.specification.metrics = ["top_3", "recall", "gradient_norm"]
    let (whole, data) = (try subject.trained(), try subject.data())
    var result = Trained()
    let first = try subject.trainer(data)
    _ = try first.train(control: { first.step == 3 ? .interrupt : .proceed }) { result.note($0) }
    let second = try subject.trainer(data)
    try second.restore(first.checkpoint())
    _ = try second.train(control: { .proceed }) { result.note($0) }
    #expect(result.points == whole.points)
  }

  @Test func `a checkpoint from before there were weights and measures is resumed`() throws {
    let folder = try TemporaryFolder()
    let subject = try TinyTrainings.subject("mlp", folder: folder)
    let (whole, data) = (try subject.trained(), try subject.data())
    var result = Trained()
    let first = try subject.trainer(data)
    _ = try first.train(control: { first.step == 3 ? .interrupt : .proceed }) { result.note($0) }
    var file = try SafeTensors(decoding: first.checkpoint())
    let key = "runexp.checkpoint"
    let text = try #require(file.metadata[key])
    let old = text.replacing(/,?"weightBits":[0-9]+/, with: "")
    #expect(old != text)
    file.metadata[key] = old
    let second = try subject.trainer(data)
    try second.restore(file.encoded())
    _ = try second.train(control: { .proceed }) { result.note($0) }
    #expect(result.points == whole.points)
    #expect(second.model.weights.data == whole.weights.data)
  }

  @Test func `two classes are told apart by one logit, and counted`() throws {
    let folder = try TemporaryFolder()
    let inputs: [Float] = [2, -1, 0.5, -3]
    let arrays = (inputs: TestArray(inputs, [4, 1]), targets: TestArray([Int32(1), 1, 0, 0], [4]))
    var subject = Subject(
      try folder.data(train: arrays, test: arrays),
      [dense(1)],
      loss: "binary_cross_entropy",
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: 3)
    )
    subject.specification.metrics = ["precision", "top_1", "top_2"]
    let weights = SafeTensors([
      SafeTensors.Entry(name: "0.weight", shape: [1, 1], values: [1]),
      SafeTensors.Entry(name: "0.bias", shape: [1], values: [0]),
    ])
    let trained = try subject.trained(weights: weights)
    try expect(trained, "accuracy", 0.5)
    try expect(trained, "precision", 0.5)
    try expect(trained, "top_1", 0.5)
    try expect(trained, "top_2", 1)
    #expect(trained.predictions?.predictions == [1, 0, 1, 0])
  }
}

@Suite struct BLEUTests {
  /// A network that says what it is shown.
  private func echo(targets: String) -> Subject {
    var subject = Subject(
      generated(
        "copy",
        train: 6,
        test: 4,
        [
          "symbols": .integer(3), "length": .integer(2), "lag": .integer(3),
          "targets": .text(targets),
        ]
      ),
      [layer("embedding", ["size": .integer(5)])],
      sgd(0),
      TrainSpecification(epochs: 1, batchSize: 4)
    )
    subject.specification.metrics = ["bleu"]
    return subject
  }

  private func tokens(_ data: PreparedData, _ part: DataPart) -> [(shown: [Int32], asked: [Int32])]
  {
    data.ids(part).map { id in
      var (shown, asked) = ([Int32](repeating: 0, count: 7), [Int32](repeating: 0, count: 7))
      unsafe [id].withUnsafeBufferPointer { ids in
        unsafe shown.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          unsafe data.gatherTokens(part, ids: ids, into: base)
        }
        unsafe asked.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          unsafe data.gatherClasses(part, ids: ids, into: base)
        }
      }
      return (shown, asked)
    }
  }

  @Test func `the metric is the mean over examples of their steps that have a target`() throws {
    var identity = [Float](repeating: 0, count: 25)
    for i in 0..<5 { identity[i * 5 + i] = 1 }
    let weights = SafeTensors([
      SafeTensors.Entry(name: "0.weight", shape: [5, 5], values: identity)
    ])
    let all = try echo(targets: "all").trained(weights: weights)
    let symbols = try echo(targets: "symbols").trained(weights: weights)
    let data = try echo(targets: "all").data()
    for part in [DataPart.train, .test] {
      let examples = tokens(data, part)
      let sum = examples.reduce(0) { $0 + bleu($1.shown, label: $1.asked, k: 2) }
      let name = part == .train ? "train.bleu" : "test.bleu"
      let value = try #require(all.values(name).first ?? nil)
      #expect(abs(value - sum / Double(examples.count)) < 1e-12)
      #expect(value > 0 && value < 1)
      // Where the symbols are asked for, blanks are shown.
      #expect(symbols.values(name) == [0])
    }
  }

  // "Dive into Deep Learning", §10.7.6: the prediction A, B, B, C, D of A, B, C, D, E, F.
  @Test func `matches the book's example`() {
    let score = bleu(["A", "B", "B", "C", "D"], label: ["A", "B", "C", "D", "E", "F"], k: 4)
    // p₁ = 4/5, p₂ = 3/4, p₃ = 1/3 and p₄ = 0.
    #expect(score == 0)
    let three = bleu(["A", "B", "B", "C", "D"], label: ["A", "B", "C", "D", "E", "F"], k: 3)
    let expected =
      exp(1 - 6.0 / 5) * pow(0.8, 0.5) * pow(0.75, 0.25) * pow(1.0 / 3, 0.125)
    #expect(abs(three - expected) < 1e-12)
  }

  @Test func `is 1 of equal sequences and 0 of nothing in common`() {
    #expect(bleu([1, 2, 3], label: [1, 2, 3], k: 2) == 1)
    #expect(bleu([1, 2, 3], label: [1, 2, 3], k: 9) == 1)
    #expect(bleu([4, 4], label: [1, 2, 3], k: 2) == 0)
    #expect(bleu([Int](), label: [1], k: 2) == 0)
    #expect(bleu([1], label: [], k: 2) == 0)
  }

  @Test func `a longer prediction pays no brevity, a repeated word counts once`() {
    #expect(abs(bleu(["a", "a"], label: ["a"], k: 1) - pow(0.5, 0.5)) < 1e-15)
  }
}
