// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import ModelFiles
import Tensors
import Testing
import Training
import Vocabulary

@Suite struct PredictorTests {
  @Test func `predicts on the test set what the run predicted when it ended`() throws {
    let trained = try TrainedGlyphs()
    let outputs = try trained.predictor(threads: 2).outputs(for: trained.testInputs())
    #expect(outputs.shape == [90, 10])
    let classes = (0..<90).map { Int32(Predictor.largest(outputs.example($0))) }
    #expect(classes == trained.predictions.predictions)
    #expect(Set(classes).count > 3)
  }

  @Test func `an example's output depends neither on its neighbours nor on threads`() throws {
    let trained = try TrainedGlyphs()
    let inputs = try trained.testInputs()
    let whole = try trained.predictor(threads: 1).outputs(for: inputs)
    for size in [1, 7, 89] {
      let pieces = try trained.predictor(threads: 2).outputs(for: inputs, batchSize: size)
      #expect(
        pieces.values.map(\.bitPattern) == whole.values.map(\.bitPattern),
        "batches of \(size)"
      )
    }
  }

  @Test func `the worst errors are those of the predictor, for any number of threads`() throws {
    let trained = try TrainedGlyphs()
    let outputs = try trained.predictor(threads: 1).outputs(for: trained.testInputs())
    var expected: [(index: Int, target: Int, prediction: Int, loss: Double)] = []
    for index in 0..<90 {
      let logits = outputs.example(index)
      let target = Int(trained.predictions.targets[index])
      let prediction = Predictor.largest(logits)
      guard prediction != target else { continue }
      let loss = log(logits.reduce(0.0) { $0 + exp(Double($1)) }) - Double(Array(logits)[target])
      expected.append((index, target, prediction, loss))
    }
    expected.sort { $0.loss > $1.loss }
    #expect(expected.count > 5)
    let found = trained.worst[0]
    #expect(found == trained.worst[1])
    #expect(found.count == min(10, expected.count))
    for (error, other) in zip(found, expected) {
      #expect((error.index, error.target) == (other.index, other.target))
      #expect(error.prediction == other.prediction)
      #expect(abs(error.loss - other.loss) < 1e-9 * max(1, other.loss))
      #expect((error.channels, error.height, error.width) == (1, 28, 28))
      #expect(error.pixels.count == 784)
      #expect(error.pixels.min() == 0 && error.pixels.max() == 255)
    }
  }

  @Test func `weights of another model are refused by name`() throws {
    let trained = try TrainedGlyphs()
    let other = SafeTensors([SafeTensors.Entry(name: "1.weight", shape: [2], values: [1, 2])])
    #expect(throws: WeightsError.self) {
      _ = try Predictor(
        trained.specification,
        for: trained.data.description,
        weights: other,
        threads: 1
      )
    }
  }

  @Test func `tokens may have another number of steps than the data`() throws {
    let data = try Self.library.prepare(
      DatasetRequest(Self.grammar.data, runSeed: 0),
      Self.grammar.data.options
    )
    let trainer = try Trainer(Self.grammar, seed: 0, data: data, threads: 1) { 0 }
    _ = try trainer.train(control: { .proceed }, observe: { _ in })
    let predictor = try Predictor(
      Self.grammar,
      for: data.description,
      weights: trainer.model.weights,
      threads: 1
    )
    let array = NpyArray(shape: [2, 3], .integers([0, 1, 2, 0, 1, 3]))
    let outputs = try predictor.outputs(for: data.inputs(from: array, path: "tokens.npy"))
    #expect(outputs.shape == [2, 3, data.description.vocabulary.count])
    let single = try predictor.outputs(
      for: data.inputs(from: array, path: "tokens.npy"),
      batchSize: 1
    )
    #expect(single.values.map(\.bitPattern) == outputs.values.map(\.bitPattern))
    // A state that flows forward: equal beginnings give equal outputs, the last tokens differ.
    let size = data.description.vocabulary.count
    let (first, second) = (Array(outputs.example(0)), Array(outputs.example(1)))
    #expect(first.prefix(2 * size) == second.prefix(2 * size))
    #expect(first.suffix(size) != second.suffix(size))
  }

  @Test func `softmax is exact where exponentials would overflow, ties go to the first class`() {
    let probabilities = Predictor.softmax([1000, 1000, -1000][...])
    #expect(probabilities == [0.5, 0.5, 0])
    #expect(Predictor.largest([1, 3, 3, 2][...]) == 1)
    #expect(Predictor.largest([0, 5, 1, 7, 7, 2][2...]) == 1)
  }

  // MARK: - Fixtures

  static let library = DatasetLibrary(DataLocations(searched: [], decoded: nil))

  static let grammar = RunSpecification(
    data: DataSpecification(dataset: complete("grammar", .datasets, ["steps": .integer(8)])),
    model: [
      complete("lstm", .layers, ["hidden_size": .integer(8)]),
      complete("dense", .layers, ["units": .integer(grammarVocabulary)]),
    ],
    loss: Component("cross_entropy"),
    optimizer: complete("adam", .optimizers, ["learning_rate": .real(0.01)]),
    train: TrainSpecification(epochs: 1, batchSize: 64)
  )

  private static let grammarVocabulary: Int = {
    let data = DataSpecification(
      dataset: complete("grammar", .datasets, ["steps": .integer(8)])
    )
    let description = try? library.describe(DatasetRequest(data, runSeed: 0), data.options)
    return description?.vocabulary.count ?? 0
  }()

  /// A component with its definition's defaults filled in, as Manifests makes it.
  static func complete(
    _ name: String,
    _ family: Catalog.Family,
    _ arguments: [String: ArgumentValue]
  ) -> Component {
    var all: [String: ArgumentValue] = [:]
    for argument in Catalog.definition(name, in: family)?.arguments ?? [] {
      all[argument.name] = argument.standard
    }
    return Component(name, all.merging(arguments) { $1 })
  }
}

