// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Experiments
@testable import Vocabulary

/// Values and slopes at −3.5, −1.25, 0.75 and 2.5, made with PyTorch 2 in float64:
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

/// The formulas of activations, which pictures draw and kernels are judged by.
@Suite struct ActivationFormulaTests {
  private static let elementwise = Catalog.definitions(.activations).filter { $0.activation != nil }

  private static func formula(
    _ name: String,
    _ arguments: [String: ArgumentValue] = [:]
  ) throws -> ActivationFormula {
    let facts = try #require(Catalog.definition(name, in: .activations)?.activation)
    return facts.formula(Component(name, arguments))
  }

  @Test func `values and slopes are PyTorch's`() throws {
    #expect(Set(golden.map(\.name)) == Set(Self.elementwise.map(\.name)))
    for entry in golden {
      let formula = try Self.formula(entry.name)
      for (x, pair) in zip([-3.5, -1.25, 0.75, 2.5], zip(entry.values, entry.derivatives)) {
        #expect(abs(formula.value(x) - pair.0) < 1e-14, "\(entry.name)(\(x))")
        #expect(abs(formula.slope(x) - pair.1) < 1e-14, "\(entry.name)′(\(x))")
      }
    }
  }

  @Test func `all activations but softmax act on each value by itself`() {
    let others = Catalog.definitions(.activations).filter { $0.activation == nil }
    #expect(others.map(\.name) == ["softmax"])
  }

  @Test(arguments: elementwise.map(\.name))
  func `slopes are those of central differences everywhere but at kinks`(name: String) throws {
    for arguments in try Self.variants(name) {
      let formula = try Self.formula(name, arguments)
      for step in -59...59 {
        let (x, h) = (Double(step) / 10 + 0.03, 1e-5)
        guard formula.kinks.allSatisfy({ abs($0 - x) > 2 * h }) else { continue }
        let slope = (formula.value(x + h) - formula.value(x - h)) / (2 * h)
        // Central differences err by h² f‴ / 6 and rounding over h.
        #expect(abs(slope - formula.slope(x)) < 1e-9, "\(name) at \(x)")
      }
      for kink in formula.kinks {
        let (left, right) = (formula.slope(kink.nextDown), formula.slope(kink.nextUp))
        #expect(abs(formula.slope(kink) - left) < 1e-12, "\(name) at \(kink)")
        #expect(abs(right - left) > 1e-3, "\(name) at \(kink)")
      }
      #expect(formula.value(.nan).isNaN)
    }
  }

  /// The standard arguments, every other word of a choice, and other numbers.
  private static func variants(_ name: String) throws -> [[String: ArgumentValue]] {
    let definition = try #require(Catalog.definition(name, in: .activations))
    return [[:]]
      + definition.arguments.flatMap { argument -> [[String: ArgumentValue]] in
        switch argument.kind {
        case .choice(let words): words.map { [argument.name: .text($0)] }
        default: [[argument.name: .real(0.5)]]
        }
      }
  }

  /// Against the C library: small shares and differences keep their digits.
  @Test func `parts keep their digits near 0 and far away`() {
    func agree(_ found: Double, _ expected: Double, ulps: Double, _ what: String) {
      #expect(abs(found - expected) <= ulps * expected.ulp, "\(what): \(found), \(expected)")
    }
    for step in -370...370 {
      let x = Double(step) / 10 + 0.037
      let share = Foundation.erfc(-x / 2.0.squareRoot()) / 2
      // exp(−x²/2) errs by x² roundings of its argument, here and there; up to 3 also by four of the ½ that is added.
      let ofHalf = abs(x) <= 3 ? 4 * 0.5.ulp / share.ulp : 0
      agree(Formula.normalShare(x), share, ulps: 64 + 2 * x * x + ofHalf, "Φ(\(x))")
      let small = Foundation.exp(x)
      agree(Formula.logarithmOfOnePlus(small), Foundation.log1p(small), ulps: 6, "log1p \(small)")
    }
    #expect(Formula.normalShare(-.infinity) == 0 && Formula.normalShare(.infinity) == 1)
    #expect(Formula.logarithmOfOnePlus(.infinity) == .infinity)
    #expect(Formula.logarithmOfOnePlus(0) == 0 && Formula.logarithmOfOnePlus(1e-300) == 1e-300)
  }
}
