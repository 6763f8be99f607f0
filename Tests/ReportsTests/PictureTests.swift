// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Testing

@testable import Reports

/// Made with PyTorch 2 in float64:
///
/// ```python
/// for n, f in dict(relu=F.relu, sigmoid=torch.sigmoid, …, hard_sigmoid=F.hardsigmoid).items():
///     x = torch.tensor([-3.5, -1.25, 0.75, 2.5], requires_grad=True); y = f(x); y.sum().backward()
///     print(n, y.tolist(), x.grad.tolist())
/// ```
private let golden: [(name: String, values: [Double], derivatives: [Double])] = [
  ("relu", [0.0, 0.0, 0.75, 2.5], [0.0, 0.0, 1.0, 1.0]),
  (
    "sigmoid", [0.02931223075135632, 0.22270013882530884, 0.679178699175393, 0.9241418199787566],
    [0.02845302387973556, 0.173104786992497, 0.21789499376181404, 0.07010371654510807]
  ),
  (
    "tanh", [-0.9981778976111987, -0.8482836399575129, 0.6351489523872873, 0.9866142981514303],
    [0.0036408847204873578, 0.28041486618043265, 0.5965858082813315, 0.02659222668316057]
  ),
  ("leaky_relu", [-0.035, -0.0125, 0.75, 2.5], [0.01, 0.01, 1.0, 1.0]),
  (
    "elu", [-0.9698026165776815, -0.7134952031398099, 0.75, 2.5],
    [0.0301973834223185, 0.2865047968601901, 1.0, 1.0]
  ),
  (
    "selu", [-1.705009340957283, -1.2543954463378648, 0.7880257405166103, 2.626752468388701],
    [0.05308999989009366, 0.5037038945095117, 1.0507009873554805, 1.0507009873554805]
  ),
  (
    "gelu",
    [-0.0008142017766243903, -0.13206221708356905, 0.5800294857173489, 2.4844758366855597],
    [-0.0028217603536246205, -0.12266158306942215, 0.9992257217392352, 1.037611085908145]
  ),
  (
    "silu", [-0.10259280762974712, -0.27837517353163604, 0.5093840243815447, 2.3103545499468914],
    [-0.07027335282771814, 0.00631915508468757, 0.8425999444967536, 1.0994011113415267]
  ),
  (
    "softplus", [0.029750418272620566, 0.2519290813453729, 1.1368710061148999, 2.5788897342925496],
    [0.029312230751356316, 0.22270013882530884, 0.679178699175393, 0.9241418199787564]
  ),
  // PyTorch's gradient of hardsigmoid is 1/6 in single precision.
  (
    "hard_sigmoid", [0.0, 0.2916666666666667, 0.625, 0.9166666666666666],
    [0.0, 0.1666666666666667, 0.1666666666666667, 0.1666666666666667]
  ),
  ("identity", [-3.5, -1.25, 0.75, 2.5], [1, 1, 1, 1]),
]

struct ActivationFunctionTests {
  @Test func `values and derivatives are PyTorch's`() throws {
    #expect(golden.map(\.name) == ActivationFunction.allCases.map(\.rawValue))
    for entry in golden {
      let function = try #require(ActivationFunction(rawValue: entry.name))
      for (x, pair) in zip([-3.5, -1.25, 0.75, 2.5], zip(entry.values, entry.derivatives)) {
        #expect(abs(function.value(x) - pair.0) < 1e-14, "\(entry.name)(\(x))")
        #expect(abs(function.derivative(x) - pair.1) < 1e-14, "\(entry.name)′(\(x))")
      }
    }
  }

  @Test func `every elementwise activation has a curve`() {
    let known = Set(Catalog.definitions(.activations).map(\.name)).subtracting(["softmax"])
    #expect(Set(ActivationFunction.allCases.map(\.rawValue)) == known)
  }

  @Test func `derivatives are the slope everywhere but at kinks`() {
    for function in ActivationFunction.allCases {
      for step in -59...59 {
        let (x, h) = (Double(step) / 10 + 0.03, 1e-5)
        guard function.kinks.allSatisfy({ abs($0 - x) > 2 * h }) else { continue }
        let slope = (function.value(x + h) - function.value(x - h)) / (2 * h)
        // Central differences err by h² f‴ / 6 and rounding over h.
        #expect(abs(slope - function.derivative(x)) < 1e-9, "\(function.rawValue) at \(x)")
      }
      #expect(function.value(.nan).isNaN || function == .relu || function == .hardSigmoid)
    }
  }

  @Test func `only a sweep over activations has their picture`() throws {
    let snapshot = SyntheticSweep().snapshot()
    let chart = try #require(ActivationChart(snapshot.sweep.experiment, snapshot.sweep.cells))
    #expect(chart.functions == [.relu, .sigmoid, .tanh])
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
      snapshot.predictions[run.id] = TestPredictions(
        targets: [0, 0, 0, 1, 1, 2].map { classes[$0] },
        predictions: predictions.map { classes[Int($0)] },
        classNames: names
      )
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
