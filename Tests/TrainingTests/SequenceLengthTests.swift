// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import ModelFiles
import Tensors
import Testing
import Vocabulary

@testable import Training

/// Sequences of several lengths in one batch: what is behind an example's end counts nowhere.
@Suite struct SequenceLengthTests {
  private func check(
    _ golden: TrainingGolden.Case,
    _ subject: Subject,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let weights = try SafeTensors(decoding: subject.sineWeights().encoded())
    let trained = try subject.trained(threads: 2, weights: weights)
    #expect(trained.losses.count == golden.losses.count, sourceLocation: sourceLocation)
    for (step, (loss, expected)) in zip(trained.losses, golden.losses).enumerated() {
      #expect(
        abs(loss - expected) <= 1e-4 * expected,
        "step \(step + 1): \(loss), PyTorch \(expected)",
        sourceLocation: sourceLocation
      )
    }
    let testLoss = try #require(trained.values("test.loss").last ?? nil)
    #expect(
      abs(testLoss - golden.testLoss) <= 1e-4 * golden.testLoss,
      sourceLocation: sourceLocation
    )
    guard golden.testAccuracy >= 0 else {
      let error = try #require(trained.values("test.rmse").last ?? nil)
      #expect(abs(error - golden.testLoss.squareRoot()) < 1e-4, sourceLocation: sourceLocation)
      return
    }
    let accuracy = try #require(trained.values("test.accuracy").last ?? nil)
    #expect(abs(accuracy - golden.testAccuracy) < 1e-6, sourceLocation: sourceLocation)
  }

  // MARK: - The script's data, and what is behind the ends

  private func lengths(_ count: Int, _ steps: Int) -> [Int32] {
    (0..<count).map { Int32(3 * $0 % steps + 1) }
  }

  /// Values [count, steps, …] with `filler` behind the lengths.
  private func values(
    _ count: Int,
    _ shape: [Int],
    start: Double,
    filler: Float?
  ) -> TestArray {
    var values = sines(count * shape.reduce(1, *), start: start, scale: 1)
    let (steps, width) = (shape[0], shape.dropFirst().reduce(1, *))
    let ends = lengths(count, steps)
    if let filler {
      for i in values.indices where i / width % steps >= Int(ends[i / (steps * width)]) {
        values[i] = filler
      }
    }
    return TestArray(values, [count] + shape)
  }

  private func bounds(_ train: Int, _ test: Int, _ steps: Int) -> (TestArray, TestArray) {
    (TestArray(lengths(train, steps), [train]), TestArray(lengths(test, steps), [test]))
  }

  private func wholes(_ folder: TemporaryFolder, filler: Float?) throws -> DataSpecification {
    try folder.data(
      train: (
        values(12, [5, 2], start: 0, filler: filler),
        TestArray(sines(12, start: 3, scale: 1), [12, 1])
      ),
      test: (
        values(6, [5, 2], start: 20, filler: filler),
        TestArray(sines(6, start: 4, scale: 1), [6, 1])
      ),
      lengths: bounds(12, 6, 5)
    )
  }

  private func steps(_ folder: TemporaryFolder, filler: Float?) throws -> DataSpecification {
    try folder.data(
      train: (
        values(12, [5, 2], start: 0, filler: filler), values(12, [5, 2], start: 3, filler: filler)
      ),
      test: (
        values(6, [5, 2], start: 20, filler: filler), values(6, [5, 2], start: 4, filler: filler)
      ),
      lengths: bounds(12, 6, 5)
    )
  }

  private func tokens(_ folder: TemporaryFolder, filler: Int32?) throws -> DataSpecification {
    func part(_ count: Int, _ start: Int) -> (inputs: TestArray, targets: TestArray) {
      let ends = lengths(count, 6)
      func array(_ token: (Int, Int) -> Int) -> TestArray {
        TestArray(
          (0..<count * 6).map { i in
            let (n, t) = (i / 6, i % 6)
            if let filler, t >= Int(ends[n]) { return filler }
            return Int32(token(n, t))
          },
          [count, 6]
        )
      }
      func input(_ n: Int, _ t: Int) -> Int { (n * n + 3 * t + start) % 7 }
      return (array(input), array { (2 * input($0, $1) + 1) % 7 })
    }
    return try folder.data(train: part(10, 0), test: part(5, 1), lengths: bounds(10, 5, 6))
  }

  private func loop(_ batchSize: Int, norm: Double? = nil) -> TrainSpecification {
    TrainSpecification(epochs: 4, batchSize: batchSize, shuffle: false, clipNorm: norm)
  }

  private let both: [String: ArgumentValue] = ["bidirectional": .boolean(true)]

  private func stack(_ data: DataSpecification) -> Subject {
    Subject(
      data,
      [
        recurrent("lstm", 4, both.merging(["layers": .integer(2)]) { $1 }), layer("last_step"),
        dense(1),
      ],
      loss: "mse",
      sgd(0.2, momentum: 0.9),
      loop(5)
    )
  }

  private func stepwise(_ data: DataSpecification) -> Subject {
    Subject(
      data,
      [recurrent("rnn", 4, ["layers": .integer(2), "activation": .text("relu")]), dense(2)],
      loss: "mse",
      sgd(0.05, momentum: 0.9),
      loop(5, norm: 0.5)
    )
  }

  private func embedded(_ data: DataSpecification) -> Subject {
    Subject(
      data,
      [layer("embedding", ["size": .integer(3)]), recurrent("gru", 4, both), dense(7)],
      adam(0.05),
      loop(4)
    )
  }

  // MARK: - PyTorch

  @Test func `two LSTM layers in both directions train as PyTorch's on packed sequences`() throws {
    let folder = try TemporaryFolder()
    try check(SequenceGolden.stackOfLengths, stack(try wholes(folder, filler: .nan)))
  }

  @Test func `batch_norm over sequences with lengths is refused, behind last_step it is not`()
    throws
  {
    let folder = try TemporaryFolder()
    var subject = stepwise(try steps(folder, filler: 7))
    subject.specification.model.layers?.insert(layer("batch_norm"), at: 1)
    let description = try subject.data().description
    let found = #expect(throws: ModelError(layer: ["1"], .normalizationBehindEnds)) {
      try ModelBuilder.build(subject.specification, for: description)
    }
    #expect(
      found?.mistake.message
        == "`batch_norm` over sequences would count the steps behind their ends, for the data have `lengths`"
    )
    #expect(
      found?.mistake.hint
        == "`layer_norm` normalises each step by itself; behind `last_step` there are vectors"
    )
    var whole = stack(try wholes(folder, filler: 7))
    let place = try #require(
      whole.specification.model.layers?.firstIndex { $0.name == "last_step" }
    )
    whole.specification.model.layers?.insert(layer("batch_norm"), at: place + 1)
    _ = try ModelBuilder.build(whole.specification, for: whole.data().description)
  }

  @Test func `conv1d on sequences with lengths keeps their steps or is refused`() throws {
    let folder = try TemporaryFolder()
    var subject = stepwise(try steps(folder, filler: 7))
    let description = try subject.data().description
    let all = try #require(description.steps)
    func convolution(_ arguments: [String: ArgumentValue]) -> Component {
      layer(
        "conv1d",
        ["channels": .integer(2), "kernel_size": .integer(2)].merging(arguments) { $1 }
      )
    }
    subject.specification.model.layers?.insert(convolution(["causal": .boolean(true)]), at: 1)
    _ = try ModelBuilder.build(subject.specification, for: description)
    subject.specification.model.layers?[1] = convolution([:])
    let found = #expect(
      throws: ModelError(layer: ["1"], .stepsOfLengths("conv1d", made: all - 1, of: all))
    ) {
      try ModelBuilder.build(subject.specification, for: description)
    }
    #expect(
      found?.mistake.message
        == "`conv1d` makes \(all - 1) steps of \(all), but the data have `lengths`, which count the \(all)"
    )
    #expect(
      found?.mistake.hint
        == "`causal: true` keeps the steps, as does an odd `kernel_size` with half of it, rounded down, as `padding`; both with `stride: 1`"
    )
  }

  @Test func `classes of real tokens train as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(SequenceGolden.tokensOfLengths, embedded(try tokens(folder, filler: -100)))
  }

  @Test func `values of real steps train as PyTorch's`() throws {
    let folder = try TemporaryFolder()
    try check(SequenceGolden.valuesOfLengths, stepwise(try steps(folder, filler: .nan)))
  }

  // MARK: - What is behind the ends

  @Test func `what is behind the ends changes no bit, point or digest`() throws {
    let (one, other) = (try TemporaryFolder(), try TemporaryFolder())
    let pairs = [
      (stack(try wholes(one, filler: nil)), stack(try wholes(other, filler: .nan))),
      (stepwise(try steps(one, filler: 7)), stepwise(try steps(other, filler: .infinity))),
      (embedded(try tokens(one, filler: nil)), embedded(try tokens(other, filler: -1))),
    ]
    for (index, (plain, spoiled)) in pairs.enumerated() {
      // The files of each pair have the same names: write them anew before they are read.
      _ =
        index == 0
        ? (try wholes(one, filler: nil), try wholes(other, filler: .nan))
        : index == 1
          ? (try steps(one, filler: 7), try steps(other, filler: .infinity))
          : (try tokens(one, filler: nil), try tokens(other, filler: -1))
      var (plain, spoiled) = (plain, spoiled)
      if index < 2 {
        plain.specification.data.standardize = .both
        spoiled.specification.data.standardize = .both
      }
      let digests = (
        try plain.data().description.contentSHA256, try spoiled.data().description.contentSHA256
      )
      #expect(digests.0 == digests.1)
      let (a, b) = (try plain.trained(), try spoiled.trained(threads: 3))
      #expect(a.weights.data == b.weights.data)
      #expect(a.points == b.points)
    }
  }

  @Test func `metrics count real steps`() throws {
    let folder = try TemporaryFolder()
    let subject = embedded(try tokens(folder, filler: -1))
    let trainer = try subject.trainer(subject.data())
    let sums = trainer.evaluate(.train).0[0]
    let real = lengths(10, 6).reduce(0) { $0 + Int($1) }
    #expect(sums.rows == real && sums.weight == Double(real))
    #expect(sums.examples == 10)
  }

  @Test func `an example without a step takes part, and a batch without one adds nothing`() throws {
    func trained(_ lengths: [Int32]) throws -> Trained {
      let data = PreparedData(
        name: "short",
        count: 4,
        input: .tokens(vocabulary: 5, steps: 3),
        .integers((0..<12).map { $0 % 5 }),
        target: .steps(classes: 5),
        .integers((0..<12).map { ($0 + 1) % 5 }),
        lengths: lengths
      )
      let subject = Subject(
        generated("moons", train: 1),
        [layer("embedding", ["size": .integer(3)]), recurrent("gru", 4), dense(5)],
        sgd(0.1),
        TrainSpecification(epochs: 2, batchSize: 2, shuffle: false)
      )
      let trainer = try subject.trainer(data)
      var result = Trained()
      _ = try trainer.train(control: { .proceed }) { result.note($0) }
      return result
    }
    #expect(try trained([0, 3, 2, 0]).losses.allSatisfy(\.isFinite))
    let losses = try trained([2, 1, 0, 0]).losses
    #expect(losses.count == 4 && losses[1] == 0 && losses[3] == 0 && losses[2] < losses[0])
  }

  // MARK: - Misfits

  @Test func `a target for each step needs a result for each step`() throws {
    let folder = try TemporaryFolder()
    var subject = stepwise(try steps(folder, filler: nil))
    subject.specification.model = [recurrent("rnn", 4), layer("last_step"), dense(10)]
    #expect {
      _ = try subject.trainer(subject.data())
    } throws: { error in
      guard let error = (error as? ModelError)?.mistake else { return false }
      return error.message
        == "the last layer gives [10], but each of 5 steps has a target of its own"
        && error.layer == ["2"]
        && error.hint
          == "leave out `last_step`; targets of whole sequences with 5 numbers are [N, 1, 5]"
    }
  }
}
