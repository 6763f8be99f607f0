// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// The same bits on any number of threads, and however often a run was interrupted.
@Suite struct ResumptionTests {
  @Test(arguments: TinyTrainings.names)
  func `weights and points are the same for 1, 2, 3 and 8 threads`(name: String) throws {
    let folder = try TemporaryFolder()
    let subject = try TinyTrainings.subject(name, folder: folder)
    let one = try subject.trained(threads: 1)
    #expect(one.weights.sha256 != nil)
    for threads in [2, 3, 8] {
      let other = try subject.trained(threads: threads)
      #expect(other.weights.data == one.weights.data, "\(name), \(threads) threads")
      #expect(other.points == one.points, "\(name), \(threads) threads")
    }
  }

  @Test func `work large enough to be shared gives the same bits on any number of threads`() throws
  {
    let subject = Subject(
      generated("noise_images", train: 96, ["height": .integer(20), "width": .integer(20)]),
      [
        conv(16, 3, "relu"), layer("max_pool2d", ["kernel_size": .integer(2)]), conv(32, 3, "tanh"),
        layer("flatten"), dense(300, "sigmoid"), layer("dropout", ["p": .real(0.5)]), dense(10),
      ],
      sgd(0.1, momentum: 0.9),
      TrainSpecification(epochs: 1, batchSize: 48, clipNorm: 1)
    )
    let one = try subject.trained(threads: 1)
    for threads in [2, 3, 8] {
      #expect(try subject.trained(threads: threads).weights.data == one.weights.data)
    }
  }

  /// Trains until `step` updates are done, then hands the checkpoint's bytes to a new trainer.
  private func resumed(_ subject: Subject, _ data: PreparedData, at step: Int) throws -> Trained {
    var result = Trained()
    let first = try subject.trainer(data)
    let outcome = try first.train(control: { first.step == step ? .interrupt : .proceed }) {
      result.note($0)
    }
    guard case .interrupted = outcome else {
      Issue.record("step \(step) was never reached")
      return result
    }
    let second = try subject.trainer(data, threads: 2)
    try second.restore(first.checkpoint())
    #expect(second.step == step)
    #expect(second.progress == first.progress)
    let end = try second.train(control: { .proceed }) { result.note($0) }
    if case .completed(let predictions) = end { result.predictions = predictions }
    result.weights = second.model.weights
    return result
  }

  @Test(arguments: TinyTrainings.names)
  func `a run resumed at any step ends with the same bits and points`(name: String) throws {
    let folder = try TemporaryFolder()
    let subject = try TinyTrainings.subject(name, folder: folder)
    let (whole, data) = (try subject.trained(), try subject.data())
    #expect(whole.losses.count >= 6)
    for step in 0..<whole.losses.count {
      let resumed = try resumed(subject, data, at: step)
      #expect(resumed.weights.data == whole.weights.data, "\(name), step \(step)")
      #expect(resumed.points == whole.points, "\(name), step \(step)")
      #expect(resumed.losses == whole.losses, "\(name), step \(step)")
      #expect(resumed.predictions == whole.predictions, "\(name), step \(step)")
    }
  }

  @Test func `a run interrupted at every step ends with the same bits`() throws {
    let folder = try TemporaryFolder()
    let subject = try TinyTrainings.subject("carried", folder: folder)
    let (whole, data) = (try subject.trained(), try subject.data())
    var result = Trained()
    var checkpoint = try subject.trainer(data).checkpoint()
    while true {
      let trainer = try subject.trainer(data)
      try trainer.restore(checkpoint)
      let start = trainer.step
      let outcome = try trainer.train(
        control: { trainer.step > start ? .interrupt : .proceed }
      ) { result.note($0) }
      checkpoint = try trainer.checkpoint()
      result.weights = trainer.model.weights
      if case .completed = outcome { break }
    }
    #expect(result.weights.data == whole.weights.data)
    #expect(result.points == whole.points)
  }

  @Test func `a checkpoint of the finished run still gives its test predictions`() throws {
    let folder = try TemporaryFolder()
    let subject = try TinyTrainings.subject("mlp", folder: folder)
    let data = try subject.data()
    let first = try subject.trainer(data)
    var saved: [UInt8] = []
    let outcome = try first.train(control: { .proceed }) { event in
      if case .epoch = event { saved = try first.checkpoint() }
    }
    guard case .completed(let expected?) = outcome else {
      Issue.record("a finished classification has test predictions")
      return
    }
    #expect(expected.targets.count == 40)
    #expect(expected.predictions.count == 40)
    let second = try subject.trainer(data)
    try second.restore(saved)
    var events = 0
    let again = try second.train(control: { .proceed }) { _ in events += 1 }
    #expect(events == 0)
    guard case .completed(let predictions) = again else {
      Issue.record("a finished run is completed at once")
      return
    }
    #expect(predictions == expected)
  }

  @Test func `other seeds give other weights, the same seed the same`() throws {
    let folder = try TemporaryFolder()
    var subject = try TinyTrainings.subject("mlp", folder: folder)
    let first = try subject.trained().weights.data
    #expect(try subject.trained().weights.data == first)
    subject.seed += 1
    #expect(try subject.trained().weights.data != first)
  }

  @Test func `a file that is no checkpoint is refused`() throws {
    let folder = try TemporaryFolder()
    let subject = try TinyTrainings.subject("spirals", folder: folder)
    let trainer = try subject.trainer(subject.data())
    let weights = try trainer.model.weights.encoded()
    #expect {
      try trainer.restore(weights)
    } throws: { "\($0)" == "this file is no checkpoint of a training" }
    let checkpoint = try trainer.checkpoint()
    let other = try TinyTrainings.subject("gru", folder: folder)
    let stranger = try other.trainer(other.data())
    #expect(throws: WeightsError.self) { try stranger.restore(checkpoint) }
  }
}
