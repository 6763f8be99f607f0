// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// Training on varied images: exact under threads and resumption.
@Suite struct AugmentationTests {
  private static func subject(_ augmentation: Augmentation?) -> Subject {
    var data = generated(
      "noise_images",
      train: 40,
      test: 8,
      ["height": .integer(20), "width": .integer(20), "classes": .integer(4)]
    )
    data.augmentation = augmentation
    data.standardize = .inputs
    return Subject(
      data,
      [conv(6, 3, "relu"), layer("flatten"), dense(4)],
      sgd(0.05, momentum: 0.9),
      TrainSpecification(epochs: 2, batchSize: 12)
    )
  }

  private static let varied = subject(
    Augmentation(flipsHorizontally: true, shift: 2, cropPadding: 1)
  )

  @Test func `the same bits on any number of threads`() throws {
    let one = try Self.varied.trained()
    for threads in [2, 3, 8] {
      let other = try Self.varied.trained(threads: threads)
      #expect(other.weights.data == one.weights.data)
      #expect(other.points == one.points)
    }
  }

  @Test func `it changes the training, and nothing set changes nothing`() throws {
    let plain = try Self.subject(nil).trained()
    #expect(try Self.subject(Augmentation()).trained().weights.data == plain.weights.data)
    #expect(try Self.varied.trained().weights.data != plain.weights.data)
  }

  @Test func `a run resumed at any step ends with the same bits`() throws {
    let (whole, data) = (try Self.varied.trained(), try Self.varied.data())
    for step in 0..<whole.losses.count {
      let first = try Self.varied.trainer(data)
      _ = try first.train(control: { first.step == step ? .interrupt : .proceed }) { _ in }
      let second = try Self.varied.trainer(data, threads: 2)
      try second.restore(first.checkpoint())
      _ = try second.train(control: { .proceed }) { _ in }
      #expect(second.model.weights.data == whole.weights.data, "step \(step)")
    }
  }
}
