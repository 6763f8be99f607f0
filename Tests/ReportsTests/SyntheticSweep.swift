// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import TestSupport
import Vocabulary

@testable import Reports

/// A made-up sweep as the store would hand it out: 2 models × 3 activations × 3 learning rates, some seeds each.
struct SyntheticSweep {
  var models = ["mlp", "cnn"]
  var activations = ["relu", "sigmoid", "tanh"]
  var rates = [0.0001, 0.001, 0.01]
  var seeds = 5
  var epochs = 8
  var images = 2000
  var tune = ["learning_rate"]
  var metric = "test.accuracy"
  var losses = ["cross_entropy"]
  var report = ReportOptions(
    metric: "test.accuracy",
    rows: "activation",
    columns: "model",
    curves: ["train.loss", "val.accuracy"]
  )
  var expectations: [Expectation] = []
  var references: [ReferenceValue] = []
  /// Changes each run before the snapshot is made.
  var change: (inout RunRecord) -> Void = { _ in }

  static let title = "激活函数 · ReLU, sigmoid, tanh"

  func snapshot() -> SweepSnapshot {
    let cells = makeCells()
    var snapshot = SweepSnapshot(
      sweep: SweepRecord(
        name: "activations",
        revision: 2,
        experiment: experiment,
        cells: cells,
        manifest: "name: activations\nrepeat: \(seeds)\n",
        overrides: ["train.epochs=\(epochs)"],
        createdAt: "2026-11-23T08:00:00Z",
        version: "0.1.0"
      ),
      runs: [],
      curves: [:]
    )
    for cell in cells { for seed in 0..<seeds { add(cell, seed, to: &snapshot) } }
    return snapshot
  }

  private var experiment: Experiment {
    Experiment(
      name: "activations",
      title: Self.title,
      summary: "Which activation suits an MLP and a CNN, each at its own best learning rate?",
      repeats: seeds,
      metric: MetricSelection(name: "val.accuracy", goal: .maximize),
      parameters: [
        DeclaredParameter(name: "model", values: models.map { .text($0) }),
        DeclaredParameter(name: "activation", values: activations.map { .text($0) }),
        DeclaredParameter(
          name: "learning_rate",
          values: rates.map { .real($0) },
          isLogarithmic: true
        ),
      ]
        + (losses.count > 1
          ? [DeclaredParameter(name: "loss", values: losses.map { .text($0) })] : []),
      tune: tune,
      report: report,
      expectations: expectations,
      references: references
    )
  }

  private func makeCells() -> [Cell] {
    var cells: [Cell] = []
    for model in models {
      for activation in activations {
        for rate in rates {
          for loss in losses {
            var assignment: [String: ParameterValue] = [
              "model": .text(model), "activation": .text(activation),
              "learning_rate": .real(rate),
            ]
            if losses.count > 1 { assignment["loss"] = .text(loss) }
            cells.append(
              Cell(
                index: cells.count,
                assignment: assignment,
                specification: specification(rate, loss)
              )
            )
          }
        }
      }
    }
    return cells
  }

  private func specification(_ rate: Double, _ loss: String) -> RunSpecification {
    RunSpecification(
      data: DataSpecification(dataset: Component("glyphs")),
      model: [Component("flatten"), Component("dense", ["units": .integer(10)])],
      loss: Component(loss),
      optimizer: Component("adam", ["learning_rate": .real(rate)]),
      train: TrainSpecification(epochs: epochs, batchSize: 128)
    )
  }

  // MARK: - Runs

