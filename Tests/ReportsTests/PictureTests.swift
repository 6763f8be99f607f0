// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Testing
import Vocabulary

@testable import Reports

struct ActivationChartTests {
  @Test func `only a sweep over activations has their picture`() throws {
    let snapshot = SyntheticSweep().snapshot()
    let chart = try #require(ActivationChart(snapshot.sweep.experiment, snapshot.sweep.cells))
    #expect(chart.functions.map(\.name) == ["relu", "sigmoid", "tanh"])
    var single = SyntheticSweep()
    single.activations = ["relu"]
    let other = single.snapshot()
    #expect(ActivationChart(other.sweep.experiment, other.sweep.cells) == nil)
    var unknown = SyntheticSweep()
    unknown.activations = ["relu", "cube"]
    let strange = unknown.snapshot()
    #expect(ActivationChart(strange.sweep.experiment, strange.sweep.cells) == nil)
  }
}

struct ConfusionMatrixTests {
  private func matrix(names: [String], classes: [Int32] = [0, 1, 2]) throws -> ConfusionMatrix? {
    var sweep = SyntheticSweep()
    sweep.models = ["cnn"]
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.seeds = 2
    var snapshot = sweep.snapshot()
    for (index, run) in snapshot.runs.enumerated() {
      // The second seed takes one more 0 for 2.
      let predictions: [Int32] = [0, 0, index == 0 ? 0 : 2, 1, 2, 2]
      snapshot.captures[.predictions, run.id] = TestPredictions(
        targets: [0, 0, 0, 1, 1, 2].map { classes[$0] },
        predictions: predictions.map { classes[Int($0)] }
      )
      snapshot.captures[.classNames, run.id] = names
    }
    let cell = try #require(Analysis(snapshot).cells.first)
    return ConfusionMatrix(cell, in: snapshot)
  }

  @Test func `counts over seeds and names what is confused most`() throws {
    let found = try #require(try matrix(names: ["bag", "coat", "靴"]))
    #expect(found.counts == [[5, 0, 1], [0, 2, 2], [0, 0, 2]])
    #expect(found.seeds == 2 && found.names == ["bag", "coat", "靴"])
    #expect(found.share(1, 2) == 0.5)
    let worst = found.confusions(2)
    #expect(worst.map(\.target) == [1, 0] && worst.map(\.prediction) == [2, 2])
    let picture = found.picture(title: "", subtitle: "")
    #expect(
      picture.alternative
        == "Confusion matrix of activations; most often: coat taken for 靴 50 %; bag taken for 靴 17 %"
    )
  }

  @Test func `classes without names have numbers, and too many are not drawn`() throws {
    #expect(try matrix(names: [])?.names == ["0", "1", "2"])
    #expect(try matrix(names: [], classes: [0, 1, 13])?.names.count == 14)
    #expect(try matrix(names: [], classes: [0, 1, 14]) == nil)
    #expect(try matrix(names: [], classes: [0, 0, 0]) == nil)
  }
}

struct FilterPicturesTests {
  private func bank(channels: Int, _ values: [Float]) -> FilterBank {
    FilterBank(count: 2, channels: channels, height: 1, width: 2, values: values)
  }

  @Test func `zero is grey and each filter has its own scale`() throws {
    let grey = try #require(FilterPictures(bank(channels: 1, [1, -1, 0, 0.25])))
    #expect(grey.images.map(\.pixels) == [[255, 0], [128, 255]])
    let colour = try #require(
      FilterPictures(bank(channels: 3, [2, 0, 0, 0, -2, 1, 0, 0, 0, 0, 0, 0]))
    )
    // [channel][place] becomes red, green, blue of each place.
    #expect(colour.images[0].pixels == [255, 128, 0, 128, 128, 191])
    #expect(colour.images[1].pixels == [128, 128, 128, 128, 128, 128])
  }

  @Test func `other channels and weights that are not finite have no pictures`() {
    #expect(FilterPictures(bank(channels: 2, [Float](repeating: 0, count: 8))) == nil)
    #expect(FilterPictures(bank(channels: 1, [0, .nan, 0, 0])) == nil)
    #expect(FilterPictures(bank(channels: 1, [0])) == nil)
  }
}

struct ErrorPicturesTests {
  @Test func `errors have their image and the names of both classes`() throws {
    let errors = [
      WorstError(
        index: 3,
        target: 0,
        prediction: 2,
        loss: 5,
        channels: 3,
        height: 1,
        width: 2,
        pixels: [1, 2, 3, 4, 5, 6]
      ),
      WorstError(index: 4, target: 1, prediction: 0, loss: 4),
    ]
    // The second one has no picture.
    let pictures = try #require(ErrorPictures(errors, classNames: ["bag", "coat"]))
    #expect(pictures.errors.map(\.index) == [3])
    #expect(ErrorPictures.image(errors[0]).pixels == [1, 3, 5, 2, 4, 6])
    let run = SyntheticSweep().snapshot().runs[0]
    let picture = pictures.picture(of: run, label: "cnn", subtitle: "")
    #expect(picture.alternative == "Test images that cnn, seed 0, gets most wrong: bag, not 2")
    #expect(ErrorPictures([errors[1]], classNames: []) == nil)
  }
}