/// A small CNN that saw a few glyphs, standardised, so that predicting must scale inputs the same way.
struct TrainedGlyphs {
  let specification: RunSpecification
  let data: PreparedData
  let predictions: TestPredictions
  /// With one thread and with two.
  let worst: [[WorstError]]
  let regression: RegressionPredictions?
  let weights: SafeTensors

  init() throws {
    specification = RunSpecification(
      data: DataSpecification(
        dataset: PredictorTests.complete(
          "glyphs",
          .datasets,
          ["train": .integer(300), "test": .integer(90)]
        ),
        standardize: .inputs
      ),
      model: [
        PredictorTests.complete(
          "conv2d",
          .layers,
          [
            "channels": .integer(4), "kernel_size": .integer(5), "stride": .integer(2),
            "activation": .component(Component("relu")),
          ]
        ),
        Component("flatten"),
        PredictorTests.complete("dense", .layers, ["units": .integer(10)]),
      ],
      loss: Component("cross_entropy"),
      optimizer: PredictorTests.complete("adam", .optimizers, ["learning_rate": .real(0.003)]),
      train: TrainSpecification(epochs: 4, batchSize: 32)
    )
    data = try PredictorTests.library.prepare(
      DatasetRequest(specification.data, runSeed: 0),
      specification.data.options
    )
    let trainer = try Trainer(specification, seed: 0, data: data, threads: 1) { 0 }
    let outcome = try trainer.train(control: { .proceed }, observe: { _ in })
    guard case .completed(let found) = outcome else { preconditionFailure("interrupted") }
    predictions = try #require(found)
    worst = [1, 2].map { trainer.worstErrors(10, threads: $0) }
    regression = trainer.regression(10, threads: 1)
    weights = trainer.model.weights
  }

  func predictor(threads: Int) throws -> Predictor {
    try Predictor(specification, for: data.description, weights: weights, threads: threads)
  }

  /// The test images as a file holds them: raw, before standardisation.
  func testInputs() throws -> ForeignInputs {
    var raw = specification.data
    raw.standardize = .none
    let plain = try PredictorTests.library.prepare(
      DatasetRequest(raw, runSeed: 0),
      raw.options
    )
    var values = [Float](repeating: 0, count: 90 * 784)
    unsafe plain.ids(.test).withUnsafeBufferPointer { ids in
      unsafe values.withUnsafeMutableBufferPointer { memory in
        guard let base = memory.baseAddress else { return }
        unsafe plain.gather(.test, ids: ids, inputs: base)
      }
    }
    return try data.inputs(
      from: NpyArray(shape: [90, 1, 28, 28], .float32(values)),
      path: "test.npy"
    )
  }
}