  private func add(_ cell: Cell, _ seed: Int, to snapshot: inout SweepSnapshot) {
    var random = TestRandom(seed: UInt64(1000 * cell.index + seed))
    var shared = TestRandom(seed: UInt64(seed))
    let accuracy = trueAccuracy(cell) + 0.002 * random.normal() + 0.002 * shared.normal()
    let predictions = predict(accuracy, random: &random)
    let right = zip(predictions.targets, predictions.predictions).count { $0 == $1 }
    let tested = Double(right) / Double(images)
    let id = "r\(String(0x9E37_79B9 &* (cell.index * 64 + seed + 1), radix: 36))"
    var curves: [String: [MetricPoint]] = [:]
    for epoch in 1...epochs {
      let progress = 1 - exp(-Double(epoch) / 2)
      let loss = 2.3 * exp(-Double(epoch) / 3) + 0.2 + 0.01 * random.normal()
      for (name, value) in [
        ("train.loss", loss), ("val.loss", loss + 0.05),
        ("val.accuracy", (tested + 0.003) * progress + 0.002 * random.normal()),
        ("test.accuracy", epoch == epochs ? tested : tested * progress), ("test.loss", loss + 0.07),
      ] {
        let point = MetricPoint(
          name: name,
          step: epoch * 40,
          epoch: Double(epoch),
          value: value
        )
        curves[name, default: []].append(point)
      }
    }
    var run = RunRecord(
      id: id,
      experiment: "activations",
      sweep: "activations@2",
      cell: cell.index,
      seed: seed,
      state: .completed,
      attempts: 1,
      parameters: cell.assignment,
      epochs: epochs,
      durationSeconds: 3 + random.uniform(),
      weightsSHA256: String(repeating: String(cell.index % 10), count: 64),
      dataSHA256: String(repeating: "d", count: 64),
      numericVersion: 1,
      parameterCount: cell.assignment["model"] == .text("cnn") ? 62_730 : 203_530,
      metrics: curves.mapValues { points in
        MetricSummary(last: points.last?.value, best: points.last?.value, bestEpoch: epochs)
      },
      specification: cell.specification
    )
    run.metrics["train.samples_per_second"] = MetricSummary(
      last: 20_000 + 1000 * random.uniform(),
      best: nil,
      bestEpoch: nil
    )
    change(&run)
    if run.state == .queued || run.state == .failed {
      run.metrics = [:]
      run.weightsSHA256 = nil
      run.durationSeconds = nil
      run.epochs = 0
      if !run.isDiverged { curves = [:] }
    }
    if run.isDiverged {
      run.epochs = 3
      curves = curves.mapValues { points in
        points.prefix(4).map {
          MetricPoint(
            name: $0.name,
            step: $0.step,
            epoch: $0.epoch,
            value: $0.epoch > 3 ? nil : $0.value
          )
        }
      }
    }
    snapshot.runs.append(run)
    snapshot.curves[id] = curves
    if run.state == .completed { snapshot.captures[.predictions, id] = predictions }
  }

  private func trueAccuracy(_ cell: Cell) -> Double {
    var accuracy = cell.assignment["model"] == .text("cnn") ? 0.905 : 0.872
    if cell.assignment["activation"] == .text("sigmoid") { accuracy -= 0.025 }
    if cell.assignment["activation"] == .text("tanh") { accuracy -= 0.004 }
    if cell.assignment["learning_rate"] == .real(0.0001) { accuracy -= 0.03 }
    if cell.assignment["learning_rate"] == .real(0.01) { accuracy -= 0.012 }
    return accuracy
  }

  private func predict(_ accuracy: Double, random: inout TestRandom) -> TestPredictions {
    let targets = (0..<images).map { Int32($0 % 10) }
    let limit = Int((accuracy * Double(images)).rounded())
    // Easy images come first; near the limit luck decides.
    let predictions = targets.enumerated().map { index, target in
      index + Int(random.next() % 21) - 10 < limit ? target : (target + 1) % 10
    }
    return TestPredictions(targets: targets, predictions: predictions)
  }
}

extension SyntheticSweep {
  /// With one diverged seed, one lost one, two expectations and a published value.
  static var troubled: SyntheticSweep {
    var sweep = SyntheticSweep()
    sweep.expectations = [
      Expectation(
        selection: ["model": .text("cnn"), "activation": .text("relu")],
        metric: "test.accuracy",
        claim: .atLeast(0.88),
        source: "Chapter 7"
      ),
      Expectation(
        selection: ["model": .text("mlp"), "activation": .text("relu")],
        metric: "test.accuracy",
        claim: .value(0.93, margin: nil, because: nil),
        source: "Table 2"
      ),
    ]
    sweep.references = [
      ReferenceValue(
        label: "LeNet, published",
        metric: "test.accuracy",
        value: 0.9,
        source: "Chapter 7"
      )
    ]
    sweep.change = { run in
      if run.parameters["activation"] == .text("sigmoid"), run.parameters["model"] == .text("cnn"),
        run.seed == 3
      {
        run.state = .failed
        run.reason = "diverged: loss is NaN at step 160 | epoch 4"
      }
      if run.parameters["activation"] == .text("tanh"), run.parameters["model"] == .text("mlp"),
        run.seed == 4
      {
        run.state = .failed
        run.reason = "worker died: signal 9, 3 attempts"
        run.metrics = [:]
      }
    }
    return sweep
  }

  static let context = ReportContext(
    version: "0.1.0",
    machine: ["A test bench, 2 cores"],
    notes: "Seen at a glance: *nothing broke*.\n",
    commands: ["runexp sweep activations.yaml train.epochs=8", "runexp report activations"]
  )
}
